"""Departments beside each other in a funnel: limits that allow for small numbers, sentences, rows of the table (F-14)."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.engine.stats.funnel import Funnel, funnel
from zhikong.hospital.functions.indicators.catalogue import minimum_denominator
from zhikong.hospital.functions.indicators.control import data_kind
from zhikong.hospital.functions.indicators.queries.figures import Figure
from zhikong.web.charts.funnels import INSIDE, NEAR, OUTSIDE, SMALL, FunnelData, funnel_chart

KINDS = ("proportion", "rate")


@dataclass(frozen=True)
class Unit:
    """One department over the period. hidden: what stands in place of its numbers; then it is not in the funnel."""

    place: int
    name: str
    numerator: int | None
    denominator: int | None
    hidden: str = ""

    @property
    def parts(self) -> str:
        return self.hidden or f"{self.numerator:,} / {self.denominator:,}"


@dataclass(frozen=True)
class Row:
    """A department in the table behind the funnel, in the indicator's unit."""

    unit: Unit
    value: float | None
    lower: float | None
    upper: float | None
    state: str
    tone: str
    sentence: str


@dataclass(frozen=True)
class Drawn:
    """The funnel of a page; data is None when there is nothing to compare, why_none says why."""

    rows: tuple[Row, ...]
    sentence: str = ""
    data: FunnelData | None = None
    why_none: str = ""

    def spec(self, theme: str) -> dict:
        return funnel_chart(self.data, theme=theme)

    @cached_property
    def stamp(self) -> str:
        """Changes when the picture does."""
        return hashlib.sha256(json.dumps(self.spec("light"), sort_keys=True).encode()).hexdigest()[:12]


def units(
    found: Mapping[tuple, Figure], definition: Definition, names: Mapping[int, str], months: Sequence[str]
) -> list[Unit]:
    """Numerators and denominators of the months added up; a department with a hidden month is hidden as a whole."""
    made = []
    for place, name in names.items():
        row = [found[key] for month in months if (key := (definition.id, place, month)) in found]
        hidden = next((figure.hidden for figure in row if figure.hidden), "")
        if hidden:
            made.append(Unit(place, name, None, None, hidden))
            continue
        counted = [f for f in row if f.numerator is not None and f.denominator]
        if counted:
            made.append(
                Unit(place, name, sum(f.numerator for f in counted), sum(f.denominator for f in counted))
            )
    return made


def drawn(definition: Definition, compared: Sequence[Unit], *, place_name: str, period: str) -> Drawn:
    """The funnel of a comparison, or why there is none."""
    seen = [unit for unit in compared if not unit.hidden]
    hidden = tuple(Row(unit, None, None, None, _("已隐藏"), "none", "") for unit in compared if unit.hidden)
    kind = data_kind(definition, [_figure(unit) for unit in seen])
    if kind not in KINDS:
        return Drawn(hidden, why_none=_("漏斗图只用于率：这个指标是均值、中位数或计数，请看科室比较。"))
    if len(seen) < 3:
        return Drawn(hidden, why_none=_("可比的科室不足 3 个，画不出漏斗图。"))
    scale = float(definition.multiplier)
    numbers = tuple((unit.name, unit.numerator, unit.denominator) for unit in seen)
    key = (numbers, kind, minimum_denominator(definition), scale, definition.unit)
    made = _funnel(*key)
    rows = tuple(_row(made, seen, index, scale) for index in range(len(seen)))
    said = {"place": place_name, "period": period, "n": len(seen)}
    data = FunnelData(
        title=f"{definition.title()}（{definition.unit}）",
        subtitle=_("%(place)s · %(period)s · %(n)s 个科室") % said,
        across=_("分母（例数）"),
        up=definition.unit,
        units=[
            (r.unit.name, float(r.unit.denominator), r.value, r.state) for r in rows if r.value is not None
        ],
        curve=_curve_of(*key),
        target=round(made.target * scale, 6),
    )
    return Drawn((*rows, *hidden), made.sentence, data)


@lru_cache(maxsize=256)
def _funnel(
    of_units: tuple[tuple[str, int, int], ...], kind: str, minimum: int, scale: float, unit: str
) -> Funnel:
    """Exact limits take a while; page, picture and sheet ask for the same ones. The numbers are the whole key."""
    names, above, below = zip(*of_units, strict=True)
    return funnel(above, below, kind=kind, minimum=minimum, names=names, scale=scale, unit=unit)


@lru_cache(maxsize=256)
def _curve_of(of_units: tuple, kind: str, minimum: int, scale: float, unit: str) -> tuple[tuple, ...]:
    """The limits at rising numbers of cases, in the indicator's unit."""
    found = _funnel(of_units, kind, minimum, scale, unit).curve(points=60)
    bounds = found.bounds
    lines = (bounds.lower_998, bounds.lower_95, bounds.upper_95, bounds.upper_998)
    return tuple(
        (round(float(cases), 3), *(_known(line[index], scale) for line in lines))
        for index, cases in enumerate(found.denominators)
    )


def _figure(unit: Unit) -> Figure:
    return Figure(unit.numerator, unit.denominator, None, "", "", "", None)


def _row(made: Funnel, seen: Sequence[Unit], index: int, scale: float) -> Row:
    state, tone = _state(made, index)
    return Row(
        seen[index],
        _known(made.ratio[index], scale),
        _known(made.limits.lower_998[index], scale),
        _known(made.limits.upper_998[index], scale),
        state,
        tone,
        made.said_of(index),
    )


def _state(made: Funnel, index: int) -> tuple[str, str]:
    """Small units are shown and never judged."""
    if made.small[index]:
        return SMALL, "none"
    if made.outside[index]:
        return OUTSIDE, "bad"
    return (NEAR, "warn") if made.warning[index] else (INSIDE, "ok")


def _known(value: float, scale: float) -> float | None:
    return None if math.isnan(value) else round(float(value) * scale, 6)
