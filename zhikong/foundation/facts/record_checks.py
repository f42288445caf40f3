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
STAYS = pa.schema([("stay_id", pa.string()), ("department", pa.string()), ("day", pa.date32())])


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


def stays_of(snapshot: Snapshot, month: str) -> pa.Table:
    """The records discharged in a month: stay_id, department (code), day."""
    paths = snapshot.files("stays") if "stays" in snapshot.versions else ()
    found = [_stays(path) for path in paths if lake.month_of_file(path) == month]
    return pa.concat_tables(found).combine_chunks() if found else STAYS.empty_table()


def _stays(path: str) -> pa.Table:
    names = ["stay_id", "discharge_department", "discharged_at"]
    part = pq.read_table(path, columns=names, partitioning=None)
    day = part["discharged_at"].cast(pa.timestamp("us")).cast(pa.date32(), safe=False)
    return pa.table([part["stay_id"], part["discharge_department"], day], names=STAYS.names).cast(STAYS)


def month_of_stay(stay_id: str) -> str:
    """The month of a stay's discharge in the published facts, '' when it is not among them. Looks at no content."""
    snapshot = published(tables=["stays"])
    for path in sorted(snapshot.files("stays"), key=lake.month_of_file, reverse=True):
        if lake.stays_among([path], [stay_id]):
            return lake.month_of_file(path)
    return ""
