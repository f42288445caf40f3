"""The settlement of a year as Word: counts and money by department, nothing else."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document

from zhikong.hospital.functions.event_quotas import rules
from zhikong.hospital.functions.event_quotas.models import Settlement
from zhikong.web import paper


def sheet(settlement: Settlement, *, hospital: str, now: datetime) -> bytes:
    """One page to be signed and paid on; without approval it says so in its title."""
    document, plan = Document(), settlement.plan
    paper.lay_out(document)
    approved = settlement.state == Settlement.State.APPROVED
    title = _("%(year)d 年不良事件报告指标结算表") % {"year": plan.year}
    document.core_properties.title = title
    paper.centred(document, hospital, paper.HEADING, 14)
    paper.centred(document, title, paper.TITLE, 20)
    if not approved:
        paper.centred(document, _("（未批准，不得据此发放）"), paper.HEADING, 12, paper.RED)
    _line(document, _says(plan))
    lines = list(settlement.lines.order_by("amount", "pk"))
    rows = [(ln.department_name, ln.quota, ln.reports, _signed(ln.reports - ln.quota), rules.yuan(ln.amount)) for ln in lines]  # fmt: skip
    total = (
        _("合计"), sum(ln.quota for ln in lines), sum(ln.reports for ln in lines),
        _signed(sum(ln.reports - ln.quota for ln in lines)), rules.yuan(sum(ln.amount for ln in lines)),
    )  # fmt: skip
    heads = (_("科室"), _("指标（例）"), _("报告（例）"), _("差额（例）"), _("金额（元）"))
    paper.add_table(document, heads, (5.4, 2.5, 2.5, 2.5, 2.8), [*rows, total])
    _line(
        document,
        _("本表只依据各科室全年报告的件数，不含任何事件的内容、类别、级别和人员；不得据此对任何个人奖惩。"),
    )
    _line(document, _people(settlement, now))
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _says(plan) -> str:
    return _("每百张床位年报告目标 %(goal)d 例，开放床位 %(beds)d 张。每差一例 %(short)s 元，每超一例 %(over)s 元，以科室为单位结算。") % {
        "goal": plan.per_100_beds, "beds": plan.open_beds, "short": rules.yuan(-plan.short_fen),
        "over": rules.yuan(plan.over_fen),
    }  # fmt: skip


def _people(settlement: Settlement, now: datetime) -> str:
    approved = settlement.state == Settlement.State.APPROVED
    who = settlement.decided_by if approved else "＿＿＿＿＿＿"
    on = timezone.localdate(settlement.decided_at) if approved else "＿＿＿＿＿＿"
    return _("结算：%(made)s　%(made_on)s　　批准：%(who)s　%(on)s") % {
        "made": settlement.made_by or _("系统"), "made_on": timezone.localdate(settlement.made_at), "who": who, "on": on,
    }  # fmt: skip


def _signed(number: int) -> str:
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"


def _line(document, text: str) -> None:
    paper.set_font(document.add_paragraph().add_run(text), paper.BODY, 12)
