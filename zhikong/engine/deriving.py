"""Indicators made from other indicators' results: composites with visible weights, and growth.

They are computed after everything that is counted on rows. A composite or growth may stand on another one; the
definitions allow no circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Context, Decimal

from zhikong.engine import months as calendar
from zhikong.engine.definitions.goals import Change
from zhikong.engine.definitions.kinds import AbsentPart
from zhikong.engine.definitions.model import Definition, Growth
from zhikong.engine.results import PartScore, Reason, ReasonKind, Result
from zhikong.engine.targets import year_value

Key = tuple[str, str]  # indicator, hash
Place = tuple[str, str | None, str]  # institution, department, month
Found = Mapping[Place, Result]
Count = Callable[[Sequence[Definition], Sequence[str]], Iterable[Result]]
"""Results of definitions that are counted on rows, for consecutive months."""

_EXACT = Context(prec=28)


def results(definitions: Sequence[Definition], months: Sequence[str], count: Count) -> list[Result]:
    """The results of all definitions, in their order; `count` is asked for what they stand on as well."""
    derived = [d for d in definitions if d.bases()]
    rows = _counted([d for d in definitions if not d.bases()], derived, months, count)
    below = [b for d in derived for b in d.bases() if b.bases()]
    rows |= _by_definition(results(below, months, count)) if below else {}
    past = _past([d for d in derived if d.growth], months, count)
    for d in derived:
        rows[d.id, d.hash] = _derived(d, rows, past)
    return [r for d in definitions for r in rows.get((d.id, d.hash), {}).values()]


def _counted(
    plain: Sequence[Definition], derived: Sequence[Definition], months: Sequence[str], count: Count
) -> dict[Key, Found]:
    """The plain definitions, and those behind the derived ones, each counted once.

    A base of another version than the definition that is asked for itself is counted under a name of its own.
    """
    asked = {d.id: d for d in plain}
    names: dict[Key, Key] = {}
    for base in (b for d in derived for b in d.bases() if not b.bases()):
        there = asked.setdefault(base.id, base)
        if there.hash != base.hash:
            other = replace(base, id=f"{base.id}@{base.hash}")
            asked[other.id] = other
            names[other.id, other.hash] = (base.id, base.hash)
    found = _by_definition(count(list(asked.values()), months)) if asked else {}
    return {names.get(key, key): rows for key, rows in found.items()}


def _by_definition(rows: Iterable[Result]) -> dict[Key, Found]:
    found: dict[Key, dict[Place, Result]] = defaultdict(dict)
    for r in rows:
        found[r.indicator_id, r.definition_hash][r.institution, r.department, r.month] = r
    return dict(found)


def _derived(d: Definition, rows: Mapping[Key, Found], past: Mapping[Key, Found]) -> Found:
    if d.growth is None:
        return _composite(d, [rows.get((p.of.id, p.of.hash), {}) for p in d.parts])
    now = rows.get((d.growth.of.id, d.growth.of.hash), {})
    return {place: _grown(d, d.growth, r, past[d.id, d.hash]) for place, r in now.items()}


# --- composites -----------------------------------------------------------------------------------------


def _composite(d: Definition, found: Sequence[Found]) -> Found:
    """A department has a score only when every part can be told by department."""
    places = dict.fromkeys(place for rows in found for place in rows)
    by_department = all(p.of.department is not None for p in d.parts)
    return {
        place: _scored(
            d, place, [rows.get(place) for rows in found], next(r for f in found for r in f.values())
        )
        for place in sorted(places, key=_order)
        if by_department or place[1] is None
    }


def _order(place: Place) -> tuple[str, bool, str, str]:
    institution, department, month = place
    return institution, department is not None, department or "", month


def _scored(d: Definition, place: Place, found: Sequence[Result | None], like: Result) -> Result:
    scores = tuple(_part(d, i, r) for i, r in enumerate(found))
    value, reason = _total(d, scores)
    return like._replace(
        indicator_id=d.id, definition_hash=d.hash, institution=place[0], department=place[1], month=place[2],
        numerator=None, denominator=None, value=value, reason=reason, parts=scores,
    )  # fmt: skip


def _part(d: Definition, position: int, found: Result | None) -> PartScore:
    part = d.parts[position]
    if found is None or found.value is None:
        reason = found.reason if found else Reason(ReasonKind.NO_DATA, "本期没有数据。")
        return PartScore(part.of.id, part.of.title(), part.weight, None, None, reason)
    return PartScore(
        part.of.id, part.of.title(), part.weight, found.value, part.score.points(found.value), None
    )


def _total(d: Definition, scores: Sequence[PartScore]) -> tuple[Decimal | None, Reason | None]:
    known = [s for s in scores if s.points is not None]
    absent = next((s for s in scores if s.points is None), None)
    if absent and (d.absent_part is AbsentPart.CANNOT_COMPUTE or not known):
        return None, _without(absent)
    whole = scores if d.absent_part is AbsentPart.ZERO else known
    weights = sum((s.weight for s in whole), Decimal(0))
    points = sum((_EXACT.multiply(s.weight, s.points or Decimal(0)) for s in known), Decimal(0))
    return _EXACT.divide(points, weights), None


def _without(part: PartScore) -> Reason:
    why = part.reason or Reason(ReasonKind.NO_DATA, "")
    return Reason(why.kind, f"组成部分“{part.title}”没有数值：{why.sentence}", why.detail)


# --- growth ---------------------------------------------------------------------------------------------


def _past(grown: Iterable[Definition], months: Sequence[str], count: Count) -> dict[Key, Found]:
    """What each growth compares with, by the place of today. Equal spans are counted together."""
    spans: dict[tuple[str, str], list[tuple[Key, Growth]]] = defaultdict(list)
    for d in grown:
        if d.growth is not None:
            spans[_span(d.growth, months)].append(((d.id, d.hash), d.growth))
    found: dict[Key, Found] = {}
    for (first, last), several in spans.items():
        bases = list({(g.of.id, g.of.hash): g.of for _, g in several}.values())
        rows = _by_definition(results(bases, calendar.span(first, last), count))
        for key, growth in several:
            found[key] = _placed(growth, rows.get((growth.of.id, growth.of.hash), {}), months)
    return found


def _span(growth: Growth, months: Sequence[str]) -> tuple[str, str]:
    if growth.base is not None:
        return f"{growth.base}-01", f"{growth.base}-12"
    return _before(months[0], growth), _before(months[-1], growth)


def _before(month: str, growth: Growth) -> str:
    return calendar.named(calendar.number(month) - (growth.months or 0))


def _placed(growth: Growth, rows: Found, months: Sequence[str]) -> Found:
    if growth.months is not None:
        later = {_before(month, growth): month for month in months}
        return {(i, department, later[month]): r for (i, department, month), r in rows.items()}
    years: dict[tuple[str, str | None], list[Result]] = defaultdict(list)
    for (institution, department, _), r in rows.items():
        years[institution, department].append(r)
    whole = {place: _year(growth, found) for place, found in years.items()}
    return {(*place, month): r for place, r in whole.items() for month in months}


def _year(growth: Growth, found: Sequence[Result]) -> Result:
    """The base year (`targets.year_value`): an institution needs all twelve months; in a department, months without
    a row had nothing."""
    counts = [(r.numerator, r.denominator) for r in found if r.numerator is not None]
    if found[0].department is not None:
        counts += [(0, 0)] * (12 - len(counts))
    value = year_value(growth.of, counts)
    if isinstance(value, Reason):
        return found[0]._replace(value=None, reason=value)
    return found[0]._replace(value=value, reason=None)


def _grown(d: Definition, growth: Growth, now: Result, past: Found) -> Result:
    then = past.get((now.institution, now.department, now.month))
    value, reason = _change(d, growth, now, then)
    return now._replace(
        indicator_id=d.id, definition_hash=d.hash, numerator=None, denominator=None,
        value=value, reason=reason, parts=(),
    )  # fmt: skip


def _change(
    d: Definition, growth: Growth, now: Result, then: Result | None
) -> tuple[Decimal | None, Reason | None]:
    if now.value is None:
        return None, now.reason
    period = str(growth.base) if growth.base is not None else _before(now.month, growth)
    if then is None or then.value is None:
        why = then.reason if then and then.reason else Reason(ReasonKind.NO_DATA, "没有数据。")
        return None, Reason(why.kind, f"对比期 {period} 没有数值：{why.sentence}", why.detail)
    difference = _EXACT.subtract(now.value, then.value)
    if growth.change is Change.POINTS:
        return _EXACT.multiply(difference, d.multiplier), None
    if not then.value:
        return None, Reason(ReasonKind.ZERO_DENOMINATOR, f"对比期 {period} 的值为 0，不能求变化的比例。")
    return _EXACT.divide(_EXACT.multiply(difference, d.multiplier), then.value), None
