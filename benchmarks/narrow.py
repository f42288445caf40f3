"""A nation's year of quality records: a billion narrow rows, one ratio by indicator and month, and from partials.

    python -m benchmarks narrow --rows 1000000000 [--keep]

Eight columns (record, hospital, department, indicator, day, pass, score, value), sorted by day, fifty million rows a
file as a province would send them; larger sizes are further links to the same file, so that the disk holds it once
and every row is still read and decoded. Goals on two cores: the ratio on the rows at most 60 CPU seconds and 1 GiB a
billion, from partials at most one second; one changed day with its month at most 1/100 of building the partials of
fifty million rows. Every sum is checked against DuckDB's over one file.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file too

from benchmarks import measuring
from benchmarks.engine_peers import cpu
from benchmarks.table import Row, show, write
from zhikong.engine import months as calendar
from zhikong.engine.backends.source import Files, Source
from zhikong.engine.backends.vector import counting
from zhikong.engine.backends.vector.grouping import Periods
from zhikong.engine.definitions import nodes as n
from zhikong.engine.partials.building import table_of
from zhikong.engine.partials.cascade import rolled
from zhikong.engine.partials.state import Record, State
from zhikong.engine.plan.recipes import Counter
from zhikong.engine.tables import Type

FILE_ROWS = 50_000_000
YEAR = calendar.span("2025-01", "2025-12")
TABLE = "quality_records"
INDICATOR = n.Ref(TABLE, "indicator", Type.TEXT)
DAY_OF = n.Ref(TABLE, "day", Type.DATE)
COUNTERS = (Counter(n.TRUE), Counter(n.Ref(TABLE, "pass", Type.BOOL)))
CHANGED = "2025-04-11"
SECONDS, MEMORY, FROM_PARTIALS, DAY = 60.0, 1024.0, 1.0, 1 / 100


def generate(path: Path, rows: int, seed: int = 20261122) -> None:
    """One province's file, written in pieces so that it needs little memory."""
    rng = np.random.default_rng(seed)
    days = np.arange(np.datetime64("2025-01-01"), np.datetime64("2026-01-01"))
    path.parent.mkdir(parents=True, exist_ok=True)
    writer, done = None, 0
    for i, day in enumerate(days):
        size = rows * (i + 1) // len(days) - done
        table = _day(rng, day, done, size)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=1_000_000)
        done += size
    if writer is not None:
        writer.close()


def _day(rng: np.random.Generator, day: np.datetime64, first: int, size: int) -> pa.Table:
    def coded(count: int, letter: str) -> pa.Array:
        names = pa.array([f"{letter}{i:03d}" for i in range(count)])
        return pa.DictionaryArray.from_arrays(pa.array(rng.integers(0, count, size, np.int32)), names)

    return pa.table(
        {
            "record": pa.array(np.arange(first, first + size)),
            "hospital": coded(1000, "H"),
            "department": coded(30, "D"),
            "indicator": coded(300, "I"),
            "day": pa.array(np.full(size, day), pa.date32()),
            "pass": pa.array(rng.random(size) < 0.9),
            "score": pa.array(rng.integers(0, 101, size).astype(np.int16)),
            "value": pa.array(rng.integers(0, 1000, size).astype(np.int32)),
        }
    )


def plan(months: list[str], *, by_day: bool, only: frozenset[str] | None = None) -> counting.Plan:
    """All records and those that passed, by indicator and period."""
    return counting.Plan(TABLE, (None, INDICATOR), DAY_OF, COUNTERS, Periods(months, by_day, only))


def links(folder: Path, rows: int) -> list[Path]:
    """The file and as many further names for it as the size takes."""
    whole = folder / "province-00.parquet"
    if not whole.exists():
        generate(whole, min(rows, FILE_ROWS))
    found = [whole]
    for i in range(1, max(1, rows // FILE_ROWS)):
        found.append(folder / f"province-{i:02d}.parquet")
        if not found[-1].exists():
            found[-1].hardlink_to(whole)
    return found


def _source(files: list[Path]) -> Source:
    return Source(files={TABLE: Files(tuple(str(f) for f in files))})


def on_rows(folder: Path, rows: int) -> dict:
    """The ratio by indicator and month, on the rows themselves."""
    files = links(folder, rows)
    start, began = cpu(), time.time()
    asked = plan(YEAR, by_day=False)
    found = counting.run(asked, _source(files), None, 2)
    spent = cpu() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    totals = found.matrix[[1, 2]].sum(axis=1).tolist()
    return {
        "cpu": spent,
        "wall": time.time() - began,
        "peak": peak,
        "groups": len(found.periods),
        "totals": totals,
    }


def state(folder: Path, rows: int) -> dict:
    """Partials by indicator and day of one file, a changed day, and the ratio from the partials of all files."""
    files = links(folder, rows)
    counting.run(
        plan(YEAR, by_day=True, only=frozenset([CHANGED])), _source(files[:1]), None, 1
    )  # loaded once
    with tempfile.TemporaryDirectory() as temporary:
        kept = State(Path(temporary))
        start = cpu()
        _build(kept, files[0], "province-00")
        built = cpu() - start
        before = _ratio(kept)
        start = cpu()
        _change(kept, files[0], CHANGED)
        changed = cpu() - start
        if not _ratio(kept).equals(before):
            raise SystemExit("the changed day gave other numbers than the build")
        _share(kept, [f.stem for f in files[1:]])
        start = cpu()
        ratio = _ratio(kept)
        read = cpu() - start
    named = [ratio[c].to_numpy().sum().item() for c in ratio.column_names[4:]]
    return {"built": built, "changed": changed, "from_partials": read, "totals": named}


def _build(kept: State, file: Path, name: str) -> None:
    asked = plan(YEAR, by_day=True)
    table = table_of(asked, counting.run(asked, _source([file]), None, 2))
    with kept.change() as change:
        for month in YEAR:
            _write(change, name, month, table.filter(_within(table, month)))


def _change(kept: State, file: Path, day: str) -> None:
    """The day's partials and its month's anew, the old ones out, in one transaction."""
    asked = plan([day[:7]], by_day=True, only=frozenset([day]))
    fresh = table_of(asked, counting.run(asked, _source([file]), None, 2))
    with kept.change() as change:
        for record in change.manifest.of(TABLE, day[:7]):
            if record.grain == "day":
                old = kept.read(record)
                rest = old.filter(pc.not_equal(old["period"], pa.scalar(date.fromisoformat(day))))
                _write(change, record.reads["file"], day[:7], pa.concat_tables([rest, fresh]))
            change.drop(record)


def _write(change, name: str, month: str, table: pa.Table) -> None:
    for grain, held in (("day", table), ("month", rolled(table, time="month"))):
        change.write(Record(TABLE, month, grain, tuple(table.column_names[4:]), {"file": name}, "", ""), held)


def _within(table: pa.Table, month: str) -> pa.ChunkedArray:
    first = date.fromisoformat(calendar.first_day(month))
    after = date.fromisoformat(calendar.first_day(calendar.named(calendar.number(month) + 1)))
    return pc.and_(pc.greater_equal(table["period"], first), pc.less(table["period"], after))


def _share(kept: State, names: list[str]) -> None:
    """The other provinces' partials: their files are links to the first, so theirs are its numbers."""
    own = [(r, kept.read(r)) for r in kept.manifest().records]
    with kept.change() as change:
        for name in names:
            for record, table in own:
                change.write(
                    Record(TABLE, record.month, record.grain, record.conditions, {"file": name}, "", ""),
                    table,
                )


def _ratio(kept: State) -> pa.Table:
    """All provinces together by indicator and month, from the month partials."""
    tables = [kept.read(r) for r in kept.manifest().records if r.grain == "month"]
    return rolled(pa.concat_tables(tables), time="month").sort_by(
        [("department", "ascending"), ("period", "ascending")]
    )


def judged(folder: Path, rows: int) -> list[int]:
    """DuckDB's sums over one file, times the number of files."""
    import duckdb

    files = links(folder, rows)
    (found,) = duckdb.sql(
        f"SELECT count(*), count(*) FILTER (pass) FROM read_parquet('{files[0]}')"
    ).fetchall()
    return [number * len(files) for number in found]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=FILE_ROWS)
    parser.add_argument("--keep", action="store_true", help="keep the generated data")
    parser.add_argument("--only", choices=["on_rows", "state"])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = given.folder or measuring.cache() / f"narrow-{min(given.rows, FILE_ROWS)}"
    if given.only:
        print(json.dumps({"on_rows": on_rows, "state": state}[given.only](folder, given.rows)))
        return 0
    try:
        links(folder, given.rows)
        arguments = ("--folder", str(folder), "--rows", str(given.rows))
        rows = measuring.fresh("narrow", "--only", "on_rows", *arguments)
        kept = measuring.fresh("narrow", "--only", "state", *arguments)
        right = judged(folder, given.rows)
    finally:
        measuring.removed(folder, given.keep or given.folder is not None)
    return report(rows, kept, right, given)


def report(rows: dict, kept: dict, right: list[int], given: argparse.Namespace) -> int:
    size = measuring.said(given.rows)
    print(
        f"{size} rows: {rows['cpu']:.1f} CPU s, {rows['wall']:.1f} s, {rows['peak']:.0f} MiB, {rows['groups']} groups"
    )
    print(
        f"partials by indicator and day of one file: built {kept['built']:.2f}, one changed day {kept['changed']:.3f};"
        f" the ratio of all files from partials {kept['from_partials']:.3f} CPU s"
    )
    print(measuring.versions("numpy", "pyarrow", "duckdb"))
    equal = rows["totals"] == right == kept["totals"]
    print(f"sums: {rows['totals']} on the rows, {kept['totals']} from partials, {right} by DuckDB")
    found = [
        Row(f"narrow {size}: ratio on the rows, CPU a billion", rows["cpu"] / given.rows * 1e9, "s", SECONDS),
        Row(f"narrow {size}: peak memory", rows["peak"], "MiB", MEMORY),
        Row(f"narrow {size}: from partials, CPU", kept["from_partials"], "s", FROM_PARTIALS),
        Row(f"narrow {size}: changed day to building a file, CPU", kept["changed"] / kept["built"], "", DAY),
    ]
    print(show(found))
    if given.json and equal:
        write(given.json, found)
    return 0 if equal and all(row.verdict == "met" for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
