"""Thirty clock rules over a million stays and about thirty million documents: our evaluator against two peers.

    python -m benchmarks record_clock [--stays 1000000] [--rounds 1]

Everybody starts from the same Parquet files of the contract's tables, reads them itself, and ends with the number of
stays that pass, fail or have nothing to judge, rule by rule; the counts must be identical. Each side runs in a process of
its own, in alternating order; CPU is the process time summed over its threads and children, without imports and without
reading the rules. A last figure judges 600 open stays by every rule of the national pack.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs without an installation

import record_clock_data
import record_clock_peers
import record_clock_ward
from measuring import cache, fresh
from table import Row, show, write

from zhikong.engine.backends.source import Source
from zhikong.engine.definitions.model import CodeList
from zhikong.engine.definitions.shelves import by_reference, read_codes
from zhikong.engine.record_rules import ClockRule, load_rules
from zhikong.engine.record_rules.checking import check, tally
from zhikong.engine.record_rules.choosing import chosen

NOW = datetime(2030, 1, 1)  # noqa: DTZ001  facts carry the local wall time without a zone
LEAST, TIMES, OPEN_STAYS = 5e6, 5, 600
SIDES = ("ours", "python", "duckdb", "duckdb_by_time")
PEERS = {
    "python": "a plain Python loop",
    "duckdb": "DuckDB ASOF joins over a table ordered by type",
    "duckdb_by_time": "DuckDB ASOF joins over a table ordered by stay and time",
}
PACK = Path(__file__).parents[1] / "zhikong" / "packs" / "national"


def ours(files: dict[str, list[Path]], rules: list[ClockRule]) -> record_clock_peers.Counts:
    """The vectorised evaluator, month by month as the lake keeps them."""
    labels = [file.parent.name.removeprefix("month=") for file in files["stays"]]
    found = tally(rules, Source.of_files(files), now=NOW, months=(labels[0], labels[-1]))
    return [dict(found[rule]) for rule in sorted(found)]


def measured(side: str, folder: Path) -> dict:
    """One run of one side: counts and CPU seconds."""
    files = record_clock_data.files(folder)
    work = {
        "ours": partial(ours, rules=record_clock_data.rules()),  # a server reads the pack once
        "python": record_clock_peers.python,
        "duckdb": record_clock_peers.asof,
        "duckdb_by_time": partial(record_clock_peers.asof, order="e, m"),
    }[side]
    before = _cpu()
    counts = work(files)
    return {"cpu": _cpu() - before, "counts": counts}


def _cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def open_stays() -> float:
    """CPU of judging 600 open stays by every clock rule of the national pack, of a source in memory."""
    rules = [rule for rule in national() if isinstance(rule, ClockRule)]
    source, now = record_clock_ward.source(OPEN_STAYS)
    before = _cpu()
    found = check(rules, source, now=now, keep={"fail", "not_assessable", "error"})
    spent = _cpu() - before
    assert not [row for row in found["verdict"].to_pylist() if row == "error"]
    return spent


def national() -> list:
    """The rules of the national pack that judge where nobody set anything."""
    lists = by_reference(
        one for one in map(read_codes, sorted((PACK / "codes").glob("*.yaml"))) if isinstance(one, CodeList)
    )
    rules, _ = load_rules(PACK, {name: one.ranges for name, one in lists.items()})
    return chosen(rules)


def prepared(stays: int) -> Path:
    """The folder with the data, made when it is not there."""
    folder = cache() / f"record_clock_{stays}"
    if not (folder / "ready").exists():
        folder.mkdir(parents=True, exist_ok=True)
        record_clock_data.write(folder, stays)
        (folder / "ready").touch()
    return folder


def compare(stays: int, rounds: int) -> list[Row]:
    """Every side so many times in turn; the counts must agree."""
    folder = prepared(stays)
    spent: dict[str, list[float]] = {side: [] for side in SIDES}
    counts = {}
    for _ in range(rounds):
        for side in SIDES:
            found = fresh("record_clock", "--side", side, "--folder", str(folder))
            spent[side].append(found["cpu"])
            counts[side] = found["counts"]
    for side in SIDES[1:]:
        differing = [i for i, (a, b) in enumerate(zip(counts["ours"], counts[side], strict=True)) if a != b]
        assert not differing, f"{side} counts otherwise for rules {differing}"
    cpu = {side: median(times) for side, times in spent.items()}
    judged = stays * len(counts["ours"])
    note = f"{stays:,} stays × {len(counts['ours'])} rules: {judged / cpu['ours'] / 1e6:.2f} M a second"
    rows = [
        Row("record clocks: CPU per million stay-rules", cpu["ours"] / judged * 1e6, "s", 1e6 / LEAST, note)
    ]
    for side, title in PEERS.items():
        rows.append(
            Row(
                f"record clocks as a share of {title}",
                cpu["ours"] / cpu[side],
                "×",
                1 / TIMES,
                f"{cpu[side]:.1f} s",
            )
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stays", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--side", choices=(*SIDES, "open"))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", type=Path, help="where the rows of the common table go")
    given = parser.parse_args()
    if given.side == "open":
        sys.stdout.write(json.dumps({"cpu": open_stays()}) + "\n")
        return
    if given.side:
        sys.stdout.write(json.dumps(measured(given.side, given.folder)) + "\n")
        return
    began = time.monotonic()
    rows = compare(given.stays, given.rounds)
    spent = fresh("record_clock", "--side", "open")["cpu"]
    rows.append(
        Row(
            f"all clock rules over {OPEN_STAYS} open stays",
            spent,
            "s",
            1.0,
            f"{time.monotonic() - began:.0f} s in all",
        )
    )
    if given.json:
        write(given.json, rows)
    sys.stdout.write(show(rows) + "\n")


if __name__ == "__main__":
    main()
