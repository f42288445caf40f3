"""One visit's record as its reviewers read it: audited, within the scope, without identity."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq
from django.core.exceptions import PermissionDenied

from zhikong.engine.record_rules.texts.charts import SECTIONS_OF_VISIT
from zhikong.engine.tables import TABLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.charts import Chart, ChartDocument, ChartSection
from zhikong.foundation.facts.gateway import Snapshot, codes_in_scope, published

RECORDS, VISITS = "visit_records", "visits"


def visit_of(visit_id: str, *, by, purpose: str, month: str = "") -> Chart | None:
    """A visit as a chart of one document, its columns of words as sections; None when no published fact knows it.

    month: of registration when the caller knows it. Raises PermissionDenied for a visit of other departments.
    """
    snapshot = published(tables=[RECORDS, VISITS])
    record = _row(snapshot, RECORDS, visit_id, month)
    row = _row(snapshot, VISITS, visit_id, month) or record
    if row is None:
        return None
    allowed = codes_in_scope(current_scope())
    if allowed is not None and row.get("department") not in allowed:
        raise PermissionDenied("该就诊所属科室不在您的权限范围内，不能阅读。")
    log_read(by=by, subject="facts.chart", purpose=f"{purpose}（就诊 {visit_id}）", count=1)
    stay = {
        "stay_id": visit_id,
        "discharge_department": row.get("department"),
        "admitted_at": row.get("registered_at"),
        "discharged_at": row.get("left_at"),
    }
    return Chart(stay, (_document(record),) if record else (), (), f"{row['registered_at']:%Y-%m}")


def _document(record: dict[str, Any]) -> ChartDocument:
    sections = tuple(
        ChartSection(title, str(record[column]))
        for column, title in SECTIONS_OF_VISIT.items()
        if record.get(column) is not None
    )
    kind = TABLES[RECORDS].column("kind")
    name = (kind.domain.label(record.get("kind") or "") if kind and kind.domain else None) or "门急诊病历"
    return ChartDocument(
        id="", type="", type_name=name, title=name, sections=sections, written_at=record.get("written_at"),
        signed_at=record.get("signed_at"), occurred_at=record.get("registered_at"),
        author=record.get("doctor") or "", author_level=record.get("doctor_level") or "",
        department=record.get("department") or "",
    )  # fmt: skip


def _row(snapshot: Snapshot, table: str, visit_id: str, month: str) -> dict[str, Any] | None:
    paths = snapshot.files(table) if table in snapshot.versions else ()
    for path in sorted(paths, key=lake.month_of_file, reverse=True):
        if month in ("", lake.month_of_file(path)):
            rows = pq.read_table(path, filters=[("visit_id", "=", visit_id)], partitioning=None).to_pylist()
            if rows:
                return rows[0]
    return None
