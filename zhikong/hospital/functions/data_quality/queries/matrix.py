"""The counts as pages show them: tables by kinds, fields by departments or days. Shares are made here, last of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.quality.issues import Count, days_of
from zhikong.engine.quality.model import COUNTED, Kind
from zhikong.engine.tables import TABLES
from zhikong.foundation.access.scope import once
from zhikong.foundation.facts import quality
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


Cube = dict[tuple[str, str, str, Kind], dict[str, int]]
"""(month, table, column, kind) -> department -> count."""


def cube(run: Run, *, department: str | None) -> Cube:
    """Monthly sums in the scope, of one department or of all. Asked once in a request."""
    return once(f"data_quality.cube.{run.pk}.{department}", lambda: _cube(run, department))


def _cube(run: Run, department: str | None) -> Cube:
    table = quality.monthly(run.folder)
    if department is not None:
        table = table.filter(pc.equal(table["department"], department))
    table = table.group_by(["month", "table", "field", "kind"], use_threads=False).aggregate(
        [("count", "sum")]
    )
    columns = [table.column(name).to_pylist() for name in ("month", "table", "field", "kind", "count_sum")]
    found: Cube = defaultdict(dict)
    for month, name, column, kind, count in zip(*columns, strict=True):
        found[month, name, column, Kind(kind)][""] = count
    return found


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
    return counts.get((month, table, column, kind), {}).get("", 0)


Assessed = dict[tuple[str, str, Kind], list[str]]
"""(month, table, kind) -> columns that were counted."""


def _assessed_by_table(run: Run) -> Assessed:
    found: Assessed = defaultdict(list)
    needed = wanted()
    for month, table, column, kind in quality.assessed_of(run.folder):
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


@dataclass(frozen=True)
class Grid:
    """A table page: fields by departments or by days, of one kind. across: label of each column of the heat."""

    rows: int
    across: tuple[str, ...]
    keys: tuple[str, ...]
    lines: tuple[FieldLine, ...]


def grid(run: Run, chosen: Chosen, *, table: str, kind: Kind, by_day: bool, names: dict[str, str]) -> Grid:
    """The fields of a table that ought to be filled or have something wrong, worst first."""
    daily = quality.daily_in_scope(run.keys, table, chosen.month)
    if chosen.department is not None:
        daily = daily.filter(pc.equal(daily["department"], chosen.department))
    across = _days(chosen.month) if by_day else _departments(daily)
    counts = _grouped(daily, "day" if by_day else "department")
    columns = _columns(run, table, chosen.month, kind)
    lines = [_line(table, column, columns[column], counts, across, kind) for column in columns]
    lines = [line for line in lines if _worth(line)]
    lines.sort(key=lambda line: (-_share(line, kind), line.column))
    rows = sum(counts.get(("", Kind.ROWS), {}).values())
    labels = tuple(str(int(key[8:])) if by_day else names.get(key, key) for key in across)
    return Grid(rows, labels, tuple(across), tuple(lines))


def _share(line: FieldLine, kind: Kind) -> float:
    cell = next(cell for cell in line.cells if cell.kind is kind)
    return cell.count.percent if cell.count else -1.0


def _worth(line: FieldLine) -> bool:
    return any(cell.count is not None for cell in line.cells)


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


def _columns(run: Run, table: str, month: str, kind: Kind) -> dict[str, set[Kind]]:
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


def _line(
    table: str, column: str, kinds: set[Kind], counts: Grouped, across: Iterable[str], kind: Kind
) -> FieldLine:
    cells = tuple(_total(column, k, kinds, counts) for k in COUNTED)
    heat = tuple(_heat(column, kind, kinds, counts, key) for key in across)
    return FieldLine(column, field_name((table, column)), cells, heat)


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
