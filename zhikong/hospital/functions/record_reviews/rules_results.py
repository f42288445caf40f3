"""What the readings of a sample say: the estimated rate, agreement by pair and item, where two readers differ. No ORM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from zhikong.engine.stats.agreement import Agreement, Differences, differences, kappa
from zhikong.engine.stats.sampling_estimate import Estimate, estimate

GRADES = ("甲", "乙", "丙")
"""Best first; a grade counts by its first character, whatever the sheet calls it."""


@dataclass(frozen=True)
class Reading:
    """One finished review of one record. grade: '' while unknown items leave it open. losses: item -> points lost."""

    row: int
    reviewer: int
    grade: str
    points: float | None
    losses: Mapping[str, Decimal] = field(default_factory=dict)
    machine: int = 0

    @property
    def letter(self) -> str:
        """甲, 乙 or 丙; '' for a grade that is open or of another scale."""
        return self.grade[:1] if self.grade[:1] in GRADES else ""


@dataclass(frozen=True)
class DrawnRow:
    """A record of a sample as its estimate needs it."""

    pk: int
    department: str
    chance: float
    stratum: str


def rate_of(rows: Sequence[DrawnRow], first: Mapping[int, Reading]) -> Estimate:
    """The share of grade A among all records that could be drawn, from the first readings that are done.

    Records that are not read yet, or whose grade is open, weaken the chance of their stratum's others: it is assumed
    that within a stratum they are like those that were read; how many they are is shown beside it.
    """
    known = {pk: one for pk, one in first.items() if one.letter}
    drawn: dict[str, int] = {}
    read: dict[str, int] = {}
    for row in rows:
        drawn[row.stratum] = drawn.get(row.stratum, 0) + 1
        read[row.stratum] = read.get(row.stratum, 0) + (row.pk in known)
    used = [row for row in rows if row.pk in known]
    chance = [row.chance * read[row.stratum] / drawn[row.stratum] for row in used]
    return estimate([known[row.pk].letter == "甲" for row in used], chance, [row.stratum for row in used])


@dataclass(frozen=True)
class PairLine:
    """Two reviewers and the records that both read."""

    first: int
    second: int
    grades: Agreement
    points: Differences


@dataclass(frozen=True)
class ItemLine:
    """One item of the sheet over all double readings: did both take points from it? apart: mean difference."""

    item: str
    lost: Agreement
    apart: float


@dataclass(frozen=True)
class Difference:
    """A record that was read twice with different results, and the items that make the difference."""

    row: int
    first: Reading
    second: Reading
    items: tuple[tuple[str, Decimal, Decimal], ...]

    @property
    def grades_differ(self) -> bool:
        return self.first.letter != self.second.letter


@dataclass(frozen=True)
class AgreementReport:
    """Everything that double readings tell."""

    pairs: int
    grades: Agreement
    points: Differences
    by_pair: tuple[PairLine, ...]
    by_item: tuple[ItemLine, ...]
    apart: tuple[Difference, ...]


def agreement_of(first: Mapping[int, Reading], second: Mapping[int, Reading]) -> AgreementReport:
    """Agreement of first and second readings of the same rows; grades weighted linearly by their distance."""
    both = [(first[pk], second[pk]) for pk in sorted(first.keys() & second.keys())]
    return AgreementReport(
        len(both),
        _grades(both),
        _points(both),
        tuple(_by_pair(both)),
        tuple(_by_item(both)),
        tuple(_apart(both)),
    )


def _grades(both: Sequence[tuple[Reading, Reading]]) -> Agreement:
    told = [(a.letter, b.letter) for a, b in both if a.letter and b.letter]
    return kappa([a for a, _ in told], [b for _, b in told], categories=GRADES, weighted="linear")


def _points(both: Iterable[tuple[Reading, Reading]]) -> Differences:
    told = [(a.points, b.points) for a, b in both if a.points is not None and b.points is not None]
    return differences([a for a, _ in told], [b for _, b in told])


def _by_pair(both: Sequence[tuple[Reading, Reading]]) -> list[PairLine]:
    """Reviewers by number; who read first does not matter for a pair, so the smaller number stands first."""
    found: dict[tuple[int, int], list[tuple[Reading, Reading]]] = {}
    for a, b in both:
        one, other = (a, b) if a.reviewer <= b.reviewer else (b, a)
        found.setdefault((one.reviewer, other.reviewer), []).append((one, other))
    lines = [PairLine(*pair, _grades(read), _points(read)) for pair, read in found.items()]
    return sorted(lines, key=lambda line: (-line.grades.pairs, line.first, line.second))


def _by_item(both: Sequence[tuple[Reading, Reading]]) -> list[ItemLine]:
    """Items that at least one reader took points from, the least agreed upon first."""
    items = sorted({item for pair in both for one in pair for item in one.losses})
    lines = []
    for item in items:
        told = [(a.losses[item], b.losses[item]) for a, b in both if item in a.losses and item in b.losses]
        if any(a or b for a, b in told):
            lost = kappa([a > 0 for a, _ in told], [b > 0 for _, b in told], categories=(False, True))
            apart = float(sum(abs(a - b) for a, b in told)) / len(told)
            lines.append(ItemLine(item, lost, apart))
    return sorted(lines, key=lambda line: (line.lost.observed, -line.apart, line.item))


def _apart(both: Sequence[tuple[Reading, Reading]]) -> list[Difference]:
    """Rows whose readings differ, other grades first, then by points."""
    found = []
    for a, b in both:
        items = tuple(
            (item, a.losses.get(item, Decimal(0)), b.losses.get(item, Decimal(0)))
            for item in sorted(a.losses.keys() | b.losses.keys())
            if a.losses.get(item, Decimal(0)) != b.losses.get(item, Decimal(0))
        )
        if items or a.letter != b.letter or a.points != b.points:
            found.append(Difference(a.row, a, b, items))
    return sorted(found, key=lambda one: (not one.grades_differ, -_gap(one), one.row))


def _gap(one: Difference) -> float:
    if one.first.points is None or one.second.points is None:
        return 0.0
    return abs(one.first.points - one.second.points)


@dataclass(frozen=True)
class Ranked:
    """A department in a contest: the mean over its records of the mean of each record's reviewers."""

    department: str
    place: int
    mean: float
    records: int
    readings: int
    lowest: float
    highest: float


def ranking(readings: Mapping[int, Sequence[float]], department_of: Mapping[int, str]) -> list[Ranked]:
    """Departments by mean, best first; equal means share a place. A record without a reading does not count."""
    means: dict[str, list[float]] = {}
    counts: dict[str, int] = {}
    for row, points in readings.items():
        if points:
            place = department_of[row]
            means.setdefault(place, []).append(sum(points) / len(points))
            counts[place] = counts.get(place, 0) + len(points)
    lines = sorted(means, key=lambda place: (-round(_mean(means[place]), 6), place))
    found: list[Ranked] = []
    for number, place in enumerate(lines, start=1):
        mean = round(_mean(means[place]), 2)
        standing = found[-1].place if found and found[-1].mean == mean else number
        own = means[place]
        found.append(Ranked(place, standing, mean, len(own), counts[place], min(own), max(own)))
    return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
