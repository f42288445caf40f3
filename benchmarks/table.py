"""What every benchmark reports, and the one table that ``make bench`` prints."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One measured figure. ``most``: the goal, a figure that should not be passed; None without a goal."""

    name: str
    measured: float
    unit: str
    most: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.most is None:
            return ""
        return "met" if self.measured <= self.most else "MISSED"


def show(rows: Iterable[Row]) -> str:
    """The rows as aligned text, one a line."""
    cells = [("", "measured", "goal", "", "")]
    cells += [(r.name, _figure(r.measured, r.unit), _goal(r), r.verdict, r.note) for r in rows]
    widths = [max(len(cell[i]) for cell in cells) for i in range(4)]
    lines = (
        f"{name:{widths[0]}}  {figure:>{widths[1]}}  {goal:>{widths[2]}}  {verdict:{widths[3]}}  {note}"
        for name, figure, goal, verdict, note in cells
    )
    return "\n".join(line.rstrip() for line in lines)


def _figure(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}" if value < 100 else f"{value:.0f} {unit}"


def _goal(row: Row) -> str:
    return "" if row.most is None else f"≤ {_figure(row.most, row.unit)}"


def write(path: Path, rows: Iterable[Row]) -> None:
    """Hand rows to the common table; a benchmark that fails hands over nothing."""
    path.write_text(json.dumps([asdict(row) for row in rows]))


def read(path: Path) -> list[Row]:
    return [Row(**row) for row in json.loads(path.read_text())]
