"""Faults of whole feeds: a clock that is wrong for some days, and days from which nothing came."""

import numpy as np

from zhikong.simulator import catalogue
from zhikong.simulator.clock import DAY, stream
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.planting import Book
from zhikong.simulator.events.rows import Rows

WRONG_BY = -480
"""Minutes: the system of one ward wrote UTC instead of local time."""


def window(block: Block, name: str, days: int) -> tuple[int, int, int]:
    """Department number and first and last minute (excluded) of the feed fault: the same in all blocks."""
    rng = stream(block.stages.seed, f"feed fault {name}")
    span = block.stages.window
    first = span.first_day + int((span.end_day - span.first_day) * rng.uniform(0.3, 0.9))
    department = int(rng.integers(0, len(catalogue.department_index())))
    return department, first * DAY, (first + days) * DAY


def wrong_clock(block: Block, book: Book, rows: Rows, column: str, key: str) -> Rows:
    """Moments of one ward written in another time zone for three days."""
    department, start, end = window(block, f"clock {rows.table}", 3)
    own = _hit(block, rows, column, department, start, end)
    moment = rows.columns[column].copy()
    moment[own] += WRONG_BY
    book.add("feed_wrong_clock", rows.table, rows.columns[key].take(own), rows.i[own], limit=0,
             deviation=np.full(len(own), WRONG_BY))  # fmt: skip
    return Rows(rows.table, rows.i, rows.columns | {column: moment})


def missing_days(block: Block, book: Book, rows: Rows, column: str, key: str) -> Rows:
    """Two days of one ward from which nothing came."""
    department, start, end = window(block, f"gap {rows.table}", 2)
    own = _hit(block, rows, column, department, start, end)
    book.add("feed_missing", rows.table, rows.columns[key].take(own), rows.i[own])
    kept = np.ones(len(rows), bool)
    kept[own] = False
    return rows.take(kept)


def _hit(block: Block, rows: Rows, column: str, department: int, start: int, end: int) -> np.ndarray:
    moment = rows.columns[column]
    inside = np.flatnonzero((moment >= start) & (moment < end))
    return inside[block.department_at(rows.i[inside], moment[inside]) == department]
