"""Forty indicators on Apache Spark against DuckDB, on the same files: equal numbers, and the CPU of both when warm.

    python benchmarks/spark.py [--stays 1000000] [--where local|standalone] [--rounds 3]

CPU is that of all processes: Python and, for Spark, every Java process below it or of its cluster. The first run of
a session compiles; it is told, and not compared. Goal: at most 3 times DuckDB's CPU.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb
import engine_data
import psutil
import pyspark
from engine_fused import definitions
from table import Row, write

from zhikong.engine.backends.spark import cluster
from zhikong.engine.compute import Limits, Source, compute

GOAL = 3.0


def cpu() -> float:
    """Seconds that this process and all below it have used."""
    own = psutil.Process()
    return sum(_used(p) for p in (own, *own.children(recursive=True)))


def _used(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system + times.children_user + times.children_system


def run(backend: str, source: Source) -> tuple[float, dict]:
    """CPU seconds and numbers of one computation."""
    before = cpu()
    results = compute(
        definitions(),
        source=source,
        months=(engine_data.MONTHS[0], engine_data.MONTHS[-1]),
        now=datetime.now(UTC),
        data_version="benchmark",
        backend=backend,
        limits=Limits(memory="4GB", threads=2),
    )
    cost = cpu() - before
    failed = {r.indicator_id: r.reason.detail for r in results.rows if r.reason and r.reason.kind == "error"}
    if failed:
        raise SystemExit(f"{backend}: {failed}")
    return cost, {(r.indicator_id, r.department, r.month): (r.numerator, r.denominator) for r in results.rows}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stays", type=int, default=1_000_000)
    parser.add_argument("--where", choices=["local", "standalone"], default="local")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", type=Path, help="write the rows of the common table here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary) / "data"
        if not folder.exists():
            engine_data.write(folder, given.stays)
        place = cluster.standalone(2, "2g") if given.where == "standalone" else nullcontext("local[2]")
        with place as master:
            return report(Source.of_files(engine_data.files(folder)), master, given)


def report(source: Source, master: str, given: argparse.Namespace) -> int:
    os.environ["ZHIKONG_SPARK"] = master
    costs: dict[str, list[float]] = {"duckdb": [], "spark": []}
    numbers = {}
    for i in range(given.rounds + 1):
        for name in ("duckdb", "spark") if i % 2 == 0 else ("spark", "duckdb"):
            cost, numbers[name] = run(name, source)
            costs[name].append(cost)
    equal = numbers["duckdb"] == numbers["spark"]
    warm = {name: median(found[1:]) for name, found in costs.items()}
    for name, found in costs.items():
        print(f"{name:8} first {found[0]:7.2f}  warm {' '.join(f'{c:.2f}' for c in found[1:])} CPU s")
    ratio = warm["spark"] / warm["duckdb"]
    versions = (
        f"duckdb {duckdb.__version__}, pyspark {pyspark.__version__}, {given.where}, {given.stays:,} stays"
    )
    print(f"ratio {ratio:.2f} (goal {GOAL}); {versions}; numbers {'equal' if equal else 'DIFFER'}")
    if given.json and equal:
        write(given.json, [Row(f"spark ({given.where}): CPU warm, to DuckDB", ratio, "", GOAL, versions)])
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
