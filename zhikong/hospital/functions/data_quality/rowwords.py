"""Rows behind an issue, for people: the contract's words over the columns, masked pseudonyms, times without seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from zhikong.engine.tables import TABLES
from zhikong.hospital.functions.data_quality.models import Issue
from zhikong.hospital.functions.data_quality.rules import field_name

_STAY = ("patient_key", "admitted_at", "discharged_at")
_PLACE = ("in_department", "on_day")
SHOWN_OF_PSEUDONYM = 8


@dataclass(frozen=True)
class Listing:
    """heads: titles of the columns; lines: cells as text; marked: which column is the one at fault."""

    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    marked: int | None


def listing(issue: Issue, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Listing:
    """The rows of an issue. Free text never appears: the field at fault is shown, other texts are keys and codes."""
    if not rows:
        return Listing((), (), None)
    columns = [name for name in rows[0] if name not in _PLACE]
    heads = [_head(issue.table, name) for name in columns]
    lines = tuple(
        (*(_cell(name, row[name]) for name in columns), names.get(row["in_department"], row["in_department"]))
        for row in rows
    )
    marked = columns.index(issue.column) if issue.column in columns else None
    return Listing((*heads, _("科室")), lines, marked)


def _head(table: str, name: str) -> str:
    if name in _STAY and TABLES[table].column(name) is None:
        return field_name(("stays", name))
    if name == "patient_key":
        return _("患者假名")
    return field_name((table, name))


def _cell(name: str, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if name == "patient_key":
        return f"{str(value)[:SHOWN_OF_PSEUDONYM]}…"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)[:80]
