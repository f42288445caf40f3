"""What a changed definition would have given: the last finished months recomputed, old against new, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from zhikong.engine.definitions import Definition
from zhikong.engine.results import Result
from zhikong.foundation.facts import gateway
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.models import MonthClose
from zhikong.hospital.functions.indicators.rules import plain

MONTHS = 3
Cell = tuple[str | None, str]
"""A department's code (None: the hospital) and a month."""


def sentences(old: Definition | None, new: Definition, *, now: datetime) -> list[str]:
    """What would change in the last finished months, what would stay, and why something cannot be said."""
    if old is not None and old.hash == new.hash:
        return ["统计口径没有变化，改动的只是文字、责任或目标，数值不变。"]
    span = _last_finished(now)
    if span is None:
        return ["还没有发布过数据，无法试算。"]
    before = _computed(old, span, now) if old else {}
    after = _computed(new, span, now)
    said = _of_hospital(old, new, before, after, span)
    if old is not None:
        said += _of_departments(before, after, new)
    return [*said, *_of_the_past()]


def _last_finished(now: datetime) -> list[str] | None:
    """The newest months with data that are over."""
    found = [m for m in gateway.published().months() if m < calendar.month_of(now)]
    return found[-MONTHS:] or None


def _computed(definition: Definition, span: Sequence[str], now: datetime) -> Mapping[Cell, Result]:
    found = gateway.compute([definition], months=(span[0], span[-1]), now=now)
    return {(row.department, row.month): row for row in found.rows}


def _of_hospital(old, new: Definition, before, after, span: Sequence[str]) -> list[str]:
    """One sentence for the hospital over the months, and why a month cannot be computed."""
    new_values = [_shown(after.get((None, month)), new) for month in span]
    said = f"近 {len(span)} 个月（{calendar.spoken(span[0])}至 {calendar.spoken(span[-1])}）全院值"
    if old is None:
        found = [f"{said}为 {'、'.join(new_values)}。"]
    else:
        old_values = [_shown(before.get((None, month)), old) for month in span]
        if old_values == new_values:
            found = [f"{said}不变，仍为 {'、'.join(new_values)}。"]
        else:
            found = [f"{said}由 {'、'.join(old_values)} 变为 {'、'.join(new_values)}。"]
    reasons = {row.reason.sentence for row in after.values() if row.department is None and row.reason}
    return found + sorted(reasons)


def _of_departments(before: Mapping, after: Mapping, new: Definition) -> list[str]:
    """How many department-months change, and where most."""
    cells = {cell for cell in (*before, *after) if cell[0] is not None}
    changed = sorted((c for c in cells if _differs(before.get(c), after.get(c))), key=lambda c: (c[0], c[1]))
    if not cells:
        return []
    if not changed:
        return [f"{len(cells)} 个科室月的数值都不变。"]
    return [f"{len(cells)} 个科室月中有 {len(changed)} 个的数值会变。", *_most(changed, before, after, new)]


def _differs(one: Result | None, other: Result | None) -> bool:
    parts = [None if row is None else (row.numerator, row.denominator, row.value) for row in (one, other)]
    return parts[0] != parts[1]


def _most(changed: Sequence[Cell], before: Mapping, after: Mapping, new: Definition) -> list[str]:
    def distance(cell: Cell) -> Decimal:
        one, other = (_value(found.get(cell)) for found in (before, after))
        return Decimal(0) if one is None or other is None else abs(other - one)

    cell = max(changed, key=distance)
    if not distance(cell):
        return []
    known = {d.code: d.name for d in _departments()}
    was, will = _shown(before[cell], new), _shown(after[cell], new)
    return [f"变化最大的是{known.get(cell[0], cell[0])} {calendar.spoken(cell[1])}：由 {was} 变为 {will}。"]


def _departments():
    from django.utils import timezone

    from zhikong.foundation.organisation.queries import departments

    return departments(on=timezone.localdate())


def _of_the_past() -> list[str]:
    """Closed months keep what they were closed with."""
    closed = MonthClose.objects.filter(state=MonthClose.State.CLOSED).count()
    kept = f"已结账的 {closed} 个月保持原来的数值，趋势图上前后口径不同；" if closed else ""
    return [f"{kept}未结账的月份从生效日期起按新口径重新计算。"]


def _value(row: Result | None) -> Decimal | None:
    return None if row is None else row.value


def _shown(row: Result | None, definition: Definition) -> str:
    value = _value(row)
    if value is None:
        return "无法计算"
    text = plain(value.quantize(Decimal("0.01")))
    return (
        f"{text}{definition.unit}" if definition.unit in ("%", "‰") else f"{text} {definition.unit}".strip()
    )
