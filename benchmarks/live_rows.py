"""Rows of feeds into the live store, the same again, and 1,000 closed stays from there into the lake.

    python benchmarks/live_rows.py [--stays 1000] [--json FILE]

Starts a database of its own in a temporary folder. Each stay has an admission, a discharge, 20 orders, 15 results and 5
nursing assessments, in batches of 10,000 rows as a feed's worker brings them. CPU is that of this process and of
PostgreSQL. Afterwards the lake must hold every row exactly once and the store none; otherwise the benchmark fails.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from flows import database, database_cpu, hospital
from table import Row, show, write

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
FIRST = NOW.replace(tzinfo=None) - timedelta(days=12)
BATCH = 10_000
GOALS = {"applied": 1.0, "again": 1.0, "settled": 20.0}  # CPU seconds: of 10,000 rows, of 1,000 stays


def rows_of(stays: int) -> dict[str, list[dict[str, Any]]]:
    """Rows by contract table, in the order in which a feed would tell of them."""
    numbers = range(stays)
    admitted = [
        {"stay_id": f"s{n}", "patient_key": f"p{n}", "admitted_at": FIRST, "admission_department": "CARD", "age_years": 60}
        for n in numbers
    ]  # fmt: skip
    left = FIRST + timedelta(days=6)
    discharged = [
        {"stay_id": f"s{n}", "discharged_at": left, "discharge_department": "CARD"} for n in numbers
    ]
    return {
        "stays": [one | {"__version": FIRST} for one in admitted]
        + [one | {"__version": left} for one in discharged],
        "orders": [
            _event(n, k, {"order_id": f"{n}o{k}", "kind": "exam", "name": "胸部 CT", "ordered_at": _at(k)})
            for n in numbers
            for k in range(20)
        ],
        "results": [
            _event(n, k, {"item": f"K{k}", "at": _at(k), "value": 4.1, "unit": "mmol/L"})
            for n in numbers
            for k in range(15)
        ],
        "assessments": [
            _event(n, k, {"assessment_id": f"{n}a{k}", "kind": "fall", "at": _at(k), "score": 3.0})
            for n in numbers
            for k in range(5)
        ],
    }


def _at(hours: int) -> datetime:
    return FIRST + timedelta(hours=hours)


def _event(stay: int, hours: int, columns: dict[str, Any]) -> dict[str, Any]:
    return {"stay_id": f"s{stay}", "__version": _at(hours), **columns}


def files(rows: dict[str, list[dict[str, Any]]], folder: Path) -> list[dict[str, Path]]:
    """Parquet files as a live reading writes them, at most BATCH rows each."""
    from zhikong.intake.live import live_schema

    found = []
    for table, listed in rows.items():
        for start in range(0, len(listed), BATCH):
            part = [
                {"__cleared": [], "__seq": n, **row} for n, row in enumerate(listed[start : start + BATCH])
            ]
            path = folder / f"{table}.{start}.parquet"
            pq.write_table(pa.Table.from_pylist(part, schema=live_schema(table)), path)
            found.append({table: path})
    return found


def measured(folder: Path, act: Callable[[], Any]) -> tuple[float, float, Any]:
    """CPU seconds of this process and PostgreSQL, wall seconds, and what came of it."""
    process = psutil.Process()
    before = sum(process.cpu_times()[:2]) + database_cpu(folder)
    start = time.perf_counter()
    done = act()
    wall = time.perf_counter() - start
    return sum(process.cpu_times()[:2]) + database_cpu(folder) - before, wall, done


def run(folder: Path, stays: int) -> list[Row]:
    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.foundation.patients import live

    institution, _department, _owner = hospital()
    scope = job_scope(institution, job="benchmark")
    rows = rows_of(stays)
    count = sum(map(len, rows.values()))
    batches = files(rows, folder)

    def apply() -> int:
        changed = 0
        for tables in batches:
            with scoped(scope):
                done = live.apply(by=None, now=NOW, tables=tables, feed="his", received_at=NOW)
            changed += done.new + done.changed
        return changed

    def settle():
        with scoped(scope):
            return live.settle(by=None, now=NOW, limit=stays)

    first, again, settled = (measured(folder, act) for act in (apply, apply, settle))
    _check(scope, rows, first[2], again[2], settled[2])
    per = BATCH / count
    note = f"{count} rows of {stays} stays"
    return [
        Row("live: 10,000 rows applied", first[0] * per, "s CPU", GOALS["applied"], f"{note}; {first[1]:.1f} s by the clock"),
        Row("live: the same again", again[0] * per, "s CPU", GOALS["again"], f"{again[1]:.1f} s by the clock"),
        Row("live: 1,000 stays settled", settled[0] * 1000 / stays, "s CPU", GOALS["settled"], f"{note}; {settled[1]:.1f} s by the clock"),
    ]  # fmt: skip


def _check(scope, rows, first: int, again: int, settled) -> None:
    from zhikong.foundation.access.scope import scoped
    from zhikong.foundation.facts import gateway
    from zhikong.foundation.patients.models import LiveRow

    with scoped(scope):
        left, snapshot = LiveRow.objects.count(), gateway.published()
        there = {t: sum(pq.ParquetFile(p).metadata.num_rows for p in snapshot.files(t)) for t in rows}
    wanted = {t: len(listed) for t, listed in rows.items()} | {"stays": len(rows["stays"]) // 2}
    if (left, again, there) != (0, 0, wanted) or settled.waiting:
        raise SystemExit(
            f"not what was told: {left} left, {again} changed again, {there} instead of {wanted}"
        )
    if first != sum(map(len, rows.values())):
        raise SystemExit(f"{first} rows taken in")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stays", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="zhikong-live-"))
    folder.chmod(0o755)
    try:
        with database(folder):
            rows = run(folder, options.stays)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(show(rows))
    if options.json:
        write(options.json, rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
