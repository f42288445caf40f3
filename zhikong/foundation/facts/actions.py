"""Writes to the facts: publish a delivery in one commit, keep what was set aside, clean up after interruptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction
from django.db.models import Max

from zhikong.engine.tables import TABLES, arrow_schema
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.announcements import TablesPublished
from zhikong.foundation.facts.locks import lock_publication
from zhikong.foundation.facts.merging import Change, Merge, Merger
from zhikong.foundation.facts.models import Load, Publication, QuarantinedRow, TableVersion
from zhikong.foundation.facts.queries import data_version_of, latest_publication, versions_of
from zhikong.foundation.facts.reported import TABLE as REPORTED
from zhikong.foundation.facts.reported import Count
from zhikong.foundation.facts.upserting import Upserter
from zhikong.foundation.organisation.queries import institution
from zhikong.foundation.outbox.actions import announce

_BATCH = 2_000
_FILES_A_MONTH = 24  # rows that only come are added as a file of their own, until a month has that many


@dataclass(frozen=True)
class Published:
    """What publishing did. `publication` is None when the delivery changed nothing."""

    publication: Publication | None
    merge: Merge
    months: list[str] = field(default_factory=list)


@transaction.atomic
def publish(
    *,
    by,
    now: datetime,
    tables: Mapping[str, Path],
    folder: Path,
    load: Load | None = None,
    stated: Mapping[str, Sequence[str]] | None = None,
    complete: bool = True,
    removed: Mapping[str, Path] | None = None,
) -> Published:
    """Merge delivered tables into the lake and show them to readers, all in one commit of the database.

    tables: contract table -> parquet file in the contract's schema. folder: where the comparison may spill.
    complete: rows of a delivered stay are replaced as a whole, but columns of stays that are not `stated` keep their
    value; without it the rows are a feed's (facts.upserting), removed: table -> keys of rows that go.
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
    where = (published, folder, lake.root(code))
    with Merger(tables, *where, stated) if complete else Upserter(tables, removed or {}, *where) as merger:
        merge = merger.merge()
        written = {change.table: _write(code, change, merger, before) for change in merge.changes}
    if not written:
        return Published(None, merge)
    months = merge.months
    publication = _show(by, now, load, code, _sizes_of(latest) | written, merge)
    names = tuple(change.table for change in merge.changes)
    announce(TablesPublished(publication.number, publication.data_version, tuple(months), names), now=now)
    return Published(publication, merge, months)


@transaction.atomic
def publish_counts(*, by, now: datetime, counts: Sequence[Count]) -> Published:
    """Publish figures that departments reported, as one delivery of the table reported_counts.

    Rows of the same department, month and item are replaced, all others stay; equal content makes no version. An
    as-of reading goes on showing what was published before. Raises ValueError for a row the contract refuses.
    """
    code = institution().code
    with TemporaryDirectory(prefix=".reported-", dir=lake.root(code)) as name:
        file = Path(name) / f"{REPORTED}.parquet"
        pq.write_table(_counts_table(code, counts), file)
        return publish(by=by, now=now, tables={REPORTED: file}, folder=Path(name))


def _counts_table(code: str, counts: Sequence[Count]) -> pa.Table:
    wrong = [c for c in counts if None not in (c.numerator, c.denominator) and c.numerator > c.denominator]
    keys = {(c.department, c.month, c.item) for c in counts}
    if wrong or len(keys) < len(counts):
        raise ValueError(f"not a delivery of reported counts: {wrong[:3] or 'repeated keys'}")
    rows = [
        dict(institution=code, department=c.department, period=c.month, item=c.item, month=c.month,
             numerator=c.numerator, denominator=c.denominator)
        for c in counts
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=arrow_schema(REPORTED))


Size = tuple[int, int]
"""Version of a lake table, and its rows."""


def _write(code: str, change: Change, merger: Merger, before: Mapping[str, int]) -> Size:
    table = lake.LakeTable(code, change.table)
    table.back_to(before.get(change.table))
    if change.added and table.files_of(change.months) < _FILES_A_MONTH * len(change.months):
        return table.append(merger.rows(change, added=True)), table.rows()
    return table.replace_months(change.months, merger.rows(change)), table.rows()


def _sizes_of(publication: Publication | None) -> dict[str, Size]:
    return {} if publication is None else {t.table: (t.version, t.rows) for t in publication.tables.all()}


def _show(
    by, now: datetime, load: Load | None, code: str, sizes: Mapping[str, Size], merge: Merge
) -> Publication:
    scope = current_scope()
    number = Publication.objects.aggregate(last=Max("number"))["last"] or 0
    publication = Publication.objects.create(
        institution_id=scope.institution_id,
        number=number + 1,
        data_version=data_version_of(code, {table: version for table, (version, _) in sizes.items()}),
        published_at=now,
        published_by=by,
        load=load,
        changes={
            "tables": {change.table: change.months for change in merge.changes},
            "stays": merge.by_month,
        },
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
