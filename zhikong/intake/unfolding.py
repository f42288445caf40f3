"""Repeated column groups become rows while the file streams by: narrow files instead of forty scans of a wide one.

A front page has room for 40 other diagnoses and 41 operations, most of them empty. Each repetition of each batch is
looked at once; what is filled goes into a file of its own with the row's number and pseudonyms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhikong.intake.mappings import Mapping, Source, TableMapping
from zhikong.intake.references import wide_columns
from zhikong.intake.words import Unfold

PLACE = "__place"
"""In unfolded rows: the first column of the repetition, so that a message can say where in the line."""

Columns = dict[str, pa.Array]


def unfolded_name(table: TableMapping) -> str:
    """The name of the relation that holds a table's unfolded rows."""
    return f"{table.source}/{table.name}"


@dataclass
class Unfolder:
    """Writes the unfolded rows of every table that a source fills from repeated groups."""

    tables: list[TableMapping]
    folder: Path
    wide: frozenset[str] = frozenset()  # columns that are read as they stand too
    paths: dict[str, Path] = field(default_factory=dict)
    _writers: dict[str, pq.ParquetWriter] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Source, mapping: Mapping, folder: Path) -> Unfolder:
        """For a source's tables in a mapping; there may be none."""
        tables = [t for t in mapping.tables if t.unfold and t.source == source.name]
        return cls(tables, folder, frozenset(wide_columns(mapping, source.name)))

    def write(self, keys: Columns, columns: Columns) -> None:
        """One batch. keys: row number, pseudonyms and their masked numbers; columns: the texts, null where blank."""
        for table in self.tables:
            of_live = {name: columns[name] for name in table.live.columns}
            rows = _rows(table, keys | of_live, columns)
            if table.name not in self._writers:
                path = self.folder / f"{table.source}.{table.name}.parquet"
                self.paths[unfolded_name(table)] = path
                self._writers[table.name] = pq.ParquetWriter(path, rows.schema, compression="lz4")
            if rows.num_rows:
                self._writers[table.name].write_table(rows)

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()


@dataclass(frozen=True)
class _Part:
    """The filled rows of one repetition."""

    group: Unfold
    n: int
    index: np.ndarray

    @property
    def seq(self) -> str:
        return str(self.group.start + self.n - self.group.times[0])

    @property
    def place(self) -> str:
        return next(iter(self.group.take.values())).format(n=self.n)


def _rows(table: TableMapping, keys: Columns, columns: Columns) -> pa.Table:
    parts = [
        _Part(group, n, index)
        for group in table.unfold
        for n in range(group.times[0], group.times[1] + 1)
        if len(index := _filled(table, group, n, columns))
    ]
    lengths = [len(part.index) for part in parts]
    index = pa.array(np.concatenate([p.index for p in parts]) if parts else [], pa.int64())
    which = pa.array(np.repeat(np.arange(len(parts)), lengths), pa.int64())
    out = {name: column.take(index) for name, column in keys.items()}
    for name in dict.fromkeys(f for g in table.unfold for f in (*g.take, *g.constants)):
        out[name] = _field(name, parts, columns, which)
    out["seq"] = pa.array([part.seq for part in parts], pa.string()).take(which)
    out[PLACE] = pa.array([part.place for part in parts], pa.string()).take(which)
    return pa.table(out)


def _filled(table: TableMapping, group: Unfold, n: int, columns: Columns) -> np.ndarray:
    """Positions of the rows in which one of the repetition's `present` columns says something; all without such."""
    wanted = [p for p in (table.present or "").split("|") if p in group.take]
    there = None if wanted else np.ones(len(next(iter(columns.values()))), dtype=bool)
    for name in wanted:
        column = columns[group.take[name].format(n=n)]
        if column.null_count == len(column):
            continue
        valid = pc.is_valid(column)
        if table.absent:
            valid = pc.and_(valid, pc.invert(pc.is_in(column, pa.array(table.absent, pa.string()))))
        mask = valid.to_numpy(zero_copy_only=False)
        there = mask if there is None else there | mask
    return np.flatnonzero(there) if there is not None else np.empty(0, np.int64)


def _field(name: str, parts: list[_Part], columns: Columns, which: pa.Array) -> pa.Array:
    """A field over all parts: from its column, as the group's constant, or unknown."""
    if any(name in part.group.take for part in parts):
        pieces = [
            columns[part.group.take[name].format(n=part.n)].take(pa.array(part.index))
            if name in part.group.take
            else pa.array([part.group.constants.get(name)] * len(part.index), pa.string())
            for part in parts
        ]
        return pa.concat_arrays([piece.cast(pa.string()) for piece in pieces])
    return pa.array([part.group.constants.get(name) for part in parts], pa.string()).take(which)
