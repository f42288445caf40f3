"""The records behind a compliance rate: which passed the rule, which failed."""

from __future__ import annotations

from dataclasses import replace

from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.sql.cases import list_cases as list_rows
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.model import Definition, How, JudgedBy, Measure
from zhikong.engine.record_rules.judging import judge
from zhikong.engine.record_rules.loaded import Loaded
from zhikong.engine.record_rules.model import RecordRule
from zhikong.engine.results import Cases
from zhikong.engine.ruled import verdicts
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
    if definition.rule is None:
        raise ValueError(f"{definition.id} has no record rule")
    if part not in KEPT:
        raise ValueError(f"no part {part!r}")
    rows = [row for row in _judged(definition.rule, source, month, department) if row[1] in KEPT[part]]
    page = rows[offset : offset + limit]
    if not page:
        return Cases([], len(rows))
    passed = [stay for stay, verdict in page if verdict == "pass"]
    shown = replace(
        definition,
        rule=None,
        population=_one_of([stay for stay, _verdict in page]),
        numerator=Measure(How.COUNT, _one_of(passed)),
        denominator=Measure(How.ROWS),
    )
    listed = list_rows(
        shown, source, month, department, "denominator", limit=limit, offset=0, limits=Limits()
    )
    return Cases(listed.rows, len(rows))


def _judged(rule: JudgedBy, source: Source, month: str, department: str | None) -> list[tuple[str, str]]:
    """(stay, verdict) of the stays discharged in the month, of one department or of all; ordered by stay."""
    if isinstance(rule, RecordRule):
        departments = None if department is None else [department]
        found = judge([rule], source=source, months=(month, month), departments=departments)
        return [
            (row["stay_id"], next(word for word in ("pass", "fail", "") if not word or row[word]))
            for row in found.scores.to_pylist()
        ]
    table = verdicts([rule], source, [month])
    wanted = None if department is None else _of_department(source, month, department)
    pairs = zip(table["encounter"].to_pylist(), table["verdict"].to_pylist(), strict=True)
    return sorted(pair for pair in pairs if wanted is None or pair[0] in wanted)


def _of_department(source: Source, month: str, department: str) -> set[str]:
    loaded = Loaded(source, months=[month])
    columns = (loaded.column("stays", name).to_pylist() for name in ("stay_id", "discharge_department"))
    return {stay for stay, place in zip(*columns, strict=True) if place == department}


def _one_of(stays: list[str]) -> n.Node:
    if not stays:
        return n.Value(False, Type.BOOL)
    return canonical.membership(n.Ref("stays", "stay_id", Type.TEXT), [n.Value(s, Type.TEXT) for s in stays])
