"""Counts of the data's quality beside the lake: kept by content, so that only what changed is counted again.

A file of counts is named by a hash of everything that decides it: the files of the table and of its stays, how they
were at the month's close, and the rules. The same name is the same counts, for ever; a run is a list of names.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.core.exceptions import PermissionDenied

from zhikong.engine import months as calendar
from zhikong.engine.quality.measures import Known
from zhikong.engine.quality.model import Kind, Rulebook
from zhikong.engine.quality.profile import SCHEMA, Part, Reader, Wanted, assessed, profile, rows_behind
from zhikong.engine.tables import TABLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.gateway import Snapshot, codes_in_scope, published
from zhikong.foundation.organisation.queries import institution

FOLDER = "_quality"
ENGINE = "1"
"""Part of every name: raise it when the counting itself changes its meaning."""
Keys = dict[str, dict[str, str]]
"""Table -> month -> name of its counts."""


@dataclass(frozen=True)
class Counted:
    """What a run counted: names of the counts by table and month, and how many of them were made anew."""

    keys: Keys
    made: int


def count(
    snapshot: Snapshot, *, months: Sequence[str], book: Rulebook, known: Known, now: datetime
) -> Counted:
    """Count every month of every published table, where it was not counted before. Additive whole numbers."""
    keys: Keys = {}
    made = 0
    reader = Reader(book, known)
    for part in parts(snapshot, months=months, book=book, now=now):
        key = key_of(part, reader)
        file = file_of("counts", part.table, f"{part.month}-{key}")
        if not file.exists():
            write(file, profile(part, reader))
            made += 1
        keys.setdefault(part.table, {})[part.month] = key
    return Counted(keys, made)


def parts(snapshot: Snapshot, *, months: Sequence[str], book: Rulebook, now: datetime) -> Iterable[Part]:
    """The months of the tables that have rows."""
    closings = {month: _closing(month, book, now) for month in months}
    stays = _by_month(snapshot, "stays")
    for table in TABLES:
        if table in snapshot.versions:
            for month, files in _by_month(snapshot, table).items():
                if month in closings:
                    closing = _files_then(closings[month], table, month)
                    own = stays.get(month, ()) if TABLES[table].child_of else ()
                    if own or not TABLES[table].child_of:
                        yield Part(table, month, files, own, closing)


def _by_month(snapshot: Snapshot, table: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for path in snapshot.files(table):
        found.setdefault(lake.month_of_file(path), []).append(path)
    return {month: tuple(files) for month, files in sorted(found.items())}


def _closing(month: str, book: Rulebook, now: datetime) -> Snapshot | None:
    """The state on the day by which the month ought to be complete; None while that day is to come."""
    year, number = calendar.parse(calendar.named(calendar.number(month) + 1))
    zone = ZoneInfo(institution().time_zone)
    close = datetime.combine(date(year, number, book.arrival_day), time.max, tzinfo=zone)
    return published(as_of=close) if close <= now else None


def _files_then(closing: Snapshot | None, table: str, month: str) -> tuple[str, ...] | None:
    """The month's files at its close; None when nothing had come by then, as when old years are brought in."""
    if closing is None or table not in closing.versions:
        return None
    return _by_month(closing, table).get(month)


def key_of(part: Part, reader: Reader) -> str:
    """The name of a part's counts: equal for equal content, rules and lists."""
    said = [
        ENGINE,
        reader.book.fingerprint,
        sorted(column.name for column in TABLES[part.table].columns),
        [sorted(short(path) for path in files or ()) for files in (part.files, part.stays, part.closing)],
        part.closing is None,
        {name: sorted(codes) for name, codes in reader.known.items()},
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def short(path: str) -> str:
    """A file's name is unique and its content never changes; where the data folder lies does not matter."""
    return Path(path).name


def file_of(*names: str) -> Path:
    """Where something of this name is kept."""
    folder = lake.root(institution().code) / FOLDER
    return folder.joinpath(*names).with_suffix(".parquet")


def write(file: Path, table: pa.Table) -> None:
    """All or nothing: a reader never sees half a file, and a second writer of the same name writes the same."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_suffix(f".{os.getpid()}.draft")
    pq.write_table(table, draft, compression="zstd")
    draft.replace(file)


@lru_cache(maxsize=256)
def read(path: str) -> pa.Table:
    """A kept file; what has a name never changes, so it is remembered."""
    return pq.read_table(path)


def daily(keys: Keys, table: str, month: str) -> pa.Table | None:
    """The counts of a table's month by department, day, field and kind; None when it was not counted."""
    key = keys.get(table, {}).get(month)
    return None if key is None else read(str(file_of("counts", table, f"{month}-{key}")))


MONTHLY = pa.schema(
    [
        pa.field("month", pa.string()),
        pa.field("table", pa.string()),
        pa.field("field", pa.string()),
        pa.field("department", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("count", pa.int64()),
    ]
)
_ASSESSED = b"zhikong.assessed"


def summarise(run: str, keys: Keys) -> pa.Table:
    """Monthly sums of everything that a run counted, kept under the run's name; in scope or not. See `monthly`."""
    tables, known = [MONTHLY.empty_table()], []
    for table, months in keys.items():
        for month in months:
            counts = daily(keys, table, month)
            known += [[month, table, column, str(kind)] for column, kind in assessed(counts)]
            tables.append(_sums(counts, table, month))
    whole = pa.concat_tables(tables).replace_schema_metadata({_ASSESSED: json.dumps(sorted(known)).encode()})
    write(file_of("runs", run, "monthly"), whole)
    return whole


def _sums(counts: pa.Table, table: str, month: str) -> pa.Table:
    sums = counts.group_by(["department", "field", "kind"], use_threads=False).aggregate([("count", "sum")])
    columns = {name: sums.column(name) for name in ("department", "field", "kind")}
    columns |= {"count": sums.column("count_sum"), "table": pa.array([table] * sums.num_rows, pa.string())}
    columns["month"] = pa.array([month] * sums.num_rows, pa.string())
    return pa.table({name: columns[name] for name in MONTHLY.names}, schema=MONTHLY)


def monthly(run: str) -> pa.Table:
    """The monthly sums of a run, of departments in the scope. A hospital-wide reader sees all of them."""
    whole = read(str(file_of("runs", run, "monthly")))
    allowed = codes_in_scope(current_scope())
    if allowed is None:
        return whole
    return whole.filter(pc.is_in(whole["department"], pa.array(sorted(allowed), pa.string())))


def assessed_of(run: str) -> frozenset[tuple[str, str, str, Kind]]:
    """(month, table, column, kind) of everything that a run counted: what is not here is unknown, not zero."""
    return _assessed(str(file_of("runs", run, "monthly")))


@lru_cache(maxsize=8)
def _assessed(path: str) -> frozenset[tuple[str, str, str, Kind]]:
    raw = (read(path).schema.metadata or {}).get(_ASSESSED, b"[]")
    return frozenset((month, table, column, Kind(kind)) for month, table, column, kind in json.loads(raw))


def daily_in_scope(keys: Keys, table: str, month: str) -> pa.Table:
    """Daily counts of departments in the scope; empty when nothing was counted."""
    counts = daily(keys, table, month)
    if counts is None:
        return SCHEMA.empty_table()
    allowed = codes_in_scope(current_scope())
    if allowed is None:
        return counts
    return counts.filter(pc.is_in(counts["department"], pa.array(sorted(allowed), pa.string())))


@dataclass(frozen=True)
class Behind:
    """The rows behind a count: a page of them, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


def rows(
    *,
    by,
    snapshot: Snapshot,
    reader: Reader,
    now: datetime,
    table: str,
    month: str,
    wanted: Wanted,
    limit: int,
    offset: int = 0,
    purpose: str,
) -> Behind:
    """The rows that a count is made of, of departments in the scope only; the look is logged.

    Raises PermissionDenied for departments outside the scope. Rows carry pseudonyms, no identity.
    """
    allowed = codes_in_scope(current_scope())
    asked = wanted.departments
    if allowed is not None:
        if asked is not None and not set(asked) <= allowed:
            raise PermissionDenied("该科室不在您的权限范围内，不能查看其记录。")
        asked = tuple(sorted(allowed)) if asked is None else asked
    chosen = Wanted(wanted.field, wanted.kind, asked, wanted.day)
    found: tuple[list[dict[str, Any]], int] = ([], 0)
    for part in parts(snapshot, months=[month], book=reader.book, now=now):
        if part.table == table:
            found = rows_behind(part, reader, chosen, limit=limit, offset=offset)
    log_read(by=by, subject="facts.quality", purpose=purpose, count=len(found[0]))
    return Behind(*found)
