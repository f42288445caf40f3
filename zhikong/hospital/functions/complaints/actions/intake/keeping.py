"""Close a complaint when nothing is missing, keep it as long as it must be kept, and hold it when a case may follow."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.findings import actions as findings
from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.complaints.actions.intake import steps
from zhikong.hospital.functions.complaints.actions.intake.verifying import unnamed
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintLink, Refund
from zhikong.hospital.functions.complaints.queries.intake import guards
from zhikong.hospital.functions.complaints.queries.intake.rules import category_title, in_force, setting
from zhikong.hospital.functions.complaints.rules_intake import State, Step
from zhikong.hospital.functions.complaints.rules_intake_pack import retain_until


@transaction.atomic
def close(complaint: Complaint, *, by, now: datetime) -> None:
    """The complaint is done when no guard objects (queries.intake.guards)."""
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    steps.require_state(complaint, State.ANSWERED)
    missing = guards.missing(complaint)
    if missing:
        raise ValidationError(_("还不能办结：%(why)s") % {"why": "；".join(missing)})
    steps.move(complaint, State.CLOSED, closed_at=now, closed_by=by)
    steps.note(complaint, Step.CLOSED, by=by, now=now)
    steps.drop_tasks(complaint, by=by, now=now, reason=_("投诉已办结"))
    steps.stop_all_clocks(complaint)
    note_retention(complaint, now=now)


def note_retention(complaint: Complaint, *, now: datetime) -> None:
    """Until which day it is kept: the hospital's years, never fewer than the rules'."""
    years = max(setting().retain_years, in_force().retain_years)
    steps.move(complaint, retain_until=retain_until(timezone.localdate(now), years))


@transaction.atomic
def set_hold(complaint: Complaint, *, by, now: datetime, held: bool, reason: str) -> None:
    """A legal hold: while it lasts nothing of the complaint is destroyed, whatever the retention says."""
    complaint = steps.locked(complaint)
    if by is not None and not can(by, Permission.HANDLE_DISPUTES, whole_hospital=True):
        raise PermissionDenied(_("您没有权限：办理医疗纠纷。如需开通，请联系系统管理员。"))
    reason = steps.required(reason, _("请写明法律保留或解除的理由。"))
    if complaint.held == held:
        raise ValidationError(_("已经是这个状态。"))
    steps.move(complaint, held=held, held_reason=reason[:200] if held else "")
    steps.note(complaint, Step.HELD if held else Step.RELEASED, by=by, now=now, text=reason)


@transaction.atomic
def mark_as_dispute(complaint: Complaint, *, by, now: datetime, note: str = "") -> None:
    """Carried on as a dispute: what is due of the complaint ends here, and it is held."""
    complaint = steps.locked(complaint)
    if by is not None and not can(by, Permission.HANDLE_DISPUTES, whole_hospital=True):
        raise PermissionDenied(_("您没有权限：办理医疗纠纷。如需开通，请联系系统管理员。"))
    if complaint.state in (State.REFUSED, State.WITHDRAWN, State.DISPUTE):
        raise ValidationError(
            _("这件投诉%(state)s，不能转为纠纷。") % {"state": complaint.get_state_display()}
        )
    steps.move(
        complaint,
        State.DISPUTE,
        closed_at=now,
        closed_by=by,
        held=True,
        held_reason=complaint.held_reason or _("转医疗纠纷"),
    )
    steps.note(complaint, Step.DISPUTE, by=by, now=now, text=note)
    steps.drop_tasks(complaint, by=by, now=now, reason=_("转医疗纠纷"))
    steps.stop_all_clocks(complaint)


@transaction.atomic
def raise_measure(
    complaint: Complaint, *, by, now: datetime, department_id: int, title: str, detail: str, severity: str, due_on: date | None = None,
) -> Finding:  # fmt: skip
    """A finding of the common loop (CMP-12): it speaks of the matter, never of the complainant or the patient."""
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    steps.require_state(complaint, State.DECIDING, State.ANSWERING, State.ANSWERED, State.REVIEW)
    if not complaint.concerneddepartments.filter(department_id=department_id).exists():
        raise ValidationError(_("整改只能交给被投诉的科室。"))
    if not can(by, Permission.RAISE_FINDING, department_id):
        raise ValidationError(_("整改由医务科或质控科提出，请告诉他们这件投诉的编号。"))
    detail = unnamed(complaint, detail, by=by)
    _without_patient(complaint, f"{title} {detail}", by=by)
    finding = findings.raise_finding(
        by=by, now=now, department=department_id, title=unnamed(complaint, title, by=by), detail=detail, severity=severity,
        source_kind="complaint", source_key=str(complaint.pk), due_on=due_on,
        due_reason=_("投诉处理意见") if due_on else "", clause_key=f"complaint:{complaint.category}",
        clause_text=_("投诉：%(category)s") % {"category": category_title(complaint.category)}, office="medical_affairs",
    )  # fmt: skip
    ComplaintLink.objects.create(
        institution_id=complaint.institution_id, complaint=complaint, kind=ComplaintLink.Kind.FINDING,
        reference=str(finding.pk), at=now, by=by,
    )  # fmt: skip
    steps.note(complaint, Step.MEASURED, by=by, now=now, text=finding.number)
    return finding


def _without_patient(complaint: Complaint, text: str, *, by) -> None:
    from zhikong.foundation.patients.queries import traces_of

    if not complaint.patient_key:
        return
    found = traces_of(by=by, patient_key=complaint.patient_key, purpose=_("核对整改文字中有没有患者信息"))
    if any(len(part) > 1 and part in text for part in found):
        raise ValidationError(_("这段文字里有患者的姓名或号码，请改成“患者”后再提交。"))


@transaction.atomic
def note_refund(
    complaint: Complaint, *, by, now: datetime, amount_fen: int, paid_on: date, voucher: str, reason: str
) -> Refund:
    """Money given back, once for each voucher; whole fen (CMP-20)."""
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    if complaint.state in (State.RECEIVED, State.REFUSED, State.WITHDRAWN):
        raise ValidationError(_("受理以后才能登记退费。"))
    if amount_fen <= 0:
        raise ValidationError(_("退费金额要大于 0。"))
    if paid_on > timezone.localdate(now):
        raise ValidationError(_("退费日期不能晚于今天。"))
    voucher = steps.required(voucher, _("请填写凭证号。"), least=1)[:60]
    if Refund.objects.filter(voucher=voucher).exists():
        raise ValidationError(_("凭证号 %(number)s 已经登记过。") % {"number": voucher})
    made = Refund.objects.create(
        institution_id=complaint.institution_id, complaint=complaint, amount_fen=amount_fen, paid_on=paid_on,
        voucher=voucher, reason=steps.required(reason, _("请写明退的是什么费用。"))[:200], by=by, at=now,
    )  # fmt: skip
    steps.note(
        complaint, Step.REFUNDED, by=by, now=now, text=f"{amount_fen // 100}.{amount_fen % 100:02d} 元"
    )
    return made
