"""FHIR R4 resources a CPU second: the simulated hospital's NDJSON through reader, mapping and checks.

    python benchmarks/fhir.py [--scale 0.6] [--months 3] [--json FILE]

Two parts: everything (all sources of the packaged mapping, all tables, checks), beside the bare cost that nobody can
avoid, `json.loads` of every line of the same files once. What comes out must be every row of the simulated tables;
otherwise the benchmark fails.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from table import Row, show, write

from zhikong import packs
from zhikong.intake.context import Context
from zhikong.intake.mappings import load_mapping
from zhikong.intake.reading import Reading, read_files
from zhikong.simulator import fhir, hospital
from zhikong.simulator.simulation import Simulation, simulate

MAPPING = Path(next(iter(packs.__path__))) / "national" / "mappings" / "fhir_r4.yaml"
GOALS = {"read": 10.0, "memory": 1024}  # CPU seconds of 100,000 resources, MB
TABLES = ("stays", "diagnoses", "operations", "transfers", "icu_stays", "results", "documents")


def measured(work) -> tuple[object, float]:
    """What it gives, and its CPU seconds."""
    started = time.process_time()
    found = work()
    return found, time.process_time() - started


def bare(folder: Path) -> int:
    """The lines of all files, each parsed once and thrown away."""
    lines = 0
    for path in folder.iterdir():
        with path.open("rb") as file:
            for line in file:
                json.loads(line)
                lines += 1
    return lines


def through(folder: Path, work: Path) -> Reading:
    """The whole reading."""
    mapping, profile = load_mapping(MAPPING), hospital.profile()
    departments = {one.code: one.code for one in hospital.departments()}
    now = datetime(2100, 1, 1)  # noqa: DTZ001  local wall time
    context = Context(profile.code, profile.time_zone, b"key", departments, now)
    return read_files(dict.fromkeys(mapping.sources, folder), mapping, context, work)


def complete(reading: Reading, made: Simulation) -> bool:
    """Whether every row of the simulated tables came out, and nothing was set aside."""
    return not reading.problems and all(reading.rows[t] == made.tables[t].num_rows for t in TABLES)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=float, default=0.6)
    parser.add_argument("--months", type=int, default=4)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    made = simulate(1, months=given.months, scale=given.scale)
    with tempfile.TemporaryDirectory() as name:
        folder, work = Path(name, "out"), Path(name, "work")
        work.mkdir()
        export, writing = measured(lambda: fhir.write(made.tables, folder))
        count = sum(export.resources.values())
        lines, parsing = measured(lambda: bare(folder))
        reading, seconds = measured(lambda: through(folder, work))
    if lines != count or not complete(reading, made):
        print(f"FAILED: {lines} lines, {reading.counts}")
        return 1
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    part, each = 100_000 / count, f"{count / seconds:,.0f} resources a CPU second"
    rows = [
        Row(
            "FHIR: 100,000 resources through mapping and checks", seconds * part, "s CPU", GOALS["read"], each
        ),
        Row("FHIR: the same beside json.loads of each line once", seconds / parsing, "times"),
        Row("FHIR: 100,000 resources written by the simulator", writing * part, "s CPU"),
        Row(
            "FHIR: memory, the simulated hospital included",
            memory,
            "MB",
            GOALS["memory"],
            f"{count} resources",
        ),
    ]
    print(show(rows))
    if given.json:
        write(given.json, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
