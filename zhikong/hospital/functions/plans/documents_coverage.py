"""The audit of keeping as Word, in the layout of official papers."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from zhikong.hospital.functions.plans.queries.coverage.auditing import Audit
from zhikong.hospital.functions.plans.rules_coverage import Line, Share, State
from zhikong.web import paper

NUMERALS = "一二三四五六七八九十"
WANTING = (State.NONE, State.PARTLY, State.UNASSIGNED, State.OPEN)


def audit_report(found: Audit, *, hospital: str, by, now: datetime) -> bytes:
    """Title, what was audited, the sums, by document, body and department, what is wanting, the months, signatures."""
    document = Document()
    paper.lay_out(document)
    title = _("履职覆盖审计报告")
    document.core_properties.title = f"{hospital}{title}"
    paper.centred(document, hospital, paper.HEADING, 14)
    paper.centred(document, title, paper.TITLE, 22)
    paper.centred(document, f"（{found.asked.period.title}）", paper.BODY, 14)
    sections = [_sums, _documents, _places, _wanting, _months]
    for number, section in enumerate(sections):
        section(document, found, f"{NUMERALS[number]}、")
    _signed(document, by, now)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _say(document, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = paper.Pt(24)
    paper.set_font(paragraph.add_run(text), paper.BODY, 12)


def _sums(document, found: Audit, number: str) -> None:
    document.add_heading(f"{number}{_('总体情况')}", level=1)
    total, asked = found.total, found.asked
    _say(document, _(
        "本次审计截至 %(on)s 的证据，审计期间为 %(start)s 至 %(end)s。期间到期和已完成的职责共 %(judged)d 项次，"
        "有证据 %(kept)d 项次，没有证据 %(missing)d 项次，覆盖率 %(share)s；另有未到期 %(pending)d 项次、免报 %(excused)d 项次。"
    ) % {
        "on": asked.on, "start": asked.period.start, "end": asked.period.end, "judged": total.judged,
        "kept": total.kept, "missing": total.missing, "share": _share(total), "pending": total.pending,
        "excused": total.excused,
    })  # fmt: skip
    states = "、".join(f"{word} {count}" for _state, _kind, word, count in found.states if count)
    _say(
        document, _("按句子计：%(states)s。说明性文字和不是周期职责的句子不计入覆盖率。") % {"states": states}
    )


def _documents(document, found: Audit, number: str) -> None:
    document.add_heading(f"{number}{_('按文件')}", level=1)
    rows = [
        (one.title, sum(states.values()), share.judged, share.kept, share.missing, _share(share))
        for one, share, states in found.shares()
    ]
    heads = (_("文件"), _("句数"), _("到期项次"), _("有证据"), _("没有证据"), _("覆盖率"))
    paper.add_table(document, heads, (6.2, 1.6, 2.0, 1.9, 2.1, 2.0), rows)


def _places(document, found: Audit, number: str) -> None:
    document.add_heading(f"{number}{_('按组织和科室')}", level=1)
    rows = [(one.name, one.judged, one.kept, one.missing, one.pending, _share(one)) for one in found.places]
    if not rows:
        _say(document, _("本期没有到期的职责。"))
        return
    heads = (_("组织或科室"), _("到期项次"), _("有证据"), _("没有证据"), _("未到期"), _("覆盖率"))
    paper.add_table(document, heads, (5.4, 2.1, 2.0, 2.2, 2.0, 2.1), rows)


def _wanting(document, found: Audit, number: str) -> None:
    document.add_heading(number + _("缺少证据的句子"), level=1)
    wanting = sorted(
        (line for line in found.lines if line.state in WANTING), key=lambda one: WANTING.index(one.state)
    )
    if not wanting:
        _say(document, _("没有缺少证据的句子。"))
        return
    rows = [(n, f"{line.sentence.document.title} {line.sentence.place}", line.sentence.text[:120], line.word, _who(line))
            for n, line in enumerate(wanting, 1)]  # fmt: skip
    heads = (_("序号"), _("出处"), _("原文"), _("情况"), _("缺证据的组织或科室"))
    paper.add_table(document, heads, (1.2, 3.4, 5.6, 1.9, 3.7), rows, right=())


def _who(line: Line) -> str:
    names = list(dict.fromkeys(one.occurrence.place_name for one in line.standings if one.verdict == "none"))
    return "、".join(names[:6]) + (_("等 %(n)d 个") % {"n": len(names)} if len(names) > 6 else "") or "—"


def _months(document, found: Audit, number: str) -> None:
    document.add_heading(number + _("逐月情况"), level=1)
    rows = [(one.name, one.judged, one.kept, one.missing, _share(one)) for one in found.trend]
    heads = (_("月份"), _("到期项次"), _("有证据"), _("没有证据"), _("覆盖率"))
    paper.add_table(document, heads, (3.6, 3.0, 3.0, 3.2, 3.0), rows)


def _share(one: Share) -> str:
    return "—" if one.per_cent is None else f"{one.per_cent}%"


def _signed(document, by, now: datetime) -> None:
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paper.set_font(line.add_run(_("审核：＿＿＿＿＿＿　　质控科（盖章）：＿＿＿＿＿＿")), paper.BODY, 12)
    made = _("由 %(who)s 于 %(at)s 生成；同一截止日期重新生成，结果相同。") % {
        "who": by, "at": timezone.localtime(now).strftime("%Y-%m-%d %H:%M"),
    }  # fmt: skip
    paper.set_font(document.add_paragraph().add_run(made), paper.BODY, 9, paper.GREY)
