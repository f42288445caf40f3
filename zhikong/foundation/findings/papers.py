"""整改单 (D-12) on A4: as PDF to sign and file, as Word to go on writing. Words reach the layout as data, never as markup."""

from __future__ import annotations

import json
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document
from docx.shared import Cm

from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.queries.plans import Bone
from zhikong.web import paper, typesetting
from zhikong.web.charts.fonts import SANS, SERIF, folders

LAYOUT = Path(__file__).with_name("sheet.typ")
Data = dict[str, Any]


def content(
    finding: Finding, parts: dict, *, evidence, verifications, hospital: str, by, now: datetime
) -> Data:
    """What both papers hold. parts: views.parts.sheet_parts; evidence, verifications: with by and files."""
    return {
        "hospital": hospital,
        "title": _("整改通知单"),
        "number": _("编号：%(n)s") % {"n": finding.number},
        "day": _("日期：%(d)s") % {"d": timezone.localdate(finding.raised_at)},
        "head": _head(finding, parts),
        "blocks": _blocks(finding, parts["bones"]),
        "measures": [_measure(n, one) for n, one in enumerate(parts["measures"], 1)],
        "measure_heads": [_("序号"), _("措施（做什么、怎么做、在哪里）"), _("负责人"), _("完成日期"), _("费用"), _("完成")],
        "measures_title": _("整改措施"),
        "after": _after(finding, evidence, verifications),
        "signatures": _signatures(finding, parts["office"]),
        "trail": _("打印：%(who)s %(at)s") % {"who": by, "at": timezone.localtime(now).strftime("%Y-%m-%d %H:%M")},
        "fonts": {"sans": SANS, "serif": SERIF},
        "words": {"page": _("第"), "of": _("页，共"), "pages": _("页")},
    }  # fmt: skip


def _head(finding: Finding, parts: dict) -> list[list[str]]:
    grave = parts["level"] + (_("（重复发生）") if finding.recurrent else "")
    due = f"{finding.due_on}" + (
        _("（已延期 %(n)d 次）") % {"n": finding.extended_times} if finding.extended_times else ""
    )
    name = finding.department_name + (
        _("（原%(name)s）") % {"name": finding.moved_from} if finding.moved_from else ""
    )
    rows = [
        [_("受检科室"), name, _("提出人"), str(finding.raised_by or _("系统"))],
        [_("责任人"), str(finding.owner or _("科主任")), _("受理部门"), parts["office"]],
        [_("程度"), grave, _("整改期限"), due],
    ]
    if finding.clause_text or finding.place:
        rows.append([_("条款"), finding.clause_text or finding.clause_key, _("地点"), finding.place])
    return rows


def _blocks(finding: Finding, bones: list[Bone]) -> list[list[str]]:
    cause = finding.cause or "\n".join(
        f"{bone.title}：" + "；".join(" ← ".join(one.text for one in chain) for chain in bone.chains)
        for bone in bones
    )
    rows = [[_("存在问题"), f"{finding.title}\n{finding.detail}"], [_("期限的依据"), finding.due_reason]]
    if finding.opinion:
        rows.append([_("整改意见"), finding.opinion])
    return [
        *rows,
        [_("原因分析"), cause],
        *([] if finding.measures.exists() else [[_("整改措施"), finding.measure]]),
    ]


def _measure(number: int, one) -> list[str]:
    said = "；".join(part for part in (one.what, one.how, one.where) if part)
    done = f"{timezone.localdate(one.done_at)} {one.done_by}" if one.done_at else ""
    cost = f"{one.cost:.2f}" if one.cost is not None else ""
    return [str(number), said, str(one.who or ""), str(one.due_on), cost, done]


def _after(finding: Finding, evidence, verifications) -> list[list[str]]:
    shown = [_evidence(one) for one in evidence]
    checked = [f"{timezone.localdate(one.at)} {one.by or _('系统')}：{one.text}" for one in verifications]
    decided = [
        f"{one.body.name} {one.decided_on}：{one.decision}"
        for one in finding.referrals.all()
        if one.decided_at
    ]
    rows = [[_("整改证据"), "\n".join(shown)], [_("核实结果"), "\n".join(checked)]]
    return [*rows, *([[_("委员会决议"), "\n".join(decided)]] if decided else [])]


def _evidence(one) -> str:
    names = "、".join(attached.file.name for attached in one.files.all())
    said = f"{timezone.localdate(one.at)} {one.by or ''}：{one.text}"
    return said + (f"（{_('附件')}：{names}）" if names else "") + (f"（{one.link}）" if one.link else "")


def _signatures(finding: Finding, office: str) -> list[list[str]]:
    return [
        [_("科主任审核"), _signed(finding.approved_by, finding.approved_at)],
        [_("%(office)s受理") % {"office": office}, _signed(finding.accepted_by, finding.accepted_at)],
        [_("核实人"), _signed(finding.verified_by, finding.verified_at)],
    ]


def _signed(by, at: datetime | None) -> str:
    return f"{by} {_day(at)}" if by and at else ""


def _day(at: datetime) -> date:
    return timezone.localdate(at)


def pdf(data: Data) -> bytes:
    """The sheet as PDF/UA. Takes about a fifth of a second."""
    with TemporaryDirectory(prefix="zhikong-finding-") as name:
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


def word(data: Data) -> bytes:
    """The sheet as Word: one table of the whole form, the measures beneath it, signatures at the end."""
    document = Document()
    paper.lay_out(document)
    section = document.sections[0]
    section.left_margin = section.right_margin = Cm(2)
    document.core_properties.title = f"{data['title']} {data['number']}"
    paper.centred(document, data["hospital"], paper.HEADING, 14)
    paper.centred(document, data["title"], paper.TITLE, 20)
    line = document.add_paragraph()
    paper.set_font(line.add_run(f"{data['number']}　　{data['day']}"), paper.BODY, 11)
    _form_table(document, data["head"], data["blocks"])
    if data["measures"]:
        document.add_heading(data["measures_title"], level=1)
        paper.add_table(
            document, data["measure_heads"], (1.2, 6.6, 2.2, 2.5, 1.7, 2.8), data["measures"], right=(4,)
        )
    _form_table(document, (), data["after"])
    for label, who in data["signatures"]:
        signed = document.add_paragraph()
        paper.set_font(
            signed.add_run(f"{label}：{who or '＿＿＿＿＿＿＿＿　　　　年　　月　　日'}"), paper.BODY, 12
        )
    trail = document.add_paragraph()
    paper.set_font(trail.add_run(data["trail"]), paper.BODY, 9, paper.GREY)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _form_table(document, head, blocks) -> None:
    """Label and value, twice in the head's rows, once over the whole width in the others."""
    table = document.add_table(rows=0, cols=4)
    table.style, table.autofit = "Table Grid", False
    for row in head:
        cells = table.add_row().cells
        for index, text in enumerate(row):
            font = paper.BODY if index % 2 else paper.HEADING
            paper.set_cell(cells[index], text, font, width=(2.6, 6.0, 2.4, 6.0)[index])
    for label, text in blocks:
        cells = table.add_row().cells
        wide = cells[1].merge(cells[3])
        paper.set_cell(cells[0], label, paper.HEADING, width=2.6)
        paper.set_cell(wide, text, paper.BODY)
    document.add_paragraph()
