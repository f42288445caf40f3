"""The patients who lie in the hospital now: the open stays of a simulation, moved by whole days to a moment.

What has happened to them until that minute stands in the tables, nothing of what is to come. Two doctors of the demo
look after patients of their own, so that their pages have something to say.
"""

import re
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.simulator import hot, people
from zhikong.simulator.clock import DAY
from zhikong.simulator.events import making
from zhikong.simulator.events.block import open_block
from zhikong.simulator.simulation import Simulation

CARED_BY = ("yishi", "keshi")
"""Demo accounts that look after patients themselves."""
EACH = 8
"""So many patients each: half of them the newest, half of any length of stay."""
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}(?=T\d{2}:\d{2})")
_NOTES = ("37", "38")


def living(made: Simulation, moment: datetime) -> dict[str, pa.Table]:
    """`open_stays` and the event tables of open stays as they stand at `moment` (local wall time, no zone).

    Columns as in the contract, without a month. The day after the simulated months becomes the day of `moment`.
    """
    stages = made.stages
    end = stages.window.end_day * DAY
    minute = moment.hour * 60 + moment.minute
    days = (moment.date() - np.datetime64(stages.window.end_day, "D").item()).days
    stays = hot.open_stays(stages)
    cohort = stages.cohort.take(np.flatnonzero(stages.cohort.open))
    here = stays["stay_id"].filter(pa.array((cohort.admitted <= end) & (cohort.discharged > end + minute)))
    tables = making.open_tables_of(open_block(stages, end + minute))
    tables = {name: rows.filter(pc.is_in(rows["stay_id"], here)) for name, rows in tables.items()}
    stays = _cared_for(stays.filter(pc.is_in(stays["stay_id"], here)))
    tables["documents"] = _forgotten(tables["documents"], stays)
    kept = tables["documents"]["document_id"]
    for name in ("document_sections", "delivered_sections", "planted_spans"):
        if name in tables:
            tables[name] = tables[name].filter(pc.is_in(tables[name]["document_id"], kept))
    return {name: _moved(rows, days) for name, rows in ({"open_stays": stays} | tables).items()}


def _cared_for(stays: pa.Table) -> pa.Table:
    """The doctors of the demo as attending and resident of some patients of their department."""
    admitted = stays["admitted_at"].to_numpy().astype(np.int64)
    place = np.array(stays["department"].to_pylist())
    doctors = {name: stays[name].to_pylist() for name in ("attending_doctor", "resident_doctor")}
    taken: set[int] = set()
    for account in people.accounts():
        if account.username in CARED_BY:
            free = [int(n) for n in np.flatnonzero(place == account.department) if int(n) not in taken]
            newest = sorted(free, key=lambda n: -admitted[n])[: EACH // 2]
            others = [n for n in free if n not in newest][: EACH - len(newest)]
            taken |= {*newest, *others}
            for column in doctors.values():
                for n in (*newest, *others):
                    column[n] = account.staff_number
    for name, column in doctors.items():
        stays = stays.set_column(stays.column_names.index(name), name, pa.array(column, pa.string()))
    return stays


def _forgotten(documents: pa.Table, stays: pa.Table) -> pa.Table:
    """Of every third patient of these doctors the newest progress note was not written."""
    numbers = [account.staff_number for account in people.accounts() if account.username in CARED_BY]
    own = stays.filter(pc.is_in(stays["attending_doctor"], pa.array(numbers)))["stay_id"].to_pylist()[::3]
    lost = set()
    rows = documents.select(["stay_id", "document_id", "type", "written_at"]).to_pylist()
    for stay in own:
        notes = [
            row for row in rows if row["stay_id"] == stay and row["type"] in _NOTES and row["written_at"]
        ]
        if notes:
            lost.add(max(notes, key=lambda row: row["written_at"])["document_id"])
    return documents.filter(
        pc.invert(pc.is_in(documents["document_id"], pa.array(sorted(lost), pa.string())))
    )


def _moved(rows: pa.Table, days: int) -> pa.Table:
    """All moments so many days later, those inside references and texts too."""
    for position, field in enumerate(rows.schema):
        column = rows.column(position)
        if pa.types.is_timestamp(field.type):
            column = pc.add(column, pa.scalar(timedelta(days=days), pa.duration("us")))
        elif pa.types.is_date32(field.type):
            column = pc.add(column.cast(pa.int32()), pa.scalar(days, pa.int32())).cast(pa.date32())
        elif field.name == "about":
            column = _rewritten(column, _STAMP, lambda found: _later(found.group(), days))
        elif field.name == "text":
            column = _rewritten(column, _DATE, lambda found: _written_later(found, days))
        rows = rows.set_column(position, field, column)
    return rows


def _rewritten(column, pattern: re.Pattern, change) -> pa.Array:
    return pa.array(
        [None if text is None else pattern.sub(change, text) for text in column.to_pylist()], pa.string()
    )


def _later(day: str, days: int) -> str:
    return str(np.datetime64(day, "D") + days)


def _written_later(found: re.Match, days: int) -> str:
    year, month, day = map(int, found.groups())
    moved = (np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "D") + days).item()
    return f"{moved.year}年{moved.month}月{moved.day}日"
