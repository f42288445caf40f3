"""Coarser levels from finer ones: department to institution to region, day to month to quarter to year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.partials.layout import KEYS, ROWS, conditions

Place = Literal["department", "institution", "region"]
Time = Literal["day", "month", "quarter", "year"]
LIMIT = 2**63


def rolled(
    table: pa.Table,
    *,
    place: Place = "department",
    time: Time = "day",
    regions: Mapping[str, str] | None = None,
) -> pa.Table:
    """The counters at a coarser level. `period` becomes the first day of the month, quarter or year.

    At `region`, `institution` holds the region of each institution, as `regions` says; without it all are one region
    with the name ''. Raises OverflowError when a sum could leave 64 bits.
    """
    keys = [_institution(table, place, regions), _department(table, place), _period(table, time)]
    counted = [ROWS, *conditions(table)]
    _within_limits(table, counted)
    held = pa.table([*keys, *(table[c] for c in counted)], names=[*KEYS, *counted])
    summed = held.group_by(list(KEYS), use_threads=False).aggregate([(c, "sum") for c in counted])
    return summed.select([*KEYS, *(f"{c}_sum" for c in counted)]).rename_columns([*KEYS, *counted])


def _institution(table: pa.Table, place: Place, regions: Mapping[str, str] | None) -> pa.ChunkedArray:
    own = table["institution"]
    if place != "region":
        return own
    if regions is None:
        return pa.chunked_array([pa.array([""] * table.num_rows, pa.string())])
    names = pc.unique(own).to_pylist()
    places = pc.index_in(own, value_set=pa.array(names, pa.string()))
    return pa.chunked_array([pa.array([regions[name] for name in names], pa.string())]).take(places)


def _department(table: pa.Table, place: Place) -> pa.ChunkedArray:
    if place == "department":
        return table["department"]
    return pa.chunked_array([pa.nulls(table.num_rows, pa.string())])


def _period(table: pa.Table, time: Time) -> pa.ChunkedArray:
    own = table["period"]
    return own if time == "day" else pc.floor_temporal(own, unit=time).cast(pa.date32())


def _within_limits(table: pa.Table, counted: list[str]) -> None:
    for name in counted:
        ends = pc.min_max(table[name]).as_py()
        largest = max(abs(ends["min"] or 0), abs(ends["max"] or 0))
        if largest * table.num_rows >= LIMIT:
            raise OverflowError(f"sums of {name} could leave 64 bits")
