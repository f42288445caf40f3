"""Row rules, one encounter at a time: the verdict, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine import months as calendar
from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.reference import World, month_of
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.sql.relations import Relations
from zhikong.engine.backends.sql.session import session
from zhikong.engine.record_rules import plain
from zhikong.engine.record_rules.fused import Pass
from zhikong.engine.record_rules.judging import needs_of
from zhikong.engine.record_rules.model import RecordRule, Verdict
from zhikong.engine.results import Reason, missing_columns, missing_table
from zhikong.engine.tables import arrow_schema

if TYPE_CHECKING:
    from zhikong.engine.record_rules.checking import Run

OPEN = "尚未出院，出院后检查。"
UNKNOWN = "所需的数据不全，无法判断。"
REASONS = {
    Verdict.PASS: "符合要求。",
    Verdict.NOT_APPLICABLE: "不属于适用范围。",
    Verdict.NOT_ASSESSABLE: UNKNOWN,
}


def verdicts(rule: RecordRule, run: Run) -> Iterator[Mapping[str, Any]]:
    """One row for each encounter of the run. Raises what the rule's expressions raise."""
    lack = _missing(rule, run)
    given = {} if lack is not None else _given(rule, run)
    for stay in run.stays().to_pylist():
        if lack is not None:
            verdict, reason = Verdict.NOT_ASSESSABLE, lack.sentence
        elif stay["stay_id"] not in given:
            verdict, reason = Verdict.NOT_APPLICABLE, OPEN
        else:
            verdict = given[stay["stay_id"]]
            reason = REASONS.get(verdict, rule.message)
        yield {
            "encounter": stay["stay_id"],
            "rule": rule.id,
            "version": rule.version,
            "verdict": verdict.word,
            "reason": reason,
            "institution": stay["institution"],
            "department": stay["discharge_department"],
        }


def _missing(rule: RecordRule, run: Run) -> Reason | None:
    for table, columns in sorted(needs_of(rule).items()):
        if table not in run.loaded:
            return missing_table(table)
        absent = sorted(name for name in columns if not run.loaded.has(table, name))
        if absent:
            return missing_columns(table, absent)
    return None


def _given(rule: RecordRule, run: Run) -> dict[str, Verdict]:
    if run.request.backend == "reference":
        return dict(_plainly(rule, run))
    return run.row_verdicts(rule)


def _plainly(rule: RecordRule, run: Run) -> Iterator[tuple[str, Verdict]]:
    """Plain Python, over the whole source: what was delivered in a month is asked of all its stays."""
    source = run.request.source
    held = pa.Table.from_pylist(
        [row for row in source.rows("stays") if _closed(row, run)], arrow_schema("stays", with_month=False)
    )
    closed = list(World(Source(source.files, {**source.memory, "stays": held})).rows("stays"))
    delivered = plain.delivered_columns(closed)
    for env in closed:
        yield env.row["stay_id"], plain.verdict(rule, env, delivered)


def _closed(row: Mapping[str, Any], run: Run) -> bool:
    at = row.get("discharged_at")
    if at is None or at > run.request.now:
        return False
    months = run.request.months
    return months is None or month_of(at) in calendar.span(*months)


class Passes:
    """All row rules of a run in one pass; when it crashes, each in a pass of its own."""

    def __init__(self, run: Run) -> None:
        self._run = run
        ready = [rule for rule in run.row_rules if _missing(rule, run) is None]
        try:
            self._table: pa.Table | None = self._judged(ready)
        except duckdb.Error:
            self._table = None

    def of(self, rule: RecordRule) -> dict[str, Verdict]:
        """Stay -> verdict."""
        table = self._judged([rule]) if self._table is None else self._table
        numbers = table[f"v_{rule.id}"].to_pylist()
        return {stay: Verdict(n) for stay, n in zip(table["stay_id"].to_pylist(), numbers, strict=True)}

    def _judged(self, rules: list[RecordRule]) -> pa.Table:
        run = self._run
        with session(run.request.source, Limits()) as connection:
            passing = Pass(connection, Relations(run.request.source), _span(run), None)
            passing.write(rules, {})
            table = connection.sql(
                "SELECT * EXCLUDE (institution, department, day) FROM verdicts"
            ).to_arrow_table()
            return table if run.request.months is not None else table.filter(_by_now(table, run))


def _by_now(table: pa.Table, run: Run) -> pa.Array:
    """Stays whose discharge lies ahead are still open."""
    at = run.loaded.column("stays", "discharged_at")
    ids = run.loaded.column("stays", "stay_id")
    closed = pc.fill_null(pc.less_equal(at, pa.scalar(run.request.now, at.type)), False)
    ids = ids.cast(pa.string()) if pa.types.is_dictionary(ids.type) else ids
    return pc.is_in(table["stay_id"], value_set=ids.filter(closed).combine_chunks())


def _span(run: Run) -> list[str]:
    if run.request.months is not None:
        return calendar.span(*run.request.months)
    ends = pc.min_max(run.loaded.column("stays", "discharged_at")).as_py()
    if ends["min"] is None:
        return [f"{run.request.now:%Y-%m}"]
    return calendar.span(f"{ends['min']:%Y-%m}", f"{ends['max']:%Y-%m}")
