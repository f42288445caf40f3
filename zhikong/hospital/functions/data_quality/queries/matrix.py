"""The counts as pages show them: tables by kinds, fields by departments or days. Shares are made here, last of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.quality.issues import Count, days_of
from zhikong.engine.quality.model import COUNTED, Field, Kind
from zhikong.engine.tables import TABLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import quality
from zhikong.foundation.facts.gateway import codes_in_scope
from zhikong.hospital.functions.data_quality.library import rulebook, wanted
from zhikong.hospital.functions.data_quality.models import Run
from zhikong.hospital.functions.data_quality.queries.choosing import Chosen, last_months
from zhikong.hospital.functions.data_quality.rules import field_name, table_name, tone


@dataclass(frozen=True)
class Cell:
    """One cell: what was counted, its colour, and the same over the last months for the small line."""

    kind: Kind
    count: Count | None
    tone: str
    trend: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class TableLine:
    """A table on the overview: rows of the month, and a cell for each kind."""

    table: str
    name: str
    rows: int
    cells: tuple[Cell, ...]


Cube = Mapping[tuple[str, str, str, Kind], int]
"""(month, table, column, kind) -> count."""


def cube(run: Run, *, department: str | None) -> Cube:
    """Monthly sums in the scope, of one department or of all. What a run counted never changes: summed once a process."""
    allowed = codes_in_scope(current_scope())
    return _cube(run.folder, allowed, department)


@lru_cache(maxsize=32)
def _cube(folder: str, allowed: frozenset[str] | None, department: str | None) -> Cube:
    """allowed: the codes of the scope, so that nobody is given what was summed for somebody else."""
    table = quality.monthly(folder)
    if department is not None:
        table = table.filter(pc.equal(table["department"], department))
    table = table.group_by(["month", "table", "field", "kind"], use_threads=False).aggregate(
        [("count", "sum")]
    )
    columns = [table.column(name).to_pylist() for name in ("month", "table", "field", "kind", "count_sum")]
    return {
        (month, name, column, Kind(kind)): count
        for month, name, column, kind, count in zip(*columns, strict=True)
    }


def overview(run: Run, chosen: Chosen) -> list[TableLine]:
    """Every table that was delivered, by the contract's order, with a cell for each kind of fault."""
    counts = cube(run, department=chosen.department)
    assessed = _assessed_by_table(run)
    months = last_months(chosen.month)
    return [
        TableLine(
            table,
            table_name(table),
            _of(counts, chosen.month, table, "", Kind.ROWS),
            tuple(_table_cell(counts, assessed, table, kind, months) for kind in COUNTED),
        )
        for table in TABLES
        if table in run.keys
    ]


def _of(counts: Cube, month: str, table: str, column: str, kind: Kind) -> int:
    return counts.get((month, table, column, kind), 0)


Assessed = dict[tuple[str, str, Kind], list[str]]
"""(month, table, kind) -> columns that were counted."""


def _assessed_by_table(run: Run) -> Assessed:
    return _counted_by_table(run.folder, wanted())


@lru_cache(maxsize=8)
def _counted_by_table(folder: str, needed: frozenset[Field]) -> Assessed:
    found: Assessed = defaultdict(list)
    for month, table, column, kind in quality.assessed_of(folder):
        if kind is not Kind.MISSING or (table, column) in needed:
            found[month, table, kind].append(column)
    return found


def _table_cell(counts: Cube, assessed: Assessed, table: str, kind: Kind, months: Sequence[str]) -> Cell:
    """A kind over all fields of a table: values affected of values that could have been right."""
    totals = [_table_count(counts, assessed, table, kind, month) for month in months]
    trend = tuple(None if total is None or not total.base else total.percent for total in totals)
    return Cell(kind, totals[-1], tone(kind, totals[-1], severe=rulebook().thresholds.severe), trend)


def _table_count(counts: Cube, assessed: Assessed, table: str, kind: Kind, month: str) -> Count | None:
    columns = assessed.get((month, table, kind))
    if columns is None:
        return None
    conditional = set(assessed.get((month, table, Kind.EXPECTED), ()))
    rows = _of(counts, month, table, "", Kind.ROWS)
    found = base = 0
    for column in columns:
        found += _of(counts, month, table, column, kind)
        expected = kind is Kind.MISSING and column in conditional
        base += _of(counts, month, table, column, Kind.EXPECTED) if expected else rows
    return Count(found, base)


@dataclass(frozen=True)
class FieldLine:
    """A field of a table: its own cell for each kind over the month, and heat cells by department or day."""

    column: str
    name: str
    cells: tuple[Cell, ...]
    heat: tuple[Cell, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the kind of the heat table was counted for the field at all."""
        return any(cell.count is not None for cell in self.heat)

    @property
    def faulty(self) -> bool:
        """Whether anything of any kind was found in the field."""
        return any(cell.count is not None and cell.count.count for cell in self.cells)


@dataclass(frozen=True)
class Grid:
    """A table page: fields by departments or by days, of one kind. across: label of each column of the heat.

    heat: fields of the heat table, those with a fault unless all are asked; sound: how many fields had none.
    """

    rows: int
    across: tuple[str, ...]
    lines: tuple[FieldLine, ...]
    heat: tuple[FieldLine, ...]
    sound: int


@dataclass(frozen=True)
class Asked:
    """What a table page shows: of which kind of fault, by day or by department, with or without the sound fields."""

    table: str
    kind: Kind
    by_day: bool
    everything: bool


def grid(run: Run, chosen: Chosen, asked: Asked, *, names: dict[str, str]) -> Grid:
    """The fields of a table that ought to be filled or may have something wrong, worst first."""
    daily = quality.daily_in_scope(run.keys, asked.table, chosen.month)
    if chosen.department is not None:
        daily = daily.filter(pc.equal(daily["department"], chosen.department))
    across = _days(chosen.month) if asked.by_day else _departments(daily)
    counts = _grouped(daily, "day" if asked.by_day else "department")
    columns = _columns(run, asked.table, chosen.month)
    lines = [_line(asked, column, columns[column], counts, across) for column in columns]
    lines.sort(key=lambda line: (-_share(line, asked.kind), line.column))
    heat = tuple(line for line in lines if line.known)
    labels = tuple(str(int(key[8:])) if asked.by_day else names.get(key, key) for key in across)
    return Grid(
        rows=sum(counts.get(("", Kind.ROWS), {}).values()),
        across=labels,
        lines=tuple(line for line in lines if asked.everything or line.faulty),
        heat=heat,
        sound=sum(1 for line in lines if not line.faulty),
    )


def _share(line: FieldLine, kind: Kind) -> float:
    cell = next(cell for cell in line.cells if cell.kind is kind)
    return cell.count.percent if cell.count else -1.0


def _days(month: str) -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in days_of(month)]


def _departments(daily: pa.Table) -> list[str]:
    return sorted(set(daily.column("department").to_pylist()))


Grouped = dict[tuple[str, Kind], dict[str, int]]


def _grouped(daily: pa.Table, by: str) -> Grouped:
    sums = daily.group_by(["field", "kind", by], use_threads=False).aggregate([("count", "sum")])
    columns = [sums.column(name).to_pylist() for name in ("field", "kind", by, "count_sum")]
    found: Grouped = defaultdict(dict)
    for column, kind, key, count in zip(*columns, strict=True):
        found[column, Kind(kind)][f"{key:%Y-%m-%d}" if isinstance(key, date) else key or ""] = count
    return found


def _columns(run: Run, table: str, month: str) -> dict[str, set[Kind]]:
    """Fields in the contract's order -> what was counted of them; only those that ought to be filled count as missing."""
    found: dict[str, set[Kind]] = {}
    needed = wanted()
    assessed = quality.assessed_of(run.folder)
    for column in ("", *TABLES[table].column_names):
        kinds = {k for k in Kind if (month, table, column, k) in assessed}
        if (table, column) not in needed:
            kinds -= {Kind.MISSING}
        if kinds & set(COUNTED):
            found[column] = kinds
    return found


def _line(asked: Asked, column: str, kinds: set[Kind], counts: Grouped, across: Sequence[str]) -> FieldLine:
    """The heat is drawn where something of the kind was found, or everything is asked."""
    cells = tuple(_total(column, kind, kinds, counts) for kind in COUNTED)
    found = any(counts.get((column, asked.kind), {}).values())
    keys = across if found or (asked.everything and asked.kind in kinds) else ()
    heat = tuple(_heat(column, asked.kind, kinds, counts, key) for key in keys)
    return FieldLine(column, field_name((asked.table, column)), cells, heat)


def _base(column: str, kind: Kind, kinds: set[Kind], counts: Grouped) -> dict[str, int]:
    conditional = kind is Kind.MISSING and Kind.EXPECTED in kinds
    return counts.get((column, Kind.EXPECTED) if conditional else ("", Kind.ROWS), {})


def _total(column: str, kind: Kind, kinds: set[Kind], counts: Grouped) -> Cell:
    if kind not in kinds:
        return Cell(kind, None, "none")
    base = _base(column, kind, kinds, counts)
    count = Count(sum(counts.get((column, kind), {}).values()), sum(base.values()))
    return Cell(kind, count, tone(kind, count, severe=rulebook().thresholds.severe))


def _heat(column: str, kind: Kind, kinds: set[Kind], counts: Grouped, key: str) -> Cell:
    if kind not in kinds:
        return Cell(kind, None, "none")
    base = _base(column, kind, kinds, counts).get(key, 0)
    count = Count(counts.get((column, kind), {}).get(key, 0), base)
    return Cell(kind, count, tone(kind, count, severe=rulebook().thresholds.severe))
