"""Did a finding's measure move its indicator? What findings ask of this function (CAP-08)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.engine.stats.effect import Shift, shifted
from zhikong.foundation.findings.effects import Effect, Point
from zhikong.foundation.findings.rules import Verdict
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.control import WINDOW, chart_kind
from zhikong.hospital.functions.indicators.queries.figures import Figure, figures, frame
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.functions.indicators.rules import Target
from zhikong.hospital.functions.indicators.selection import newest_month

DATA_ARRIVE = timedelta(days=9)  # after this many days of a month the figures of the month before are there


def effect_of(finding, now: datetime) -> Effect:
    """Before and after the correction, judged on limits that come from the months before it alone.

    The month of the correction is neither before nor after.
    """
    definition = definitions().get(finding.indicator_id)
    if definition is None:
        return _unknown(_("指标 %(id)s 已不存在，无法读取。") % {"id": finding.indicator_id}, now)
    shown = frame()
    turned = calendar.month_of(timezone.localdate(finding.corrected_at or finding.raised_at))
    newest = newest_month(shown)
    before = calendar.last(WINDOW, calendar.shifted(turned, -1))
    after = calendar.span(calendar.shifted(turned, 1), newest)
    place = finding.department_id
    values = figures(shown, months=[*before, *after], indicators=[definition.id], places=[place])
    series = [[values.get((definition.id, place, m)) for m in span] for span in (before, after)]
    series[0], before = _from_first(series[0], before)
    verdict = _verdict(definition, *series, _direction(definition, place, turned, series[0]))
    return Effect(
        before=_points(before, series[0]),
        after=_points(after, series[1]),
        verdict=Verdict(verdict.verdict.value),
        sentence=verdict.sentence,
        unit=definition.unit,
        review_on=_review_on(verdict, newest, now)
        if verdict.verdict.value == Verdict.NOT_ENOUGH_DATA
        else None,
    )


def _unknown(sentence: str, now: datetime) -> Effect:
    review_on = timezone.localdate(now) + timedelta(days=30)
    return Effect((), (), Verdict.NOT_ENOUGH_DATA, sentence, review_on=review_on)


def _from_first(series: list[Figure | None], months: list[str]) -> tuple[list[Figure | None], list[str]]:
    """Without the months before the first figure."""
    first = next((i for i, figure in enumerate(series) if figure is not None), len(series))
    return series[first:], months[first:]


def _points(months: Sequence[str], series: Sequence[Figure | None]) -> tuple[Point, ...]:
    return tuple(Point(m, f.value if f else None) for m, f in zip(months, series, strict=True))


def _verdict(
    definition: Definition, before: Sequence[Figure | None], after: Sequence[Figure | None], direction: str
) -> Shift:
    kind = chart_kind(definition, before) if before else "xmr"
    if kind.startswith(("p", "u")):
        return shifted(
            _part(before, "numerator"),
            _part(after, "numerator"),
            direction=direction,
            before_n=_part(before, "denominator"),
            after_n=_part(after, "denominator"),
            chart=kind,
        )
    return shifted(_part(before, "value"), _part(after, "value"), direction=direction)


def _part(series: Sequence[Figure | None], name: str) -> list[float | None]:
    parts = (None if figure is None else getattr(figure, name) for figure in series)
    return [None if part is None else float(part) for part in parts]


def _direction(definition: Definition, place: int, month: str, before: Sequence[Figure | None]) -> str:
    """The good side; for a range it is the way back into it, for mere monitoring less counts as better."""
    if definition.direction in ("up", "down"):
        return str(definition.direction)
    target: Target = target_book().of(definition, place, month).target
    last = next((f.value for f in reversed(before) if f is not None and f.value is not None), None)
    return "up" if last is not None and target.low is not None and last < target.low else "down"


def _review_on(verdict: Shift, newest: str, now: datetime) -> date:
    """When the figures of the last month that is still needed will be there; at least tomorrow."""
    there = calendar.first_day(calendar.shifted(newest, verdict.months_needed + 1)) + DATA_ARRIVE
    return max(there, timezone.localdate(now) + timedelta(days=1))
