"""What a home page says of the indicators of one place: off target, changed since last month, signals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zhikong.engine.definitions import Definition
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.queries.board import Line, line
from zhikong.hospital.functions.indicators.queries.figures import Frame, Place, figures, signals
from zhikong.hospital.functions.indicators.queries.targets import TargetBook
from zhikong.hospital.functions.indicators.rules import Status

JUDGED = (Status.MET, Status.WARNING, Status.MISSED)


@dataclass(frozen=True)
class Overview:
    """The lines of a month, and how the same indicators stood a month before."""

    month: str
    lines: tuple[Line, ...]
    before: Mapping[str, Line]

    @property
    def judged(self) -> list[Line]:
        """The lines with a target that could be judged."""
        return [row for row in self.lines if row.status in JUDGED and not row.in_force.target.empty]

    @property
    def missed(self) -> list[Line]:
        """Off target, the widest gap first."""
        return sorted((r for r in self.lines if r.status is Status.MISSED), key=lambda row: -row.gap)

    @property
    def newly_missed(self) -> list[Line]:
        return [row for row in self.missed if self._was(row) in (Status.MET, Status.WARNING)]

    @property
    def recovered(self) -> list[Line]:
        met = (Status.MET, Status.WARNING)
        return [row for row in self.lines if row.status in met and self._was(row) is Status.MISSED]

    @property
    def new_signals(self) -> list[Line]:
        """A signal to the bad side in this month that was not there in the month before."""
        return [
            row for row in self.lines if row.unfavourable and not self.before[row.definition.id].unfavourable
        ]

    def _was(self, row: Line) -> Status:
        return self.before[row.definition.id].status


def overview(
    shown: Frame, book: TargetBook, *, month: str, place: Place, definitions: Iterable[Definition]
) -> Overview:
    """Two queries."""
    wanted = list(definitions)
    span = calendar.last(3, month)
    values = figures(shown, months=span, places=[place])
    found = signals(shown, months=span[1:], places=[place])

    def judged(definition: Definition, months: list[str]) -> Line:
        as_of = shown.as_of(months[-1])
        in_force = book.of(definition, place, months[-1], as_of)
        return line(definition, place, months, values, found, in_force)

    return Overview(
        month=month,
        lines=tuple(judged(definition, span[1:]) for definition in wanted),
        before={definition.id: judged(definition, span[:2]) for definition in wanted},
    )
