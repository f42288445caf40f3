"""A period's occurrences laid out as department by duty, and what stands beside them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from zhikong.foundation.duties import queries
from zhikong.foundation.duties.models import Occurrence
from zhikong.foundation.duties.rules import WORDS, State


@dataclass(frozen=True)
class Cell:
    """One occurrence as the pages show it: tag kind, word, and whether proofs are still wanting."""

    occurrence: Occurrence
    state: State

    @property
    def kind(self) -> str:
        return WORDS[self.state][0]

    @property
    def word(self) -> str:
        return WORDS[self.state][1]

    @property
    def proofs(self) -> list:
        return getattr(self.occurrence, "valid_proofs", [])

    @property
    def count(self) -> str:
        """1/2 where more than one proof is needed and not all are there."""
        if self.occurrence.needed == 1 or self.state in (State.DONE, State.LATE_DONE):
            return ""
        return f"{len(self.proofs)}/{self.occurrence.needed}"


@dataclass
class Row:
    """A department with one cell (or None: does not hold for it) per column."""

    name: str
    cells: list[Cell | None]


@dataclass
class Matrix:
    """columns: (duty id, title). others: occurrences of committees and the hospital."""

    columns: list[tuple[str, str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    others: list[Cell] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def cell(occurrence: Occurrence, today: date) -> Cell:
    return Cell(occurrence, queries.state(occurrence, today))


def matrix(*, every: str, period: str, today: date, only: str = "") -> Matrix:
    """The matrix of one period in scope; ``only`` a state leaves out departments without it."""
    cells = [cell(occurrence, today) for occurrence in queries.occurrences(every=every, period=period)]
    made = Matrix(counts=Counter(c.state.value for c in cells))
    of_departments = [c for c in cells if c.occurrence.department_id is not None]
    order = {resolved.id: n for n, resolved in enumerate(queries.duties(on=today))}
    titles = {c.occurrence.duty_id: c.occurrence.title for c in of_departments}
    made.columns = sorted(titles.items(), key=lambda pair: (order.get(pair[0], 999), pair[0]))
    made.rows = _rows(of_departments, made.columns, only)
    others = [c for c in cells if c.occurrence.department_id is None and only in ("", c.state)]
    made.others = sorted(others, key=lambda c: (order.get(c.occurrence.duty_id, 999), c.occurrence.place))
    return made


def _rows(cells: list[Cell], columns: list[tuple[str, str]], only: str) -> list[Row]:
    by_place: dict[str, dict[str, Cell]] = {}
    for one in cells:
        by_place.setdefault(one.occurrence.place, {})[one.occurrence.duty_id] = one
    rows = []
    for found in by_place.values():
        if only and not any(one.state == only for one in found.values()):
            continue
        name = next(iter(found.values())).occurrence.place_name
        rows.append(Row(name, [found.get(duty_id) for duty_id, _title in columns]))
    return rows


@dataclass
class Line:
    """One place's way through the last periods of a duty: cells by period, and how much was done in time."""

    name: str
    cells: list[Cell | None]

    @property
    def judged(self) -> list[Cell]:
        """Periods that count: not excused, and either done or past their date."""
        return [c for c in self.cells if c and c.state in (State.DONE, State.LATE_DONE, State.MISSING)]

    @property
    def share(self) -> int | None:
        """Per cent of the judged periods with evidence in time; None when there is none yet."""
        return (
            round(100 * sum(c.state is State.DONE for c in self.judged) / len(self.judged))
            if self.judged
            else None
        )


def lines(occurrences: list[Occurrence], today: date, limit: int = 12) -> tuple[list[str], list[Line]]:
    """The last periods of one duty, oldest first, and a line for each place."""
    periods = sorted({(o.starts_on, o.period) for o in occurrences})[-limit:]
    keys = [key for _start, key in periods]
    found: dict[str, dict[str, Cell]] = {}
    for occurrence in occurrences:
        found.setdefault(occurrence.place_name, {})[occurrence.period] = cell(occurrence, today)
    made = [Line(name, [of.get(key) for key in keys]) for name, of in found.items()]
    return keys, [line for line in made if any(line.cells)]
