"""What stands in the way of settling and of closing a dispute, as sentences; empty when nothing does (CMP-10, CMP-12)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _

from zhikong.foundation.findings.models import Finding
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.forms.rules import State as SheetState
from zhikong.hospital.functions.complaints.models.disputes import Dispute, DisputeBranch, DisputeClock
from zhikong.hospital.functions.complaints.models.disputes_parts import DisputeStatement
from zhikong.hospital.functions.complaints.models.disputes_sealing import Sealing
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules

Outcome = Dispute.Outcome
ROUTE_OF = {
    Outcome.AGREED: "negotiation",
    Outcome.MEDIATED: "mediation",
    Outcome.ADMINISTRATIVE: "administrative",
    Outcome.JUDGED: "judicial",
}
FAULTLESS = ("none",)


def against_settling(dispute: Dispute, outcome: str) -> list[str]:
    """Why it cannot be called settled in this way."""
    found = []
    if not dispute.report_class or not dispute.cause:
        found.append(_("还没有定类别和主要原因。"))
    if dispute.answered_at is None:
        found.append(_("还没有答复患方（一诉一反馈）。"))
    if dispute.branches.filter(state=DisputeBranch.State.OPEN).exists():
        found.append(_("还有一条途径没有结束。"))
    if dispute.appraisals.filter(result_on=None, withdrawn=False).exists():
        found.append(_("鉴定还没有结论。"))
    last = dispute.branches.filter(state=DisputeBranch.State.AGREED).order_by("-ended_on", "-pk").first()
    wanted = ROUTE_OF.get(outcome)
    if wanted and (last is None or last.route != wanted):
        found.append(_("了结方式与途径的结果不符：没有这条途径的最终结果。"))
    if not wanted and last is not None and last.agreed_fen:
        found.append(_("已有确定的赔偿，了结方式应是达成结果的那条途径。"))
    return found + _unreported(dispute)


def _unreported(dispute: Dispute) -> list[str]:
    reported = DisputeClock.objects.filter(dispute=dispute, code="statutory_report", met_at__isnull=False)
    return [] if reported.exists() else [_("还没有登记向卫生健康行政部门报告的凭据。")]


def against_closing(dispute: Dispute, *, now: datetime) -> list[str]:
    """Why it cannot be closed: everything at once, so that nobody finds out one by one."""
    if dispute.state != Dispute.State.SETTLED:
        return [_("纠纷还没有了结。")]
    return [
        *_open_ends(dispute),
        *ledger_problems(dispute),
        *_unwritten(dispute),
        *_unproven(dispute, now),
    ]


def _open_ends(dispute: Dispute) -> list[str]:
    found = []
    if titles := [one.title for one in dispute.clocks.filter(met_at=None, stopped=False)]:
        found.append(_("还有没完成的期限：%(what)s。") % {"what": "、".join(titles)})
    if dispute.hearings.filter(held_at=None, cancelled=False).exists():
        found.append(_("还有日程没有登记结果。"))
    if dispute.sealings.filter(state__in=[Sealing.State.DRAFT, Sealing.State.SEALED]).exists():
        found.append(_("还有封存没有启封。"))
    return found


def ledger_problems(dispute: Dispute) -> list[str]:
    """What the ledger lacks: each fen that is owed is borne by somebody and paid; claims are decided."""
    owed = owed_fen(dispute) or 0
    shares = dispute.shares.filter(ended_at=None)
    borne = shares.aggregate(total=Sum("amount_fen"))["total"] or 0
    paid = dispute.payments.aggregate(total=Sum("amount_fen"))["total"] or 0
    found = []
    if borne != owed:
        found.append(_("应赔的金额还没有全部落实由谁承担。"))
    if paid != owed:
        found.append(_("赔偿还没有付清。"))
    if dispute.insurances.filter(claimed_fen__isnull=False, decided_on=None).exists():
        found.append(_("保险索赔还没有核定。"))
    return found


def owed_fen(dispute: Dispute) -> int | None:
    """The sum of the newest route with a result; None while there is none."""
    last = dispute.branches.filter(state=DisputeBranch.State.AGREED).order_by("-ended_on", "-pk").first()
    return last.agreed_fen if last else None


def faultless(dispute: Dispute) -> bool:
    """An appraisal found no responsibility, or the patient's side accepted the explanation."""
    return dispute.responsibility in FAULTLESS or (
        dispute.outcome in (Outcome.EXPLAINED, Outcome.WITHDRAWN)
        and dispute.responsibility in ("", *FAULTLESS)
    )


def discussed(dispute: Dispute) -> bool:
    """The department's discussion report is handed in, here or with the complaint that the dispute was born of."""
    ids = [dispute.discussion_sheet] if dispute.discussion_sheet else []
    if dispute.complaint is not None:
        ids += [one.sheet_id for one in dispute.complaint.concerneddepartments.all() if one.sheet_id]
    done = (SheetState.SUBMITTED, SheetState.ACCEPTED)
    return bool(ids) and Sheet.objects.filter(pk__in=ids, state__in=done).exists()


def _unwritten(dispute: Dispute) -> list[str]:
    found, kinds = [], DisputeStatement.Kind
    rows = list(dispute.statements.select_related("writer"))
    if names := [str(one.writer) for one in rows if one.accepted_at is None]:
        found.append(_("还没有认可的陈述或自我分析：%(who)s。") % {"who": "、".join(names)})
    if not discussed(dispute):
        found.append(_("科室还没有提交讨论报告。"))
    if faultless(dispute):
        return found
    writers = {one.writer_id for one in rows if one.kind == kinds.STATEMENT}
    analysed = {one.writer_id for one in rows if one.kind == kinds.SELF_ANALYSIS}
    if not writers:
        found.append(_("当事人还没有写书面陈述。"))
    if missing := writers - analysed:
        found.append(_("还有 %(n)d 名当事人没有写自我分析。") % {"n": len(missing)})
    return found


def _unproven(dispute: Dispute, now: datetime) -> list[str]:
    rows = list(dispute.measures.all())
    if not rows:
        return [] if faultless(dispute) else [_("没有整改措施；有责任的纠纷要落实整改并认定效果。")]
    closed = set(
        Finding.objects.filter(pk__in=[one.finding_id for one in rows], state="closed").values_list(
            "pk", flat=True
        )
    )
    found = []
    if waiting := [one.number for one in rows if one.finding_id not in closed]:
        found.append(_("整改没有关闭：%(what)s。") % {"what": "、".join(waiting)})
    if unproven := [one.number for one in rows if one.finding_id in closed and one.proven_at is None]:
        found.append(_("整改的效果没有认定：%(what)s。") % {"what": "、".join(unproven)})
    if rows[-1].proven_at is not None and not rows[-1].held_effect:
        found.append(_("最后一项整改无效，需要新的措施。"))
    early = dispute.settled_at + timedelta(days=rules().effect_days)
    if not found and max(one.proven_at for one in rows) < early:
        found.append(_("效果要在了结满 %(n)d 天以后再认定一次。") % {"n": rules().effect_days})
    return found
