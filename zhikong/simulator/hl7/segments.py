"""HL7 v2 segments as text: fields, repetitions, components, escapes, times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

_ESCAPES = str.maketrans(
    {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\", "\n": "\\.br\\", "\r": ""}
)


def text(value) -> str:
    """A value as a field's text: times to the second, whole numbers without a point, separators escaped."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.strftime("%Y%m%d%H%M%S")
    if isinstance(value, date):
        return value.strftime("%Y%m%d")
    if isinstance(value, float):
        return repr(value) if value != int(value) else str(int(value))
    return str(value).translate(_ESCAPES)


def parts(*values) -> str:
    """Components of one field, without empty ones at the end; each may be written already as `Raw`."""
    return "^".join(one if isinstance(one, Raw) else text(one) for one in values).rstrip("^")


class Raw(str):
    """Text that is HL7 already and is not escaped again."""


def segment(name: str, fields: Mapping[int, object]) -> str:
    """A segment with the fields that are given, by number; `Raw` stands as it is."""
    last = max((n for n, value in fields.items() if value not in (None, "")), default=0)
    cells = [fields.get(n) for n in range(1, last + 1)]
    return "|".join([name, *(one if isinstance(one, Raw) else text(one) for one in cells)])


def yuan(fen: int | None) -> str | None:
    """Fen as yuan with two decimals."""
    return None if fen is None else f"{fen // 100}.{fen % 100:02d}"
