"""Targets relative to the hospital's own past become bounds: three-year mean, previous year, base year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Context, Decimal

from zhikong.engine.backends.base import Counts
from zhikong.engine.definitions.goals import Change, Relative, Target, To
from zhikong.engine.definitions.kinds import Direction, Kind
from zhikong.engine.definitions.model import Definition
from zhikong.engine.results import Reason, ReasonKind, value_of

MONTHS_OF_A_YEAR = 12
_EXACT = Context(prec=28)


def year_value(definition: Definition, months: Sequence[tuple[int | None, int | None]]) -> Decimal | Reason:
    """The value of a whole year from the (numerator, denominator) of its months: added up, then divided.

    Of a count it is the mean month, so that it can be held beside a month. A Reason when a month is missing, when
    the denominator is 0, or when the indicator is not additive (a year's median is not made of months).
    """
    if not definition.additive:
        return Reason(ReasonKind.NO_DATA, f"“{definition.title()}”的各月不能合成全年值。")
    known = [(above, below) for above, below in months if above is not None]
    if len(known) < MONTHS_OF_A_YEAR:
        sentence = f"只有 {len(known)} 个月有数据，要有 {MONTHS_OF_A_YEAR} 个月。"
        return Reason(ReasonKind.NO_DATA, sentence)
    above = sum(a for a, _ in known if a is not None)
    if definition.kind is Kind.COUNT:
        value, reason = value_of(definition, Counts(0, above, None))
        return reason or _EXACT.divide(value or Decimal(0), Decimal(MONTHS_OF_A_YEAR))
    value, reason = value_of(definition, Counts(0, above, sum(b or 0 for _, b in known)))
    return reason or (Decimal(0) if value is None else value)


def resolved(
    target: Target, *, direction: Direction, years: Mapping[int, Decimal], year: int
) -> Target | Reason:
    """The target of `year` with bounds; itself when it is not relative.

    years: the institution's own values of whole years, in the indicator's unit (`year_value`). A Reason names the
    year that is missing. Higher-is-better makes a least value, lower-is-better a largest one.
    """
    relative = target.relative
    if relative is None:
        return target
    wanted = _years(relative, year)
    absent = [str(y) for y in wanted if y not in years]
    if absent:
        return Reason(ReasonKind.NO_DATA, f"目标值相对于 {'、'.join(absent)} 年，但没有全年的数值。")
    past = _EXACT.divide(sum((years[y] for y in wanted), Decimal(0)), Decimal(len(wanted)))
    bound = _within(relative, _changed(relative, past))
    if direction is Direction.DOWN:
        return replace(target, relative=None, at_most=bound, baseline=past)
    return replace(target, relative=None, at_least=bound, baseline=past)


def _years(relative: Relative, year: int) -> list[int]:
    if relative.to is To.BASE:
        return [relative.base or year]
    return [year - 1] if relative.to is To.PREVIOUS_YEAR else [year - 3, year - 2, year - 1]


def _changed(relative: Relative, past: Decimal) -> Decimal:
    if relative.how is Change.POINTS:
        return _EXACT.add(past, relative.change)
    return _EXACT.multiply(past, _EXACT.divide(100 + relative.change, Decimal(100)))


def _within(relative: Relative, bound: Decimal) -> Decimal:
    if relative.floor is not None:
        bound = max(bound, relative.floor)
    return bound if relative.ceiling is None else min(bound, relative.ceiling)
