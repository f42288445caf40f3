"""Decide what becomes of a complaint: explanation, measures, discipline, or the committee (CMP-07, CMP-08)."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.findings.actions.committee import refer_matter
from zhikong.foundation.organisation.models import Body
from zhikong.hospital.functions.complaints.actions.intake import steps
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintLink
from zhikong.hospital.functions.complaints.queries.intake.rules import category_title, in_force
from zhikong.hospital.functions.complaints.rules_intake import Branch, State, Step, Verdict

COMMITTEE = "complaint"


def may_decide(by, complaint: Complaint) -> bool:
    """The handler's side; of a serious complaint the hospital's leader and medical affairs only."""
    roles = {grant.role.code for grant in by.grants()}
    if complaint.serious:
        return bool(roles & {"hospital_leader", "medical_affairs"})
    return bool(roles & {"hospital_leader", "medical_affairs", "complaint_officer"})


@transaction.atomic
def decide(
    complaint: Complaint, *, by, now: datetime, verdict: str, branch: str, communication: bool, cause: str, decision: str,
    no_measure: str = "", body: Body | None = None,
) -> None:  # fmt: skip
    """Say what was found and where it goes. communication: whether bad communication caused it (CMP-22).

    Unclear goes to the committee (body) and waits there; a matter of discipline leaves as its own proposal. The
    leader in charge is told truthfully in each case.
    """
    complaint = steps.locked(complaint)
    steps.require_state(complaint, State.DECIDING)
    if not may_decide(by, complaint):
        raise PermissionDenied(
            _("重大投诉由分管院领导或医务科定处理意见。")
            if complaint.serious
            else _("您没有权限定处理意见。")
        )
    _fitting(verdict, branch, no_measure, body)
    if branch == Branch.COMMITTEE and not can(by, Permission.REFER_TO_COMMITTEE):
        raise ValidationError(_("提交委员会由医务科办理，请先移交医务科。"))
    steps.move(
        complaint, State.COMMITTEE if branch == Branch.COMMITTEE else State.ANSWERING, verdict=verdict, branch=branch,
        communication=communication, cause=steps.required(cause, _("请写明原因。")), decided_at=now, decided_by=by,
        decision=steps.required(decision, _("请写明处理意见。"), least=4), no_measure=no_measure.strip()[:300], leader_told_at=now,
    )  # fmt: skip
    steps.note(
        complaint,
        Step.DECIDED,
        by=by,
        now=now,
        text=f"{complaint.get_verdict_display()}；{complaint.get_branch_display()}：{decision}",
    )
    steps.done(complaint, "decide", by=by, now=now)
    steps.tell(complaint, _("投诉已定处理意见，请知悉"), by=by, now=now, roles=("hospital_leader",))
    steps.note(complaint, Step.LEADER, by=by, now=now)
    if branch == Branch.COMMITTEE:
        _refer(complaint, body, by=by, now=now)
        return
    if branch == Branch.DISCIPLINE:
        _propose_discipline(complaint, by=by, now=now)
    _to_answer(complaint, by=by, now=now)


def _fitting(verdict: str, branch: str, no_measure: str, body: Body | None) -> None:
    """Verdict and branch must not contradict each other; a fault without measure says why."""
    if verdict not in Verdict.values or branch not in Branch.values:
        raise ValidationError(_("请选择认定和处理去向。"))
    if verdict == Verdict.UNCLEAR and branch != Branch.COMMITTEE:
        raise ValidationError(_("无法判断的投诉要提交委员会。"))
    if branch == Branch.COMMITTEE and body is None:
        raise ValidationError(_("请选择提交哪个委员会。"))
    if branch == Branch.EXPLAIN and verdict in (Verdict.FOUNDED, Verdict.PARTLY) and not no_measure.strip():
        raise ValidationError(_("属实或部分属实而只作解释，请写明为什么不需要整改。"))


def _to_answer(complaint: Complaint, *, by, now: datetime) -> None:
    owner = complaint.handler or steps.officer(now)
    if owner is not None:
        steps.give(complaint, owner, what="answer", title=_("答复投诉人"), by=by, now=now, clock="answer")


def _refer(complaint: Complaint, body: Body, *, by, now: datetime) -> None:
    """The committee is asked by the number and the category: the paper itself is read on the complaint's page."""
    made = refer_matter(
        by=by, now=now, body=body, source_kind=COMMITTEE, source_key=str(complaint.pk),
        title=_("投诉 %(number)s 的认定") % {"number": complaint.number},
        question=_("%(category)s类投诉，科室讨论后仍不能判断，请组织专家讨论认定并提出处理意见。") % {"category": category_title(complaint.category)},
    )  # fmt: skip
    _link(complaint, ComplaintLink.Kind.AGENDA, str(made.pk), by=by, now=now)
    steps.note(complaint, Step.REFERRED, by=by, now=now, text=body.name)


def committee_decided(referral, *, by, now: datetime) -> None:
    """The decision comes back: it is written down, and a verdict is due again."""
    complaint = Complaint.objects.filter(pk=referral.source_key, state=State.COMMITTEE).first()
    if complaint is None:
        return
    complaint = steps.locked(complaint)
    steps.note(complaint, Step.COMMITTEE, by=by, now=now, text=getattr(referral, "decision", "") or "")
    steps.move(complaint, State.DECIDING)
    owner = complaint.handler or steps.officer(now)
    if owner is not None:
        steps.give(
            complaint, owner, what="decide", title=_("按委员会意见定处理意见"), by=by, now=now, clock="answer"
        )


def _propose_discipline(complaint: Complaint, *, by, now: datetime) -> None:
    """Only the number leaves: who decides on accountability opens a file of its own with its own evidence, or not."""
    _link(complaint, ComplaintLink.Kind.DISCIPLINE, complaint.number, by=by, now=now)
    steps.note(complaint, Step.DISCIPLINE, by=by, now=now)
    roles = [code for code, role in ROLES.items() if Permission.OPEN_ACCOUNTABILITY in role.permissions]
    steps.tell(complaint, _("有一件投诉建议责任认定"), by=by, now=now, roles=roles)


def _link(complaint: Complaint, kind: str, reference: str, *, by, now: datetime) -> None:
    ComplaintLink.objects.get_or_create(
        complaint=complaint, kind=kind, reference=reference,
        defaults={"institution_id": complaint.institution_id, "at": now, "by": by},
    )  # fmt: skip


@transaction.atomic
def explain_directly(complaint: Complaint, *, by, now: datetime, reason: str) -> None:
    """A light matter that could be explained on the spot goes to the answer without the department's report."""
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    steps.require_state(complaint, State.VERIFYING)
    category = in_force().category(complaint.category)
    if category is None or not category.explain or complaint.serious or complaint.several:
        raise ValidationError(
            _("涉及诊疗、护理、态度和行风，或重大、涉及多个科室的投诉要交科室，不能直接答复。")
        )
    reason = steps.required(reason, _("请写明怎样解释清楚的。"), least=4)
    steps.move(
        complaint, State.ANSWERING, verdict=Verdict.UNFOUNDED, branch=Branch.EXPLAIN, decision=reason, decided_at=now,
        decided_by=by, communication=category.communication, found=complaint.found or reason,
    )  # fmt: skip
    steps.note(complaint, Step.DECIDED, by=by, now=now, text=reason)
    steps.done(complaint, "verify", by=by, now=now)
    steps.stop_clocks(complaint, "told", now=now)
    _to_answer(complaint, by=by, now=now)
