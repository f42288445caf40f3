"""Live rows as parquet files that the lake takes: the contract's columns, and how each cell is meant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine.tables import TABLES, arrow_schema
from zhikong.foundation.facts.upserting import CLEARED, ID, WEAK
from zhikong.foundation.organisation.queries import institution
from zhikong.foundation.patients.live_events import typed
from zhikong.foundation.patients.live_store import group_of
from zhikong.foundation.patients.models import LiveRow, SettledVersions

Files = dict[str, Path]


def write(
    rows: Sequence[LiveRow], settled: Mapping[str, SettledVersions], folder: Path
) -> tuple[Files, Files]:
    """Files of the rows, and files of keys whose rows go. settled: what is remembered of stays in the lake."""
    fronts = {row.stay_id: row.front_page_at for row in rows if row.table == "stays" and row.front_page_at}
    there: dict[str, list[dict[str, Any]]] = {}
    gone: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row.row:
            known = settled.get(group_of(row.table, row.key, row.stay_id))
            there.setdefault(row.table, []).append(_line(row, known, fronts.get(row.stay_id)))
        else:
            gone.setdefault(row.table, []).append(_key(row))
    return _files(there, folder, ""), _files(gone, folder, ".gone")


def _line(row: LiveRow, known: SettledVersions | None, front: datetime | None) -> dict[str, Any]:
    values = _key(row) | typed(row.table, row.row)  # a late row may say nothing new of its own key
    if row.table == "stays" and not row.late:
        _complete(row, values)
    names = TABLES[row.table].column_names
    if row.removed is not None:  # what was taken back and told anew is nothing but what was told anew
        cleared = [name for name in names if values.get(name) is None]
    else:
        cleared = [name for name in names if name in values and values[name] is None]
    line = {name: values.get(name) for name in names}
    return line | {ID: row.pk, CLEARED: cleared, WEAK: _weak(row, known, front)}


def _complete(row: LiveRow, values: dict[str, Any]) -> None:
    """What a closed stay must have and a feed need not say: the hospital, and where the patient was last."""
    own = institution()
    values.setdefault("institution", own.code)
    values.setdefault("zone", own.time_zone)
    if not values.get("discharge_department"):
        values["discharge_department"] = row.department.code if row.department else None
    if not values.get("discharge_ward"):
        values["discharge_ward"] = values.get("current_ward")


def _weak(row: LiveRow, known: SettledVersions | None, front: datetime | None) -> list[str]:
    """Columns in which the lake's value wins: what the feed said before the front page.

    A stay that is in the lake though nothing of it was settled came with its front page, nobody knows when.
    """
    if group_of(row.table, row.key, row.stay_id) != row.stay_id:
        return []
    names = list(TABLES[row.table].column_names)
    front = front or (known.front_page_at if known else None)
    if front is None:
        return [] if known else names
    limit = round(front.timestamp() * 1_000_000)
    return [name for name in names if row.stamps.get(name, row.version) <= limit]


def _key(row: LiveRow) -> dict[str, Any]:
    names = TABLES[row.table].event_key
    values = dict(zip(names, json.loads(row.key), strict=True))
    return {"stay_id": row.stay_id} | typed(row.table, values)


def _files(lines: Mapping[str, list[dict[str, Any]]], folder: Path, suffix: str) -> Files:
    files = {}
    for table, found in lines.items():
        files[table] = folder / f"{table}{suffix}.parquet"
        pq.write_table(pa.Table.from_pylist(found, schema=_schema(table)), files[table])
    return files


def _schema(table: str) -> pa.Schema:
    columns = [field.with_nullable(True) for field in arrow_schema(table, with_month=False)]
    marks = [pa.field(name, pa.list_(pa.string())) for name in (CLEARED, WEAK)]
    return pa.schema([*columns, pa.field(ID, pa.int64()), *marks])
