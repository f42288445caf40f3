"""Settling, closing, and what happens after the retention. Each says in sentences what is still in its way."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.complaints.actions.disputes import steps
from zhikong.hospital.functions.complaints.actions.disputes.writing import hold_complaint
from zhikong.hospital.functions.complaints.actions.intake.keeping import note_retention
from zhikong.hospital.functions.complaints.models.disputes import Dispute, DisputeParty
from zhikong.hospital.functions.complaints.queries.disputes import guards
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules


@transaction.atomic
def settle(dispute: Dispute, *, by, now: datetime, outcome: str, text: str) -> Dispute:
    """Settled; from here the measures of the department and of those concerned are watched over (CMP-12)."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    if dispute.state != Dispute.State.HANDLING:
        raise ValidationError(_("已经了结。"))
    if outcome not in Dispute.Outcome.values:
        raise ValidationError(_("请选择了结方式。"))
    if problems := guards.against_settling(dispute, outcome):
        raise ValidationError(problems)
    dispute.outcome, dispute.outcome_text = outcome, steps.words(text, _("请写明怎样了结。"))
    dispute.state, dispute.settled_at, dispute.settled_by = Dispute.State.SETTLED, now, by
    dispute.save()
    steps.record(
        dispute,
        "settle",
        _("了结：%(how)s") % {"how": dispute.get_outcome_display()},
        by=by,
        now=now,
        text=text,
    )
    return dispute


@transaction.atomic
def close(dispute: Dispute, *, by, now: datetime) -> Dispute:
    """Nothing is open, the answer is given, the ledger is even, the measures are proven. Kept for the years of the rules."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    if problems := guards.against_closing(dispute, now=now):
        raise ValidationError(problems)
    dispute.state, dispute.closed_at, dispute.closed_by = Dispute.State.CLOSED, now, by
    dispute.retain_until = _years_later(timezone.localdate(now), rules().retention_years)
    dispute.save()
    if dispute.complaint is not None:
        hold_complaint(dispute, by=by, now=now, reason=_("纠纷已结案"))
        note_retention(dispute.complaint, now=now)
    until = _("保存到 %(day)s") % {"day": dispute.retain_until}
    steps.record(dispute, "close", _("结案"), by=by, now=now, text=until)
    return dispute


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)


@transaction.atomic
def purge(dispute: Dispute, *, by, now: datetime, reason: str) -> Dispute:
    """Destroy names and words after the retention; figures stay. A held case is refused, here and by the database."""
    steps.office(by, dispute)
    if not can(by, Permission.HOLD_FILES, dispute.department_id):
        raise PermissionDenied(_("销毁案卷由能决定文件销毁的部门办理。"))
    dispute = steps.lock(dispute)
    if dispute.held or dispute.holds.filter(released_at=None).exists():
        raise ValidationError(_("这起纠纷在法律保留中，不能销毁。"))
    if dispute.state != Dispute.State.CLOSED or dispute.retain_until is None:
        raise ValidationError(_("没有结案的纠纷不能销毁。"))
    if dispute.retain_until >= timezone.localdate(now):
        raise ValidationError(_("保存期限到 %(day)s，还不能销毁。") % {"day": dispute.retain_until})
    steps.words(reason, _("请写明销毁的决定。"))
    DisputeParty.objects.filter(dispute=dispute).update(name="—", contact=b"", proof="", relation="")
    dispute.statements.filter(~Q(text="")).update(text="—", awareness="")
    dispute.statements.update(ask="—")
    dispute.contacts.update(who="", text="—")
    dispute.steps.update(text="")
    dispute.branches.exclude(result="").update(result="—")
    dispute.appraisals.exclude(conclusion="").update(conclusion="—", materials="")
    dispute.hearings.exclude(outcome="").update(outcome="—")
    dispute.title, dispute.summary, dispute.demand, dispute.answer = _("（已销毁）"), "", "", ""
    dispute.outcome_text, dispute.stay_id = "", ""
    dispute.purged_at, dispute.purged_by = now, by
    dispute.save()
    steps.record(dispute, "purge", _("保存期满，销毁案卷"), by=by, now=now, text=reason.strip())
    return dispute
