"""What one pass over one table cannot say: rates of two tables, and the compliance rates of record rules.

Backends know counters on one table. A rate is two of them, joined here by institution, department and month; a
compliance rate is what the judge of record rules counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from zhikong.engine.backends.base import Backend, Cell, Counts, Failure, Limits, Outcome, Tally
from zhikong.engine.backends.source import Source
from zhikong.engine.definitions.kinds import Kind, NoRows
from zhikong.engine.definitions.model import Definition
from zhikong.engine.record_rules.judging import judge
from zhikong.engine.record_rules.model import RecordRule
from zhikong.engine.ruled import tallies

ABOVE, BELOW = "/numerator", "/denominator"


def tally(
    backend: Backend,
    definitions: Sequence[Definition],
    source: Source,
    months: Sequence[str],
    limits: Limits,
    *,
    judged_by: str = "duckdb",
    now: datetime | None = None,
) -> dict[str, Outcome]:
    """`Backend.tally` for every kind that is counted on rows. judged_by: who judges record rules; now: until when."""
    rates = [d for d in definitions if d.per is not None]
    ruled = [d for d in definitions if d.rule is not None]
    asked = [d for d in definitions if d.per is None and d.rule is None]
    asked += [half for d in rates for half in halves(d)]
    outcomes = backend.tally(asked, source, months, limits) if asked else {}
    for rate in rates:
        outcomes[rate.id] = _joined(rate, outcomes.pop(rate.id + ABOVE), outcomes.pop(rate.id + BELOW))
    rows = [d for d in ruled if isinstance(d.rule, RecordRule)]
    others = [d for d in ruled if not isinstance(d.rule, RecordRule)]
    if others:
        backend_ = "reference" if judged_by == "reference" else "vector"
        outcomes |= tallies(others, source, months, now=now, backend=backend_)
    return outcomes | _judged(rows, source, months, limits, judged_by)


def halves(rate: Definition) -> tuple[Definition, Definition]:
    """Numerator and denominator of a rate as counts of their own."""
    per = rate.per
    if per is None:
        raise ValueError(f"{rate.id} is no rate")
    above = replace(rate, id=rate.id + ABOVE, kind=Kind.COUNT, per=None)
    below = replace(
        above, id=rate.id + BELOW, table=per.table, date=per.date, department=per.department,
        numerator=per.measure, population=per.population, exclusions=per.exclusions,
    )  # fmt: skip
    return above, below


def _joined(rate: Definition, above: Outcome, below: Outcome) -> Outcome:
    for half in (above, below):
        if isinstance(half, Failure):
            return half
    if not isinstance(above, Tally) or not isinstance(below, Tally) or rate.per is None:
        raise TypeError("two tallies make a rate")
    tally = Tally()
    for whole in above.wholes.keys() | below.wholes.keys():
        if whole not in below.wholes:
            tally.lacking[whole] = rate.per.table
        elif whole not in above.wholes and rate.no_rows is not NoRows.ZERO:
            tally.lacking[whole] = rate.table
        else:
            tally.wholes[whole] = _pair(above.wholes.get(whole), below.wholes[whole])
    for cell in above.cells.keys() | below.cells.keys():
        if (cell[0], cell[2]) in tally.wholes:
            tally.cells[cell] = _pair(above.cells.get(cell), below.cells.get(cell))
    return tally


def _pair(above: Counts | None, below: Counts | None) -> Counts:
    rows = (above.rows if above else 0) + (below.rows if below else 0)
    return Counts(rows, (above and above.numerator) or 0, (below and below.numerator) or 0)


def _judged(
    ruled: Sequence[Definition], source: Source, months: Sequence[str], limits: Limits, backend: str
) -> dict[str, Outcome]:
    """Passed of passed and failed. A rule that crashed makes the indicator an error, never a pass."""
    rules = {d.rule.id: d.rule for d in ruled if isinstance(d.rule, RecordRule)}
    if not rules:
        return {}
    found = judge(
        list(rules.values()), source=source, months=(months[0], months[-1]), backend=backend, limits=limits
    )
    tallies = _by_rule(found.counts.to_pylist())
    outcomes: dict[str, Outcome] = {}
    for definition in ruled:
        rule = definition.rule.id if definition.rule else ""
        crash = found.errors.get(rule)
        outcomes[definition.id] = Failure(crash) if crash else tallies.get(rule, Tally())
    return outcomes


def _by_rule(rows: Sequence[dict[str, object]]) -> dict[str, Tally]:
    sums: dict[str, dict[Cell, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for row in rows:
        day, verdicts = (
            row["day"],
            [int(row[v]) for v in ("pass", "fail", "not_applicable", "not_assessable")],
        )  # type: ignore[call-overload]
        cell = (row["institution"], row["department"], f"{day:%Y-%m}")
        total = sums[str(row["rule"])][cell]  # type: ignore[index]
        passed, failed = verdicts[:2]
        for i, number in enumerate((sum(verdicts), passed, passed + failed)):
            total[i] += number
    return {rule: _rolled(cells) for rule, cells in sums.items()}


def _rolled(cells: dict[Cell, list[int]]) -> Tally:
    tally = Tally({cell: Counts(*total) for cell, total in cells.items()})
    tally.roll_up()
    return tally


__all__ = ["halves", "tally"]
