"""Bit maps over rows: 64 rows a word, combined with and/or, counted between any two rows by rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
_ALL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


def words_for(rows: int) -> int:
    """Words that hold so many rows, with one more so that the end of the last row always lies in a word."""
    return rows // 64 + 1


def packed(flags: NDArray[np.bool_]) -> Words:
    """One bit for each flag; the bits after the last row are 0."""
    found = np.zeros(words_for(len(flags)) * 8, np.uint8)
    squeezed = np.packbits(flags, bitorder="little")
    found[: len(squeezed)] = squeezed
    return found.view(np.uint64)


def unpacked(words: Words, rows: int) -> NDArray[np.bool_]:
    """The flags again, one byte a row."""
    return np.unpackbits(words.view(np.uint8), count=rows, bitorder="little").view(np.bool_)


def ones(rows: int) -> Words:
    """Every row. Bits after the last row may be set: `Runs` never looks at them."""
    return np.full(words_for(rows), _ALL, np.uint64)


def zeros(rows: int) -> Words:
    """No row."""
    return np.zeros(words_for(rows), np.uint64)


@dataclass(frozen=True, slots=True)
class Runs:
    """Where each group begins and ends, in rows that stand in group order.

    `starts` has the first row of each group, `rows` is their whole number. Counting asks how many bits are set
    before each boundary, so groups need not begin at a word.
    """

    starts: NDArray[np.intp]
    rows: int
    word: NDArray[np.intp]
    below: Words  # the bits of that word that lie before the boundary

    @classmethod
    def of(cls, starts: NDArray[np.intp], rows: int) -> Runs:
        """Groups that begin at `starts` (ascending, the first is 0)."""
        bounds = np.append(starts, rows)
        below = (np.uint64(1) << (bounds & 63).astype(np.uint64)) - np.uint64(1)
        return cls(starts, rows, bounds >> 6, below)

    def count(self, words: Words) -> NDArray[np.int64]:
        """Rows of each group whose bit is set."""
        before = np.zeros(len(words) + 1, np.int64)
        np.cumsum(np.bitwise_count(words), out=before[1:])
        rank = before[self.word]
        rank += np.bitwise_count(words[self.word] & self.below)
        return np.diff(rank)

    def sum(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """The sum of each group. The caller sees to it that no sum can leave 64 bits."""
        return np.add.reduceat(values, self.starts, dtype=np.int64)

    def sizes(self) -> NDArray[np.int64]:
        """Rows of each group."""
        return np.diff(np.append(self.starts, self.rows)).astype(np.int64)
