"""How rows are named where others speak of them: "table:key", as `documents.about` writes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhikong.engine.tables import TABLES

ABOUT = "about"


def key_columns(table: str) -> tuple[str, ...]:
    """The columns that tell a row from the others of its stay."""
    return tuple(name for name in TABLES[table].key if name != "stay_id") or TABLES[table].key


def reference(table: str, row: Mapping[str, Any]) -> str | None:
    """ "operations:1", "results:K@2026-01-01T08:00"; None when a part of the key is unknown."""
    values = [row.get(name) for name in key_columns(table)]
    if any(value is None for value in values):
        return None
    return f"{table}:" + "@".join(_written(value) for value in values)


def about_of(table: str, row: Mapping[str, Any]) -> str | None:
    """What a row is about: what it says itself, where its table can say so; else itself."""
    if ABOUT in TABLES[table].column_names:
        return row.get(ABOUT)
    return reference(table, row)


def _written(value: Any) -> str:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else str(value)
