"""A few stays in month files, as the lake lays them out, for the tests of partial results."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.spec.running import define
from zhikong.engine.backends.base import Limits, Tally
from zhikong.engine.backends.reference import ReferenceBackend
from zhikong.engine.backends.source import Source
from zhikong.engine.definitions.examples import fill
from zhikong.engine.definitions.model import Definition
from zhikong.engine.months import span

MONTHS = span("2026-01", "2026-03")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
Rows = Sequence[Mapping[str, Any]]

LONG = define(id="long", numerator={"count": "days > 3"}, multiplier=100, unit="%")
FEMALE = define(
    id="female", population="sex = '2'", numerator={"count": "days > 3"}, multiplier=100, unit="%"
)
DAYS = define(id="days", kind="mean", numerator={"sum": "days"})
OPERATED = define(
    id="operated", numerator={"count": "has(operations, grade = '4')"}, multiplier=100, unit="%"
)
AGAIN = define(id="again", numerator={"count": "minutes_to_next_admission < 44640"}, multiplier=100, unit="%")
MIDDLE = define(id="middle", kind="median", numerator={"values": "days"}, denominator=None)
ALL = [LONG, FEMALE, DAYS, OPERATED, AGAIN, MIDDLE]


def stays(institution: str = "H1", shift: int = 0) -> list[dict[str, Any]]:
    """Forty stays of three months, two departments and seven patients."""
    return [
        {
            "stay_id": f"{institution}-{i}",
            "institution": institution,
            "patient_key": f"p{i % 7}",
            "days": (i * 5 + shift) % 9,
            "sex": "12"[i % 2],
            "discharge_department": "AB"[i % 3 > 1],
            "admitted_at": datetime.fromisoformat(f"2026-0{i % 3 + 1}-{i % 20 + 1:02d}T08:00"),
            "discharged_at": datetime.fromisoformat(f"2026-0{i % 3 + 1}-{i % 20 + 8:02d}T10:30"),
        }
        for i in range(40)
    ]


def operations(rows: Rows) -> list[dict[str, Any]]:
    """One operation for every second stay."""
    return [{"stay_id": r["stay_id"], "seq": 1, "grade": "34"[i % 3 > 0]} for i, r in enumerate(rows[::2])]


def write(folder: Path, rows: Rows, done: Rows) -> Source:
    """The files of stays and operations, by month of discharge."""
    tables: dict[str, list[dict[str, Any]]] = {
        "stays": [dict(r) for r in rows],
        "operations": [dict(r) for r in done],
    }
    fill(tables, "2026-01")
    month_of = {r["stay_id"]: str(r["discharged_at"])[:7] for r in tables["stays"]}
    files: dict[str, list[Path]] = {}
    for name, held in tables.items():
        for month in MONTHS:
            path = folder / name / f"month={month}" / "part.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            table = Source.of_rows({name: [r for r in held if month_of[r["stay_id"]] == month]}).memory[name]
            if not path.exists() or not pq.read_table(path, partitioning=None).equals(table):
                pq.write_table(table, path)
                os.utime(path, ns=(0, hash((len(rows), str(rows))) % 10**15))  # a new file, however fast
            files.setdefault(name, []).append(path)
    return Source.of_files(files)


def judged(definitions: Sequence[Definition], source: Source) -> dict[str, Any]:
    """What plain Python says."""
    return plain(ReferenceBackend().tally(definitions, source, MONTHS, Limits()))


def plain(outcomes: Mapping[str, Any]) -> dict[str, Any]:
    """Tallies to compare with each other."""
    assert all(isinstance(one, Tally) for one in outcomes.values()), outcomes
    return {key: (one.cells, one.wholes) for key, one in outcomes.items()}
