"""A form on A4, blank to write on or filled to sign and file. All words reach the layout as data, never as markup."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.forms import presenting, queries, scoring
from zhikong.foundation.forms.definition.model import YES_NO, FormDefinition, Item, ItemType, Subject
from zhikong.foundation.forms.models import Sheet
from zhikong.web.charts.fonts import SANS, SERIF, folders

LAYOUT = Path(__file__).with_name("sheet.typ")
BLANK_ROWS = 5
SIGNED = ItemType.SIGNATURE  # signatures stand at the end of the paper, not among the items
Data = dict[str, Any]


def blank(form: FormDefinition, *, hospital: str, now: datetime) -> bytes:
    """The empty form as PDF. Takes about a tenth of a second."""
    sections = [
        {"title": _head(s.title, s.full if s.is_scored else None), "rows": [_blank_row(i, n) for i, n in _numbered(form, s) if i.type is not SIGNED]}
        for s in form.sections
    ]  # fmt: skip
    subject = {Subject.PATIENT: _("患者"), Subject.PERSON: _("人员")}.get(form.subject)
    meta = [[word, ""] for word in (_("科室"), subject, _("编号"), _("日期")) if word]
    return _compile(
        _document(form, hospital, sections, meta, form.version, now, signatures=_signatures(form, {}))
    )


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
         "rows": [_filled_row(a, sheet.answers) for a in p.answers if a.item.type is not SIGNED]}
        for p in parts
    ]  # fmt: skip
    meta = [
        [_("科室"), sheet.department_name or _("全院")],
        [_("编号"), sheet.number],
        [_("状态"), str(sheet.get_state_display())],
    ]
    if sheet.period:
        meta.append([_("期间"), sheet.period])
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


def _document(form, hospital, sections, meta, version, now, *, signatures) -> Data:
    return {
        "hospital": hospital,
        "title": form.title,
        "meta": meta,
        "sections": sections,
        "signatures": signatures,
        "score": [],
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


def _row(item: Item, number: str, kind: str, points: str = "", **more: Any) -> Data:
    text = item.text + (_("（单项否决）") if item.veto else "")
    return {"number": number, "text": text, "note": item.clause, "kind": kind, "points": points, **more}


def _blank_row(item: Item, number: str) -> Data:
    points = presenting.points(item.full) if item.is_scored else ""
    if item.type is ItemType.NOTE:
        return _row(item, "", "note")
    if item.type is ItemType.TABLE:
        return _row(item, number, "table", points, **_grid(item, _blank_rows(item)))
    if item.type in YES_NO or item.options:
        return _row(item, number, "boxes", points, boxes=_boxes(item, None))
    if item.type is ItemType.OBSERVATION:
        return _row(item, number, "text", points, words=_("做到 ＿＿＿ 例 / 观察 ＿＿＿ 例"))
    line = "＿＿＿＿＿＿ " + item.unit if item.type is ItemType.NUMBER else ""
    return _row(
        item, number, "tall" if item.type is ItemType.LONG_TEXT else "text", points, words=line.strip()
    )


def _blank_rows(item: Item) -> list[tuple[str, list[str]]]:
    heads = item.fixed or [str(n + 1) for n in range(max(item.rows_min, min(BLANK_ROWS, item.rows_max)))]
    return [(head, [""] * len(item.columns)) for head in heads]


def _filled_row(answer: Any, values: Mapping[str, Any]) -> Data:
    item: Item = answer.item
    points = f"−{answer.lost}" if answer.lost else (presenting.points(item.full) if item.is_scored else "")
    if points and values.get(item.id) == "na":
        points = _("不计")
    if item.type is ItemType.NOTE:
        return _row(item, "", "note")
    if item.type is ItemType.TABLE:
        return _row(item, answer.number, "table", points, **_grid(item, answer.rows))
    if item.type in YES_NO or item.options:
        return _row(item, answer.number, "boxes", points, boxes=_boxes(item, values.get(item.id)))
    files = "；".join(file.name for file in answer.files)
    words = "" if answer.words == presenting.DASH else answer.words
    return _row(item, answer.number, "text", points, words="\n".join(part for part in (words, files) if part))


def _grid(item: Item, rows: Sequence[tuple[str, list[str]]]) -> Data:
    head = _("项目") if item.fixed else _("序号")
    cells = [[name, *("" if c == presenting.DASH else c for c in texts)] for name, texts in rows]
    return {"heads": [head, *(column.text for column in item.columns)], "cells": cells}


def _boxes(item: Item, value: Any) -> list[list[Any]]:
    """[ticked, text] of each thing that can be chosen."""
    if item.type in YES_NO:
        codes = ("yes", "no", "na") if item.type is ItemType.YES_NO_NA else ("yes", "no")
        return [[value == code, presenting.YES_NO_WORDS[code]] for code in codes]
    chosen = [value] if isinstance(value, str) else (value or [])
    return [[option.code in chosen, option.text] for option in item.options]


def _signatures(form: FormDefinition, values: Mapping[str, Any]) -> list[list[str]]:
    """Each signature of the form, then the line of whoever decides."""
    items = [item for item in form.items() if item.type is ItemType.SIGNATURE]
    found = [
        [item.text, presenting.words(item, values.get(item.id), {}) if item.id in values else ""]
        for item in items
    ]
    return [*(found or [[_("填写人签名"), ""]]), [_("审核人签名"), ""]]


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
        return typst.compile(
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
