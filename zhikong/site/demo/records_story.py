"""The patients of today and their records: live rows through the live store's own door, checked as the worker does.

Only some wards tell of everything that happens, so that the first start stays short; the others have their lists.
"""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhikong.engine.tables import TABLES
from zhikong.foundation.organisation.queries import institution
from zhikong.foundation.patients import live
from zhikong.foundation.patients.models import Stay
from zhikong.hospital.functions.datasources.actions import (
    load_open_stays,
    pseudonymous,
    reading_context,
)
from zhikong.hospital.functions.records.actions.running import mending, refreshing, watching
from zhikong.hospital.functions.records.models import Obligation
from zhikong.hospital.functions.records.queries.running.rule_prints import fingerprint
from zhikong.intake.live import CLEARED, SEQ, VERSION, live_schema
from zhikong.simulator import Simulation, people
from zhikong.simulator.living import living
from zhikong.site.demo.acting import acting

TOLD = ("CARD", "ORTH")
"""Departments whose feeds tell of documents, orders and results of their open stays."""
OFFICER, DOCTOR, HEAD = "zhikongyuan", "yishi", "keshi"
FEED = "demo_emr"
_PLACE = {"department": "current_department", "ward": "current_ward", "bed": "current_bed"}


def admit(*, made: Simulation, now: datetime) -> None:
    """Who lies in the hospital now, with everything that happened to some of them until this minute."""
    local = now.astimezone(ZoneInfo(institution().time_zone)).replace(tzinfo=None, second=0, microsecond=0)
    tables = living(made, local)
    load_open_stays(by=None, now=now, table=tables["open_stays"])
    for username in (DOCTOR, HEAD):
        _forget(tables, username, local)
    here = tables["open_stays"]
    told = here.filter(pc.is_in(here["department"], pa.array(TOLD)))
    wanted = {"stays": renamed(told)} | {
        name: rows.filter(pc.is_in(rows["stay_id"], told["stay_id"].combine_chunks()))
        for name, rows in tables.items()
        if name in TABLES and TABLES[name].child_of == "stays"
    }
    _apply(wanted, now)


def _forget(tables: dict[str, pa.Table], username: str, local: datetime) -> None:
    """One record of a demo doctor lacks its admission record, another says nothing in its differential diagnosis."""
    own = _patients(tables["open_stays"], username, local)
    if len(own) < 2:
        return
    documents = tables["documents"]
    admission = pc.and_(
        pc.equal(documents["stay_id"], own[0]), pc.is_in(documents["type"], pa.array(["34", "35", "36"]))
    )
    tables["documents"] = documents.filter(pc.invert(admission))
    sections = tables["document_sections"]
    place = pc.and_(pc.equal(sections["stay_id"], own[1]), pc.equal(sections["section"], "鉴别诊断"))
    said = pc.if_else(place, "诊断明确，无需鉴别。", sections["text"])
    tables["document_sections"] = sections.set_column(sections.column_names.index("text"), "text", said)


def _patients(stays: pa.Table, username: str, local: datetime) -> list[str]:
    """The open stays of a demo doctor that began more than a day ago, the newest first."""
    number = next(one.staff_number for one in people.accounts() if one.username == username)
    rows = stays.select(["stay_id", "attending_doctor", "admitted_at"]).to_pylist()
    found = [
        row
        for row in rows
        if row["attending_doctor"] == number and row["admitted_at"] < local - timedelta(hours=26)
    ]
    return [row["stay_id"] for row in sorted(found, key=lambda row: row["admitted_at"], reverse=True)]


def renamed(stays: pa.Table) -> pa.Table:
    return stays.rename_columns([_PLACE.get(name, name) for name in stays.column_names])


def _apply(tables: dict[str, pa.Table], now: datetime) -> None:
    """The rows as a feed would bring them: pseudonyms as everywhere, each told of at this moment."""
    context = reading_context(now)
    with tempfile.TemporaryDirectory() as folder:
        files = {
            name: written(Path(folder) / f"{name}.parquet", name, pseudonymous(rows, context))
            for name, rows in tables.items()
            if rows.num_rows
        }
        live.apply(by=None, now=now, tables=files, feed=FEED, received_at=now)


def written(path: Path, name: str, rows: pa.Table) -> Path:
    """A live table: what the simulator does not say is not said, and no event has a time of its own."""
    size = rows.num_rows
    marks = {
        SEQ: pa.array(range(2, size + 2), pa.int64()),
        CLEARED: pa.array([[]] * size, pa.list_(pa.string())),
    }
    schema = live_schema(name)
    columns = [
        (marks.get(field.name) if field.name in marks else rows[field.name].cast(field.type))
        if field.name in marks or (field.name in rows.column_names and field.name != VERSION)
        else pa.nulls(size, field.type)
        for field in schema
    ]
    pq.write_table(pa.table(columns, schema=schema), path)
    return path


def tell(*, now: datetime) -> bool:
    """Check the open stays, and let the department's officer find, remind and watch; once."""
    if Obligation.objects.exists():
        return False
    refreshing.refresh_all(by=None, now=now, fingerprint=fingerprint(now=now))
    stays = _own_stays()
    if not stays:
        return True
    at = now - timedelta(hours=3)
    with acting(OFFICER, at) as officer:
        mending.report_defect(
            by=officer,
            now=at,
            stay=stays[0],
            text="日常病程记录未分析当日化验结果异常的原因，请补充分析和处理意见。",
        )
        watching.pick(
            stays[1 % len(stays)], by=officer, now=at, reason="高龄、多学科会诊患者，按重点病历关注"
        )
    return True


def _own_stays() -> list[Stay]:
    """The open stays of the demo's doctor."""
    number = next(one.staff_number for one in people.accounts() if one.username == DOCTOR)
    return list(Stay.objects.filter(attending_doctor=number).order_by("admitted_at", "pk"))
