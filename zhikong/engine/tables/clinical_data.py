"""Rows of the clinical tables, column by column, for many patients at once: what a loader fills and backends read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from zhikong.engine.tables.clinical import CLINICAL

Moment = date | datetime
CASE = "#case"
"""The column with the number of the case that a row belongs to: its place in `Clinical.cases`."""
NAMED_SET = "ValueSet"
"""The system of a coding that stands for a whole value set, `ValueSet|address`: of something that was not done."""


@dataclass(slots=True)
class Clinical:
    """The rows. A code column holds places in `concepts`, whose texts are codings `system|code`, one a line.

    `spans` lists the rows whose time is not known to the moment: (table, column) → row → its last possible moment;
    the column itself holds the first. `zone` is the one whose wall time all times are.
    """

    zone: str
    cases: list[str] = field(default_factory=list)
    tables: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    spans: dict[tuple[str, str], dict[int, Moment]] = field(default_factory=dict)
    concepts: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, table in CLINICAL.items():
            self.tables.setdefault(name, {CASE: [], **{c.name: [] for c in table.columns}})

    def concept(self, text: str) -> int:
        """The number of a concept with these codings."""
        place = self.places.get(text)
        if place is None:
            place = self.places[text] = len(self.concepts)
            self.concepts.append(text)
        return place

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        return len(self.tables[table][CASE])

    def append(self, table: str, case: int, values: dict[str, Any]) -> None:
        """Adds one row; columns that are not given are unknown. A time may be a pair: its first and last moment."""
        columns = self.tables[table]
        row = len(columns[CASE])
        columns[CASE].append(case)
        for name, held in columns.items():
            if name != CASE:
                value = values.get(name)
                if type(value) is tuple:
                    value, self.spans.setdefault((table, name), {})[row] = value
                held.append(value)
