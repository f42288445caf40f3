"""The fast judge: all rules over all records in one DuckDB pass; then counts, scores and failures from its verdicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from zhikong.engine import months as calendar
from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.sql import codes
from zhikong.engine.backends.sql.children import ALIAS, child_query
from zhikong.engine.backends.sql.grain import prepare
from zhikong.engine.backends.sql.lower import lower
from zhikong.engine.backends.sql.relations import Months, Relations
from zhikong.engine.backends.sql.scope import RowNames
from zhikong.engine.backends.sql.session import session
from zhikong.engine.backends.sql.text import clause, listed, literal, name
from zhikong.engine.definitions import nodes as n
from zhikong.engine.record_rules.model import (
    COUNT_SCHEMA,
    FAILURE_SCHEMA,
    SCORE_SCHEMA,
    Judgement,
    RecordRule,
    Verdict,
)
from zhikong.engine.record_rules.refs import BESIDE, direct, reads_page
from zhikong.engine.results import Reason

PAGE = "p"
_PLACE = ("stay_id", "institution", "department", "day")


def judge(
    rules: Sequence[RecordRule],
    unmet_ids: frozenset[str],
    unmet: dict[str, Reason],
    source: Source,
    months: Sequence[str],
    departments: Sequence[str] | None,
    limits: Limits,
) -> Judgement:
    """See `judging.judge`. When the shared pass fails, each rule is judged alone, and one that fails then is in error."""
    ready = [rule for rule in rules if rule.id not in unmet_ids]
    fixed = {rule.id: Verdict.NOT_ASSESSABLE for rule in rules if rule.id in unmet_ids}
    errors: dict[str, str] = {}
    with session(source, limits) as connection:
        run = Pass(connection, Relations(source), months, departments)
        try:
            run.write(ready, fixed)
        except duckdb.Error:
            errors = {rule.id: told for rule in ready if (told := run.crash(rule))}
            fixed |= dict.fromkeys(errors, Verdict.ERROR)
            run.write([rule for rule in ready if rule.id not in errors], fixed)
        return Judgement(
            _counts(connection, rules),
            _scores(connection, rules),
            _failures(connection, rules),
            unmet,
            errors,
        )


@dataclass(slots=True)
class Names(RowNames):
    """Columns of the front page are read beside those of the stay."""

    def _alias(self, node: n.Ref) -> str:
        return PAGE if node.table == BESIDE else RowNames._alias(self, node)


@dataclass
class Pass:
    """One scan of the records; `write` leaves the table `verdicts`: where each record belongs, and v_<rule>."""

    connection: duckdb.DuckDBPyConnection
    relations: Relations
    months: Sequence[str]
    departments: Sequence[str] | None

    def write(self, rules: Sequence[RecordRule], fixed: dict[str, Verdict]) -> None:
        """Raises duckdb.Error when an expression of any rule crashes."""
        query = self._query(rules, fixed)
        self.connection.execute("DROP TABLE IF EXISTS verdicts")
        self.connection.execute(f"CREATE TEMP TABLE verdicts AS {query}")

    def crash(self, rule: RecordRule) -> str | None:
        """The error that a rule raises by itself, or None."""
        try:
            self.write([rule], {})
        except duckdb.Error as error:
            return f"{type(error).__name__}: {error}"
        return None

    def _query(self, rules: Sequence[RecordRule], fixed: dict[str, Verdict]) -> str:
        expressions = [expression for rule in rules for expression in rule.expressions()]
        prepare(self.connection, self.relations, expressions)
        masks = codes.build(self.connection, self.relations, expressions, self._partitions)
        children = child_query(expressions, relations=self.relations, masks=masks, months=self._partitions)
        names = Names(masks, children=children.readers if children else {})
        flags = self._delivered({pair for rule in rules for pair in rule.delivered})
        judged = [f"{_verdict(rule, names, flags)} AS {_column(rule.id)}" for rule in rules]
        judged += [f"CAST({int(one)} AS TINYINT) AS {_column(rule)}" for rule, one in fixed.items()]
        place = "r.stay_id, r.institution, r.discharge_department AS department, CAST(r.discharged_at AS DATE) AS day"
        own = self._from(expressions)
        joins = [
            names.joins(),
            f"LEFT JOIN {children.sql} AS {ALIAS} ON {ALIAS}.stay_id = r.stay_id" if children else "",
        ]
        if flags:
            joins.append(
                f"LEFT JOIN delivered AS d ON d.institution = r.institution AND d.month = {_month('r')}"
            )
        return clause("SELECT", listed([place, *judged]), "FROM", own, *joins, "WHERE", self._where())

    @property
    def _partitions(self) -> Months:
        return frozenset(self.months) if self.relations.labelled("stays") else None

    def _from(self, expressions: Sequence[n.Node]) -> str:
        wanted: dict[str, set[str]] = defaultdict(set)
        for expression in expressions:
            for ref in direct(expression):
                wanted[ref.table].add(ref.column)
        stays = wanted["stays"] | {"stay_id", "institution", "discharge_department", "discharged_at"}
        rows = clause(self.relations.scan("stays", stays, self._partitions), "AS r")
        if BESIDE not in wanted:
            return rows
        page = self.relations.scan(BESIDE, wanted[BESIDE] | {"stay_id"}, self._partitions)
        return clause(rows, "LEFT JOIN", page, f"AS {PAGE} ON {PAGE}.stay_id = r.stay_id")

    def _where(self, alias: str = "r", *, whole: bool = False) -> str:
        start = calendar.first_day(self.months[0])
        end = calendar.first_day(calendar.named(calendar.number(self.months[-1]) + 1))
        at = f"{alias}.discharged_at"
        span = f"{at} >= TIMESTAMP '{start}' AND {at} < TIMESTAMP '{end}'"
        if self.departments is None or whole:
            return span
        codes_ = listed(literal(code) for code in self.departments) or "NULL"
        return f"{span} AND {alias}.discharge_department IN ({codes_})"

    def _delivered(self, pairs: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Leaves the table `delivered` with a flag per institution, month and column; gives the flags' names."""
        if not pairs:
            return {}
        flags = {pair: f"d{i}" for i, pair in enumerate(sorted(pairs))}
        parts = []
        for table in sorted({table for table, _ in pairs}):
            own = [(column, flag) for (t, column), flag in flags.items() if t == table]
            parts.append(self._flags_of(table, own, list(flags.values())))
        every = listed(f"bool_or({flag}) AS {flag}" for flag in flags.values())
        rows = clause("(", " UNION ALL ".join(parts), ")")
        made = "CREATE OR REPLACE TEMP TABLE delivered AS"
        self.connection.execute(
            clause(made, "SELECT institution, month,", every, "FROM", rows, "GROUP BY ALL")
        )
        return flags

    def _flags_of(self, table: str, own: list[tuple[str, str]], every: list[str]) -> str:
        mine = {flag: column for column, flag in own}
        counted = listed(
            f"count(x.{name(mine[flag])}) > 0 AS {flag}" if flag in mine else f"FALSE AS {flag}"
            for flag in every
        )
        stays = self.relations.scan("stays", {"stay_id", "institution", "discharged_at"}, self._partitions)
        rows = self.relations.scan(table, {*mine.values(), "stay_id"}, self._partitions)
        joined = clause(rows, "AS x JOIN", stays, "AS s ON s.stay_id = x.stay_id")
        where = self._where("s", whole=True)
        return clause(
            "SELECT s.institution,", _month("s"), "AS month,", counted,
            "FROM", joined, "WHERE", where, "GROUP BY 1, 2",
        )  # fmt: skip


def _month(alias: str) -> str:
    return f"(year({alias}.discharged_at) * 12 + month({alias}.discharged_at) - 1)"


def _column(rule: str) -> str:
    return name(f"v_{rule}")


def _verdict(rule: RecordRule, names: Names, flags: dict[tuple[str, str], str]) -> str:
    """The five verdicts as one CASE; conditions stay three-valued until here."""
    applies = lower(rule.applies, names) if rule.applies is not None else "TRUE"
    passes = lower(rule.passes, names)
    unknown = [f"({applies}) IS NULL"] if rule.applies is not None else []
    if reads_page(rule):
        unknown.append(f"{PAGE}.stay_id IS NULL")
    unknown += [f"{lower(ref, names)} IS NULL" for ref in rule.needs]
    unknown.append(f"({passes}) IS NULL")
    never = " OR ".join(f"NOT coalesce(d.{flags[pair]}, FALSE)" for pair in rule.delivered) or "FALSE"
    return (
        f"CAST(CASE WHEN {never} THEN {Verdict.NOT_ASSESSABLE:d} WHEN NOT ({applies}) THEN {Verdict.NOT_APPLICABLE:d} "
        f"WHEN {' OR '.join(unknown)} THEN {Verdict.NOT_ASSESSABLE:d} "
        f"WHEN {passes} THEN {Verdict.PASS:d} ELSE {Verdict.FAIL:d} END AS TINYINT)"
    )


def _counts(connection: duckdb.DuckDBPyConnection, rules: Sequence[RecordRule]) -> pa.Table:
    parts = []
    for rule in rules:
        counted = listed(f"count(*) FILTER ({_column(rule.id)} = {v:d}) AS {v.word}" for v in Verdict)
        keys = f"{literal(rule.id)} AS rule, institution, department, day"
        parts.append(clause("SELECT", listed([keys, counted]), "FROM verdicts GROUP BY ALL"))
    return _taken(connection, parts, COUNT_SCHEMA, "rule, institution, department, day")


def _scores(connection: duckdb.DuckDBPyConnection, rules: Sequence[RecordRule]) -> pa.Table:
    lost = [f"(CASE WHEN {_column(r.id)} = {Verdict.FAIL:d} THEN {r.tenths} ELSE 0 END)" for r in rules]
    counted = [
        " + ".join([f"CAST({_column(r.id)} = {v:d} AS BIGINT)" for r in rules] or ["0"]) + f" AS {v.word}"
        for v in Verdict
    ]
    score = f"greatest(0, 1000 - ({' + '.join(lost or ['0'])})) / 10 AS score"
    query = clause("SELECT", listed([*_PLACE, score, *counted]), "FROM verdicts")
    return _taken(connection, [query], SCORE_SCHEMA, "stay_id")


def _failures(connection: duckdb.DuckDBPyConnection, rules: Sequence[RecordRule]) -> pa.Table:
    parts = []
    for rule in rules:
        for v in (Verdict.FAIL, Verdict.ERROR):
            columns = [f"{literal(rule.id)} AS rule", *_PLACE, f"{literal(v.word)} AS verdict"]
            parts.append(
                clause("SELECT", listed(columns), "FROM verdicts WHERE", f"{_column(rule.id)} = {v:d}")
            )
    return _taken(connection, parts, FAILURE_SCHEMA, "rule, stay_id")


def _taken(
    connection: duckdb.DuckDBPyConnection, parts: list[str], schema: pa.Schema, order: str
) -> pa.Table:
    if not parts:
        return schema.empty_table()
    rows = clause("(", " UNION ALL ".join(parts), ")")
    query = clause(
        "SELECT", listed(name(n) for n in schema.names), "FROM", rows, "ORDER BY", order, "NULLS LAST"
    )
    return connection.sql(query).to_arrow_table().cast(schema)
