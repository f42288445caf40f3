"""Forty indicators by department and month: one fused run against forty hand-written queries.

    python benchmarks/engine_fused.py [--stays 1000000] [--rounds 3] [--folder DIR]

Each measurement runs in a process of its own, in alternating order. CPU is the process time summed over
its threads from open files to finished numbers, without imports and without loading the definitions. The
numbers of both sides must be equal. Targets: fused CPU at most one third of the separate queries; peak
resident memory below 1 GiB.
"""

from __future__ import annotations

import argparse
import json
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs without an installation

import engine_data
import engine_separate
import yaml
from table import Row, write

import zhikong.engine.backends.duckdb  # noqa: F401  # imported here, so that it is not measured
from zhikong.engine.compute import Limits, Source, compute
from zhikong.engine.definitions import Definition, load_catalogue

THREADS = 2
RATIO, MEMORY = 1 / 3, 1024**3


USUAL = {
    "version": 1,
    "status": "draft",
    "why": "benchmark",
    "source": {"document": "benchmark", "mark": "memory"},
    "owner": "quality_office",
    "checker": "medical_affairs",
    "table": "stays",
    "date": "discharged_at",
    "department": "discharge_department",
    "kind": "ratio",
    "multiplier": 1,
    "unit": "1",
    "direction": "monitor",
}


def definitions() -> list[Definition]:
    """The forty definitions, from a pack that is written for the purpose."""
    said = yaml.safe_load((Path(__file__).parent / "engine_forty.yaml").read_text())
    with tempfile.TemporaryDirectory() as temporary:
        pack = Path(temporary) / "forty"
        (pack / "indicators").mkdir(parents=True)
        (pack / "pack.yaml").write_text("{id: forty, version: '1', name: {zh: forty}}")
        for key, own in said.items():
            full = USUAL | {"id": key, "name": {"zh": key}, "next_review": date(2100, 1, 1)} | own
            if full["kind"] != "count":
                full.setdefault("denominator", {"rows": True})
            full["exclusions"] = [{"when": e, "why": "benchmark"} for e in own.get("exclusions", [])]
            (pack / "indicators" / f"{key}.yaml").write_text(yaml.safe_dump(full))
        catalogue = load_catalogue([pack])
    if catalogue.problems:
        raise SystemExit(chr(10).join(map(str, catalogue.problems)))
    return list(catalogue.indicators.values())


def fused(folder: Path):
    """The forty definitions through the engine."""
    files = engine_data.files(folder)
    wanted = definitions()
    start = time.process_time()
    results = compute(
        wanted,
        source=Source.of_files(files),
        months=(engine_data.MONTHS[0], engine_data.MONTHS[-1]),
        now=datetime.now(UTC),
        data_version="benchmark",
        limits=Limits(threads=THREADS),
    )
    cpu = time.process_time() - start
    numbers: dict[str, dict] = {d.id: {} for d in wanted}
    for r in results.rows:
        if r.reason and r.reason.kind == "error":
            raise SystemExit(f"{r.indicator_id}: {r.reason.detail}")
        if r.department is not None:
            numbers[r.indicator_id][r.department, r.month] = (r.numerator, r.denominator)
    return cpu, numbers


def separate(folder: Path):
    """The same forty as separate queries."""
    files = engine_data.files(folder)
    start = time.process_time()
    numbers = engine_separate.run(files, THREADS)
    return time.process_time() - start, numbers


def measure(what: str, folder: Path, numbers: Path) -> dict:
    """Runs one side in a fresh process; writes its numbers, prints cost as JSON."""
    command = [sys.executable, __file__, "--only", what, "--folder", str(folder), "--numbers", str(numbers)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def only(what: str, folder: Path, numbers: Path) -> None:
    cpu, found = {"fused": fused, "separate": separate}[what](folder)
    numbers.write_bytes(pickle.dumps(found))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"cpu": cpu, "peak": peak}))


def differences(one: Path, other: Path) -> list[str]:
    """Indicators whose numbers differ anywhere. Groups without any counted row are left out of both."""
    left, right = (pickle.loads(p.read_bytes()) for p in (one, other))
    return [k for k in sorted(left | right) if _counted(left.get(k, {})) != _counted(right.get(k, {}))]


def _counted(cells: dict) -> dict:
    return {cell: pair for cell, pair in cells.items() if any(pair)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stays", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", choices=["fused", "separate"])
    parser.add_argument("--numbers", type=Path)
    parser.add_argument("--json", type=Path, help="write the rows of the common table here")
    given = parser.parse_args()
    if given.only:
        only(given.only, given.folder, given.numbers)
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary) / "data"
        if not folder.exists():
            engine_data.write(folder, given.stays)
        return report(folder, Path(temporary), given.rounds, given.json)


def report(folder: Path, temporary: Path, rounds: int, rows: Path | None = None) -> int:
    costs: dict[str, list[dict]] = {"fused": [], "separate": []}
    for i in range(rounds):
        for what in ("fused", "separate") if i % 2 == 0 else ("separate", "fused"):
            costs[what].append(measure(what, folder, temporary / f"{what}.numbers"))
    different = differences(temporary / "fused.numbers", temporary / "separate.numbers")
    cpu = {what: median(c["cpu"] for c in found) for what, found in costs.items()}
    peak = {what: max(c["peak"] for c in found) for what, found in costs.items()}
    print(f"{'':10} {'CPU s (median)':>15} {'all rounds':>28} {'peak MiB':>10}")
    for what, found in costs.items():
        each = " ".join(f"{c['cpu']:.2f}" for c in found)
        print(f"{what:10} {cpu[what]:15.2f} {each:>28} {peak[what] / 2**20:10.0f}")
    ratio = cpu["fused"] / cpu["separate"]
    print(f"ratio {ratio:.3f} (target {RATIO:.3f}); numbers differ: {different or 'nowhere'}")
    if rows and not different:
        memory = Row("engine: peak memory", peak["fused"] / 2**20, "MiB", MEMORY / 2**20)
        write(rows, [Row("engine: CPU, fused to separate", ratio, "", RATIO), memory])
    return 0 if ratio <= RATIO and peak["fused"] < MEMORY and not different else 1


if __name__ == "__main__":
    sys.exit(main())
