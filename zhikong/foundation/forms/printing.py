"""A form on A4, blank to write on or filled to sign and file. All words reach the layout as data, never as markup."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.forms import presenting, printing_rows, queries, scoring
from zhikong.foundation.forms.definition.model import (
    FormDefinition,
    FormKind,
    Item,
    ItemType,
    Severity,
    Subject,
)
from zhikong.foundation.forms.models import Sheet
from zhikong.web import typesetting
from zhikong.web.charts.fonts import SANS, SERIF, folders

LAYOUT = Path(__file__).with_name("sheet.typ")
SIGNED = ItemType.SIGNATURE
Data = dict[str, Any]


def blank(form: FormDefinition, *, hospital: str, now: datetime) -> bytes:
    """The empty form as PDF. Takes about a tenth of a second."""
    sections = [
        {"title": _head(s.title, s.full if s.is_scored else None),
         "rows": [*(printing_rows.blank_row(i, n) for i, n in _numbered(form, s) if i.type is not SIGNED), *_signing_row(form, s, {})]}
        for s in form.sections
    ]  # fmt: skip
    subject = {Subject.PATIENT: _("患者"), Subject.PERSON: _("人员")}.get(form.subject)
    inspector = _("检查人") if _is_inspection(form) else None
    meta = [[word, ""] for word in (_("科室"), subject, _("编号"), _("日期"), inspector) if word]
    document = _document(form, hospital, sections, meta, form.version, now, signatures=_signatures(form, {}))
    document["remark"] = _("问题记录") if _is_inspection(form) else ""
    document["notes"] = [
        *document["notes"],
        *([_("说明：%(notes)s") % {"notes": form.notes}] if form.notes else []),
    ]
    return _compile(document)


def filled(
    sheet: Sheet,
    form: FormDefinition,
    parts: Sequence[Any],
    *,
    hospital: str,
    by,
    now: datetime,
    subject: str = "",
) -> bytes:
    """A sheet with its answers as PDF.

    parts: what the reading page shows (views.reading.parts). subject: the person's or patient's name as this reader
    may see it.
    """
    sections = [
        {"title": _head(p.section.title, p.score.full if p.score else None, p.score.points if p.score else None),
         "rows": [*(printing_rows.filled_row(a, sheet.answers) for a in p.answers if a.item.type is not SIGNED),
                  *_signing_row(form, p.section, sheet.answers)]}
        for p in parts
    ]  # fmt: skip
    meta = [
        [_("科室"), sheet.department_name or _("全院")],
        [_("编号"), sheet.number],
        [_("状态"), str(sheet.get_state_display())],
    ]
    if sheet.period:
        meta.append([_("期间"), sheet.period])
    if _is_inspection(form):
        meta += _visited(sheet)
    if subject:
        meta.append([_("患者") if sheet.patient_key else _("人员"), subject])
    document = _document(
        form,
        hospital,
        sections,
        meta,
        sheet.definition_version,
        now,
        signatures=_signatures(form, sheet.answers),
    )
    document["score"] = _score(form, sheet)
    document["trail"] = _trail(sheet, by, now)
    return _compile(document)


def _is_inspection(form: FormDefinition) -> bool:
    """A checklist is carried round by an inspector; other kinds, and what is filled for one patient, are not."""
    return form.kind is FormKind.CHECKLIST and form.subject is not Subject.PATIENT


def _visited(sheet: Sheet) -> list[list[str]]:
    day = timezone.localtime(sheet.submitted_at or sheet.opened_at).strftime("%Y-%m-%d")
    return [[_("日期"), day], [_("检查人"), str(sheet.submitted_by or sheet.opened_by or "")]]


def _document(form, hospital, sections, meta, version, now, *, signatures) -> Data:
    return {
        "hospital": hospital,
        "title": form.title,
        "meta": meta,
        "sections": [section for section in sections if section["rows"]],
        "signatures": signatures,
        "score": [],
        "remark": "",
        "compact": form.kind is FormKind.CHECKLIST,
        "notes": _legend(form),
        "trail": "",
        "footer": _("%(title)s　第 %(version)d 版　依据：%(source)s") % {
            "title": form.title, "version": version, "source": form.source.document,
        },
        "words": {"number": _("序号"), "item": _("项目"), "result": _("结果"), "points": _("分值"), "page": _("第"), "of": _("页，共"), "pages": _("页")},
        "scored": form.is_scored,
        "fonts": {"sans": SANS, "serif": SERIF},
    }  # fmt: skip


def _numbered(form: FormDefinition, section) -> list[tuple[Item, str]]:
    start = 0
    for one in form.sections:
        if one.id == section.id:
            break
        start += sum(1 for item in one.items if item.has_answer)
    found = []
    for item in section.items:
        start += item.has_answer
        found.append((item, str(start) if item.has_answer else ""))
    return found


def _head(title: str, full, points=None) -> str:
    if full is None:
        return title
    if points is None:
        return _("%(title)s（%(full)s 分）") % {"title": title, "full": presenting.points(full)}
    return _("%(title)s（%(points)s / %(full)s 分）") % {
        "title": title, "points": presenting.points(points), "full": presenting.points(full),
    }  # fmt: skip


def _legend(form: FormDefinition) -> list[str]:
    if not any(item.severity is Severity.MAJOR for item in form.items()):
        return []
    return [_("%(sign)s 表示不符合时按严重问题处理。") % {"sign": printing_rows.GRAVE}]


def _signing_row(form: FormDefinition, section, values: Mapping[str, Any]) -> list[Data]:
    """The signatures that belong to a section stand in it; those of the last section close the paper."""
    items = [] if section.id == form.sections[-1].id else [i for i in section.items if i.type is SIGNED]
    return (
        [{"kind": "signing", "pairs": [printing_rows.signature(item, values) for item in items]}]
        if items
        else []
    )


def _signatures(form: FormDefinition, values: Mapping[str, Any]) -> list[list[str]]:
    """The signatures that close the paper, then the line of whoever decides."""
    found = [printing_rows.signature(item, values) for item in form.sections[-1].items if item.type is SIGNED]
    signed = any(item.type is SIGNED for item in form.items())
    return [*(found if signed else [[_("填写人签名"), ""]]), [_("审核人签名"), ""]]


def _score(form: FormDefinition, sheet: Sheet) -> list[str]:
    values, policy = sheet.answers, queries.policy_of(sheet)
    result = scoring.score(form, values, policy)
    hits = [f"{hit.text}：{hit.sentence}" for hit in scoring.vetoes(form, values, policy)]
    if result is None or result.total is None:
        return hits
    if sheet.unknown:
        return [*_range(form, sheet), *hits]
    passed = {True: _("合格"), False: _("不合格"), None: ""}[result.passed]
    total = _("总分 %(total)s / %(full)s") % {
        "total": presenting.points(result.total), "full": presenting.points(result.full_score),
    }  # fmt: skip
    return ["　".join(part for part in (total, result.grade, passed) if part), *hits]


def _trail(sheet: Sheet, by, now: datetime) -> str:
    """Who filled and decided when, and who printed it: a paper that left the building says where it came from."""

    def moment(at):
        return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")

    parts = [_("新建：%(who)s %(at)s") % {"who": sheet.opened_by or _("系统"), "at": moment(sheet.opened_at)}]
    if sheet.submitted_at:
        parts.append(
            _("提交：%(who)s %(at)s")
            % {"who": sheet.submitted_by or _("系统"), "at": moment(sheet.submitted_at)}
        )
    if sheet.decided_at:
        parts.append(
            _("审核：%(who)s %(at)s") % {"who": sheet.decided_by or _("系统"), "at": moment(sheet.decided_at)}
        )
    parts.append(_("打印：%(who)s %(at)s") % {"who": by, "at": moment(now)})
    return "　".join(parts)


def _compile(data: Data) -> bytes:
    with TemporaryDirectory(prefix="zhikong-sheet-") as name:
        file = Path(name, "sheet.typ")
        file.write_bytes(LAYOUT.read_bytes())
        return typesetting.compile(
            str(file),
            root=name,
            font_paths=[str(path) for path in folders()],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            format="pdf",
            pdf_standards=["ua-1"],
        )


def _range(form: FormDefinition, sheet: Sheet) -> list[str]:
    """A score with unknowns is printed as a range, with what is unknown and why."""
    span = _("总分 %(low)s～%(high)s / %(full)s") % {
        "low": presenting.points(sheet.low), "high": presenting.points(sheet.high),
        "full": presenting.points(form.full_score),
    }  # fmt: skip
    unknown = [(item.text, sheet.unknown[item.id]) for item in form.items() if item.id in sheet.unknown]
    told = [_("未知：%(item)s（%(why)s）") % {"item": text, "why": why} for text, why in unknown]
    return ["　".join(part for part in (span, sheet.grade) if part), *told]
