"""Where each patient lies: departments, ICU, wards, beds, and the midnight census that follows from it."""

from dataclasses import dataclass

import numpy as np

from zhikong.simulator import catalogue, hospital
from zhikong.simulator.arrivals import Cohort
from zhikong.simulator.clock import DAY, Window, stream

PARTS = 3
"""A stay has at most so many parts in different departments."""

# where patients of the emergency and intensive care wards go on to, and who sends patients to whom otherwise
_RECEIVERS = ("CARD", "RESP", "GAST", "NEUR", "NEPH", "INFE", "GSUR", "HEPB", "NEUS", "GERI")


@dataclass(frozen=True)
class Movement:
    """One row is a stay of the cohort, one column a part of it. Unused parts have department -1."""

    department: np.ndarray  # (stays, PARTS) numbers of departments
    start: np.ndarray  # (stays, PARTS) minute at which the part begins
    end: np.ndarray  # (stays, PARTS) minute at which it ends
    parts: np.ndarray  # number of parts used
    ward: np.ndarray  # row of hospital.wards() of the last part

    @property
    def first(self) -> np.ndarray:
        """Department of admission."""
        return self.department[:, 0]

    @property
    def last(self) -> np.ndarray:
        """Department of discharge."""
        return self.department[np.arange(len(self.parts)), self.parts - 1]

    def icu(self, number: int) -> np.ndarray:
        """(stays, PARTS) which parts were spent in the department of this number."""
        return self.department == number


def movement(seed: int, cohort: Cohort) -> Movement:
    """Transfers and intensive care for each stay; parts follow one another without a gap."""
    rng = stream(seed, "movement")
    sequence = _sequences(rng, cohort)
    start, end = _times(rng, cohort, sequence)
    parts = (sequence >= 0).sum(axis=1)
    last = sequence[np.arange(len(cohort)), parts - 1]
    return Movement(sequence, start, end, parts, _ward(cohort, last))


def _sequences(rng, cohort: Cohort) -> np.ndarray:
    """The departments of each stay in order, -1 where there is none; only stays of some length move."""
    count, numbers, habits = len(cohort), catalogue.department_index(), catalogue.habits()
    home, icu = cohort.home, numbers["ICUD"]
    receivers = np.array([numbers[code] for code in _RECEIVERS])
    other = receivers[rng.integers(0, len(receivers), count)]
    other = np.where(other == home, numbers["EMER"], other)
    critical = np.where(cohort.dead, np.minimum(6 * habits.icu[home], 0.6), habits.icu[home])
    to_icu = (rng.random(count) < critical) & (cohort.nights >= 2)
    moves = (rng.random(count) < habits.transfer[home]) & (cohort.nights >= 2) & ~to_icu
    goes_on = moves & np.isin(home, [icu, numbers["EMER"]]) & ~cohort.dead & (other != numbers["EMER"])
    comes = moves & ~np.isin(home, [icu, numbers["EMER"]])
    direct = to_icu & cohort.emergency & (rng.random(count) < 0.35)
    stays_there = to_icu & ~direct & cohort.dead & (rng.random(count) < 0.6)
    returns = to_icu & ~direct & ~stays_there & (cohort.nights >= 3)
    result = np.full((count, PARTS), -1)
    result[:, 0] = np.select([comes, direct], [other, np.full(count, icu)], home)
    second = [goes_on, comes, direct, stays_there | returns]
    result[:, 1] = np.select(second, [other, home, home, np.full(count, icu)], -1)
    result[:, 2] = np.where(returns, home, -1)
    return result


def _times(rng, cohort: Cohort, sequence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """When each part begins and ends, in minutes within the stay."""
    count = len(cohort)
    icu = catalogue.department_index()["ICUD"]
    length = (cohort.discharged - cohort.admitted).astype(float)
    icu_share = np.clip(np.exp(rng.normal(np.log(3.2 * DAY), 0.6, count)) / length, 0.08, 0.7)
    first = np.clip(rng.beta(1.5, 6.0, count), 0.04, 0.6)  # most moves happen early
    first = np.where(sequence[:, 0] == icu, icu_share, first)
    first = np.where((sequence[:, 1] == icu) & (sequence[:, 2] < 0), 1 - icu_share, first)
    second = np.minimum(first + icu_share, 0.96)
    cuts = np.stack([first, second], axis=1) * length[:, None]
    cuts = cohort.admitted[:, None] + np.maximum(np.rint(cuts), 1).astype(np.int64)
    start = np.concatenate([cohort.admitted[:, None], cuts], axis=1)
    end = np.concatenate([cuts, cohort.discharged[:, None]], axis=1)
    parts = (sequence >= 0).sum(axis=1)
    end[np.arange(count), parts - 1] = cohort.discharged
    unused = sequence < 0
    return np.where(unused, 0, start), np.where(unused, 0, end)


def _ward(cohort: Cohort, department: np.ndarray) -> np.ndarray:
    """The ward of the last department: patients are dealt to its wards like cards."""
    first, count = _wards_of_departments()
    return first[department] + cohort.patient % count[department]


def _wards_of_departments() -> tuple[np.ndarray, np.ndarray]:
    """Row of the first ward, and number of wards, of each admitting department."""
    owners = [catalogue.department_index()[ward.department] for ward in hospital.wards()]
    return np.searchsorted(owners, np.arange(owners[-1] + 1)), np.bincount(owners)


def census(cohort: Cohort, moved: Movement, window: Window) -> np.ndarray:
    """Occupied beds, (departments, days of the window), as Chinese hospital statistics count them.

    A patient counts where he lies at midnight at the end of the day; one who comes and leaves on the same
    day counts once, on that day (实际占用总床日数). So a stay occupies as many bed-days as it has days.
    """
    width = window.end_day - window.first_day
    change = np.zeros((len(catalogue.department_index()), width + 1), dtype=np.int64)
    for part in range(PARTS):
        used = moved.department[:, part] >= 0
        owner = moved.department[used, part]
        _add(change, owner, moved.start[used, part] // DAY, moved.end[used, part] // DAY, window)
    short = cohort.nights == 0
    day = cohort.admitted[short] // DAY
    _add(change, moved.last[short], day, day + 1, window)
    return np.cumsum(change, axis=1)[:, :-1]


def _add(change: np.ndarray, owner, first, end, window: Window) -> None:
    """Count one bed from day `first` (included) to day `end` (excluded), cut to the window."""
    first = np.clip(first - window.first_day, 0, change.shape[1] - 1)
    end = np.clip(end - window.first_day, 0, change.shape[1] - 1)
    np.add.at(change, (owner, first), 1)
    np.add.at(change, (owner, end), -1)


def open_beds(scale: float) -> np.ndarray:
    """Open beds of each admitting department in a hospital of this scale; at least one."""
    beds = np.array([department.beds for department in hospital.admitting()])
    return np.maximum(1, np.rint(beds * scale)).astype(np.int64)
