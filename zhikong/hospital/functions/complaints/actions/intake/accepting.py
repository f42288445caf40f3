"""Accept a complaint with its category and departments, refuse it with reasons, or note that it was withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.organisation.queries import names
from zhikong.hospital.functions.complaints.actions.intake import steps
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ConcernedDepartment
from zhikong.hospital.functions.complaints.queries.intake.rules import category_title, in_force
from zhikong.hospital.functions.complaints.rules_intake import State, Step, readers_of


@transaction.atomic
def accept(
    complaint: Complaint, *, by, now: datetime, category: str, departments: Sequence[int], serious: bool = False,
    withheld: bool = False,
) -> None:  # fmt: skip
    """Take it on. departments: whom it is about, the main one first; several give the longer limit.

    withheld: the head himself is complained of, so that the department's leaders do not open it.
    """
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    steps.require_state(complaint, State.RECEIVED)
    ids = _checked(category, departments, now)
    names_now = names(on=timezone.localdate(now))
    steps.move(
        complaint, State.VERIFYING, accepted_at=now, accepted_by=by, handler=by, category=category, serious=serious,
        withheld=withheld, several=len(ids) > 1, department_id=ids[0], department_name=names_now[ids[0]][:80],
        readers=sorted({*complaint.readers, by.pk}), reader_roles=readers_of(withheld=withheld),
    )  # fmt: skip
    _concern(complaint, ids)
    steps.note(complaint, Step.ACCEPTED, by=by, now=now, text="、".join(names_now[one] for one in ids))
    steps.note(complaint, Step.CLASSIFIED, by=by, now=now, text=category_title(category))
    for what in ("accept", "take"):
        steps.done(complaint, what, by=by, now=now)
    steps.stop_clocks(complaint, "accepted", now=now)
    steps.start_clocks(complaint, "received", now=now, counted_from=complaint.received_at)
    steps.stop_clocks(complaint, "accepted", now=now)
    steps.start_clocks(complaint, "accepted", now=now)
    steps.give(complaint, by, what="verify", title=_("核实并告知科室"), by=by, now=now, clock="told")
    _close_handover(complaint, by, now)
    if serious:
        steps.tell(
            complaint,
            _("重大投诉已受理，请关注"),
            by=by,
            now=now,
            roles=("hospital_leader", "medical_affairs"),
        )


def _checked(category: str, departments: Sequence[int], now: datetime) -> list[int]:
    if in_force().category(category) is None:
        raise ValidationError(_("请选择类别。"))
    ids = list(dict.fromkeys(int(one) for one in departments))
    if not ids:
        raise ValidationError(_("请选择被投诉的科室。"))
    if set(ids) - names(on=timezone.localdate(now)).keys():
        raise ValidationError(_("没有这个科室，或它今天已经停用。"))
    return ids


def _concern(complaint: Complaint, ids: list[int]) -> None:
    """The departments as chosen now; one that was guessed on the page and is not meant goes."""
    complaint.concerneddepartments.exclude(department_id__in=ids).filter(sheet_id=None).delete()
    for index, pk in enumerate(ids):
        ConcernedDepartment.objects.update_or_create(
            complaint=complaint, department_id=pk,
            defaults={"institution_id": complaint.institution_id, "main": index == 0},
        )  # fmt: skip


def _close_handover(complaint: Complaint, by, now: datetime) -> None:
    complaint.handovers.filter(accepted_at=None).update(accepted_at=now, accepted_by=by)


@transaction.atomic
def refuse(complaint: Complaint, *, by, now: datetime, reason: str) -> None:
    """Not taken on (in court, mediated already, a matter for the police …): the complainant reads why and where to go."""
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    steps.require_state(complaint, State.RECEIVED, State.VERIFYING)
    reason = steps.required(reason, _("请写明不予受理的理由和告知的其他途径，投诉人会看到。"), least=6)
    steps.move(complaint, State.REFUSED, refusal=reason, closed_at=now, closed_by=by)
    _ended(complaint, Step.REFUSED, reason, by=by, now=now)


@transaction.atomic
def withdraw(complaint: Complaint, *, by, now: datetime, reason: str) -> None:
    """The complainant took it back; by: who noted it, None on his own page."""
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    steps.require_open(complaint)
    reason = steps.required(reason, _("请写明撤回的经过。"))
    steps.move(complaint, State.WITHDRAWN, closed_at=now, closed_by=by)
    _ended(complaint, Step.WITHDRAWN, reason, by=by, now=now)


def _ended(complaint: Complaint, step: Step, reason: str, *, by, now: datetime) -> None:
    steps.note(complaint, step, by=by, now=now, text=reason)
    steps.drop_tasks(complaint, by=by, now=now, reason=str(complaint.get_state_display()))
    steps.stop_all_clocks(complaint)
    from zhikong.hospital.functions.complaints.actions.intake.keeping import note_retention

    note_retention(complaint, now=now)
