"""The tables of a block while things go missing: which rows, of whom, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zhikong.simulator.events.block import Block
from zhikong.simulator.events.planting import Book
from zhikong.simulator.events.rows import NEVER, Ids, Rows, Words

COURSE = ("37", "38", "39", "40", "41", "42", "43", "44", "46", "47", "48")
KNIFE = ("surgery", "intervention")


@dataclass
class Shelf:
    """The tables of a block while things go missing."""

    block: Block
    book: Book
    rows: dict[str, Rows]

    def is_(self, table: str, column: str, *words: str) -> np.ndarray:
        """Rows whose word is one of these."""
        held = self.rows[table].columns[column]
        if isinstance(held, Words):
            wanted = [place for place, value in enumerate(held.values) if str(value) in words]
            return np.isin(held.index, wanted)
        return np.isin(np.array(held.to_pylist(), dtype=object), words)

    def minute(self, table: str, column: str) -> np.ndarray:
        return self.rows[table].columns[column]

    def chosen(self, rule: str, stays: np.ndarray, share: float) -> np.ndarray:
        """Some of these stays, one at least, entered in the ledger."""
        stays = np.unique(stays)
        if not len(stays):
            return stays
        u = self.block.rng(f"omitted {rule}").random(len(stays))
        own = stays[(u < share) | (u == u.min())]
        self.book.add(rule, "stays", Ids("S", self.block.first + own + 1, 8), own)
        return own

    def drop(self, table: str, where: np.ndarray) -> None:
        self.rows[table] = self.rows[table].take(~where)

    def change(self, table: str, column: str, values) -> None:
        held = self.rows[table]
        self.rows[table] = Rows(table, held.i, held.columns | {column: values})

    def later(self, table: str, column: str, where: np.ndarray, minutes: int) -> None:
        """Move the moments of these rows; unknown ones stay unknown."""
        moment = self.minute(table, column)
        self.change(table, column, np.where(where & (moment != NEVER), moment + minutes, moment))

    def of(self, table: str, stays: np.ndarray) -> np.ndarray:
        return np.isin(self.rows[table].i, stays)

    def first(self, table: str, column: str, where: np.ndarray) -> np.ndarray:
        """The earliest minute of these rows in each stay; far in the future without one."""
        found, moment = np.full(len(self.block), 1 << 50), self.minute(table, column)
        own = where & (moment != NEVER)
        np.minimum.at(found, self.rows[table].i[own], moment[own])
        return found


def without(values, where: np.ndarray):
    """The values, unknown at these rows."""
    if isinstance(values, Words):
        return Words(np.where(where, -1, values.index), values.values)
    return np.where(where, NEVER, values)


Where = Callable[[Shelf], np.ndarray]
"""Which rows of a table."""
