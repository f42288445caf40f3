"""The rows that a selection names, and the periods of its states, as common table expressions.

Every expression is on whole minutes. A row of events: stay_id, mi (its minute), fin (end of a state), sure (its condition is known
to hold), happened, about, place (of its part in the selection) and ref, which orders rows of the same minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zhikong.engine.backends.sql.lower import lower
from zhikong.engine.backends.sql.text import listed, literal, name
from zhikong.engine.record_rules.clock.model import ClockRule, Part, Selection
from zhikong.engine.record_rules.clock.rows import ABOUT, key_columns
from zhikong.engine.record_rules.events.model import NoTime
from zhikong.engine.record_rules.refs import BESIDE, direct
from zhikong.engine.record_rules.sql.conditions import RowNames
from zhikong.engine.tables import TABLES, Type


@dataclass
class Query:
    """The common table expressions of one statement, in order. now: minute of judging."""

    rule: ClockRule
    now: int
    ctes: dict[str, str] = field(default_factory=dict)
    columns: Mapping[str, frozenset[str]] = field(
        default_factory=dict
    )  # what each table has; absent: everything
    _named: dict[str, str] = field(default_factory=dict)

    def add(self, key: str, sql: str, stem: str) -> str:
        """The name under which the expression stands; equal ones stand once."""
        if key not in self._named:
            self._named[key] = f"{stem}{len(self._named)}"
            self.ctes[self._named[key]] = sql
        return self._named[key]

    def text(self, last: str) -> str:
        """The statement."""
        return f"WITH {listed(f'{n} AS ({sql})' for n, sql in self.ctes.items())} {last}"

    def stands(self, table: str) -> bool:
        """Whether the table is there."""
        return table not in self.columns or bool(self.columns[table])

    def has(self, table: str, column: str) -> bool:
        """Whether the data have this column."""
        return table not in self.columns or column in self.columns[table]


def stays(query: Query) -> str:
    """stay_id, adm, dis (null while in hospital), ends, upto (exclusive end of what lasts), applies (1, 0, null)."""
    rule, now = query.rule, query.now
    held = page = ""
    if rule.applies is not None:
        asked = lower(rule.applies, RowNames("s"))
        held = f"CASE WHEN {asked} THEN 1 WHEN NOT {asked} THEN 0 END"
        if any(ref.table == BESIDE for ref in direct(rule.applies)):
            page = f"LEFT JOIN {name(BESIDE)} AS p ON p.stay_id = s.stay_id"
    left = f"CASE WHEN zk_minute(s.discharged_at) <= {now} THEN zk_minute(s.discharged_at) END"
    return query.add(
        "stay",
        f"SELECT stay_id, adm, dis, COALESCE(dis, {now}) AS ends, COALESCE(dis, {now + 1}) AS upto, applies FROM ("
        f"SELECT s.stay_id, COALESCE(zk_minute(s.admitted_at), 0) AS adm, {left} AS dis, {held or 1} AS applies "
        f"FROM stays AS s {page}) AS own",
        "stay",
    )


def events(query: Query, selection: Selection) -> str:
    """The rows that the selection may name."""
    parts = [_part(query, part, place) for place, part in enumerate(selection.parts)]
    return query.add(f"events {selection.key}", " UNION ALL ".join(parts), "e")


def _part(query: Query, part: Part, place: int) -> str:
    at = [f"t.{name(ref.column)}" for ref in part.at if query.has(part.table, ref.column)]
    time = f"zk_minute(COALESCE({listed(at)}))" if len(at) > 1 else f"zk_minute({at[0]})"
    ends = "CAST(NULL AS BIGINT)" if part.until is None else f"zk_minute(t.{name(part.until.column)})"
    of_stays = part.table == "stays"
    held = (
        "TRUE" if part.condition is None else lower(part.condition, RowNames("t", "t" if of_stays else "s"))
    )
    happened = "1" if part.no_time is NoTime.UNKNOWN else f"CASE WHEN {time} IS NULL THEN 0 ELSE 1 END"
    reference = _reference(query, part.table)
    about = f"t.{ABOUT}" if ABOUT in TABLES[part.table].column_names else reference
    if about != reference and not query.has(part.table, ABOUT):
        about = "CAST(NULL AS VARCHAR)"
    own = "" if of_stays else "JOIN stays AS s ON s.stay_id = t.stay_id"
    return (
        f"SELECT t.stay_id AS stay_id, {time} AS mi, {ends} AS fin, CASE WHEN {held} THEN 1 ELSE 0 END AS sure, "
        f"{happened} AS happened, {about} AS about, {place} AS place, {reference} AS ref "
        f"FROM {name(part.table)} AS t {own} WHERE ({held}) IS NULL OR ({held})"
    )


def _reference(query: Query, table: str) -> str:
    """ "operations:1" as `documents.about` writes it; null when a part of the key is unknown."""
    keys = key_columns(table)
    if not all(query.has(table, key) for key in keys):
        return "CAST(NULL AS VARCHAR)"
    written = " || '@' || ".join(_written(table, key) for key in keys)
    return f"({literal(table + ':')} || {written})"


def _written(table: str, key: str) -> str:
    column = TABLES[table].column(key)
    if column is not None and column.type is Type.TIMESTAMP:
        return f"zk_written(t.{name(key)})"
    return f"CAST(t.{name(key)} AS VARCHAR)"


def periods(query: Query, selection: Selection) -> str:
    """Merged periods of the states: stay_id, a, b (exclusive), about, of those that began by now."""
    of, stay, now = events(query, selection), stays(query), query.now
    order = "PARTITION BY stay_id ORDER BY a, place, ref"
    known = (
        f"SELECT e.stay_id, e.mi AS a, GREATEST(COALESCE(e.fin, s.upto), e.mi) AS b, e.about, e.place, e.ref "
        f"FROM {of} AS e JOIN {stay} AS s ON s.stay_id = e.stay_id WHERE e.happened = 1 AND e.sure = 1 AND e.mi <= {now}"
    )
    before = f"SELECT *, MAX(b) OVER ({order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached FROM ({known}) AS k"
    begins = "CASE WHEN reached IS NULL OR a > reached THEN 1 ELSE 0 END"
    grouped = (
        f"SELECT *, {begins} AS begins, SUM({begins}) OVER ({order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) "
        f"AS grp FROM ({before}) AS m"
    )
    merged = (
        f"SELECT stay_id, MIN(a) AS a, MAX(b) AS b, MAX(CASE WHEN begins = 1 THEN about END) AS about "
        f"FROM ({grouped}) AS g GROUP BY stay_id, grp"
    )
    return query.add(f"periods {selection.key}", merged, "p")


def doubtful(query: Query, selection: Selection) -> str:
    """Stays where some row might be the state but it cannot be said, or when."""
    of = events(query, selection)
    unsure = f"happened = 1 AND (mi IS NULL OR (mi <= {query.now} AND sure = 0))"
    return query.add(f"doubt {selection.key}", f"SELECT DISTINCT stay_id FROM {of} WHERE {unsure}", "q")
