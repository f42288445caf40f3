"""First-recipient responsibility (首接负责制): who took it carries it until somebody accepted it (CMP-03, X-24)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.complaints.actions.intake import steps
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import Handover
from zhikong.hospital.functions.complaints.rules_intake import State, Step
from zhikong.hospital.functions.complaints.rules_intake_keys import key_hash, new_nonce, number_and_key


def waiting(complaint: Complaint) -> Handover | None:
    """The handover that nobody has accepted yet."""
    return complaint.handovers.filter(accepted_at=None).order_by("-at").first()


@transaction.atomic
def hand_over(complaint: Complaint, *, by, now: datetime, note: str = "", to=None) -> Handover:
    """Give it to the complaint officer, or to another who handles complaints; it stays with ``by`` until accepted."""
    complaint = steps.locked(complaint)
    steps.require_open(complaint)
    if by.pk not in (complaint.handler_id, complaint.first_recipient_id):
        steps.require_handler(by)
    if waiting(complaint) is not None:
        raise ValidationError(_("已经移交，正在等对方接收。"))
    to = to or steps.officer(now, but=by)
    if to is None:
        raise ValidationError(_("没有可以接收投诉的账号，请联系系统管理员设置投诉专员。"))
    if not can(to, Permission.HANDLE_COMPLAINTS, whole_hospital=True):
        raise ValidationError(_("%(name)s没有办理投诉的权限，不能接收。") % {"name": to})
    made = Handover.objects.create(
        institution_id=complaint.institution_id, complaint=complaint, from_user=by, to_user=to, note=note.strip()[:300], at=now
    )  # fmt: skip
    steps.note(
        complaint, Step.HANDED, by=by, now=now, text=f"{by} → {to}" + (f"：{made.note}" if made.note else "")
    )
    steps.give(complaint, to, what="take", title=_("接收移交"), by=by, now=now, clock="accept")
    steps.tell(complaint, _("有一件投诉移交给您"), by=by, now=now, users=[to])
    return made


@transaction.atomic
def take(complaint: Complaint, *, by, now: datetime) -> None:
    """Accept a handover, or take over a complaint that lies with nobody; from here on ``by`` carries it."""
    complaint = steps.locked(complaint)
    steps.require_open(complaint)
    steps.require_handler(by, complaint)
    pending = waiting(complaint)
    if pending is not None:
        pending.accepted_at, pending.accepted_by = now, by
        pending.save(update_fields=["accepted_at", "accepted_by"])
    elif complaint.handler_id == by.pk:
        raise ValidationError(_("这件投诉已经由您经办。"))
    before = complaint.handler
    steps.move(complaint, handler=by, readers=sorted({*complaint.readers, by.pk}))
    steps.note(complaint, Step.TAKEN, by=by, now=now, text=f"{before or '—'} → {by}")
    steps.done(complaint, "take", by=by, now=now)
    _move_tasks(complaint, before, by, now)
    if before is not None:
        steps.tell(complaint, _("您移交的投诉已被接收"), by=by, now=now, users=[before])


def _move_tasks(complaint: Complaint, before, by, now: datetime) -> None:
    """What the former handler had to do is the new one's now."""
    if complaint.state == State.RECEIVED:
        steps.done(complaint, "accept", by=by, now=now)
        steps.give(complaint, by, what="accept", title=_("受理"), by=by, now=now, clock="accept")


@transaction.atomic
def new_key(complaint: Complaint, *, by, now: datetime) -> str:
    """Another key when the complainant lost his; the old one no longer opens the page."""
    complaint = steps.locked(complaint)
    if by is None or not can(by, Permission.HANDLE_COMPLAINTS, whole_hospital=True):
        raise PermissionDenied(_("只有投诉管理部门可以重发密钥。"))
    _number, key = number_and_key(settings.IDENTITY_SECRET, new_nonce())
    steps.move(
        complaint,
        key_hash=key_hash(settings.IDENTITY_SECRET, complaint.number, key),
        key_tries=0,
        key_locked_until=None,
    )
    steps.note(complaint, Step.KEY, by=by, now=now)
    return key
