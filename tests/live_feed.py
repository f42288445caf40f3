"""Events of a feed as tests write them: rows of contract tables with a time, through the live reading."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.intake.live import CLEARED, SEQ, VERSION, live_schema, removal_schema

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def at(day, hour=8, minute=0):
    """A local wall time of November 2026."""
    return datetime(2026, 11, day, hour, minute)


def stay(number, when=None, **columns):
    """An event of a stay; `when` is its time."""
    return {"stay_id": f"s{number}", VERSION: when, **columns}


def admission(number, when=None, department="CARD", **columns):
    """A patient comes: who, when, where."""
    when = when or at(1)
    told = {"patient_key": f"p{number}", "admitted_at": when, "admission_department": department}
    return stay(number, when, **(told | columns))


def send(feed="adt", *, received_at=NOW, now=NOW, gone=None, receipt="", **tables):
    """Apply rows by table, in the order given; gone: table -> rows that take others back."""
    from zhikong.foundation.patients import live

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {t: _file(folder / f"{t}.parquet", live_schema(t), rows) for t, rows in tables.items()}
        removed = {
            t: _file(folder / f"{t}.gone.parquet", removal_schema(t), rows)
            for t, rows in (gone or {}).items()
        }
        return live.apply(
            by=None,
            now=now,
            tables=files,
            removed=removed,
            feed=feed,
            received_at=received_at,
            receipt=receipt,
        )


def _file(path, schema, rows):
    numbered = [{CLEARED: [], SEQ: number, **row} for number, row in enumerate(rows, start=2)]
    pq.write_table(pa.Table.from_pylist(numbered, schema=schema), path)
    return path
