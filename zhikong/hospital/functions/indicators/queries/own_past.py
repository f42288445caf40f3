"""The hospital's own values of whole years: what relative targets (“15 % below last year”) are held against."""

from collections import OrderedDict
from decimal import Decimal

from zhikong.engine.definitions import Definition
from zhikong.engine.definitions.goals import Target as Goal
from zhikong.engine.results import Reason
from zhikong.engine.targets import resolved, year_value
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.queries.figures import Frame, figures, frame
from zhikong.hospital.functions.indicators.queries.small_cells import everything

YEARS = 5  # before the year in question; a base year may not lie further
KEPT = 8  # what hospitals' computations come to, in this process
Years = dict[int, Decimal]
_known: OrderedDict[tuple, dict[str, Years]] = OrderedDict()


class OwnPast:
    """Read when a relative target is asked for, for all of them in one query, and kept while nothing is computed."""

    def __init__(self, shown: Frame | None = None):
        self._shown = shown
        self._values: dict[int, dict[str, Years]] = {}

    def bounded(self, definition: Definition, goal: Goal, year: int) -> Goal | Reason:
        """The goal of `year` with bounds; a Reason that names the year whose values are missing."""
        if goal.relative is None:
            return goal
        if year not in self._values:
            self._shown = self._shown or frame()
            self._values[year] = _values_before(year, self._shown)
        years = self._values[year].get(definition.id, {})
        return resolved(goal, direction=definition.direction, years=years, year=year)


def _values_before(year: int, shown: Frame) -> dict[str, Years]:
    closed = sorted((month, row.computation_id) for month, row in shown.closed.items())
    key = (year, shown.current and shown.current.pk, *closed)
    if key in _known:
        return _known[key]
    read = _read(year, shown)
    if any(read.values()):  # a reader who may see nothing leaves nothing behind for the others
        _known[key] = read
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return read


def _read(year: int, shown: Frame) -> dict[str, Years]:
    """Also where a rule hides small months from the reader: a year's sum tells no month."""
    asked = [d for d in definitions().values() if any(goal.relative for goal in d.targets.values())]
    months = calendar.span(f"{year - YEARS}-01", f"{year - 1}-12")
    with everything():
        found = figures(shown, months=months, indicators=[d.id for d in asked], places=[None])
    return {d.id: _whole_years(d, found, range(year - YEARS, year)) for d in asked}


def _whole_years(definition: Definition, found: dict, years: range) -> Years:
    values: Years = {}
    for year in years:
        row = [found.get((definition.id, None, f"{year}-{number:02d}")) for number in range(1, 13)]
        value = year_value(definition, [(f.numerator, f.denominator) for f in row if f is not None])
        if not isinstance(value, Reason):
            values[year] = value
    return values
