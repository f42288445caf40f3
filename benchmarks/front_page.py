"""Front pages by the hundred thousand: what the way into the lake costs beside merely copying the file.

    python benchmarks/front_page.py [--rows 1000000] [--folder DIR] [--json FILE]

A simulated hospital's HQMS file (811 columns) is written in pieces. One process reads it with DuckDB as text and writes
Parquet; another carries it through the mapping with every check, unfolds it into seven tables, and writes these into a
lake. Both are measured in CPU seconds (user and system) and in peak memory, in processes of their own, in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.table import Row, show, write

FAULTS = {"wrong_type": 20, "unknown_department": 20, "unknown_code": 20, "duplicate_stay": 20}
BARE = """\
COPY (SELECT * FROM read_csv('{file}', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"'))
TO '{target}' (FORMAT parquet)"""


def made(path: Path, rows: int) -> int:
    """Write the file; gives how many rows were planted with a fault."""
    from zhikong.simulator.export_hqms import large
    from zhikong.simulator.hqms_layout import columns

    return len(large(path, rows, FAULTS, columns=tuple(columns())).faults)


def bare(path: Path, folder: Path) -> dict:
    """DuckDB by itself: every column as text into one Parquet file. With less memory it spends its time on spilling."""
    import duckdb

    with duckdb.connect(
        config={"threads": 2, "memory_limit": "6GB", "temp_directory": str(folder)}
    ) as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(BARE.format(file=path, target=folder / "bare.parquet"))
    return {}


def whole(path: Path, folder: Path) -> dict:
    """Read, check, unfold, and write into the tables of a new lake, as a load does."""
    os.environ |= {"ZHIKONG_HOME": str(folder / "home"), "DJANGO_SETTINGS_MODULE": "zhikong.site.settings"}
    import zhikong.packs as packs
    from zhikong.foundation.facts import lake
    from zhikong.foundation.facts.merging import Merger
    from zhikong.intake.context import Context
    from zhikong.intake.mappings import load_mapping
    from zhikong.intake.reading import read_files
    from zhikong.simulator.hospital import departments

    mapping = load_mapping(Path(packs.__path__[0]) / "national" / "mappings" / "hqms.yaml")
    codes = {d.code: d.code for d in departments()}
    context = Context("BENCH", "Asia/Shanghai", b"bench", codes, datetime(2030, 1, 1))  # noqa: DTZ001
    work = folder / "work"
    work.mkdir()
    reading = read_files({"front_page": path}, mapping, context, work)
    read = spent()
    with Merger(reading.tables, {}, work, lake.root("BENCH")) as merger:
        for change in merger.merge().changes:
            lake.LakeTable("BENCH", change.table).replace_months(change.months, merger.rows(change))
    found = {table: lake.LakeTable("BENCH", table).rows() for table in reading.tables}
    if found != reading.rows:
        raise SystemExit(f"the lake holds {found}, the reading gave {reading.rows}")
    return {"faulty": reading.faulty_rows, "rows": reading.rows, "read": read}


def spent() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


SIDES = {"bare": bare, "whole": whole}


def measured(side: str, path: Path, folder: Path) -> dict:
    """One side in a process of its own: CPU seconds, peak memory in MiB, and what it says."""
    place = folder / side
    place.mkdir()
    done = subprocess.run(
        [sys.executable, __file__, "--side", side, "--folder", str(place), "--file", str(path)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def one_side(side: str, path: Path, folder: Path) -> None:
    before = spent()
    told = SIDES[side](path, folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(told | {"cpu": spent() - before, "peak": peak}))


def compared(rows: int, folder: Path) -> list[Row]:
    path = folder / "首页.csv"
    planted = made(path, rows)
    size = path.stat().st_size / 2**30
    plain, ours = measured("bare", path, folder), measured("whole", path, folder)
    if ours["faulty"] != planted or ours["rows"]["stays"] != rows - planted + FAULTS["duplicate_stay"]:
        raise SystemExit(f"{planted} faults were planted, {ours['faulty']} found; {ours['rows']}")
    note = f"{rows} stays, {size:.2f} GiB; text to Parquet {plain['cpu']:.1f} s, into the lake {ours['cpu']:.1f} s"
    return [
        Row(
            "front page into the lake, to DuckDB text to Parquet (CPU)",
            ours["cpu"] / plain["cpu"],
            "×",
            3.0,
            note,
        ),
        Row("the same, until the tables are read and checked", ours["read"] / plain["cpu"], "×"),
        Row("CPU of 1,000 front pages into the lake", ours["cpu"] / rows * 1000, "s"),
        Row(
            "peak memory of the load",
            ours["peak"],
            "MiB",
            2048.0,
            f"DuckDB by itself {plain['peak']:.0f} MiB",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--side", choices=sorted(SIDES), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        one_side(given.side, given.file, given.folder)
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        rows = compared(given.rows, Path(name))
    print(show(rows))
    if given.json:
        write(given.json, rows)


if __name__ == "__main__":
    main()
