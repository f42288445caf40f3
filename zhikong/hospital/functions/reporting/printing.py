"""科室质控活动记录本: one month on A4, to sign and file. All words reach the layout as data, never as markup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.forms.views.reading import Part
from zhikong.foundation.organisation.month_facts import Section
from zhikong.hospital.functions.reporting.models import Measure, MonthlyRecord
from zhikong.web import typesetting
from zhikong.web.charts.fonts import SANS, SERIF, folders

LAYOUT = Path(__file__).with_name("record.typ")
NUMERALS = "一二三四五六七八九十"
NOTHING = "无"


def data(
    record: MonthlyRecord,
    parts: Sequence[Part],
    facts: Sequence[Section],
    measures: Sequence[Measure],
    *,
    hospital: str,
    by,
    now: datetime,
) -> dict[str, Any]:
    """What both layouts need: title, head, numbered sections of tables and paragraphs, signatures, footer."""
    blocks = [_last_measures(measures), *(_fact(section) for section in facts)]
    written = [p for p in parts if p.section.id != "signing"]
    blocks += [_part(part) for part in written]
    return {
        "hospital": hospital,
        "title": _("科室质控活动记录本"),
        "meta": [
            [_("科室"), record.department_name],
            [_("月份"), f"{record.month[:4]} 年 {int(record.month[5:])} 月"],
            [_("编号"), record.sheet.number],
        ],
        "blocks": [block | {"title": f"{_numeral(n)}、{block['title']}"} for n, block in enumerate(blocks)],
        "signatures": _signatures(record, parts),
        "footer": _footer(record, by, now),
        "fonts": {"sans": SANS, "serif": SERIF},
        "words": {"page": _("第"), "of": _("页，共"), "pages": _("页")},
    }


def _numeral(number: int) -> str:
    return NUMERALS[number] if number < len(NUMERALS) else f"十{NUMERALS[number - 10]}"


def _block(title: str, *, heads=(), rows=(), text: str = "", pairs=(), widths=()) -> dict[str, Any]:
    return {
        "title": title, "text": text, "heads": list(heads), "rows": [list(row) for row in rows],
        "pairs": [list(pair) for pair in pairs], "widths": list(widths),
    }  # fmt: skip


def _last_measures(measures: Sequence[Measure]) -> dict[str, Any]:
    title = _("上月改进措施落实情况")
    if not measures:
        return _block(title, text=_("上月没有需要检查的措施。"))
    heads = [_("措施"), _("负责人"), _("完成日期"), _("落实情况"), _("说明")]
    rows = [
        (m.text, str(m.person or "—"), f"{m.due_on}", m.get_outcome_display() or _("未答复"), m.note or "—")
        for m in measures
    ]
    return _block(title, heads=heads, rows=rows, widths=[3.2, 1, 1.4, 1.1, 2])


def _fact(section: Section) -> dict[str, Any]:
    title = f"{section.title}（{section.source}）" if section.source else section.title
    heads = [_("内容"), _("结果"), _("情况"), _("说明")]
    rows = [(line.text, line.value or "—", line.word or "—", line.note or "—") for line in section.lines]
    return _block(
        title, heads=heads if rows else (), rows=rows, text=section.summary, widths=[2.6, 1.3, 1, 3]
    )


def _part(part: Part) -> dict[str, Any]:
    """A section of the form: its only table as a table, everything else as pairs of question and answer."""
    tables = [answer for answer in part.answers if answer.item.columns]
    pairs = [
        (a.item.text, _said(a)) for a in part.answers if not a.item.columns or len(tables) > 1 or _few(a)
    ]
    shown = [a for a in tables if not _few(a)]
    if not shown:
        return _block(part.section.title, pairs=pairs)
    (table,) = shown[:1]
    heads = [_("序号"), *(column.text for column in table.item.columns)]
    rows = [[head, *cells] for head, cells in table.rows] or [["—"] * len(heads)]
    return _block(part.section.title, heads=heads, rows=rows, pairs=pairs, widths=_widths(table.item))


def _few(answer) -> bool:
    """A table of one column (who was there) reads better as a list of names."""
    return bool(answer.item.columns) and len(answer.item.columns) == 1


def _said(answer) -> str:
    if _few(answer):
        return "、".join(cell for _head, cells in answer.rows for cell in cells) or NOTHING
    return answer.words


def _widths(item) -> list[float]:
    wide = {"text": 2.6, "long_text": 3, "person": 1, "date": 1.3, "number": 0.9}
    return [0.6, *(wide.get(column.type.value, 1.2) for column in item.columns)]


def _signatures(record: MonthlyRecord, parts: Sequence[Part]) -> list[list[str]]:
    sheet = record.sheet
    signed = sheet.answers.get("head_signature") or {}
    head = f"{signed['name']}　{signed['at'][:16].replace('T', ' ')}" if signed else ""
    decided = ""
    if sheet.state == "accepted" and sheet.decided_at:
        at = timezone.localtime(sheet.decided_at).strftime("%Y-%m-%d %H:%M")
        decided = f"{sheet.decided_by or _('系统')}　{at}"
    return [[_("科主任签名"), head], [_("职能部门审核"), decided]]


def _footer(record: MonthlyRecord, by, now: datetime) -> str:
    said = _("状态：%(state)s　打印：%(who)s %(at)s") % {
        "state": record.sheet.get_state_display(),
        "who": by,
        "at": timezone.localtime(now).strftime("%Y-%m-%d %H:%M"),
    }
    if record.facts_at and not record.is_open:
        kept = timezone.localtime(record.facts_at).strftime("%Y-%m-%d %H:%M")
        said += "　" + _("指标与填报数取自签名时（%(at)s）") % {"at": kept}
    return said


def pdf(content: dict[str, Any]) -> bytes:
    """The record as PDF. Takes about a fifth of a second."""
    with TemporaryDirectory(prefix="zhikong-record-") as name:
        file = Path(name, "record.typ")
        file.write_bytes(LAYOUT.read_bytes())
        return typesetting.compile(
            str(file),
            root=name,
            font_paths=[str(path) for path in folders()],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
            format="pdf",
            pdf_standards=["ua-1"],
        )
