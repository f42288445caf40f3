"""The indicator list: one line per indicator and place, judged, with its movement and trend."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition, How
from zhikong.foundation.facts.reported import REPORTED, origin_of
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators import rules
from zhikong.hospital.functions.indicators.catalogue import minimum_denominator
from zhikong.hospital.functions.indicators.queries.figures import (
    Figure,
    Found,
    Frame,
    Place,
    figures,
    signals,
)
from zhikong.hospital.functions.indicators.queries.targets import InForce, TargetBook
from zhikong.hospital.functions.indicators.rules import Status

TREND = 12  # months in the sparkline


@dataclass(frozen=True)
class Line:
    """What one indicator says about one place in one month."""

    definition: Definition
    place: Place
    month: str
    in_force: InForce
    figure: Figure | None
    before: Decimal | None
    year_before: Decimal | None
    trend: tuple[Decimal | None, ...]
    found: tuple[Found, ...]

    @property
    def value(self) -> Decimal | None:
        return self.figure.value if self.figure else None

    @cached_property
    def status(self) -> Status:
        if self.hidden:
            return Status.TOO_FEW
        return rules.judge(
            self.value,
            self.in_force.target,
            denominator=self.figure.denominator if self.figure and self.definition.kind != "count" else None,
            minimum=minimum_denominator(self.definition),
            unfavourable_signal=self.unfavourable,
        )

    @property
    def hidden(self) -> str:
        """What stands in place of a number that is hidden from the reader; empty when nothing is hidden."""
        return self.figure.hidden if self.figure else ""

    @property
    def unfavourable(self) -> bool:
        """A signal to the bad side whose limits rest on enough months; trial limits alert nobody, nor does the half
        of a pair that is only shown for comparison."""
        if self.in_force.origin == "not_counted":
            return False
        return any(
            rules.side_is_unfavourable(f.side, self.definition.direction)
            for f in self.found
            if not f.chart.get("trial")
        )

    @property
    def unit(self) -> str:
        return self.definition.unit

    @property
    def name(self) -> str:
        return self.definition.title()

    @property
    def origin(self) -> str:
        """Whether people typed the numbers (reported) or a system holds them (computed)."""
        return origin_of(self.definition)

    @property
    def origin_word(self) -> str:
        return str(rules.ORIGIN_WORDS[self.origin])

    @property
    def labelled(self) -> str:
        """The name with its source where departments reported it, for places without room for a column."""
        told = self.origin == REPORTED and _("填报") not in self.name
        return _("%(name)s（填报）") % {"name": self.name} if told else self.name

    @property
    def shown(self) -> str:
        return self.hidden or rules.shown(self.value)

    @property
    def target_text(self) -> str:
        return self.in_force.target.text(self.unit)

    @property
    def word(self) -> str:
        return str(rules.WORDS[self.status])

    @property
    def tone(self) -> str:
        return rules.TONES[self.status]

    @property
    def change(self) -> Decimal | None:
        """环比: against the month before."""
        return rules.change(self.value, self.before)

    @property
    def change_text(self) -> str:
        return rules.change_text(self.change)

    @property
    def favourable(self) -> bool | None:
        return rules.favourable(self.change, self.definition.direction)

    @property
    def year_change_text(self) -> str:
        """同比: against the same month of the year before."""
        return rules.change_text(rules.change(self.value, self.year_before))

    @property
    def gap(self) -> Decimal:
        """How far from the target, as a share of it, so that indicators of different units can be ranked."""
        if self.value is None:
            return Decimal(0)
        bound = self.in_force.target.low if self.in_force.target.low else self.in_force.target.high
        return self.in_force.target.gap(self.value) / (abs(bound) if bound else Decimal(1))

    @property
    def sentence(self) -> str:
        figure = self.figure
        if self.hidden:
            return f"{self.name}：{figure.reason}"
        return rules.judgement_sentence(
            self.name,
            self.status,
            self.value,
            self.in_force.target,
            self.unit,
            denominator=figure.denominator if figure else None,
            minimum=minimum_denominator(self.definition),
            reason=why_not(figure),
            shortfall=self.shortfall,
        )

    @property
    def shortfall(self) -> int | None:
        counts_stays = self.definition.table == "stays" and self.definition.numerator.how == How.COUNT
        if self.figure is None or self.definition.kind != "ratio" or not counts_stays:
            return None
        return rules.shortfall_cases(
            self.figure.numerator, self.figure.denominator, self.in_force.target, self.definition.multiplier
        )


def why_not(figure: Figure | None) -> str:
    """Why there is no value, in Chinese; empty when there is one."""
    if figure is None:
        return _("没有这个月的数据")
    return figure.reason


def lines(
    shown: Frame, book: TargetBook, *, month: str, places: Sequence[Place], definitions: Iterable[Definition]
) -> list[Line]:
    """The lines of a month, in the order of definitions, then places. Two queries, whatever the number of lines."""
    wanted = list(definitions)
    span = calendar.last(TREND + 1, month)  # the thirteenth is the same month of the year before
    ids = [definition.id for definition in wanted]
    values = figures(shown, months=span, indicators=ids, places=places)
    found = signals(shown, months=[month], indicators=ids, places=places)
    as_of = shown.as_of(month)
    return [
        line(definition, place, span, values, found, book.of(definition, place, month, as_of))
        for definition in wanted
        for place in places
    ]


def line(
    definition: Definition, place: Place, span: Sequence[str], values: dict, found: dict, in_force: InForce
) -> Line:
    """span: ascending months; the last is judged, all but the first make the trend."""
    row = [values.get((definition.id, place, month)) for month in span]
    series = [figure.value if figure else None for figure in row]
    before = series[-2] if len(series) > 1 else None
    year_before = series[-13] if len(series) > 12 else None
    signal = found.get((definition.id, place, span[-1]), ())
    trend = tuple(series[-TREND:])
    return Line(definition, place, span[-1], in_force, row[-1], before, year_before, trend, signal)


def counts(of_lines: Iterable[Line]) -> dict[str, int]:
    """How many lines are in each state, and how many show a signal: the page's number cards."""
    everything = list(of_lines)
    by_status = Counter(line.status.value for line in everything)
    return {status.value: by_status[status.value] for status in Status} | {
        "signal": sum(bool(line.found) for line in everything)
    }
