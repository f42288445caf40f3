"""A month of discharged records judged by every rule: what the engine says, over the published facts of a scope."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine.record_rules.checking import check
from zhikong.engine.record_rules.verdicts import Override
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.gateway import Snapshot, published
from zhikong.foundation.facts.quality import short

LANGUAGE = "1"
"""Part of every month's key: raise it when the storing of verdicts itself changes its meaning."""
ENCOUNTERS = pa.schema(
    [("encounter", pa.string()), ("department", pa.string()), ("day", pa.date32()), ("visit", pa.bool_())]
)
"""A record: its stay or visit, the code of the department, the day of discharge or of registration."""
_PLACES = {
    "stays": ("stay_id", "discharge_department", "discharged_at"),
    "visits": ("visit_id", "department", "registered_at"),
    "visit_records": ("visit_id", "department", "registered_at"),
}


def judge_month(
    rules: Sequence[Any],
    *,
    month: str,
    now: datetime,
    snapshot: Snapshot,
    settings: Mapping[str, Override],
    undelivered: frozenset[str] = frozenset(),
    by=None,
) -> pa.Table:
    """One row (VERDICT_SCHEMA) for each record discharged in the month and each rule. The whole hospital: for jobs.

    now: local wall time without zone. Raises PermissionError for a scope that is not the whole hospital.
    """
    if not current_scope().whole_hospital:
        raise PermissionError("终末筛查只能对全院进行。")
    found = check(
        list(rules),
        snapshot.source(),
        now=now,
        months=(month, month),
        settings=settings,
        calendar=working_calendar(),
        undelivered=undelivered,
    )
    purpose = f"按 {len(rules)} 条病历规则筛查 {month} 出院病历"
    log_read(by=by, subject="facts.records", purpose=purpose, count=found.num_rows)
    return found


def month_key(
    snapshot: Snapshot,
    rules: Sequence[Any],
    *,
    month: str,
    settings: Mapping[str, Any],
    undelivered: frozenset[str],
) -> str:
    """Equal for equal rows of the month, equal rules and equal settings: then the verdicts are equal too."""
    files = {
        table: sorted(short(path) for path in snapshot.files(table) if lake.month_of_file(path) == month)
        for table in sorted(snapshot.versions)
    }
    told = sorted((rule.id, rule.version, rule.hash) for rule in rules)
    said = [LANGUAGE, files, told, sorted(settings.items()), sorted(undelivered)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def undelivered(snapshot: Snapshot) -> frozenset[str]:
    """Tables of the contract that are published and have never brought a row in this institution.

    What never came cannot be told from what was never done: rules that read it are not assessable.
    """
    return frozenset(table for table in snapshot.versions if not _rows(snapshot.files(table)))


def _rows(paths: Sequence[str]) -> bool:
    return any(pq.read_metadata(path).num_rows for path in paths)


def encounters_of(snapshot: Snapshot, month: str) -> pa.Table:
    """The records of a month: stays discharged in it and visits registered in it, as ENCOUNTERS."""
    parts = [_read(path, table) for table in _PLACES for path in _of_month(snapshot, table, month)]
    whole = pa.concat_tables(parts) if parts else ENCOUNTERS.empty_table()
    counted = whole.group_by(["encounter"], use_threads=False).aggregate(
        [("department", "first"), ("day", "first"), ("visit", "first")]
    )
    return counted.rename_columns(ENCOUNTERS.names).cast(ENCOUNTERS).combine_chunks()


def _of_month(snapshot: Snapshot, table: str, month: str) -> list[str]:
    paths = snapshot.files(table) if table in snapshot.versions else ()
    return [path for path in paths if lake.month_of_file(path) == month]


def _read(path: str, table: str) -> pa.Table:
    key, department, at = _PLACES[table]
    part = pq.read_table(path, columns=[key, department, at], partitioning=None)
    day = part[at].cast(pa.timestamp("us")).cast(pa.date32(), safe=False)
    visit = pa.array([table != "stays"] * part.num_rows, pa.bool_())
    return pa.table([part[key], part[department], day, visit], names=ENCOUNTERS.names).cast(ENCOUNTERS)


def month_of_stay(stay_id: str) -> str:
    """The month of a stay's discharge in the published facts, '' when it is not among them. Looks at no content."""
    snapshot = published(tables=["stays"])
    for path in sorted(snapshot.files("stays"), key=lake.month_of_file, reverse=True):
        if lake.stays_among([path], [stay_id]):
            return lake.month_of_file(path)
    return ""
