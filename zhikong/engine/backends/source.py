"""Where the rows of the contract's tables come from: Parquet files, or rows in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine.tables import TABLES, arrow_schema

_PARTITION = re.compile(r"(?:^|[/\\])month=(\d{4}-\d{2})(?:[/\\])")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns present in at least one file, and whether every file has all of them."""

    columns: frozenset[str]
    uniform: bool


@dataclass(frozen=True, slots=True)
class Files:
    """The Parquet files of one table. A path with `month=2026-01` holds that month only."""

    paths: tuple[str, ...]

    def within(self, months: frozenset[str] | None) -> list[str]:
        """The files that can hold rows of these months; None means all. Unlabelled files always can."""
        return [p for p in self.paths if months is None or _month(p) is None or _month(p) in months]

    @property
    def labelled(self) -> bool:
        """True when every file holds one month and says so in its path."""
        return all(_month(p) is not None for p in self.paths)

    def first_month(self) -> str | None:
        """The first month that has a file; None without files, or when a file may hold any month."""
        labels = [_month(path) for path in self.paths]
        return None if not labels or None in labels else min(label for label in labels if label)

    def shape(self) -> Shape | None:
        """The columns of the files; None when there is no file to look at."""
        schemas = [_names(path, Path(path).stat().st_mtime_ns) for path in self.paths]
        return Shape(frozenset().union(*schemas), len(set(schemas)) == 1) if schemas else None

    def rows(self, table: str) -> list[Row]:
        """Every row as a dict with all contract columns."""
        schema = arrow_schema(table, with_month=False)
        found: list[Row] = []
        for path in self.paths:
            data = pq.read_table(path, partitioning=None)
            names = [name for name in schema.names if name in data.column_names]
            found += data.select(names).cast(pa.schema([_loose(schema.field(x)) for x in names])).to_pylist()
        return found


@lru_cache(maxsize=10_000)
def _names(path: str, _changed: int) -> frozenset[str]:
    """The columns of a file; read again only when the file was changed."""
    return frozenset(pq.read_schema(path).names)


@lru_cache(maxsize=10_000)
def _length(path: str, _changed: int) -> int:
    return int(pq.read_metadata(path).num_rows)


def _month(path: str) -> str | None:
    match = _PARTITION.search(path)
    return match.group(1) if match else None


def _loose(column: pa.Field) -> pa.Field:
    return column.with_nullable(True)


@dataclass(frozen=True, slots=True)
class Source:
    """The tables of a hospital at one data version. A table that is absent was not supplied at all."""

    files: Mapping[str, Files] = field(default_factory=dict)
    memory: Mapping[str, pa.Table] = field(default_factory=dict)
    _shapes: dict[str, Shape] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of_files(cls, files: Mapping[str, Sequence[str | Path]]) -> Source:
        """{table: [parquet paths]}. An empty list is a table that was supplied and has no rows.

        Raises KeyError for a table that is not in the contract.
        """
        _known(files)
        return cls(files={name: Files(tuple(str(p) for p in paths)) for name, paths in files.items()})

    @classmethod
    def of_rows(cls, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Source:
        """{table: [dict]}; keys that a row lacks are null. Raises KeyError for an unknown table and
        pyarrow.ArrowInvalid or ArrowTypeError for a value of the wrong type."""
        _known(rows)
        return cls(memory={name: _table(name, given) for name, given in rows.items()})

    def __contains__(self, table: str) -> bool:
        return table in self.files or table in self.memory

    def first_month(self, table: str) -> str | None:
        """The first month in which a supplied table has rows, where its files tell; else None."""
        return self.files[table].first_month() if table in self.files else None

    def columns(self, table: str) -> frozenset[str]:
        """The columns that the source has for a supplied table."""
        return self.shape(table).columns

    def shape(self, table: str) -> Shape:
        """The columns of a supplied table; its files are looked at once."""
        if table not in self._shapes:
            found = None if table in self.memory else self.files[table].shape()
            names = self.memory[table].column_names if table in self.memory else TABLES[table].column_names
            self._shapes[table] = found or Shape(frozenset(names), True)
        return self._shapes[table]

    def size(self, table: str) -> int:
        """How many rows a supplied table has; of files, their footers say it."""
        if table in self.memory:
            return int(self.memory[table].num_rows)
        return sum(self.length(path) for path in self.files[table].paths)

    def length(self, path: str) -> int:
        """How many rows one of the files has."""
        return _length(path, Path(path).stat().st_mtime_ns)

    def rows(self, table: str) -> list[Row]:
        """Every row of a table as dicts of Python values; for the reference backend and small data."""
        if table in self.memory:
            return self.memory[table].to_pylist()  # type: ignore[no-any-return]
        return self.files[table].rows(table)


def _known(tables: Mapping[str, Any]) -> None:
    for name in tables:
        if name not in TABLES:
            raise KeyError(f"table {name} is not in the contract")


def _table(name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    schema = pa.schema([_loose(f) for f in arrow_schema(name, with_month=False)])
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
