"""What every act on a dispute shares: who may, the row as it is now, numbers, clocks, the story."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.organisation.queries import department_on
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.complaints import rules_disputes_clocks as timing
from zhikong.hospital.functions.complaints.models.disputes import (
    Dispute,
    DisputeBranch,
    DisputeClock,
    DisputeSeries,
)
from zhikong.hospital.functions.complaints.models.disputes_parts import DisputeStep
from zhikong.hospital.functions.complaints.rules_disputes import Period

SOURCE = "dispute"
CLOCK_SOURCE = "dispute_clock"
STATEMENT_SOURCE = "dispute_statement"
SEALING_SOURCE = "dispute_sealing"


def office(by, dispute=None) -> None:
    """Only those who handle disputes; a dispute of a department outside the scope is not theirs."""
    require(by, Permission.HANDLE_DISPUTES, getattr(dispute, "department_id", None))


def may_read(user, dispute: Dispute) -> bool:
    """The offices, and the leaders of the department that the care was given in."""
    return any(
        can(user, permission, dispute.department_id)
        for permission in (Permission.HANDLE_DISPUTES, Permission.ANSWER_COMPLAINTS)
    )


def next_number(kind: str, prefix: str, now: datetime) -> str:
    """The next number of a year, such as JF-2026-0012; two at once wait for each other."""
    institution_id, year = current_scope().institution_id, timezone.localdate(now).year
    which = {"institution_id": institution_id, "kind": kind, "year": year}
    DisputeSeries.objects.get_or_create(**which)
    series = DisputeSeries.objects.select_for_update().get(**which)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{prefix}-{year}-{series.last:04d}"


def department_name(department_id: int, now: datetime) -> str:
    known = department_on(department_id=department_id, on=timezone.localdate(now))
    if known is None:
        raise ValidationError(_("没有这个科室，或它今天已经停用。"))
    return known.name


def lock(dispute: Dispute) -> Dispute:
    """The row as it is now, held until the end of the transaction."""
    return Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)


def lock_open(dispute: Dispute) -> Dispute:
    """As lock; refuses a case that is closed."""
    found = lock(dispute)
    if found.state == Dispute.State.CLOSED:
        raise ValidationError(_("这起纠纷已经结案，不能再改。"))
    return found


def words(text: str, sentence: str) -> str:
    """The words, or a refusal that says which words are missing."""
    if len(text.strip()) < 2:
        raise ValidationError(sentence)
    return text.strip()


def past_day(day: date, now: datetime, label: str, *, since: date | None = None) -> date:
    """A day that is not to come, and not before another one."""
    if day > timezone.localdate(now):
        raise ValidationError(_("%(label)s不能晚于今天。") % {"label": label})
    if since is not None and day < since:
        raise ValidationError(_("%(label)s不能早于 %(day)s。") % {"label": label, "day": since})
    return day


def past_moment(at: datetime, now: datetime, label: str) -> datetime:
    if at > now:
        raise ValidationError(_("%(label)s不能晚于现在。") % {"label": label})
    return at


def amount(fen: int | None, label: str) -> int:
    if fen is None or fen < 0:
        raise ValidationError(_("请写明%(label)s，没有就写 0。") % {"label": label})
    return fen


def record(dispute: Dispute, act: str, title: str, *, by, now: datetime, text: str = "") -> DisputeStep:
    """One line of the story."""
    return DisputeStep.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, at=now, by=by, act=act, title=title[:80], text=text
    )  # fmt: skip


def url_of(dispute: Dispute) -> str:
    return reverse("complaints:dispute", args=[dispute.pk])


def start_clock(
    dispute: Dispute, period: Period, start: datetime, *, by, now: datetime, branch: DisputeBranch | None = None,
) -> DisputeClock:  # fmt: skip
    """A deadline of the rules begins; the officer gets it as a task."""
    zone = timezone.get_current_timezone()
    due_at = timing.due(period, start, calendar=working_calendar(), zone=zone)
    return put_clock(
        dispute, period.code, period.title, start, due_at, reason=period.says, mark=period.mark, by=by, now=now,
        branch=branch,
    )  # fmt: skip


def put_clock(
    dispute: Dispute, code: str, title: str, start: datetime, due_at: datetime, *, reason: str, mark: str, by,
    now: datetime, branch: DisputeBranch | None = None,
) -> DisputeClock:  # fmt: skip
    """A deadline at a moment; an open one of the same code takes the new moment."""
    made, new = DisputeClock.objects.update_or_create(
        dispute=dispute, branch=branch, code=code, met_at=None, stopped=False,
        defaults={
            "institution_id": dispute.institution_id, "title": title, "starts_at": start, "due_at": due_at,
            "reason": reason[:300], "mark": mark, "warned_at": None,
        },
    )  # fmt: skip
    if not new:
        tasks.cancel_for(
            source_kind=CLOCK_SOURCE, source_key=str(made.pk), by=by, now=now, reason=_("期限重新计算")
        )
    tasks.assign(
        by=by, now=now, owner=dispute.officer, title=_("%(number)s %(title)s") % {"number": dispute.number, "title": title},
        due_on=timezone.localdate(due_at), due_reason=_("%(at)s 前。%(why)s") % {
            "at": f"{timezone.localtime(due_at):%Y-%m-%d %H:%M}", "why": reason},
        source_kind=CLOCK_SOURCE, source_key=str(made.pk), url=url_of(dispute), department_id=dispute.department_id,
    )  # fmt: skip
    return made


def end_clock(
    clock: DisputeClock, *, by, now: datetime, proof: str, met_at: datetime | None = None, file=None,
    stopped: bool = False,
) -> DisputeClock:  # fmt: skip
    """Met at a moment with its proof, or stopped with the reason; the task goes with it."""
    clock.met_at, clock.met_by = (None, None) if stopped else (met_at or now, by)
    clock.stopped, clock.proof, clock.proof_file = stopped, proof[:300], file
    clock.save()
    which = {"source_kind": CLOCK_SOURCE, "source_key": str(clock.pk), "by": by, "now": now}
    if stopped:
        tasks.cancel_for(**which, reason=proof)
    else:
        tasks.complete_for(**which)
    return clock


def open_clocks(dispute: Dispute, *codes: str):
    """Clocks that run, of some codes or all."""
    found = DisputeClock.objects.filter(dispute=dispute, met_at=None, stopped=False)
    return found.filter(code__in=codes) if codes else found


def meet_if_open(
    dispute: Dispute, code: str, *, by, now: datetime, proof: str, at: datetime | None = None
) -> None:
    """The step that a clock stands for was taken elsewhere on the page."""
    for clock in open_clocks(dispute, code):
        end_clock(clock, by=by, now=now, proof=proof, met_at=at)


def stop_if_open(dispute: Dispute, codes, *, by, now: datetime, why: str) -> None:
    for clock in open_clocks(dispute, *codes):
        end_clock(clock, by=by, now=now, proof=why, stopped=True)


def start_of(day: date) -> datetime:
    """Noon of a day known without its hour: periods in days do not depend on the hour."""
    return datetime.combine(day, datetime.min.time(), tzinfo=timezone.get_current_timezone()) + timedelta(
        hours=12
    )


def refuse(denied: bool, sentence: str) -> None:
    if denied:
        raise PermissionDenied(sentence)
