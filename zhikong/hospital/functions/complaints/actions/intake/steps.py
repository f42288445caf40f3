"""What every act on a complaint does besides: lock, write down, give the task, start and stop the clocks."""

from __future__ import annotations

from datetime import date, datetime, time

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.queries import scope_of, users_with_role
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintClock, ComplaintStep
from zhikong.hospital.functions.complaints.queries.intake.rules import in_force, setting
from zhikong.hospital.functions.complaints.rules_intake import ENDS, State, Step
from zhikong.hospital.functions.complaints.rules_intake_pack import Clock, days_of

SOURCE = "complaint"
NOTICE = "complaint"


def locked(complaint: Complaint) -> Complaint:
    """The row as it is now, held until the transaction ends."""
    return Complaint.objects.select_for_update().get(pk=complaint.pk)


def require_handler(by, complaint: Complaint | None = None) -> None:
    """Who handles complaints; jobs too (by=None in a job's scope)."""
    if by is None and current_scope().user_id is None:
        return
    if not can(by, Permission.HANDLE_COMPLAINTS, whole_hospital=True):
        raise PermissionDenied(_("您没有权限：受理、核实和答复投诉。如需开通，请联系系统管理员。"))


def require_state(complaint: Complaint, *states: State) -> None:
    """Refuse an act that does not fit where the complaint stands."""
    if complaint.state not in states:
        raise ValidationError(
            _("这件投诉现在是“%(state)s”，不能这样办理。请刷新页面看最新情况。")
            % {"state": complaint.get_state_display()}
        )


def require_open(complaint: Complaint) -> None:
    if complaint.state in ENDS:
        raise ValidationError(_("这件投诉%(state)s，不能再改。") % {"state": complaint.get_state_display()})


def required(text: str, sentence: str, least: int = 2) -> str:
    """The text without blanks around it; ValidationError with the sentence when nothing is left."""
    found = (text or "").strip()
    if len(found) < least:
        raise ValidationError(sentence)
    return found


def move(complaint: Complaint, state: State | None = None, **changes) -> None:
    """Save what changed; every act raises the revision, so that a page knows when it is stale."""
    if state is not None:
        changes["state"] = state
    changes["revision"] = complaint.revision + 1
    for name, value in changes.items():
        setattr(complaint, name, value)
    complaint.save(update_fields=list(changes))


def note(complaint: Complaint, step: Step, *, by, now: datetime, text: str = "") -> ComplaintStep:
    return ComplaintStep.objects.create(
        institution_id=complaint.institution_id, complaint=complaint, step=step, text=text, at=now, by=by
    )


def url_of(complaint: Complaint) -> str:
    return reverse("complaints:complaint", args=[complaint.pk])


def key_of(complaint: Complaint, what: str) -> str:
    """The source of a task: the complaint and what is due of it."""
    return f"{complaint.pk}:{what}"


def place_for(person, complaint: Complaint, now: datetime) -> int | None:
    """A department under which this person sees a task: the complaint's if he covers it, else one of his own."""
    scope = scope_of(person, timezone.localdate(now))
    wanted = complaint.department_id or complaint.first_department_id
    if scope.whole_hospital:
        return wanted if not current_scope().whole_hospital else None
    return wanted if scope.covers(wanted) else next(iter(sorted(scope.departments)), None)


def give(
    complaint: Complaint, owner, *, what: str, title: str, by, now: datetime, clock: str = "",
    url: str = "", due_on: date | None = None, reason: str = "",
) -> None:  # fmt: skip
    """A task with a neutral title: the number, never a name or a word of the complaint. clock: whose day it is due."""
    found = complaint.complaintclocks.filter(clock=clock).first() if clock else None
    day = due_on or (timezone.localdate(found.due_at) if found else in_days(now, 3))
    tasks.assign(
        by=by, now=now, owner=owner, title=f"{title}（投诉 {complaint.number}）", due_on=day,
        due_reason=reason or (found.reason if found else _("院内规定：3 个工作日")), source_kind=SOURCE,
        source_key=key_of(complaint, what), url=url or url_of(complaint), department_id=place_for(owner, complaint, now),
    )  # fmt: skip


def done(complaint: Complaint, what: str, *, by, now: datetime) -> None:
    tasks.complete_for(source_kind=SOURCE, source_key=key_of(complaint, what), by=by, now=now)


def drop_tasks(complaint: Complaint, *, by, now: datetime, reason: str) -> None:
    """Everything that is still due of a complaint that has ended."""
    from zhikong.foundation.tasks.models import Task

    keys = Task.objects.filter(
        source_kind=SOURCE, source_key__startswith=f"{complaint.pk}:", state=Task.State.OPEN
    ).values_list("source_key", flat=True)
    for key in set(keys):
        tasks.cancel_for(source_kind=SOURCE, source_key=key, by=by, now=now, reason=reason)


def tell(complaint: Complaint, title: str, *, by, now: datetime, users=(), roles=(), departments=()) -> None:
    """A notice with the number only."""
    notices.send(
        by=by, now=now, title=f"{title}（投诉 {complaint.number}）", users=users, roles=roles, departments=departments,
        url=url_of(complaint), kind=NOTICE, source_kind=SOURCE, source_key=str(complaint.pk),
    )  # fmt: skip


def officer(now: datetime, *, but=None):
    """The full-time complaint officer, or who stands in at the medical affairs office; None when there is neither."""
    on = timezone.localdate(now)
    for role in ("complaint_officer", "medical_affairs"):
        found = [user for user in users_with_role(role=role, on=on) if but is None or user.pk != but.pk]
        if found:
            return found[0]
    return None


def in_days(now: datetime, days: int) -> date:
    return working_calendar().add_working_days(timezone.localdate(now), days)


# ---- clocks ------------------------------------------------------------------------------------------------------------


def start_clocks(
    complaint: Complaint, step: str, *, now: datetime, counted_from: datetime | None = None
) -> None:
    """Start the clocks that count from a step; one that was replaced since (several departments) gives way."""
    wanted = in_force().applying(step, several=complaint.several, letter=complaint.letter_due_on is not None)
    codes = {clock.id for clock in wanted}
    replaced = {clock.replaces for clock in in_force().clocks if clock.replaces and clock.id in codes}
    complaint.complaintclocks.filter(clock__in=replaced, done_at=None).delete()
    own = setting().clock_days
    for clock in wanted:
        _start(complaint, clock, days_of(clock, own), counted_from or now)


def _start(complaint: Complaint, clock: Clock, days: int, counted_from: datetime) -> None:
    start = complaint.letter_due_on if clock.start == "letter" else timezone.localdate(counted_from)
    day = start if clock.start == "letter" else working_calendar().add_working_days(start, days)
    ComplaintClock.objects.update_or_create(
        complaint=complaint, clock=clock.id,
        defaults={
            "institution_id": complaint.institution_id, "title": clock.title, "due_at": _end_of(day), "reason": clock.says[:300],
            "mark": clock.mark, "statutory": clock.statutory, "stops_at": clock.done, "done_at": None,
        },
    )  # fmt: skip


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def stop_clocks(complaint: Complaint, step: str, *, now: datetime) -> None:
    complaint.complaintclocks.filter(stops_at=step, done_at=None).update(done_at=now)


def stop_all_clocks(complaint: Complaint) -> None:
    """An end: what was never done is no longer due, and was not done either."""
    complaint.complaintclocks.filter(done_at=None).delete()
