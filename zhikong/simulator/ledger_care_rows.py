"""How the planter counts rows of a block: by stay, or by row with the place where the patient lay."""

import numpy as np

from zhikong.simulator import catalogue
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.rows import NEVER
from zhikong.simulator.tally import Tally

LATE = 1 << 60
"""Later than any minute."""


class Stays:
    """The stays of a block as columns, and the ways in which rows of theirs are counted."""

    def __init__(self, tally: Tally, block: Block) -> None:
        self.tally, self.block, self.count = tally, block, len(block)
        self.month, self.last = block.cohort.month, block.last

    def share(self, key: str, top: np.ndarray, below: np.ndarray) -> None:
        """How many of the stays `below` are also `top`, by month and department of discharge."""
        self.tally.share(key, self.month, self.last, top, below)

    def rows(
        self, key: str, i: np.ndarray, at: np.ndarray, top: np.ndarray, below: np.ndarray | None
    ) -> None:
        """Rows by the month of their stay's discharge and the department where the patient lay at that minute."""
        self.tally.add(key, self.month[i], self.block.department_at(i, at), top, below)

    def any(self, i: np.ndarray) -> np.ndarray:
        """For each stay whether it is among `i`."""
        there = np.zeros(self.count, dtype=bool)
        there[i] = True
        return there

    def first(self, i: np.ndarray, minute: np.ndarray) -> np.ndarray:
        """The earliest minute of each stay; LATE without one."""
        found = np.full(self.count, LATE)
        np.minimum.at(found, i, minute)
        return found

    def final(self, i: np.ndarray, minute: np.ndarray) -> np.ndarray:
        """The latest minute of each stay; NEVER without one."""
        found = np.full(self.count, NEVER)
        np.maximum.at(found, i, minute)
        return found

    def top(self, key: str, month: np.ndarray, place: np.ndarray, values: np.ndarray) -> None:
        """The upper part of a rate whose lower part is counted elsewhere."""
        self.tally.add(key, month, place, values, np.zeros(len(values), np.int64))

    def below(self, key: str, month: np.ndarray, place: np.ndarray, values: np.ndarray) -> None:
        """The lower part of a rate."""
        self.tally.add(key, month, place, np.zeros(len(values), np.int64), values)


def operated(block: Block) -> np.ndarray:
    """Stays with surgery or an intervention."""
    done, ops = block.stages.procedures, catalogue.operations()
    rows = block.rows(done.stay)
    cut = np.zeros(len(block), dtype=bool)
    cut[done.stay[rows][ops.surgical[done.operation[rows]]] - block.first] = True
    return cut
