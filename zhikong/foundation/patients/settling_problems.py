"""Live rows that cannot be facts yet, as the sentences of the quarantine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from zhikong.engine.tables import TABLES
from zhikong.foundation.facts.merging import Refused
from zhikong.foundation.patients.models import LiveRow
from zhikong.intake.reasons import Problem, problem


def problems_of(
    refused: Iterable[Refused], rows: Mapping[int, LiveRow], orphans: Iterable[LiveRow]
) -> Iterator[Problem]:
    """One problem for each refused row and column, and one for each row whose stay nobody knows."""
    for one in refused:
        yield _problem(rows[one.id], one.reason, one.column)
    for row in orphans:
        yield _problem(row, "no_stay", "stay_id")


def _problem(row: LiveRow, reason: str, name: str) -> Problem:
    column = TABLES[row.table].column(name)
    label = column.meaning.split("：")[0].split("（")[0] if column else name
    rule = next((r for r in TABLES[row.table].rules if r.right == name), None)
    value = row.row.get(name)
    return problem(
        reason,
        source=row.feed,
        row=row.pk,
        table=row.table,
        column=name,
        label=label,
        value=None if value is None or reason == "no_stay" else str(value)[:80],
        detail=rule.message if rule and reason == "out_of_order" else "",
    )
