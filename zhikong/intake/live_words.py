"""What a mapping says for live feeds only: which rows take others back, which cells are emptied, how old a row is."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from typing import Any

from zhikong.engine.tables import TABLES, Column, Type

PLACES = (
    Column("current_department", Type.TEXT, "现在所在科室代码"),
    Column("current_ward", Type.TEXT, "现在所在病区代码"),
    Column("current_bed", Type.TEXT, "现在的床号"),
)
"""Where an open stay is now. A closed stay has no such column: the lake never sees them."""

LIVE_COLUMNS: dict[str, tuple[Column, ...]] = {"stays": PLACES}

Where = MappingType[str, tuple[str, ...]]


@dataclass(frozen=True)
class Clear:
    """Where it holds, these columns are emptied (a discharge that was cancelled has no time any more)."""

    where: Where
    columns: tuple[str, ...]


@dataclass(frozen=True)
class LiveWords:
    """The words of one table.

    version: source column with the time of the event or of the row's last change; without one, arrival counts.
    cancel: rows where it holds take the row with their key back. clear: cells that an event empties.
    whole: a row states every column that is mapped from its own source, so that a blank means “empty”; otherwise a
        blank means “not said here”.
    """

    version: str | None = None
    cancel: Where | None = None
    clear: tuple[Clear, ...] = ()
    whole: bool = True

    @property
    def columns(self) -> list[str]:
        """The source columns that the words themselves read."""
        own = [self.version] if self.version else []
        return [*own, *(self.cancel or ()), *(name for one in self.clear for name in one.where)]


def column_of(table: str, name: str) -> Column | None:
    """The contract's column, or one that only live rows have."""
    own = (c for c in LIVE_COLUMNS.get(table, ()) if c.name == name)
    return TABLES[table].column(name) or next(own, None)


def live_words(spec: MappingType[str, Any], *, whole: bool) -> LiveWords:
    """Read the words from a table's mapping; `whole` is what holds where it is not said."""
    clear = tuple(Clear(_where(one["where"]), tuple(one["columns"])) for one in spec.get("clear", ()))
    cancel = _where(spec["cancel"]) if "cancel" in spec else None
    return LiveWords(spec.get("version"), cancel, clear, spec.get("whole", whole))


def _where(spec: MappingType[str, Any]) -> Where:
    return {k: tuple(map(str, v)) if isinstance(v, list) else (str(v),) for k, v in spec.items()}
