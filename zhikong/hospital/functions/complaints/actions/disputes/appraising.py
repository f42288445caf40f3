"""Expert appraisal: asked for, accepted, materials handed in, concluded within the degree's range (CMP-09)."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.hospital.functions.complaints.actions.disputes import steps
from zhikong.hospital.functions.complaints.models.disputes import Dispute, DisputeBranch
from zhikong.hospital.functions.complaints.models.disputes_money import DisputeAppraisal
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules
from zhikong.hospital.functions.complaints.rules_disputes import Period

SIDES = ("both", "patient", "hospital", "court")


@transaction.atomic
def apply_appraisal(
    dispute: Dispute, *, by, now: datetime, kind: str, body: str, asked_by_side: str, applied_on: date,
    branch: DisputeBranch | None = None,
) -> DisputeAppraisal:  # fmt: skip
    """An expert appraisal was asked for."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    known = rules().one("appraisals", kind)
    if known is None or asked_by_side not in SIDES:
        raise ValidationError(_("请选择鉴定的种类和申请方。"))
    made = DisputeAppraisal.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, branch=branch, kind=kind,
        body=steps.words(body, _("请写明鉴定机构。"))[:80], asked_by_side=asked_by_side,
        applied_on=steps.past_day(applied_on, now, _("申请日期")), made_by=by,
    )  # fmt: skip
    steps.record(
        dispute, "appraisal", _("申请%(kind)s") % {"kind": known.title}, by=by, now=now, text=made.body
    )
    return made


def _locked(appraisal: DisputeAppraisal) -> tuple[Dispute, DisputeAppraisal]:
    dispute = steps.lock_open(appraisal.dispute)
    found = DisputeAppraisal.objects.select_for_update(of=("self",)).get(pk=appraisal.pk)
    if found.result_on is not None or found.withdrawn:
        raise ValidationError(_("这次鉴定已经结束。"))
    return dispute, found


@transaction.atomic
def accept_appraisal(
    appraisal: DisputeAppraisal, *, by, now: datetime, accepted_on: date
) -> DisputeAppraisal:
    """The body took it on: the materials are due."""
    steps.office(by, appraisal.dispute)
    dispute, found = _locked(appraisal)
    found.accepted_on = steps.past_day(accepted_on, now, _("受理日期"), since=found.applied_on)
    found.save()
    known = rules().one("appraisals", found.kind)
    period = Period("materials", _("提交鉴定材料"), known.says, "memory", days=known.materials_days)
    steps.start_clock(dispute, period, steps.start_of(accepted_on), by=by, now=now, branch=found.branch)
    return found


@transaction.atomic
def give_materials(
    appraisal: DisputeAppraisal, *, by, now: datetime, materials_on: date, materials: str
) -> DisputeAppraisal:
    """What was handed in, as a list; from that day the result is due."""
    steps.office(by, appraisal.dispute)
    dispute, found = _locked(appraisal)
    if found.accepted_on is None:
        raise ValidationError(_("请先登记鉴定机构受理的日期。"))
    found.materials_on = steps.past_day(materials_on, now, _("材料提交日期"), since=found.accepted_on)
    found.materials = steps.words(materials, _("请列出提交了哪些材料。"))
    found.save()
    steps.meet_if_open(
        dispute,
        "materials",
        by=by,
        now=now,
        proof=found.materials[:100],
        at=min(now, steps.start_of(materials_on)),
    )
    known = rules().one("appraisals", found.kind)
    period = Period("appraisal", _("取得鉴定结论"), known.says, "memory", days=known.result_days)
    steps.start_clock(dispute, period, steps.start_of(materials_on), by=by, now=now, branch=found.branch)
    steps.record(dispute, "appraisal", _("提交鉴定材料"), by=by, now=now, text=found.materials)
    return found


@transaction.atomic
def end_appraisal(
    appraisal: DisputeAppraisal, *, by, now: datetime, result_on: date, responsibility: str, share_percent: int,
    conclusion: str, grade: str = "",
) -> DisputeAppraisal:  # fmt: skip
    """The conclusion: the degree of responsibility and a share within its range; the case takes both over."""
    steps.office(by, appraisal.dispute)
    dispute, found = _locked(appraisal)
    if found.materials_on is None:
        raise ValidationError(_("请先登记材料提交的日期。"))
    degree = rules().one("responsibility", responsibility)
    if degree is None:
        raise ValidationError(_("请选择责任程度。"))
    if share_percent is None or not degree.least <= share_percent <= degree.most:
        raise ValidationError(
            _("%(degree)s的原因力应在 %(a)d%% 到 %(b)d%% 之间。")
            % {"degree": degree.title, "a": degree.least, "b": degree.most}
        )
    if grade and rules().one("grades", grade) is None:
        raise ValidationError(_("没有这个等级。"))
    found.result_on = steps.past_day(result_on, now, _("结论日期"), since=found.materials_on)
    found.responsibility, found.share_percent, found.grade = responsibility, share_percent, grade
    found.conclusion = steps.words(conclusion, _("请写明鉴定结论。"))
    found.save()
    dispute.responsibility, dispute.grade = responsibility, grade or dispute.grade
    dispute.save(update_fields=["responsibility", "grade"])
    steps.meet_if_open(dispute, "appraisal", by=by, now=now, proof=found.conclusion[:100])
    steps.record(dispute, "appraisal", _("鉴定结论：%(degree)s") % {"degree": degree.title}, by=by, now=now,
                 text=found.conclusion)  # fmt: skip
    return found


@transaction.atomic
def withdraw_appraisal(appraisal: DisputeAppraisal, *, by, now: datetime, reason: str) -> DisputeAppraisal:
    """It was taken back, or the body did not take it on."""
    steps.office(by, appraisal.dispute)
    dispute, found = _locked(appraisal)
    found.withdrawn = True
    found.save()
    said = steps.words(reason, _("请写明为什么撤回。"))
    steps.stop_if_open(dispute, ("materials", "appraisal"), by=by, now=now, why=said)
    steps.record(dispute, "appraisal", _("撤回鉴定"), by=by, now=now, text=said)
    return found
