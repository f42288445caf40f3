"""What samples and their watchers need of many stays at once, without reading a chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.gateway import codes_in_scope, published

ADMISSION, DISCHARGE = "34", "49"  # WS/T 500: the admission record, the discharge record
DAY = 24 * 60


def data_version() -> str:
    """The name of the state that is published now, so that a sample can say what it was drawn from."""
    current_scope()
    return published(tables=["stays"]).data_version


def stays_with(table: str, months: Iterable[str]) -> frozenset[str] | None:
    """Stays of some months (of discharge) with a row in a table; None when the hospital never delivered the table.

    It tells of no content and names nobody: it is joined with a frame that was read within scope.
    """
    current_scope()
    snapshot = published(tables=[table])
    if table not in snapshot.versions:
        return None
    wanted, found = set(months), set()
    for path in snapshot.files(table):
        if lake.month_of_file(path) in wanted:
            found.update(pq.read_table(path, columns=["stay_id"], partitioning=None)["stay_id"].to_pylist())
    return frozenset(found)


def grades_by_month(months: Iterable[str], *, by, purpose: str) -> list[tuple[str, str, str, int]]:
    """(department code, month, grade code, records) of the front pages' grades (B30C), departments in scope only."""
    rows = _stays(months, ("discharge_department", "record_grade"))
    allowed = codes_in_scope(current_scope())
    found: Counter[tuple[str, str, str]] = Counter()
    for month, table in rows:
        counted = table.group_by(["discharge_department", "record_grade"]).aggregate([([], "count_all")])
        for row in counted.to_pylist():
            place, grade = row["discharge_department"], row["record_grade"]
            if grade and (allowed is None or place in allowed):
                found[place, month, grade] += row["count_all"]
    log_read(by=by, subject="facts.grades", purpose=purpose, count=sum(found.values()))
    return [(*key, count) for key, count in sorted(found.items())]


def signing_minutes(months: Iterable[str], *, by, purpose: str) -> list[tuple[str, str, int]]:
    """(department code, document type, minutes left) of admission and discharge records signed before their 24 hours.

    Source of the limits: 病历书写基本规范 (2010), articles 16 and 24. Departments in scope only; of discharge.
    """
    allowed, found = codes_in_scope(current_scope()), []
    for month, stays in _stays(months, ("stay_id", "discharge_department", "admitted_at", "discharged_at")):
        documents = _documents(month)
        if documents is None:
            continue
        rows = documents.join(stays, "stay_id").to_pylist()
        for row in rows:
            start = row["admitted_at" if row["type"] == ADMISSION else "discharged_at"]
            signed = row["signed_at"]
            left = DAY - int((signed - start).total_seconds() // 60) if signed and start else -1
            if left >= 0 and (allowed is None or row["discharge_department"] in allowed):
                found.append((row["discharge_department"], row["type"], left))
    log_read(by=by, subject="facts.documents", purpose=purpose, count=len(found))
    return found


def _stays(months: Iterable[str], columns: tuple[str, ...]):
    """(month, table) of the stays' files; a column that was never delivered is left out with its month."""
    snapshot, wanted = published(tables=["stays"]), set(months)
    for path in snapshot.files("stays"):
        if lake.month_of_file(path) in wanted and set(columns) <= set(pq.read_schema(path).names):
            yield lake.month_of_file(path), pq.read_table(path, columns=list(columns), partitioning=None)


def _documents(month: str):
    paths = [p for p in published(tables=["documents"]).files("documents") if lake.month_of_file(p) == month]
    columns = ["stay_id", "type", "signed_at"]
    parts = [
        pq.read_table(p, columns=columns, filters=[("type", "in", [ADMISSION, DISCHARGE])], partitioning=None)
        for p in paths
        if set(columns) <= set(pq.read_schema(p).names)
    ]
    return pa.concat_tables(parts) if parts else None
