"""Faults planted in front pages on purpose, each remembered, so that a test knows what must be found."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from zhikong.simulator.clock import stream


@dataclass(frozen=True)
class Planted:
    """One planted fault. `row` counts the file's data rows from 1; its line is one more, for the header."""

    kind: str
    row: int
    record_number: str
    column: str

    @property
    def line(self) -> int:
        return self.row + 1


def _discharge_before_admission(rows: dict[str, list[str]], n: int) -> str:
    rows["B12"][n], rows["B15"][n] = rows["B15"][n], rows["B12"][n]
    return "B15"


def _put(column: str, value: str) -> Callable[[dict[str, list[str]], int], str]:
    def plant(rows: dict[str, list[str]], n: int) -> str:
        rows[column][n] = value
        return column

    return plant


KINDS: dict[str, Callable[[dict[str, list[str]], int], str]] = {
    "wrong_type": _put("D01", "壹万元"),
    "wrong_date": _put("B15", "2026年13月45日"),
    "discharge_before_admission": _discharge_before_admission,
    "unknown_department": _put("B16C", "XX99"),
    "missing_record_number": _put("A48", ""),
    "missing_discharge": _put("B15", ""),
    "unknown_code": _put("B34C", "7"),
}
"""Faults that make a row unusable; `duplicate_stay` writes a row twice and is planted apart."""

DUPLICATE = "duplicate_stay"
DEFECTS = (("B34C", 0.004), ("F04", 0.01), ("B30C", 0.006), ("C05C", 0.008), ("A27", 0.02), ("B25C", 0.01))
"""Columns that careless clerks leave empty, and how often."""


class Planter:
    """Chooses rows among `total` once, and changes the tables of one file as they pass by."""

    def __init__(self, seed: int, total: int, faults: dict[str, int], defects: bool):
        unknown = set(faults) - set(KINDS) - {DUPLICATE}
        if unknown or sum(faults.values()) > total:
            raise ValueError(f"cannot plant {sorted(unknown) or faults} in {total} rows")
        self._rng = stream(seed, "faults")
        kinds = [kind for kind, count in faults.items() for _ in range(count)]
        rows = self._rng.choice(total, len(kinds), replace=False) if kinds else []
        self._chosen = {int(row): kind for row, kind in zip(rows, kinds, strict=True)}
        self._defects = defects
        self._read = 0  # rows of the source that have passed
        self._written = 0
        self.found: list[Planted] = []

    def planted(self, table: pa.Table) -> pa.Table:
        """The next part of the file with its faults."""
        own = {
            row - self._read: kind
            for row, kind in self._chosen.items()
            if 0 <= row - self._read < table.num_rows
        }
        self._read += table.num_rows
        columns = {name: table[name].to_pylist() for name in _touched(table)}
        twice = sorted(n for n, kind in own.items() if kind == DUPLICATE)
        for n in sorted(set(own) - set(twice)):
            record = columns["A48"][n]
            self._remember(own[n], n + 1, record, KINDS[own[n]](columns, n))
        if self._defects:
            self._blank(columns, set(own), table.num_rows)
        for name, values in columns.items():
            table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.string()))
        for number, n in enumerate(twice):
            self._remember(DUPLICATE, table.num_rows + number + 1, columns["A48"][n], "A48")
        made = pa.concat_tables([table, table.take(pa.array(twice, pa.int64()))]) if twice else table
        self._written += made.num_rows
        return made

    def _remember(self, kind: str, row: int, record: str, column: str) -> None:
        self.found.append(Planted(kind, self._written + row, record, column))

    def _blank(self, columns: dict[str, list[str]], taken: set[int], count: int) -> None:
        for column, share in DEFECTS:
            for n in np.flatnonzero(self._rng.random(count) < share):
                if int(n) not in taken:
                    columns[column][n] = ""
                    self._remember("blank", int(n) + 1, columns["A48"][n], column)


def _touched(table: pa.Table) -> list[str]:
    names = {"A48", "B12", "B15", "B16C", "B34C", "D01", *(column for column, _ in DEFECTS)}
    return [name for name in table.column_names if name in names]
