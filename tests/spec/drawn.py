"""Tables drawn as text, and paragraphs of the manual that are tests.

A drawn table names its contract table on the first line and its columns on the second; an empty cell is
unknown. The column `=` holds what a paragraph expects for that row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from zhikong.engine.definitions.examples import fill
from zhikong.engine.tables import TABLES, Type

EXPECTED = "="
Row = dict[str, Any]


@dataclass(frozen=True)
class Drawn:
    """One parsed table: its rows, and the expectations in the column `=`, row by row."""

    name: str
    rows: list[Row]
    expected: list[str]


def parse(text: str) -> list[Drawn]:
    """The tables of a drawing, separated by empty lines."""
    blocks = [block.strip().splitlines() for block in text.strip().split("\n\n")]
    return [_table(block) for block in blocks]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _table(lines: list[str]) -> Drawn:
    name, header, *body = (line.strip() for line in lines)
    columns = _cells(header)
    rows, expected = [], []
    for line in body:
        cells = dict(zip(columns, _cells(line), strict=True))
        expected.append(cells.pop(EXPECTED, ""))
        rows.append({column: _value(name, column, text) for column, text in cells.items() if text})
    return Drawn(name, rows, expected)


def _value(table: str, column: str, text: str) -> Any:
    known = TABLES[table].column(column)
    assert known is not None, f"{table} has no column {column}"
    read = {
        Type.TEXT: str,
        Type.INT: int,
        Type.FLOAT: float,
        Type.BOOL: {"是": True, "否": False}.__getitem__,
        Type.DATE: date.fromisoformat,
        Type.TIMESTAMP: datetime.fromisoformat,
    }
    return read[known.type](text)


@dataclass(frozen=True)
class Paragraph:
    """One statement of the manual with the drawing that proves it.

    With `expression`, the column `=` of the first table says what the expression gives for each row:
    是 or 否 for a condition (unknown counts as 否), a number for an arithmetic one, empty for unknown.
    With `definition`, `gives` says what the indicator gives: a mapping of numerator, denominator, value,
    reason; `department` picks a department, `month` a month, `stratum` a code of the stratum `split_by`. `beside`
    are other indicators that the definition names, `rules` record rules.
    """

    title: str
    text: str
    drawing: str
    expression: str = ""
    definition: dict[str, Any] = field(default_factory=dict)
    gives: dict[str, Any] = field(default_factory=dict)
    department: str | None = None
    month: str = "2026-01"
    split_by: str | None = None
    stratum: str | None = None
    beside: tuple[dict[str, Any], ...] = ()
    rules: tuple[dict[str, Any], ...] = ()

    def tables(self) -> dict[str, list[Row]]:
        """The rows of all drawn tables, completed as examples are."""
        tables = {drawn.name: drawn.rows for drawn in parse(self.drawing)}
        fill(tables, self.month)
        return tables

    def expected(self) -> list[str]:
        return parse(self.drawing)[0].expected


@dataclass(frozen=True)
class Chapter:
    title: str
    text: str
    paragraphs: tuple[Paragraph, ...]
