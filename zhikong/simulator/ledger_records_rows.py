"""How the truths about records read a block's rows: by kind, by minute, summed by stay."""

from dataclasses import dataclass

import numpy as np

from zhikong.simulator.events.block import Block
from zhikong.simulator.events.rows import NEVER, Rows, Words
from zhikong.simulator.tally import Tally

FAR = 1 << 50


@dataclass(frozen=True)
class View:
    """The rows of one block of closed stays, and where to count them: by month and department of discharge."""

    tally: Tally
    block: Block
    rows: dict[str, Rows]

    def stay(self, table: str) -> np.ndarray:
        """The stay of each row."""
        return self.rows[table].i

    def minute(self, table: str, column: str) -> np.ndarray:
        """Minutes; NEVER where unknown."""
        return self.rows[table].columns[column]

    def known(self, table: str, column: str) -> np.ndarray:
        return self.minute(table, column) != NEVER

    def is_(self, table: str, column: str, *words: str) -> np.ndarray:
        """Rows whose word is one of these."""
        held: Words = self.rows[table].columns[column]
        places = [place for place, value in enumerate(held.values) if str(value) in words]
        return np.isin(held.index, places)

    def within(self, table: str, start: np.ndarray, column: str, limit: int) -> np.ndarray:
        """Rows whose minute in `column` is known and at most `limit` minutes after `start` (or before it)."""
        return self.known(table, column) & (self.minute(table, column) - start <= limit)

    def number(self, table: str, rows: np.ndarray) -> np.ndarray:
        """How many of these rows each stay has."""
        return np.bincount(self.stay(table)[rows], minlength=len(self.block))

    def earliest(self, table: str, column: str, rows: np.ndarray) -> np.ndarray:
        """The first known minute of these rows in each stay; FAR where there is none."""
        own = rows & self.known(table, column)
        found = np.full(len(self.block), FAR)
        np.minimum.at(found, self.stay(table)[own], self.minute(table, column)[own])
        return found

    def share(self, key: str, top: np.ndarray, below: np.ndarray) -> None:
        """Stays: how many of `below` are also `top`."""
        self.tally.share(key, self.block.cohort.month, self.block.last, top, below)

    def sums(self, key: str, top: np.ndarray, below: np.ndarray) -> None:
        """Stays: what each gives to both parts."""
        self.tally.add(key, self.block.cohort.month, self.block.last, top, below)

    def share_of(self, key: str, table: str, top: np.ndarray, below: np.ndarray) -> None:
        """Rows of a table, in the month and department of their stay's discharge."""
        i = self.stay(table)
        self.tally.share(key, self.block.cohort.month[i], self.block.last[i], top, below)
