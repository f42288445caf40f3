"""A period against an earlier one: each indicator of a place, or one indicator in each department."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators import periods, rules
from zhikong.hospital.functions.indicators.catalogue import minimum_denominator
from zhikong.hospital.functions.indicators.control import data_kind
from zhikong.hospital.functions.indicators.periods import Against, Interval, Span, Sums
from zhikong.hospital.functions.indicators.queries.figures import Figure, Frame, Place, figures

ADDITIVE = ("ratio", "mean", "count", "rate")
VARIATION = 12  # months from which the own variation is measured


@dataclass(frozen=True)
class Asked:
    """Which period against which."""

    span: Span
    against: Against
    until: str

    @property
    def now(self) -> list[str]:
        return periods.months_of(self.span, self.until)

    @property
    def before(self) -> list[str]:
        return periods.months_before(self.span, self.against, self.until)

    @property
    def window(self) -> list[str]:
        first = min(self.before[0], calendar.shifted(self.until, 1 - VARIATION))
        return calendar.span(first, self.until)


@dataclass(frozen=True)
class Compared:
    """One line: both periods, the difference with its interval, and what follows in words."""

    definition: Definition
    place: Place
    now: Sums
    before: Sums
    interval: Interval | None
    verdict: str
    tone: str
    hidden: str = ""

    @property
    def gap(self) -> float | None:
        if self.now.value is None or self.before.value is None:
            return None
        return self.now.value - self.before.value

    @property
    def interval_text(self) -> str:
        return "—" if self.interval is None else f"{self.interval[0]:+.2f} – {self.interval[1]:+.2f}"

    @property
    def gap_text(self) -> str:
        return "—" if self.gap is None else f"{self.gap:+.2f}"

    @property
    def parts(self) -> tuple[str, str]:
        return self._parts(self.now), self._parts(self.before)

    def _parts(self, sums: Sums) -> str:
        if self.hidden:
            return self.hidden
        return " / ".join("—" if part is None else f"{part:,}" for part in (sums.numerator, sums.denominator))


def compared(
    shown: Frame, asked: Asked, *, definitions: Iterable[Definition], places: Sequence[Place]
) -> list[Compared]:
    """Lines of every definition and place that has a figure in one of the periods. One query."""
    wanted = list(definitions)
    found = figures(shown, months=asked.window, indicators=[d.id for d in wanted], places=places)
    lines = (_line(definition, place, asked, found) for definition in wanted for place in places)
    return [line for line in lines if line is not None]


def _line(definition: Definition, place: Place, asked: Asked, found: Mapping) -> Compared | None:
    rows = {month: found.get((definition.id, place, month)) for month in asked.window}
    both = [rows[m] for m in (*asked.now, *asked.before)]
    if all(figure is None for figure in both):
        return None
    hidden = next((f.hidden for f in both if f is not None and f.hidden), "")
    kind = kind_of(definition, list(rows.values()))
    factor = float(definition.multiplier)
    now, before = (
        periods.summed([None if hidden else _part(rows[m]) for m in months], kind=kind, factor=factor)
        for months in (asked.now, asked.before)
    )
    bounds = periods.interval(now, before, kind=kind, factor=factor, series=_series(rows.values()))
    verdict, tone = (_("按规定不显示"), "none") if hidden else _verdict(definition, kind, now, before, bounds)
    return Compared(definition, place, now, before, bounds, verdict, tone, hidden)


def kind_of(definition: Definition, known: Sequence[Figure | None]) -> str:
    """How months add up: proportion, rate, count, measure; single for values that cannot be added up."""
    if str(definition.kind) not in ADDITIVE:
        return "single"
    seen = [figure for figure in known if figure is not None and figure.numerator is not None]
    return data_kind(definition, seen)


def _part(figure: Figure | None):
    return None if figure is None else (figure.numerator, figure.denominator, figure.value)


def _series(rows: Iterable[Figure | None]) -> list[tuple[float, float] | None]:
    return [
        None if f is None or f.value is None else (float(f.value), float(f.denominator or 0)) for f in rows
    ]


def _verdict(
    definition: Definition, kind: str, now: Sums, before: Sums, bounds: Interval | None
) -> tuple[str, str]:
    """In words: is the change more than chance, and for the better?"""
    if now.value is None or before.value is None:
        single = kind == "single" and now.months > 1
        return (_("各月不能相加，请按单月比较") if single else _("有一期没有数值")), "none"
    if not now.whole or not before.whole:
        missing = now.months - now.known + before.months - before.known
        return _("缺 %(n)d 个月，不作判断") % {"n": missing}, "none"
    least = minimum_denominator(definition)
    if kind != "count" and any(s.denominator is not None and s.denominator < least for s in (now, before)):
        return _("例数少，不作判断"), "none"
    if bounds is None:
        return _("没有足够的月份，不作判断"), "none"
    if bounds[0] <= 0 <= bounds[1]:
        return _("在偶然波动之内"), "none"
    good = rules.favourable(_sign(bounds), definition.direction)
    if good is None:
        return _("变化超出偶然"), "info"
    return (_("变化超出偶然，好转"), "ok") if good else (_("变化超出偶然，变差"), "bad")


def _sign(bounds: Interval):
    return 1 if bounds[0] > 0 else -1
