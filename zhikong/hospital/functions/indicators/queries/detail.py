"""Everything that one indicator's page shows about a place and a month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhikong.engine.definitions import Definition
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.control import WINDOW
from zhikong.hospital.functions.indicators.decided import Decision, first_month_needed
from zhikong.hospital.functions.indicators.models import IndicatorValue
from zhikong.hospital.functions.indicators.queries.board import TREND, Line, line
from zhikong.hospital.functions.indicators.queries.decisions import decision_book
from zhikong.hospital.functions.indicators.queries.figures import (
    Figure,
    Found,
    Frame,
    Place,
    figures,
    signals,
)
from zhikong.hospital.functions.indicators.queries.small_cells import restriction
from zhikong.hospital.functions.indicators.queries.targets import TargetBook
from zhikong.hospital.functions.indicators.rules import Status
from zhikong.hospital.functions.indicators.selection import newest_month

URGENCY = (
    Status.MISSED,
    Status.WARNING,
    Status.MET,
    Status.NO_TARGET,
    Status.TOO_FEW,
    Status.NOT_COMPUTABLE,
)


@dataclass(frozen=True)
class Detail:
    """One indicator, place and month: the judged line, the chart's series with its signals, the departments."""

    line: Line
    months: tuple[str, ...]
    series: tuple[Figure | None, ...]
    found: Mapping[str, tuple[Found, ...]]
    departments: tuple[Line, ...]
    decisions: tuple[Decision, ...] = ()

    @property
    def judged_departments(self) -> int:
        """How many departments have enough cases to be judged."""
        quiet = (Status.TOO_FEW, Status.NOT_COMPUTABLE)
        return sum(row.status not in quiet for row in self.departments)


def detail(
    shown: Frame,
    book: TargetBook,
    *,
    definition: Definition,
    place: Place,
    month: str,
    compared: Sequence[int],
) -> Detail:
    """Four queries: series and signals of the place, values and signals of the compared departments.

    The chart ends with the newest finished month, as the recorded signals do, unless an older month is asked for.
    """
    decided = decision_book().of(definition.id, place)
    window = _with_baseline(shown, chart_window(shown, month), decided)
    span = calendar.span(min(window[0], calendar.shifted(month, -TREND)), window[-1])
    ids = [definition.id]
    values = figures(shown, months=span, indicators=ids, places=[place])
    found = signals(shown, months=span, indicators=ids, places=[place])
    as_of = shown.as_of(month)
    until = span[: span.index(month) + 1]
    judged = line(definition, place, until, values, found, book.of(definition, place, month, as_of))
    chart = tuple(_from_first_value(definition.id, place, window, values))
    return Detail(
        line=judged,
        months=chart,
        series=tuple(values.get((definition.id, place, m)) for m in chart),
        found={m: found[(definition.id, place, m)] for m in chart if (definition.id, place, m) in found},
        departments=_departments(shown, book, definition, month, compared),
        decisions=decided,
    )


def chart_window(shown: Frame, month: str) -> list[str]:
    """The months of the chart that a month is shown in."""
    newest = newest_month(shown)
    inside = calendar.shifted(newest, 1 - WINDOW) <= month <= newest
    window = calendar.last(WINDOW, newest if inside else month)
    return [m for m in window if shown.current is None or m >= shown.current.first_month] or [month]


def _with_baseline(shown: Frame, window: list[str], decided: Sequence[Decision]) -> list[str]:
    """The window from the first month of a frozen baseline on, as far back as there are results."""
    oldest = shown.current.first_month if shown.current is not None else window[0]
    return calendar.span(min(window[0], max(first_month_needed(window[0], decided), oldest)), window[-1])


def _from_first_value(indicator_id: str, place: Place, span: Sequence[str], values: Mapping) -> list[str]:
    """The span without the months before the first result."""
    known = [m for m in span if (indicator_id, place, m) in values]
    return calendar.span(known[0], span[-1]) if known else []


def _departments(
    shown, book, definition: Definition, month: str, compared: Sequence[int]
) -> tuple[Line, ...]:
    """Lines of the departments that have a result, the worst gap first, small numbers last."""
    span = [calendar.shifted(month, -1), month]
    values = figures(shown, months=span, indicators=[definition.id], places=compared)
    found = signals(shown, months=[month], indicators=[definition.id], places=compared)
    as_of = shown.as_of(month)
    rows = [
        line(definition, place, span, values, found, book.of(definition, place, month, as_of))
        for place in compared
        if (definition.id, place, month) in values
    ]
    return tuple(sorted(rows, key=lambda row: (URGENCY.index(row.status), -row.gap)))


def value_history(*, indicator_id: str, place: Place, month: str, limit: int = 20) -> list[IndicatorValue]:
    """Every result ever computed for a month, newest first: which data and definition gave which value."""
    rule = restriction()
    if rule is not None and rule.covers(indicator_id):
        return []  # an earlier result may be small where the present one is not
    rows = IndicatorValue.objects.filter(indicator_id=indicator_id, department_id=place, month=month)
    return list(rows.order_by("-computed_at", "-pk")[:limit])
