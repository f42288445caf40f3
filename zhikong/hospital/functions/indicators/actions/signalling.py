"""Finding signals: every chart, every rule, every month, recorded with the limits that found them."""

from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction

from zhikong.engine.definitions import Definition
from zhikong.engine.stats.points import Rule
from zhikong.hospital.functions.indicators import catalogue
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.control import WINDOW, Control, control
from zhikong.hospital.functions.indicators.decided import first_month_needed
from zhikong.hospital.functions.indicators.models import Computation, Signal
from zhikong.hospital.functions.indicators.queries.decisions import decision_book
from zhikong.hospital.functions.indicators.queries.figures import Frame, Place, figures
from zhikong.hospital.functions.indicators.queries.small_cells import everything
from zhikong.hospital.functions.indicators.selection import newest_month

BATCH = 2000


@transaction.atomic
def detect_signals(*, run: Computation, definitions: Iterable[Definition]) -> int:
    """Record the signals of these definitions in the run's data; returns how many. Call once per run.

    A month that is still running is left out: half a month of discharges is no point on a chart.
    """
    wanted = {definition.id: definition for definition in definitions}
    shown = Frame(run, {})
    span = _span(run, shown)
    first = max(min(decision_book().first_months([span[0]])), run.first_month)
    values = figures(shown, months=calendar.span(first, span[-1]), indicators=wanted)
    keys = sorted({key[:2] for key in values}, key=lambda key: (key[0], key[1] or 0))
    rows = [
        row for indicator, place in keys for row in _signals_of(run, wanted[indicator], place, span, values)
    ]
    Signal.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def redraw_signals(*, indicator_id: str, place: Place) -> int:
    """Find the signals of one chart anew, after a decision about it; those found before stay as they were."""
    run = Computation.objects.order_by("-computed_at", "-pk").first()
    definition = catalogue.definitions().get(indicator_id)
    if run is None or definition is None or run.definitions.get(indicator_id) != definition.hash:
        return 0  # its next computation finds them
    span, decided = _span(run, Frame(run, {})), decision_book().of(indicator_id, place)
    start = max(first_month_needed(span[0], decided), run.first_month)
    wide = calendar.span(start, span[-1])
    with everything():
        values = figures(Frame(run, {}), months=wide, indicators=[indicator_id], places=[place])
    rows = list(_signals_of(run, definition, place, span, values))
    Signal.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def _span(run: Computation, shown: Frame) -> list[str]:
    """The finished months that charts show."""
    return [m for m in calendar.last(WINDOW, newest_month(shown)) if m >= run.first_month]


def _signals_of(
    run: Computation, definition: Definition, place: Place, span: Sequence[str], values: dict
) -> Iterator[Signal]:
    book = decision_book()
    decided = book.of(definition.id, place)
    months = calendar.span(max(first_month_needed(span[0], decided), run.first_month), span[-1])
    chart = control(definition, [values.get((definition.id, place, m)) for m in months], months, decided)
    if chart is None:
        return
    for index, rule in enumerate(chart.rules):
        if rule is not Rule.NONE:
            yield Signal(
                institution_id=run.institution_id,
                indicator_id=definition.id,
                definition_hash=definition.hash,
                data_version=run.data_version,
                department_id=place,
                month=months[index],
                rule=rule.value,
                side=chart.side(rule),
                sentence=f"{calendar.spoken(months[index])}{chart.reason_of(rule)}。",
                chart=_parameters(chart, index, months),
                decided=book.stamp(definition.id, place),
            )


def _parameters(chart: Control, index: int, span: Sequence[str]) -> dict:
    """What is needed to draw or to question the signal again."""
    lower, centre, upper = chart.at(index)
    return {
        "kind": chart.kind,
        "first_month": span[0],
        "last_month": span[-1],
        "points": chart.points,
        "trial": bool(chart.limits.trial),
        "screened": chart.limits.options.screened,
        "lower": lower,
        "centre": centre,
        "upper": upper,
    }
