"""Steps of the wizard: take a file, note what was chosen, try it, keep the mapping as a version in the pack store."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts.models import Load
from zhikong.foundation.packstore import actions as packstore
from zhikong.foundation.packstore import queries as packs
from zhikong.hospital.functions.datasources import actions
from zhikong.hospital.functions.datasources.mappings import KIND
from zhikong.hospital.functions.datasources.models import ImportDraft
from zhikong.hospital.functions.datasources.wizard import files, queries
from zhikong.intake import workbooks
from zhikong.intake.drafting import mapping_text
from zhikong.intake.reasons import FileRefused
from zhikong.intake.textfiles import examine

KEPT_FOR = timedelta(days=7)
"""How long a forgotten upload waits: it may hold names."""

State = ImportDraft.State


def begin(*, by, now: datetime, chunks: Iterable[bytes], file_name: str) -> ImportDraft:
    """Take a file and propose what it is. Raises FileRefused, and keeps nothing, when it cannot be read."""
    require(by, Permission.MANAGE_DATA)
    with transaction.atomic():
        draft = ImportDraft.objects.create(
            institution_id=current_scope().institution_id,
            file_name=Path(file_name).name[:255],
            created_at=now,
            created_by=by,
            changed_at=now,
        )
        try:
            draft.size = files.keep(draft, chunks)
            _look_at(draft)
        except FileRefused:
            _remove(draft)
            raise
        draft.save()
    return draft


def _look_at(draft: ImportDraft) -> None:
    if workbooks.is_workbook(files.upload_of(draft)):
        found = workbooks.sheets(files.upload_of(draft))
        draft.sheets = [[sheet.name, sheet.header_row, list(sheet.header)] for sheet in found]
        _take_sheet(draft, found[0])
    else:
        draft.header = list(examine(files.upload_of(draft)).header)
    _propose(draft, queries.likeliest_table(draft.header))


def _take_sheet(draft: ImportDraft, sheet: workbooks.Sheet) -> None:
    files.extract(draft, sheet)
    draft.sheet, draft.header_row, draft.header = sheet.name, sheet.header_row, list(sheet.header)


def _propose(draft: ImportDraft, table: str) -> None:
    proposal = queries.proposal(draft, table)
    draft.table = table
    draft.columns = {g.column: g.header for g in proposal.guesses if g.header and not g.doubt}
    draft.numbers = {g.column: g.header for g in proposal.numbers if g.header}
    draft.codes = {}


@transaction.atomic
def choose_sheet(draft: ImportDraft, *, by, now: datetime, sheet: str) -> None:
    """Read another sheet of the workbook; what was chosen for the first one falls away."""
    _open(draft, by)
    known = {name: workbooks.Sheet(name, row, tuple(header)) for name, row, header in draft.sheets}
    if sheet not in known:
        raise ValidationError(_("工作簿里没有这个工作表。"))
    _take_sheet(draft, known[sheet])
    _propose(draft, queries.likeliest_table(draft.header))
    _changed(draft, now)


@transaction.atomic
def choose_table(draft: ImportDraft, *, by, now: datetime, table: str) -> None:
    """Say what the rows are; the columns are proposed anew."""
    _open(draft, by)
    if table not in queries.TABLES_OFFERED:
        raise ValidationError(_("数据约定里没有这张表。"))
    _propose(draft, table)
    _changed(draft, now)


@transaction.atomic
def choose_columns(
    draft: ImportDraft, *, by, now: datetime, columns: Mapping[str, str], numbers: Mapping[str, str]
) -> None:
    """Note which header fills which column; empty ones are left out. A header may be used once."""
    _open(draft, by)
    chosen = {key: header for key, header in columns.items() if header}
    who = {key: header for key, header in numbers.items() if header}
    used = [*chosen.values(), *who.values()]
    if unknown := [header for header in used if header not in draft.header]:
        raise ValidationError(_("文件里没有列“%(name)s”。") % {"name": unknown[0]})
    if twice := sorted({header for header in used if used.count(header) > 1}):
        raise ValidationError(_("列“%(names)s”用了两次，请只保留一处。") % {"names": "、".join(twice)})
    draft.columns, draft.numbers = chosen, who
    draft.codes = {key: codes for key, codes in draft.codes.items() if key in chosen}
    _changed(draft, now)


@transaction.atomic
def choose_codes(
    draft: ImportDraft, *, by, now: datetime, codes: Mapping[str, Mapping[str, str | None]]
) -> None:
    """Note which code each text of the file means; None means unknown."""
    _open(draft, by)
    draft.codes = {key: dict(pairs) for key, pairs in codes.items() if pairs and key in draft.columns}
    _changed(draft, now)


@transaction.atomic
def save_mapping(draft: ImportDraft, *, by, now: datetime, name: str) -> None:
    """Keep the choices as a draft in the pack store, where a second person reviews it before it is used."""
    _open(draft, by)
    require(by, Permission.EDIT_DEFINITIONS)
    if not name.strip():
        raise ValidationError(_("请给这种文件起个名字，如“住院收费系统出院明细”。"))
    mapping_id = draft.mapping_id or f"own_{draft.table}_{draft.pk}"
    text = mapping_text(queries.choices(draft, mapping_id, name.strip()))
    version = packstore.save_draft(by=by, now=now, kind=KIND, definition_id=mapping_id, text=text)
    draft.mapping_id, draft.version_id, draft.state = mapping_id, version.pk, State.SAVED
    _changed(draft, now)


def run(draft: ImportDraft, *, by, now: datetime, on: date) -> Load:
    """Load the draft's file through its mapping, once that has been published."""
    require(by, Permission.MANAGE_DATA)
    if not draft.mapping_id or packs.resolve(KIND, draft.mapping_id, on=on) is None:
        raise ValidationError(_("这个映射还没有发布，请先由另一位同事审核并发布。"))
    if not files.upload_of(draft).exists():
        raise ValidationError(_("上传的文件已超过保留期限被删除，请在“导入文件”里重新上传。"))
    with files.upload_of(draft).open("rb") as file:
        chunks = iter(lambda: file.read(1 << 20), b"")
        load = actions.request_load(
            by=by, now=now, chunks=chunks, file_name=draft.file_name, mapping=draft.mapping_id
        )
    _remove(draft)
    return load


@transaction.atomic
def discard(draft: ImportDraft, *, by, now: datetime) -> None:
    """Forget the file and the choices."""
    _open(draft, by)
    draft.state = State.DISCARDED
    _changed(draft, now)
    _remove(draft)


def forget_old(*, now: datetime) -> int:
    """Remove uploads that nobody came back to; gives how many drafts that were open are given up."""
    old = ImportDraft.objects.filter(changed_at__lt=now - KEPT_FOR)
    for draft in old:
        _remove(draft)
    return old.filter(state=State.OPEN).update(state=State.DISCARDED, changed_at=now)


def _open(draft: ImportDraft, by) -> None:
    require(by, Permission.MANAGE_DATA)
    if draft.state != State.OPEN:
        raise ValidationError(_("这个导入向导已结束（%(state)s）。") % {"state": draft.get_state_display()})


def _changed(draft: ImportDraft, now: datetime) -> None:
    draft.changed_at = now
    draft.save()


def _remove(draft: ImportDraft) -> None:
    shutil.rmtree(files.folder(draft), ignore_errors=True)
