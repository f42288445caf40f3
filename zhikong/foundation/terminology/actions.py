"""Load an edition of a code table; decide what a local code means."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation import actions as organisation
from zhikong.foundation.organisation.models import Department
from zhikong.foundation.terminology import queries
from zhikong.foundation.terminology.collecting import collect
from zhikong.foundation.terminology.models import Code, Edition, LocalTerm, TermDecision
from zhikong.foundation.terminology.rules import code_and_name
from zhikong.intake import workbooks
from zhikong.intake.reasons import FileRefused
from zhikong.intake.textfiles import examine, fingerprint

MOST_CODES = 500_000
SHOWN = 5


@transaction.atomic
def load_edition(
    *, by, now: datetime, system: str, name: str, path: Path, source: str, effective_from: date, folder: Path
) -> Edition:
    """Take an official table (Excel or text with a code and a name column) as an edition of a code system.

    folder: where a workbook may be unpacked to text. Raises ValidationError with rows when a line has no code or no
    name, when a code stands there twice with different names, and for a name that an edition has already.
    """
    require(by, Permission.MAP_CODES)
    _refuse_unloadable(system, name, timezone.localdate(now))
    codes = _read(path, folder)
    edition = Edition.objects.create(
        institution_id=current_scope().institution_id, system=system, name=name.strip(), source=source[:255],
        effective_from=effective_from, sha256=fingerprint(path), size=len(codes), loaded_at=now, loaded_by=by,
    )  # fmt: skip
    rows = (
        Code(institution_id=edition.institution_id, edition=edition, code=code, name=words)
        for code, words in codes.items()
    )
    Code.objects.bulk_create(rows, batch_size=5_000)
    collect(now=now)
    return edition


def _refuse_unloadable(system: str, name: str, today: date) -> None:
    found = queries.system(system, on=today)
    if found is None or found.codes_from != "list":
        raise ValidationError(_("这张编码表不由文件导入。"))
    if not name.strip():
        raise ValidationError(_("请写明版本名称，如“国家临床版 2.0”。"))
    if queries.editions(system).filter(name=name.strip()).exists():
        raise ValidationError(_("已经有名为 %(name)s 的版本，请换一个名称。") % {"name": name.strip()})


def _read(path: Path, folder: Path) -> dict[str, str]:
    codes: dict[str, str] = {}
    problems: list[str] = []
    for number, code, name in _rows(path, folder):
        if not code or not name:
            problems.append(_("第 %(n)d 行缺少编码或名称") % {"n": number})
        elif codes.setdefault(code, name) != name:
            problems.append(_("第 %(n)d 行的编码 %(code)s 前面已有，名称不同") % {"n": number, "code": code})
        if len(codes) > MOST_CODES:
            raise ValidationError(_("文件超过 %(n)d 个编码，不像一张编码表。") % {"n": MOST_CODES})
    if problems:
        shown = "；".join(problems[:SHOWN])
        raise ValidationError(
            _("没有导入：%(problems)s（共 %(n)d 处）。请改正后再导入。")
            % {"problems": shown, "n": len(problems)}
        )
    if not codes:
        raise ValidationError(_("文件里没有编码。"))
    return codes


def _rows(path: Path, folder: Path) -> Iterator[tuple[int, str, str]]:
    """(row number in the file, code, name), blank rows left out."""
    try:
        first, text = _as_text(path, folder)
        found = examine(text)
    except FileRefused as refused:
        raise ValidationError(f"{refused.message}{refused.remedy}") from refused
    places = code_and_name(found.header)
    if places is None:
        raise ValidationError(
            _("表头里找不到“编码”和“名称”两列。现在的表头：%(header)s。")
            % {"header": "、".join(found.header[:8])}
        )
    with text.open(encoding=found.encoding, newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter=found.delimiter)):
            cells = [row[place].strip() if place < len(row) else "" for place in places]
            if number and any(cells):
                yield number + first, cells[0][:64], cells[1][:255]


def _as_text(path: Path, folder: Path) -> tuple[int, Path]:
    """The row of the header, and the file as text."""
    if not workbooks.is_workbook(path):
        return 1, path
    sheet = workbooks.sheets(path)[0]
    target = folder / "codes.csv"
    workbooks.write_text(path, sheet, target)
    return sheet.header_row, target


@transaction.atomic
def decide(*, by, now: datetime, term_id: int, target: str, reason: str = "") -> LocalTerm:
    """Say which standard code a local code means; an empty target says that there is none (then with a reason).

    Holds for what is read from now on. Raises ValidationError for a code that the table in force does not have.
    """
    require(by, Permission.MAP_CODES)
    term = LocalTerm.objects.select_for_update().get(pk=term_id)
    if target:
        term.state, term.target, term.target_name = (
            LocalTerm.State.MAPPED,
            target,
            _name_of(term, target, now),
        )
        _alias(term, by)
    elif len(reason.strip()) < 2:
        raise ValidationError(_("没有对应的编码时，请写明原因。"))
    else:
        term.state, term.target, term.target_name = LocalTerm.State.NONE, "", ""
    return _decided(term, by=by, now=now, reason=reason)


@transaction.atomic
def reopen(*, by, now: datetime, term_id: int, reason: str) -> LocalTerm:
    """Take a decision back; the history keeps it."""
    require(by, Permission.MAP_CODES)
    if len(reason.strip()) < 2:
        raise ValidationError(_("请写明撤回的原因。"))
    term = LocalTerm.objects.select_for_update().get(pk=term_id)
    if term.state == LocalTerm.State.MAPPED and term.system == queries.DEPARTMENTS:
        department = Department.objects.get(code=term.target)
        organisation.remove_alias(by=by, department_id=department.pk, alias=term.code)
    term.state, term.target, term.target_name = LocalTerm.State.OPEN, "", ""
    return _decided(term, by=by, now=now, reason=reason)


def _name_of(term: LocalTerm, target: str, now: datetime) -> str:
    today = timezone.localdate(now)
    system = queries.system(term.system, on=today)
    codes = queries.table_of(system, on=today).codes if system else {}
    if target not in codes:
        raise ValidationError(_("编码表里没有 %(code)s。请从建议或查找结果里选。") % {"code": target})
    return codes[target]


def _alias(term: LocalTerm, by) -> None:
    """A department's name in the data becomes an alias of the department: the organisation keeps those."""
    if term.system == queries.DEPARTMENTS:
        department = Department.objects.get(code=term.target)
        organisation.add_alias(by=by, department_id=department.pk, alias=term.code)


def _decided(term: LocalTerm, *, by, now: datetime, reason: str) -> LocalTerm:
    term.decided_by, term.decided_at = by, now
    term.save()
    TermDecision.objects.create(
        institution_id=term.institution_id, term=term, state=term.state, target=term.target,
        target_name=term.target_name, reason=reason.strip()[:255], at=now, by=by,
    )  # fmt: skip
    return term
