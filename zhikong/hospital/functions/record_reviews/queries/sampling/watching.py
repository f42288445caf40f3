"""What looks too good: scores heaped at a grade, records signed at the last minute, departments suddenly perfect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhikong.engine.stats.suspicion import Heap, LastMinute, Sudden, heap, last_minute, sudden
from zhikong.foundation.facts import record_frames
from zhikong.hospital.functions.record_reviews.models import ReviewAssignment

CUTOFFS = (90.0, 80.0, 75.0)
ALARM = 0.01
"""How rarely chance alone may give what was seen before the page asks a question."""
OWN_STAGES = ("self", "department")
RISEN = 0.05


@dataclass(frozen=True)
class HeapLine:
    """Scores of one department (None: all) at one stage and cut-off."""

    department: int | None
    stage: str
    scores: int
    found: Heap

    @property
    def asks(self) -> bool:
        """Whether somebody should look."""
        return self.found.p is not None and self.found.p < ALARM and not self.found.round_numbers


@dataclass(frozen=True)
class SuddenLine:
    """A department whose rate of grade A rose at once. month: where the later part begins."""

    department: str
    month: str
    found: Sudden
    own_minus_hospital: float | None = None
    both: int = 0

    @property
    def asks(self) -> bool:
        """A rise beyond chance by five points or more; what was always so is no rise."""
        before, after = self.found.before, self.found.after
        if self.found.p is None or not before[1] or not after[1]:
            return False
        return self.found.p < ALARM and after[0] / after[1] - before[0] / before[1] >= RISEN


@dataclass(frozen=True)
class LastLine:
    """Records of one department that were signed within the last half hour of their limit."""

    department: str
    found: LastMinute

    @property
    def asks(self) -> bool:
        """Twice as many in the last half hour as in the one before, beyond chance."""
        return self.found.p is not None and self.found.p < ALARM and self.found.last >= 2 * self.found.before


def scores(months: Iterable[str]) -> list[tuple[int, str, str, float]]:
    """(department, stage, stay, points) of finished reviews of some months of discharge; ranges left out."""
    rows = ReviewAssignment.objects.filter(
        state=ReviewAssignment.State.DONE, case__month__in=list(months), low__isnull=False
    ).values_list("case__department_id", "stage", "case__stay_id", "low", "high")
    return [(place, stage, stay, float(high)) for place, stage, stay, low, high in rows if low == high]


def heaps(told: Sequence[tuple[int, str, str, float]]) -> list[HeapLine]:
    """The hospital and every department with enough scores, at each stage and cut-off; alarms first."""
    groups: dict[tuple[int | None, str], list[float]] = {}
    for place, stage, _stay, points in told:
        for key in ((None, stage), (place, stage)):
            groups.setdefault(key, []).append(points)
    lines = [
        HeapLine(place, stage, len(values), found)
        for (place, stage), values in groups.items()
        for cutoff in CUTOFFS
        if (found := heap(values, cutoff)).p is not None
    ]
    return sorted(lines, key=lambda line: (not line.asks, line.found.p, line.department or 0, line.stage))


def histogram(values: Sequence[float], *, first: int = 70, last: int = 100) -> list[tuple[int, int]]:
    """(whole points, how many scores in [n, n + 1)); 100 stands by itself."""
    counts = dict.fromkeys(range(first, last + 1), 0)
    for value in values:
        if first <= value <= last:
            counts[int(value)] += 1
    return list(counts.items())


def sudden_lines(
    months: Sequence[str], told: Sequence[tuple[int, str, str, float]], codes: Mapping[int, str], *, by
) -> list[SuddenLine]:
    """Every department's rate of grade A by month on the front pages, and whether it rose at once.

    Beside it: for records that the department and the hospital both scored, how much higher the department did.
    """
    passed: dict[str, dict[str, int]] = {}
    checked: dict[str, dict[str, int]] = {}
    for place, month, grade, count in record_frames.grades_by_month(
        months, by=by, purpose="太好的结果：等级"
    ):
        checked.setdefault(place, {})[month] = checked.get(place, {}).get(month, 0) + count
        if grade == "1":
            passed.setdefault(place, {})[month] = passed.get(place, {}).get(month, 0) + count
    gaps = _gaps(told, codes)
    lines = []
    for place, by_month in checked.items():
        good = [passed.get(place, {}).get(month, 0) for month in months]
        found = sudden(good, [by_month.get(month, 0) for month in months])
        gap, both = gaps.get(place, (None, 0))
        month = months[found.at] if found.at is not None else ""
        lines.append(SuddenLine(place, month, found, gap, both))
    return sorted(
        lines,
        key=lambda line: (not line.asks, line.found.p if line.found.p is not None else 2, line.department),
    )


def _gaps(told, codes: Mapping[int, str]) -> dict[str, tuple[float, int]]:
    own: dict[str, list[float]] = {}
    hospital: dict[str, list[float]] = {}
    place_of: dict[str, int] = {}
    for place, stage, stay, points in told:
        place_of[stay] = place
        (own if stage in OWN_STAGES else hospital).setdefault(stay, []).append(points)
    gaps: dict[str, list[float]] = {}
    for stay in own.keys() & hospital.keys():
        gap = sum(own[stay]) / len(own[stay]) - sum(hospital[stay]) / len(hospital[stay])
        gaps.setdefault(codes.get(place_of[stay], ""), []).append(gap)
    return {place: (sum(found) / len(found), len(found)) for place, found in gaps.items()}


def last_lines(months: Iterable[str], *, by) -> list[LastLine]:
    """Every department's signing of admission and discharge records against their 24 hours."""
    left: dict[str, list[int]] = {}
    for place, _type, minutes in record_frames.signing_minutes(
        months, by=by, purpose="太好的结果：临近时限签名"
    ):
        left.setdefault(place, []).append(minutes)
    lines = [LastLine(place, last_minute(minutes)) for place, minutes in left.items()]
    return sorted(lines, key=lambda line: (not line.asks, -(line.found.share or 0), line.department))
