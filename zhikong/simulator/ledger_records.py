"""Truths about records, goals, clinics and surgery among the events; data/measures_records.csv."""

from collections.abc import Iterator

import pyarrow as pa

from zhikong.simulator import (
    ledger_records_clinics,
    ledger_records_notes,
    ledger_records_pages,
    ledger_records_systems,
)
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.rows import Rows
from zhikong.simulator.ledger_measures import Measure
from zhikong.simulator.ledger_records_rows import View
from zhikong.simulator.stages import Stages
from zhikong.simulator.tally import Tally


def of_block(tally: Tally, block: Block, rows: dict[str, Rows]) -> None:
    """Count what a block of closed stays has; `rows` are its tables as the planter holds them."""
    view = View(tally, block, rows)
    ledger_records_notes.count(view)
    ledger_records_systems.count(view)
    ledger_records_clinics.bases(view)


def of_month(tally: Tally, month: int, tables: dict[str, pa.Table]) -> None:
    """Count the outpatient side of one month."""
    ledger_records_clinics.count(tally, month, tables)


def of_hospital(tally: Tally) -> None:
    """Count what belongs to no block: days of beds, staff."""
    ledger_records_clinics.of_hospital(tally)


def measures(stages: Stages) -> Iterator[Measure]:
    """Further truths that need no events, in the order of data/measures_records.csv, before those that do."""
    yield from ledger_records_pages.measures(stages)
