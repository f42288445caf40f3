"""A policy as Word in the layout of official papers: head, record of approval, clauses, foot."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document
from docx.shared import Pt

from zhikong.hospital.functions.policies.models import PolicyVersion
from zhikong.web import paper


def word(version: PolicyVersion, *, hospital: str, by, now: datetime) -> bytes:
    """The whole text with who reviewed, approved and published it."""
    document = Document()
    paper.lay_out(document)
    document.core_properties.title = version.policy.title
    paper.centred(document, hospital, paper.HEADING, 14)
    paper.centred(document, version.policy.title, paper.TITLE, 20)
    number = _("编号 %(code)s　第 %(n)d 版") % {"code": version.policy.code, "n": version.number}
    paper.centred(document, f"{number}　{version.get_state_display()}", paper.BODY, 12)
    paper.add_table(document, (_("环节"), _("办理人"), _("时间")), (4.0, 6.0, 5.6), _steps(version), right=())
    for one in version.clauses.all():
        _clause(document, one)
    printed = timezone.localtime(now).strftime("%Y-%m-%d %H:%M")
    foot = document.sections[0].footer.paragraphs[0]
    paper.set_font(
        foot.add_run(_("打印：%(who)s %(at)s") % {"who": by, "at": printed}), paper.BODY, 9, paper.GREY
    )
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _steps(version: PolicyVersion) -> list[list[str]]:
    steps = (
        (_("起草"), version.drafted_by, version.drafted_at),
        (_("审核"), version.reviewed_by, version.reviewed_at),
        (_("批准"), version.approved_by, version.approved_at),
        (_("发布"), version.published_by, version.published_at),
    )
    rows = [[name, str(who), str(timezone.localdate(at))] for name, who, at in steps if at]
    if version.effective_on:
        rows.append(
            [_("施行"), _("复审日期 %(d)s") % {"d": version.review_due_on}, str(version.effective_on)]
        )
    return rows


def _clause(document, one) -> None:
    words = f"{one.mark} {one.text}".strip() if one.mark != one.text else one.text
    if one.is_heading:
        document.add_heading(words, level=1)
        return
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(24)
    paper.set_font(paragraph.add_run(words), paper.BODY, 12)
