"""A view of a million rows, streamed into raw batches, beside a bare server-side cursor over the same rows.

    python benchmarks/views.py [--rows 1000000] [--json FILE]

Starts a PostgreSQL of its own in a temporary folder. Memory is the growth of this process from the first batch to the
last: what is held may not depend on how many rows there are. Every row must come exactly once, in order.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import psycopg
from psycopg.conninfo import conninfo_to_dict
from table import Row, show, write

BATCH = 5_000
MOST_GROWTH = 64  # MiB


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="zhikong-bench-"))
    folder.chmod(0o755)
    os.environ |= {"ZHIKONG_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "zhikong.site.settings"}
    from zhikong.site import supervisor

    server = supervisor.start(folder, durable=False)
    try:
        rows = measure(server.admin_dsn, given.rows)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(show(rows))
    if given.json:
        write(given.json, rows)


def measure(dsn: str, count: int) -> list[Row]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE v_fee AS SELECT n AS id, 'Z' || n AS record_number, 1 AS admission_number, "
            "'C' || n AS charge_id, '床位费' AS name, (n % 9999)::bigint AS amount, "
            "timestamp '2026-01-01' + n * interval '1 second' AS charged_at "
            f"FROM generate_series(1, {count}) AS n"
        )
        connection.execute("CREATE INDEX ON v_fee (charged_at)")
        connection.execute("ANALYZE v_fee")
    bare_cpu, bare_rows = _timed(_bare(dsn))
    first = None
    cpu, rows = time.process_time(), 0
    for number in _pulled(dsn):
        rows += number
        first = first or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cpu = time.process_time() - cpu
    growth = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - first) / 1024
    if rows != count or bare_rows != count:
        raise SystemExit(f"{rows} and {bare_rows} rows instead of {count}")
    return [
        Row("views: rows a CPU second into raw batches", count / cpu, "rows/s"),
        Row("views: the bare cursor", count / bare_cpu, "rows/s"),
        Row("views: CPU beside the bare cursor", cpu / bare_cpu, "×"),
        Row(f"views: memory grown over {count} rows", growth, "MiB", MOST_GROWTH),
    ]


def _timed(parts: Iterator[int]) -> tuple[float, int]:
    start = time.process_time()
    rows = sum(parts)
    return time.process_time() - start, rows


def _bare(dsn: str) -> Iterator[int]:
    with psycopg.connect(dsn) as connection, connection.cursor("bare") as cursor:
        cursor.itersize = BATCH
        cursor.execute("SELECT * FROM v_fee ORDER BY charged_at")
        while part := cursor.fetchmany(BATCH):
            yield len(part)


def _pulled(dsn: str) -> Iterator[int]:
    from zhikong import packs
    from zhikong.intake.formats import sql
    from zhikong.intake.formats.sql_connections import Database, engine_of
    from zhikong.intake.mappings import load_mapping

    mapping = load_mapping(Path(next(iter(packs.__path__))) / "national" / "mappings" / "contract_rows.yaml")
    parts = conninfo_to_dict(dsn)
    database = Database(
        "postgresql",
        socket=parts["host"],
        port=int(parts.get("port") or 5432),
        name=parts["dbname"],
        user=parts["user"],
        password=parts.get("password", ""),
    )
    query = sql.Query("charges", view="v_fee", cursor="charged_at", batch=BATCH)
    last = None
    for batch in sql.pull(engine_of(database), "postgresql", query, mapping, None, zone="Asia/Shanghai"):
        if last is not None and batch.position.value() <= last:
            raise SystemExit("batches out of order")
        last = batch.position.value()
        yield batch.rows


if __name__ == "__main__":
    main()
