"""The records behind a compliance rate: which passed the rule, which failed."""

from __future__ import annotations

from dataclasses import replace

from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.sql.cases import list_cases as list_rows
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.model import Definition, How, Measure
from zhikong.engine.record_rules.judging import judge
from zhikong.engine.record_rules.model import RecordRule
from zhikong.engine.results import Cases
from zhikong.engine.tables import Type

KEPT = {"numerator": ("pass",), "denominator": ("pass", "fail"), "missed": ("fail",)}


def list_cases(
    definition: Definition,
    source: Source,
    month: str,
    department: str | None,
    part: str,
    *,
    limit: int,
    offset: int,
) -> Cases:
    """See `compute.cases`: stays that the rule passed, judged at all, or failed; ordered by stay."""
    if not isinstance(definition.rule, RecordRule):
        raise ValueError(f"{definition.id} has no record rule")
    if part not in KEPT:
        raise ValueError(f"no part {part!r}")
    departments = None if department is None else [department]
    found = judge([definition.rule], source=source, months=(month, month), departments=departments)
    rows = [r for r in found.scores.to_pylist() if any(r[verdict] for verdict in KEPT[part])]
    page = rows[offset : offset + limit]
    if not page:
        return Cases([], len(rows))
    passed = [r["stay_id"] for r in page if r["pass"]]
    shown = replace(
        definition,
        rule=None,
        population=_one_of([r["stay_id"] for r in page]),
        numerator=Measure(How.COUNT, _one_of(passed)),
        denominator=Measure(How.ROWS),
    )
    listed = list_rows(
        shown, source, month, department, "denominator", limit=limit, offset=0, limits=Limits()
    )
    return Cases(listed.rows, len(rows))


def _one_of(stays: list[str]) -> n.Node:
    if not stays:
        return n.Value(False, Type.BOOL)
    return canonical.membership(n.Ref("stays", "stay_id", Type.TEXT), [n.Value(s, Type.TEXT) for s in stays])
