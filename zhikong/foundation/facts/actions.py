"""Writes to the facts: publish a delivery in one commit, keep what was set aside, clean up after interruptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from zhikong.engine.tables import TABLES
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.announcements import TablesPublished
from zhikong.foundation.facts.locks import lock_publication
from zhikong.foundation.facts.merging import Change, Merge, Merger
from zhikong.foundation.facts.models import Load, Publication, QuarantinedRow, TableVersion
from zhikong.foundation.facts.queries import data_version_of, latest_publication, versions_of
from zhikong.foundation.organisation.queries import institution
from zhikong.foundation.outbox.actions import announce

_BATCH = 2_000


@dataclass(frozen=True)
class Published:
    """What publishing did. `publication` is None when the delivery changed nothing."""

    publication: Publication | None
    merge: Merge
    months: list[str] = field(default_factory=list)


@transaction.atomic
def publish(
    *, by, now: datetime, tables: Mapping[str, Path], folder: Path, load: Load | None = None
) -> Published:
    """Merge delivered tables into the lake and show them to readers, all in one commit of the database.

    tables: contract table -> parquet file in the contract's schema. folder: where the comparison may spill.
    Readers go on seeing the former publication until this transaction commits; if it never does, the new
    versions in the lake are unpublished, are seen by nobody and are taken back by the next publication.
    """
    require(by, Permission.MANAGE_DATA)
    scope = current_scope()
    lock_publication(scope.institution_id)
    code = institution().code
    latest = latest_publication()
    before = versions_of(latest)
    published = {table: lake.files(code, table, version) for table, version in before.items()}
    with Merger(tables, published, folder, lake.root(code)) as merger:
        merge = merger.merge()
        written = {change.table: _write(code, change, merger, before) for change in merge.changes}
    if not written:
        return Published(None, merge)
    months = sorted({month for change in merge.changes for month in change.months})
    publication = _show(by, now, load, code, _sizes_of(latest) | written)
    announce(TablesPublished(publication.number, publication.data_version, tuple(months)), now=now)
    return Published(publication, merge, months)


Size = tuple[int, int]
"""Version of a lake table, and its rows."""


def _write(code: str, change: Change, merger: Merger, before: Mapping[str, int]) -> Size:
    table = lake.LakeTable(code, change.table)
    table.back_to(before.get(change.table))
    return table.replace_months(change.months, merger.rows(change)), table.rows()


def _sizes_of(publication: Publication | None) -> dict[str, Size]:
    return {} if publication is None else {t.table: (t.version, t.rows) for t in publication.tables.all()}


def _show(by, now: datetime, load: Load | None, code: str, sizes: Mapping[str, Size]) -> Publication:
    scope = current_scope()
    number = Publication.objects.aggregate(last=Max("number"))["last"] or 0
    publication = Publication.objects.create(
        institution_id=scope.institution_id,
        number=number + 1,
        data_version=data_version_of(code, {table: version for table, (version, _) in sizes.items()}),
        published_at=now,
        published_by=by,
        load=load,
    )
    TableVersion.objects.bulk_create(
        TableVersion(
            institution_id=scope.institution_id,
            publication=publication,
            table=table,
            version=sizes[table][0],
            rows=sizes[table][1],
        )
        for table in TABLES
        if table in sizes
    )
    return publication


@transaction.atomic
def quarantine(*, by, load: Load, problems: Iterable) -> int:
    """Keep the faults of a load for the quality office; returns how many. Values are masked already by intake."""
    require(by, Permission.MANAGE_DATA)
    rows = [_quarantined(load, problem) for problem in problems]
    QuarantinedRow.objects.bulk_create(rows, batch_size=_BATCH)
    return len(rows)


def _quarantined(load: Load, problem) -> QuarantinedRow:
    return QuarantinedRow(
        institution_id=load.institution_id,
        load=load,
        source=problem.source,
        row=problem.row,
        table=problem.table,
        column=problem.column,
        label=problem.label[:160],
        value=None if problem.value is None else problem.value[:120],
        reason=problem.reason,
        message=problem.message,
        remedy=problem.remedy,
    )


@transaction.atomic
def clean_up(*, by) -> int:
    """Delete files in the lake that no published version uses; returns how many. Published versions stay for ever."""
    require(by, Permission.MANAGE_DATA)
    scope = current_scope()
    lock_publication(scope.institution_id)
    code = institution().code
    gone = 0
    for name in TABLES:
        table = lake.LakeTable(code, name)
        versions = list(TableVersion.objects.filter(table=name).values_list("version", flat=True))
        table.back_to(max(versions, default=None))
        gone += len(table.clean([*versions, table.version() or 0]))
    return gone
