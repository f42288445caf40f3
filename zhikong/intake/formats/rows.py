"""Rows as they come from a database view or a caller: lines of JSON objects, one object a row, all values text.

A file may hold the rows of several sources of a mapping. A line `{"@rows": "charges"}` says whose rows follow; rows
before the first such line belong to the mapping's main source. Both writers of such files (the SQL puller and the
push API) go through `written`, so equal rows give equal bytes, and equal bytes are recognised as the same delivery.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pyarrow as pa

from zhikong.intake import staging
from zhikong.intake.mappings import Mapping as FileMapping
from zhikong.intake.mappings import Source
from zhikong.intake.reasons import Problem, problem

SECTION = "@rows"
_ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
_BATCH = 20_000
_LONGEST_LINE = 4 << 20  # bytes; a row with a whole document in it stays far below


# ---- writing ---------------------------------------------------------------------------------------------------------


def written(source: str, rows: Iterable[Mapping[str, Any]], *, zone: str | None = None) -> bytes:
    """The rows of one source as a file of this format; unknown values (None) are left out, keys are sorted.

    zone: the wall time zone of the hospital, for values that carry a zone. Raises ValueError for a key that
    would be read as a section.
    """
    parts = [_ENCODE({SECTION: source})]
    for row in rows:
        texts = {}
        for key in sorted(row):
            value = row[key]
            text = value if type(value) is str and "\x00" not in value else as_text(value, zone)
            if text is not None:
                texts[key] = text
        if any(key[0:1] == "@" for key in row):
            raise ValueError("列名不能以 @ 开头。")
        parts.append(_ENCODE(texts))
    return ("\n".join(parts) + "\n").encode("utf-8", "replace")


def as_text(value: Any, zone: str | None = None) -> str | None:
    """A database's or JSON's value as the text that a CSV export would hold; None for unknown (null, NaN).

    Dates are ISO, times are wall times: one with a zone is told in `zone`. Amounts keep their decimals and
    have no exponent. A flag is 1 or 0, also as a single bit; other binary is hexadecimal.
    """
    if value is None:
        return None
    if type(value) is int:
        return str(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (float, Decimal)):
        return _number(value)
    if isinstance(value, (datetime, date, time, timedelta)):
        return _moment(value, zone)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _binary(bytes(value))
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return _encodable(str(value.hex) if isinstance(value, UUID) else str(value))


def _number(value: float | Decimal) -> str | None:
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    return format(exact, "f") if exact.is_finite() else None


def _moment(value: datetime | date | time | timedelta, zone: str | None) -> str:
    if isinstance(value, timedelta):  # how MySQL's driver tells a time of day
        return str(value)
    if isinstance(value, datetime):
        if value.tzinfo is not None and zone:
            value = value.astimezone(ZoneInfo(zone))
        return value.replace(tzinfo=None).isoformat(" ")
    return value.isoformat()


def _binary(value: bytes) -> str:
    if value in (b"\x00", b"\x01"):
        return str(value[0])
    return value.hex()


def _encodable(text: str) -> str:
    """Without NUL and lone surrogates, which neither UTF-8 nor a database can hold."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


# ---- reading ---------------------------------------------------------------------------------------------------------


def batches(
    file: Path, source: Source, wanted: list[str], mapping: FileMapping, result: staging.Staged
) -> Iterator[tuple[pa.Array, staging.Columns]]:
    """See staging.Reader. Rows are numbered from 1 within their source; a key that no row has is noted as lacking."""
    if _is_parquet(file):
        yield from staging.reader_of("parquet")(file, source, wanted, mapping, result)
        return
    finder = _Finder(source, wanted, frozenset(mapping.blank))
    numbers: list[int] = []
    rows: list[list[str | None]] = []
    for number, line in _lines(file, source.name, mapping.main):
        row = _parsed(line)
        if row is None:
            result.problems.append(_unreadable(source, number, line))
            continue
        numbers.append(number)
        rows.append(finder.values(row))
        if len(rows) == _BATCH:
            yield _arrays(numbers, rows, wanted)
            numbers, rows = [], []
    if rows:
        yield _arrays(numbers, rows, wanted)
    result.lacking = finder.lacking()


def _is_parquet(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(4) == b"PAR1"


def _lines(file: Path, name: str, main: str) -> Iterator[tuple[int, bytes]]:
    """(row number, line) of the source's rows. A line that is too long is cut, and then unreadable."""
    current, number = main, 0
    with file.open("rb") as opened:
        while line := opened.readline(_LONGEST_LINE):
            whole = line
            while not whole.endswith(b"\n") and (whole := opened.readline(_LONGEST_LINE)):
                continue
            if line.startswith(b'{"@rows"'):
                current = (_parsed(line) or {}).get(SECTION, "")
            elif current == name and line.strip(b"\xef\xbb\xbf \t\r\n"):
                number += 1
                yield number, line


def _parsed(line: bytes) -> dict[str, Any] | None:
    """The object of a line; None for anything else. Numbers stay as they were written."""
    try:
        found = json.loads(
            line.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=lambda _name: None
        )
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _unreadable(source: Source, number: int, line: bytes) -> Problem:
    return problem(
        "unreadable_row",
        source=source.name,
        row=number,
        table="",
        column="",
        label="整行",
        value=str(len(line)),  # what stood there may name a person: only its length is told
    )


class _Finder:
    """Finds the wanted columns in rows whose keys may differ from row to row, without regard to case."""

    def __init__(self, source: Source, wanted: list[str], blank: frozenset[str]):
        self.wanted, self.blank = wanted, blank
        self.column_of = {
            name.casefold(): place
            for place, column in reversed(list(enumerate(wanted)))
            for name in staging.names_of_column(source, column)
        } | {column.casefold(): place for place, column in enumerate(wanted)}  # its own name goes first
        self.seen: set[int] = set()
        self.places: dict[str, int | None] = {}

    def values(self, row: dict[str, Any]) -> list[str | None]:
        found: list[str | None] = [None] * len(self.wanted)
        for key, value in row.items():
            place = self._place(key)
            if place is not None:
                self.seen.add(place)
                found[place] = self._clean(value)
        return found

    def _place(self, key: str) -> int | None:
        if key not in self.places:
            if len(self.places) > 10_000:  # keys that are made up anew in each row
                self.places.clear()
            self.places[key] = self.column_of.get(key.casefold())
        return self.places[key]

    def _clean(self, value: Any) -> str | None:
        text = value if isinstance(value, str) else as_text(value)
        text = _encodable(text).strip() if text is not None else ""
        return None if text in self.blank or not text else text

    def lacking(self) -> tuple[str, ...]:
        if not self.seen:
            return ()
        return tuple(column for place, column in enumerate(self.wanted) if place not in self.seen)


def _arrays(numbers: list[int], rows: list[list[str | None]], wanted: list[str]):
    columns = zip(*rows, strict=True) if wanted else ()
    texts = {name: pa.array(values, pa.string()) for name, values in zip(wanted, columns, strict=True)}
    return pa.array(numbers, pa.int64()), texts
