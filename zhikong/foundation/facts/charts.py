"""One patient's chart: the stay, its documents with their sections, and what happened, in the order of time.

A closed stay is read from the lake, an open one from the live rows that feeds told of; both give the same shape. Each
look is logged with its purpose. Nothing here names the patient: names come from patients.queries.names_for, which
asks and logs by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow.parquet as pq
from django.core.exceptions import PermissionDenied

from zhikong.engine.tables import TABLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.chart_events import Event, events_of
from zhikong.foundation.facts.gateway import Snapshot, codes_in_scope, published
from zhikong.foundation.patients import live

Row = Mapping[str, Any]
PARTS = frozenset({"document_sections", "fees", "front_pages"})
"""Tables that tell of no moment of their own; the sections stand in their documents."""
NEVER = datetime(1, 1, 1)  # noqa: DTZ001  local wall time, as everything in a chart


class NoSuchChart(LookupError):
    """Neither the published facts nor the live rows in scope know the stay; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class ChartSection:
    """One part of a document. A span of a finding counts characters of `text` from 0, the end excluded."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ChartDocument:
    """A document of the chart. Moments are local wall time; author and cosigner are staff numbers."""

    id: str
    type: str
    type_name: str
    title: str
    sections: tuple[ChartSection, ...]
    written_at: datetime | None = None
    signed_at: datetime | None = None
    occurred_at: datetime | None = None
    created_at: datetime | None = None
    author: str = ""
    author_level: str = ""
    cosigned_by: str = ""
    cosigned_at: datetime | None = None
    department: str = ""
    about: str = ""

    @property
    def at(self) -> datetime | None:
        """Where it stands in the chart: when it happened, else when it was written."""
        return self.occurred_at or self.written_at or self.created_at

    def section(self, name: str) -> ChartSection | None:
        """The section of this name, or None."""
        return next((one for one in self.sections if one.name == name), None)


@dataclass(frozen=True)
class Chart:
    """A stay as its reviewers read it. month: of discharge, '' while the stay is open. missing: tables never told of."""

    stay: Row
    documents: tuple[ChartDocument, ...]
    events: tuple[Event, ...]
    month: str = ""
    missing: frozenset[str] = field(default_factory=frozenset)

    @property
    def stay_id(self) -> str:
        return str(self.stay["stay_id"])

    @property
    def patient_key(self) -> str:
        return str(self.stay.get("patient_key") or "")

    @property
    def is_open(self) -> bool:
        return self.stay.get("discharged_at") is None

    @property
    def department(self) -> str:
        """Code of the department whose record it is: of discharge, before it where the patient lies."""
        known = (
            self.stay.get(name)
            for name in ("discharge_department", "current_department", "admission_department")
        )
        return str(next((code for code in known if code), ""))

    def document(self, document_id: str) -> ChartDocument | None:
        """The document of this id, or None."""
        return next((one for one in self.documents if one.id == document_id), None)


def chart_of(
    stay_id: str,
    *,
    by,
    purpose: str,
    month: str = "",
    admitted: bool = False,
    snapshot: Snapshot | None = None,
) -> Chart:
    """The chart of a stay, open or closed; the look is logged.

    month: of discharge when the caller knows it ('2026-10'), which spares looking for it. admitted: the caller has
    made sure that this reader may read this very chart though the department is not theirs (an assigned reviewer).
    Raises NoSuchChart, and PermissionDenied for a stay of other departments.
    """
    scope = current_scope()
    found = _closed(stay_id, month, snapshot or published()) or _open(stay_id)
    if found is None:
        raise NoSuchChart(f"没有找到住院 {stay_id} 的病历。数据可能还没有导入，或不在您的权限范围内。")
    allowed = codes_in_scope(scope)
    if not admitted and allowed is not None and not _departments(found) & allowed:
        raise PermissionDenied("该病历所属科室不在您的权限范围内，不能阅读。")
    log_read(by=by, subject="facts.chart", purpose=f"{purpose}（住院 {stay_id}）", count=1)
    return found


def stays_of_months(
    months: Iterable[str], *, by, columns: Sequence[str], purpose: str
) -> list[dict[str, Any]]:
    """Discharged stays of some months, of departments in the scope only: the source of queues and samples.

    columns: of the table stays; a column that the hospital never delivered is None. Ordered by discharge.
    """
    allowed, snapshot = codes_in_scope(current_scope()), published(tables=["stays"])
    wanted = dict.fromkeys(("stay_id", "discharge_department", "discharged_at", *columns))
    rows: list[dict[str, Any]] = []
    for path in snapshot.files("stays"):
        if lake.month_of_file(path) in set(months):
            known = [name for name in wanted if name in pq.read_schema(path).names]
            rows += pq.read_table(path, columns=known, partitioning=None).to_pylist()
    kept = [
        {name: row.get(name) for name in wanted} for row in rows
        if allowed is None or row["discharge_department"] in allowed
    ]  # fmt: skip
    log_read(by=by, subject="facts.stays", purpose=purpose, count=len(kept))
    return sorted(kept, key=lambda row: (row["discharged_at"], row["stay_id"]))


def _departments(chart: Chart) -> set[str]:
    """Every department that had the patient may read the chart."""
    moved = {row.key_of("to_department") for row in chart.events if row.table == "transfers"}
    own = {chart.stay.get(name) for name in ("discharge_department", "admission_department")}
    return {str(code) for code in {chart.department, *own, *moved} if code}


def _closed(stay_id: str, month: str, snapshot: Snapshot) -> Chart | None:
    month = month or _month_of(stay_id, snapshot)
    rows = {
        table: _rows(snapshot, table, stay_id, month)
        for table in snapshot.versions
        if table == "stays" or (table in TABLES and TABLES[table].child_of == "stays")
    }
    if not rows.get("stays"):
        return None
    missing = frozenset(
        name for name, table in TABLES.items() if table.child_of == "stays" and name not in snapshot.versions
    )
    return _chart(rows, month, missing)


def _month_of(stay_id: str, snapshot: Snapshot) -> str:
    """The newest month that holds the stay; '' when none does. One column is read, the newest month first."""
    for path in sorted(snapshot.files("stays"), key=lake.month_of_file, reverse=True):
        if lake.stays_among([path], [stay_id]):
            return lake.month_of_file(path)
    return ""


def _rows(snapshot: Snapshot, table: str, stay_id: str, month: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in snapshot.files(table):
        if lake.month_of_file(path) == month:
            wanted = [("stay_id", "=", stay_id)]
            found += pq.read_table(path, filters=wanted, partitioning=None).to_pylist()
    return found


def _open(stay_id: str) -> Chart | None:
    rows = live.live_rows(stay_id=stay_id)
    if not rows.get("stays"):
        return None
    return _chart(rows, "", frozenset(set(_children()) - rows.keys()))


def _children() -> list[str]:
    return [name for name, table in TABLES.items() if table.child_of == "stays"]


def _chart(rows: Mapping[str, list[dict[str, Any]]], month: str, missing: frozenset[str]) -> Chart:
    (stay, *_more) = rows["stays"]
    documents = _documents(rows.get("documents", []), rows.get("document_sections", []))
    told = {name: found for name, found in rows.items() if name not in PARTS}
    return Chart(stay, documents, events_of(told), month, missing)


def _documents(rows: Iterable[Row], sections: Iterable[Row]) -> tuple[ChartDocument, ...]:
    parts: dict[str, list[Row]] = {}
    for section in sections:
        parts.setdefault(section["document_id"], []).append(section)
    found = [_document(row, parts.get(row["document_id"], [])) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.at is None, one.at or NEVER, one.id)))


def _document(row: Row, sections: list[Row]) -> ChartDocument:
    kind = TABLES["documents"].column("type").domain
    name = (kind.label(row["type"]) if kind else None) or row["type"]
    ordered = sorted(sections, key=lambda one: one.get("seq") or 0)
    moments = ("written_at", "signed_at", "occurred_at", "created_at", "cosigned_at")
    words = ("author", "author_level", "cosigned_by", "department", "about")
    return ChartDocument(
        id=row["document_id"],
        type=row["type"],
        type_name=name,
        title=row.get("title") or name,
        sections=tuple(ChartSection(one["section"], one.get("text") or "") for one in ordered),
        **{column: row.get(column) for column in moments},
        **{column: row.get(column) or "" for column in words},
    )
