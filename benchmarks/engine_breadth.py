"""A hundred ratios over the stays of a region: fused, against a hundred queries and against four other engines.

    python -m benchmarks breadth --rows 10000000 [--rounds 3] [--keep]

Each side runs in a process of its own, in alternating order; CPU seconds are those of its threads, from files to
counters by hospital, department and month. The peers are spared the diagnosis codes: they read a group number worked
out beforehand. All totals must be equal. Goals: at most 1/5 of a hundred separate DuckDB queries, at most 1.5 times
the best peer; 200 ratios of which half the conditions are shared at most 1.7 times 100; less than 1 GiB of memory.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file too

from benchmarks import engine_peers, engine_region, measuring
from benchmarks.table import Row, show, write

SEPARATE, PEER, DOUBLE, MEMORY = 1 / 5, 1.5, 1.7, 1024.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sides", default=",".join(engine_peers.SIDES), help="comma separated")
    parser.add_argument("--keep", action="store_true", help="keep the generated data")
    parser.add_argument("--only", choices=engine_peers.SIDES)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if given.only:
        print(json.dumps(engine_peers.timed(given.only, given.folder, given.count)))
        return 0
    folder = given.folder or measuring.cache() / f"region-{given.rows}"
    if not folder.exists():
        engine_region.write(folder, given.rows)
    try:
        return report(folder, given)
    finally:
        measuring.removed(folder, given.keep or given.folder is not None)


def report(folder: Path, given: argparse.Namespace) -> int:
    sides = [(name, 100) for name in given.sides.split(",")] + [("engine", 200)]
    found: dict[tuple[str, int], list[dict]] = {side: [] for side in sides}
    for i in range(given.rounds):
        for name, count in sides if i % 2 == 0 else sides[::-1]:
            if name == "separate" and i:
                continue  # as long as all others together; it is run once
            arguments = ("--only", name, "--folder", str(folder), "--count", str(count))
            found[name, count].append(measuring.fresh("engine_breadth", *arguments))
    wrong = [name for name, _ in sides if _totals(found, name, 100) != _totals(found, "engine", 100)]
    cpu = {side: median(one["cpu"] for one in runs) for side, runs in found.items()}
    peak = {side: max(one["peak"] for one in runs) / 2**20 for side, runs in found.items()}
    lines = [("side", "CPU s (median)", "all rounds", "peak MiB", "CPU to engine")]
    for side, runs in found.items():
        each = " ".join(f"{one['cpu']:.2f}" for one in runs)
        lines.append(
            (
                f"{side[0]} {side[1]}",
                f"{cpu[side]:.2f}",
                each,
                f"{peak[side]:.0f}",
                f"{cpu[side] / cpu['engine', 100]:.2f}",
            )
        )
    print(measuring.table(lines))
    print(measuring.versions("duckdb", "polars", "datafusion", "chdb", "numpy", "pyarrow"))
    print(f"totals differ: {wrong or 'nowhere'}")
    rows = _rows(cpu, peak, measuring.said(given.rows))
    print(show(rows))
    if given.json and not wrong:
        write(given.json, rows)
    return 1 if wrong or any(row.verdict == "MISSED" for row in rows) else 0


def _totals(found: dict, name: str, count: int) -> list[int]:
    return found[name, count][0]["totals"]


def _rows(cpu: dict, peak: dict, size: str) -> list[Row]:
    own = cpu["engine", 100]
    rows = [Row(f"breadth {size}: 200 ratios to 100, CPU", cpu["engine", 200] / own, "", DOUBLE)]
    rows.append(Row(f"breadth {size}: peak memory", peak["engine", 100], "MiB", MEMORY))
    if ("separate", 100) in cpu:
        rows.append(
            Row(f"breadth {size}: fused to 100 queries, CPU", own / cpu["separate", 100], "", SEPARATE)
        )
    peers = {name: cpu[name, 100] for name in engine_peers.PEERS if (name, 100) in cpu}
    if peers:
        best = min(peers, key=peers.get)
        rows.append(
            Row(f"breadth {size}: to the best peer, CPU", own / peers[best], "", PEER, f"best: {best}")
        )
    return rows


if __name__ == "__main__":
    sys.exit(main())
