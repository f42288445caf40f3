"""Finding signals: every chart, every rule, every month, recorded with the limits that found them."""

from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction

from zhikong.engine.definitions import Definition
from zhikong.engine.stats.points import Rule
from zhikong.engine.stats.wording import REASONS
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.control import WINDOW, Control, control, side
from zhikong.hospital.functions.indicators.models import Computation, Signal
from zhikong.hospital.functions.indicators.queries.figures import Frame, Place, figures
from zhikong.hospital.functions.indicators.selection import newest_month

BATCH = 2000


@transaction.atomic
def detect_signals(*, run: Computation, definitions: Iterable[Definition]) -> int:
    """Record the signals of these definitions in the run's data; returns how many. Call once per run.

    A month that is still running is left out: half a month of discharges is no point on a chart.
    """
    wanted = {definition.id: definition for definition in definitions}
    shown = Frame(run, {})
    last = newest_month(shown)
    span = [m for m in calendar.last(WINDOW, last) if m >= run.first_month]
    values = figures(shown, months=span, indicators=wanted)
    keys = sorted({key[:2] for key in values}, key=lambda key: (key[0], key[1] or 0))
    rows = [
        row for indicator, place in keys for row in _signals_of(run, wanted[indicator], place, span, values)
    ]
    Signal.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def _signals_of(
    run: Computation, definition: Definition, place: Place, span: Sequence[str], values: dict
) -> Iterator[Signal]:
    chart = control(definition, [values.get((definition.id, place, month)) for month in span])
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
                month=span[index],
                rule=rule.value,
                side=side(rule),
                sentence=f"{calendar.spoken(span[index])}{REASONS[rule]}。",
                chart=_parameters(chart, index, span),
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
