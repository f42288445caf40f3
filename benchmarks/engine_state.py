"""Partial results of a hundred ratios: a full build, one changed day with its month, and all coarser levels.

    python -m benchmarks state --rows 1000000 [--rounds 3] [--keep]

CPU seconds of one process, all ratios from one run. Goals: one changed day with its month at most 1/10 of the full
build at one million stays; the coarser levels by cascade at most 5 % of the fused pass; with --by-month, less than
1 GiB of memory at a hundred million stays. The numbers after the changed
day must be those of a build from nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from statistics import median

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file too

from benchmarks import engine_region, measuring
from benchmarks.engine_hundred import definitions, hundred
from benchmarks.engine_peers import THREADS, cpu, paths
from benchmarks.engine_region import MONTHS
from benchmarks.table import Row, show, write
from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.vector import counting
from zhikong.engine.backends.vector.backend import plan_of
from zhikong.engine.partials.building import refresh, table_of
from zhikong.engine.partials.cascade import rolled
from zhikong.engine.partials.state import State
from zhikong.engine.plan.groups import groups_of

DAY, CASCADE, MEMORY = 1 / 10, 0.05, 1024.0
CHANGED = "2025-04-11"


def one_round(folder: Path) -> dict:
    """Builds, changes a day, and rolls up; the seconds of each."""
    wanted = definitions(hundred())
    limits = Limits(threads=THREADS)
    source = Source.of_files({"stays": paths(folder)})
    (group,) = groups_of(wanted)
    counting.run(plan_of(group, MONTHS[:1]), source, group.partitions(MONTHS[:1]), 1)  # what is loaded once
    with tempfile.TemporaryDirectory() as temporary:
        state = State(Path(temporary))
        start = cpu()
        refresh(state, wanted, source, MONTHS, limits=limits, by_day=True)
        built = cpu() - start
        before = _sums(state)
        os.utime(
            next(p for p in paths(folder) if CHANGED[:7] in p)
        )  # the file of the month is another one now
        start = cpu()
        found = refresh(
            state, wanted, source, MONTHS, limits=limits, by_day=True, changed_days={"stays": [CHANGED]}
        )
        changed = cpu() - start
        if found.months != [CHANGED[:7]] or _sums(state) != before:
            raise SystemExit("the changed day gave other numbers than the build")
    start = cpu()
    plan = plan_of(group, MONTHS)
    finest = table_of(plan, counting.run(plan, source, group.partitions(MONTHS), THREADS))
    passed = cpu() - start
    start = cpu()
    hospitals = rolled(finest, place="institution", time="month")
    levels = [hospitals, rolled(hospitals, place="region", time="month")]
    quarters = rolled(finest, time="quarter")
    levels += [quarters, rolled(quarters, time="year"), rolled(hospitals, place="institution", time="year")]
    cascaded = cpu() - start
    for level in levels:
        if sum(level["rows"].to_pylist()) != sum(finest["rows"].to_pylist()):
            raise SystemExit("a coarser level lost rows")
    return {
        "built": built,
        "changed": changed,
        "passed": passed,
        "cascaded": cascaded,
        "groups": finest.num_rows,
    }


def by_month(folder: Path) -> dict:
    """Builds the partial results by month, one month's files after the other; the seconds and the peak memory."""
    wanted = definitions(hundred())
    with tempfile.TemporaryDirectory() as temporary:
        start = cpu()
        refresh(
            State(Path(temporary)),
            wanted,
            Source.of_files({"stays": paths(folder)}),
            MONTHS,
            limits=Limits(threads=THREADS),
        )
        spent = cpu() - start
    return {"cpu": spent, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _sums(state: State) -> dict[str, int]:
    tables = [state.read(record) for record in state.manifest().records]
    whole = pa.concat_tables(tables)
    return {name: int(whole[name].to_numpy().sum()) for name in whole.column_names[3:]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="keep the generated data")
    parser.add_argument("--once", action="store_true")
    parser.add_argument(
        "--by-month", action="store_true", help="only build by month and tell the peak memory"
    )
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = given.folder or measuring.cache() / f"region-{given.rows}"
    if given.once:
        print(json.dumps(one_round(folder)))
        return 0
    if not folder.exists():
        engine_region.write(folder, given.rows)
    if given.by_month:
        found = by_month(folder)
        measuring.removed(folder, given.keep or given.folder is not None)
        print(f"{measuring.said(given.rows)}: {found['cpu']:.1f} CPU s, peak {found['peak']:.0f} MiB")
        return 0 if found["peak"] < MEMORY else 1
    try:
        runs = [
            measuring.fresh("engine_state", "--once", "--folder", str(folder)) for _ in range(given.rounds)
        ]
    finally:
        measuring.removed(folder, given.keep or given.folder is not None)
    return report(runs, given)


def report(runs: list[dict], given: argparse.Namespace) -> int:
    lines = [("what", "CPU s (median)", "all rounds")]
    names = {
        "built": "full build by day",
        "changed": "one changed day",
        "passed": "fused pass by month",
        "cascaded": "five coarser levels",
    }
    middle = {key: median(run[key] for run in runs) for key in names}
    for key, name in names.items():
        lines.append((name, f"{middle[key]:.3f}", " ".join(f"{run[key]:.3f}" for run in runs)))
    print(measuring.table(lines))
    print(f"{runs[0]['groups']} groups by department and month; {measuring.versions('numpy', 'pyarrow')}")
    size = measuring.said(given.rows)
    rows = [
        Row(f"state {size}: changed day to full build, CPU", middle["changed"] / middle["built"], "", DAY),
        Row(
            f"state {size}: coarser levels to the pass, CPU",
            middle["cascaded"] / middle["passed"],
            "",
            CASCADE,
        ),
    ]
    print(show(rows))
    if given.json:
        write(given.json, rows)
    return 0 if all(row.verdict == "met" for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
