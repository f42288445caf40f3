"""A register as a workbook: one row a sheet, every item a column, numbers and dates as such."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.forms import presenting, queries, references
from zhikong.foundation.forms.definition import FormDefinition, Item, ItemType
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.forms.presenting import Labels

MOST_ROWS = 20_000
SKIPPED = frozenset({ItemType.NOTE, ItemType.PHOTO})


def register(form: FormDefinition, sheets: Sequence[Sheet], *, by, now: datetime) -> bytes:
    """xlsx of the given sheets; columns are the items of the form in force, older sheets leave blank what they lack."""
    labels = references.labels(form, [sheet.answers for sheet in sheets], by=by, now=now)
    subjects = references.patients_of([s.patient_key for s in sheets], by=by, now=now)
    items = [item for item in form.items() if item.type not in SKIPPED]
    output = BytesIO()
    # what people typed is data: never a formula, never a link
    book = xlsxwriter.Workbook(
        output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(form.title[:31].translate(str.maketrans("[]:*?/\\", "       ")))
    bold, day, moment = (
        book.add_format({"bold": True, "text_wrap": True, "bg_color": "#EEF2F7", "border": 1}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
        book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    )
    page.write_string(0, 0, _("%(title)s，%(n)d 份，导出于 %(at)s，%(who)s") % {
        "title": form.title, "n": len(sheets), "at": timezone.localtime(now).strftime("%Y-%m-%d %H:%M"), "who": by,
    })  # fmt: skip
    for column, name in enumerate(_heads(form, items)):
        page.write_string(1, column, name, bold)
    for line, sheet in enumerate(sheets, 2):
        for column, value in enumerate(_row(form, items, sheet, labels, subjects)):
            _write(page, line, column, value, day, moment)
    page.freeze_panes(2, 1)
    page.set_column(0, len(_heads(form, items)), 16)
    page.autofilter(1, 0, max(len(sheets) + 1, 2), len(_heads(form, items)) - 1)
    book.close()
    return output.getvalue()


def _heads(form: FormDefinition, items: Sequence[Item]) -> list[str]:
    score = [_("得分"), _("等级"), _("合格")] if form.is_scored else []
    asked = [f"{item.text}（{item.unit}）" if item.unit else item.text for item in items]
    return [
        _("编号"),
        _("科室"),
        _("关于"),
        _("期间"),
        _("状态"),
        *score,
        *asked,
        _("填写人"),
        _("提交时间"),
        _("版本"),
    ]


def _row(form: FormDefinition, items, sheet: Sheet, labels: Labels, subjects: dict[str, str]) -> list[Any]:
    passed = {True: _("合格"), False: _("不合格"), None: ""}[sheet.passed]
    score = (
        [None if sheet.total is None else float(sheet.total), sheet.grade, passed] if form.is_scored else []
    )
    own = queries.definition(sheet)
    return [
        sheet.number,
        sheet.department_name,
        str(sheet.person or "") or subjects.get(sheet.patient_key, ""),
        sheet.period,
        str(sheet.get_state_display()),
        *score,
        *(_cell(item, own.item(item.id), sheet.answers.get(item.id), labels) for item in items),
        str(sheet.submitted_by or sheet.opened_by or ""),
        timezone.localtime(sheet.submitted_at).replace(tzinfo=None) if sheet.submitted_at else None,
        sheet.definition_version,
    ]


def _cell(item: Item, own: Item | None, value: Any, labels: Labels) -> Any:
    if value is None or own is None or own.type is not item.type:
        return None
    if item.type is ItemType.NUMBER:
        return value
    if item.type is ItemType.DATE:
        return date.fromisoformat(value)
    if item.type is ItemType.DATETIME:
        return datetime.fromisoformat(value)
    return presenting.words(own, value, labels)


def _write(page, line: int, column: int, value: Any, day, moment) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        page.write_datetime(line, column, value, moment)
    elif isinstance(value, date):
        page.write_datetime(line, column, value, day)
    elif isinstance(value, int | float):
        page.write_number(line, column, value)
    else:
        page.write_string(line, column, str(value)[:32000])
