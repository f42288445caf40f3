"""The shape of the data contract: tables, columns, units and code sets, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """The types that a contract column can have. Money is `INT` with the unit 分 (fen)."""

    TEXT = "text"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    DATE = "date"
    TIMESTAMP = "timestamp"  # local wall time without zone; the zone stands beside it in `stays.zone`
    CODES = "codes"  # a list of codings `system|code`, one a line; clinical tables only


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A closed list of codes with their Chinese meaning; `source` names the document that sets it."""

    name: str
    values: tuple[tuple[str, str], ...]
    source: str = ""

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(code for code, _ in self.values)

    def label(self, code: str) -> str | None:
        """The Chinese meaning of a code, or None when the code is not in the set."""
        return dict(self.values).get(code)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it means in Chinese, its unit, whether unknown (null) is allowed, its codes.

    `minimum` is the least legal value of a number. `hqms` names the HQMS front-page field(s) it comes
    from, where there is one, so that an error can speak in the hospital's own words.
    """

    name: str
    type: Type
    meaning: str
    unit: str = ""
    nullable: bool = True
    domain: CodeSet | None = None
    minimum: int | None = None
    hqms: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A constraint between columns of one row: `left` must not be greater than `right`, nulls pass."""

    left: str
    right: str
    message: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the contract. `key` is unique; a child row belongs to the stay with its `stay_id`.

    `month_of` is the column whose month is the partition; children take the month of their stay's
    discharge, so theirs is written `stays.discharged_at`. `derived` columns are never supplied: the
    engine computes them and definitions may use them. `numbered` (column, by): the column counts the
    rows of a stay in the order of `by`; who delivers one row at a time need not know the number.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    month_of: str
    key: tuple[str, ...]
    child_of: str | None = None
    rules: tuple[Rule, ...] = ()
    derived: tuple[Column, ...] = ()
    numbered: tuple[str, str] | None = None

    def column(self, name: str) -> Column | None:
        """The supplied or derived column of that name, or None."""
        return next((c for c in (*self.columns, *self.derived) if c.name == name), None)

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @property
    def event_key(self) -> tuple[str, ...]:
        """The key of a row that arrives by itself: the time in place of a number that only all rows give."""
        if self.numbered is None:
            return self.key
        number, by = self.numbered
        return tuple(by if name == number else name for name in self.key)
