"""A block: neighbouring stays of one month that are made together, seen as arrays of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zhikong.simulator import catalogue
from zhikong.simulator.arrivals import Cohort
from zhikong.simulator.clock import DAY, month_text, stream
from zhikong.simulator.stages import Stages

MOST = 12_000
"""Stays in one block: enough for fast arrays, few enough for memory."""


@dataclass(frozen=True)
class Block:
    """Stays `first` to `end` (excluded) of the stages. Families number them from 0: `i` in all event code."""

    stages: Stages
    first: int
    end: int
    name: str
    now: int | None = None  # of open stays: the minute after which nothing has happened yet

    def __len__(self) -> int:
        return self.end - self.first

    def rng(self, family: str) -> np.random.Generator:
        """The family's own stream of chance in this block."""
        return stream(self.stages.seed, f"events {family} {self.name}")

    def careless(self, share: float) -> float:
        """The share of faults in a hospital of this profile, where it is `share` in the usual one."""
        return share * self.stages.profile.careless

    def of(self, values: np.ndarray) -> np.ndarray:
        """The part of an array of all stays that belongs to this block."""
        return values[self.first : self.end]

    def rows(self, stay: np.ndarray) -> slice:
        """The rows of a table sorted by `stay` that belong to this block."""
        return slice(*np.searchsorted(stay, [self.first, self.end]))

    @cached_property
    def cohort(self) -> Cohort:
        return self.stages.cohort.take(slice(self.first, self.end))

    @cached_property
    def admitted(self) -> np.ndarray:
        return self.cohort.admitted

    @cached_property
    def discharged(self) -> np.ndarray:
        return self.cohort.discharged

    @cached_property
    def length(self) -> np.ndarray:
        """Minutes from admission to discharge."""
        return self.discharged - self.admitted

    @cached_property
    def full(self) -> np.ndarray:
        """Stays of at least 24 hours."""
        return self.length >= DAY

    @cached_property
    def last(self) -> np.ndarray:
        """Department of discharge."""
        return self.of(self.stages.movement.department)[np.arange(len(self)), self.parts - 1]

    @cached_property
    def parts(self) -> np.ndarray:
        return self.of(self.stages.movement.parts)

    @cached_property
    def intensive(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Stays with a part in intensive care, and minute of entry and of leaving."""
        moved = self.stages.movement
        i, part = np.nonzero(self.of(moved.department) == catalogue.department_index()["ICUD"])
        return i, self.of(moved.start)[i, part], self.of(moved.end)[i, part]

    def department_at(self, i: np.ndarray, minute: np.ndarray) -> np.ndarray:
        """The department in which stay `i` lay at that minute."""
        moved = self.stages.movement
        start, used = self.of(moved.start)[i], self.of(moved.department)[i] >= 0
        part = ((start <= minute[:, None]) & used).sum(axis=1) - 1
        return self.of(moved.department)[i, np.maximum(part, 0)]

    def attending(self, i: np.ndarray) -> np.ndarray:
        """Staff position of the attending doctor."""
        return self.of(self.stages.attending)[i]

    def resident(self, i: np.ndarray) -> np.ndarray:
        """Staff position of the resident."""
        return self.of(self.stages.resident)[i]

    def inside(self, i: np.ndarray, share: np.ndarray, margin: int = 10) -> np.ndarray:
        """The minute at this share of the stay, `margin` minutes away from its ends where there is room."""
        room = np.minimum(margin, self.length[i] // 4)
        return self.admitted[i] + room + (share * (self.length[i] - 2 * room)).astype(np.int64)


def closed_blocks(stages: Stages, first_month: int | None = None) -> Iterator[Block]:
    """Blocks of closed stays in order of discharge, from a month on if one is given."""
    closed = int((~stages.cohort.open).sum())
    month = stages.cohort.month[:closed]
    for number in range(
        stages.window.first if first_month is None else first_month, stages.window.first + stages.window.count
    ):
        low, high = np.searchsorted(month, [number, number + 1])
        pieces = max(1, -(-(int(high) - int(low)) // MOST))
        edges = np.linspace(low, high, pieces + 1).astype(int)
        for piece in range(pieces):
            if edges[piece] < edges[piece + 1]:
                yield Block(stages, int(edges[piece]), int(edges[piece + 1]), f"{month_text(number)}/{piece}")


def open_block(stages: Stages, now: int | None = None) -> Block:
    """The stays that are still open when the window ends, as they stand at that minute (or at the minute `now`)."""
    closed = int((~stages.cohort.open).sum())
    return Block(
        stages, closed, len(stages.cohort), "open", now=stages.window.end_day * DAY if now is None else now
    )
