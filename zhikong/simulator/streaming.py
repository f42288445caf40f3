"""A hospital of any size written table by table and block by block: memory holds the arrays, never the tables."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.simulator import events as clinical_events
from zhikong.simulator import front_pages, hot, profiles, shifts, tables
from zhikong.simulator.clock import Window, month_number
from zhikong.simulator.ledger import ledger
from zhikong.simulator.stages import Stages, run
from zhikong.simulator.tally import Tally

_FOR_FRONT_PAGES = {
    "stays": (
        "stay_id", "patient_key", "month", "admitted_at", "discharged_at", "age_years", "sex", "admission_route",
        "discharge_way", "readmission_planned", "transfusion_reaction", "principal_diagnosis", "discharge_department",
    ),
    "diagnoses": ("stay_id", "kind", "code"),
}  # fmt: skip
"""Columns that the rest of the front page is made from: the others are not kept in memory until then."""


@dataclass
class Written:
    """The files written, and how many rows each table has."""

    files: list[Path] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)


def write_hospital(
    folder: Path,
    *,
    seed: int = 1,
    months: int = 24,
    first_month: str = "2024-11",
    scale: float = 1.0,
    planted: tuple[shifts.Shift, ...] = shifts.DEFAULT,
    events: bool = True,
    delivered: bool = False,
    profile: str = profiles.CITY.name,
) -> Written:
    """What `simulate` and `write` give, as files of parquet, in the memory of the arrays and one block.

    `delivered` adds the texts with identifiers and where these stand. Events of open stays go to `open/`.
    Raises ValueError for what `simulate` refuses.
    """
    if months < 1 or scale <= 0:
        raise ValueError("months and scale must be positive")
    folder.mkdir(parents=True, exist_ok=True)
    window = Window(month_number(first_month), months)
    stages, done = run(seed, window, scale, planted, profiles.profile(profile)), Written()
    for name, table in _tables(stages, events):
        _whole(folder / f"{name}.parquet", name, table, done)
    tally = Tally(stages) if events else None
    if tally:
        _events(folder, stages, delivered, done, tally)
    done.files.append(folder / "ledger.json")
    done.files[-1].write_text(
        json.dumps(ledger(stages, tally).as_dict(), ensure_ascii=False), encoding="utf-8"
    )
    return done


def _tables(stages: Stages, events: bool) -> Iterator[tuple[str, pa.Table]]:
    """The tables that are made as a whole, one at a time; those of which the events make more are left to them."""
    needed: dict[str, pa.Table] = {"identities": hot.identity_table(stages)}
    yield "identities", needed["identities"]
    for name in ("stays", "diagnoses", "transfers"):
        table = tables.contract_table(name, stages)
        yield name, table
        needed[name] = table.select(_FOR_FRONT_PAGES.get(name, table.column_names))
        del table
    yield "front_pages", front_pages.front_pages(needed)
    needed.clear()
    for name in tables.makers():
        if name not in ("stays", "transfers", "diagnoses") and not (events and name in tables.EXTENDED):
            yield name, tables.contract_table(name, stages)
    yield "open_stays", hot.open_stays(stages)
    yield "front_page_fees", hot.fee_table(stages)


def _whole(file: Path, name: str, table: pa.Table, done: Written) -> None:
    pq.write_table(table, file, compression="zstd")
    done.files.append(file)
    done.rows[name] = table.num_rows


def _events(folder: Path, stages: Stages, delivered: bool, done: Written, tally: Tally) -> None:
    """Block after block is appended to the file of each table."""
    with ExitStack() as stack:
        writers: dict[str, pq.ParquetWriter] = {}
        for part in clinical_events.parts(stages, delivered=delivered, tally=tally):
            for name, table in part.tables.items():
                if name not in writers:
                    done.files.append(folder / f"{name}.parquet")
                    writer = pq.ParquetWriter(done.files[-1], table.schema, compression="zstd")
                    writers[name] = stack.enter_context(writer)
                writers[name].write_table(table)
                done.rows[name] = done.rows.get(name, 0) + table.num_rows
    (folder / "open").mkdir(exist_ok=True)
    for name, table in clinical_events.open_tables(stages, delivered=delivered).items():
        pq.write_table(table, folder / "open" / f"{name}.parquet", compression="zstd")
        done.files.append(folder / "open" / f"{name}.parquet")
