"""Remind writers (提醒), and note that something does not apply to a patient (登记不适用)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.records.actions.running import obligations as machine
from zhikong.hospital.functions.records.actions.running.checks import (
    locked,
    note,
    reason_of,
    require_reminder,
)
from zhikong.hospital.functions.records.actions.running.outcomes import count
from zhikong.hospital.functions.records.models import CheckEvent, Obligation, RuleOutcome
from zhikong.hospital.functions.records.queries.results.in_force import all_rules

AGAIN_AFTER = timedelta(hours=2)
"""Who was reminded is left to work; the same thing is not told twice within this time."""
WHATS = CheckEvent.What
WHY = {
    "not_applicable": RuleOutcome.Outcome.EXEMPTED,
    "wrong": RuleOutcome.Outcome.REFUTED,
}
"""Why something does not apply -> what it says of the rule."""


@dataclass
class Reminded:
    """Who was told of how many things; what could not be told, with the sentence that says why."""

    people: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    @property
    def things(self) -> int:
        return sum(self.people.values())


@transaction.atomic
def remind(rows: Iterable[Obligation], *, by, now: datetime) -> Reminded:
    """Give the writers a task for each thing, and one notice to each of them.

    A writer without an account is reminded through the head of the department, a nurse through the head nurse. A thing that
    is done, or of which the writer was told within two hours, is refused with a sentence; the others go.
    """
    done, told = Reminded(), {}
    for asked in rows:
        row = locked(asked)
        require_reminder(row, by)
        if said := _refusal(row, now):
            done.refused.append(said)
            continue
        owner = row.user or _leader(row, now)
        if owner is None:
            done.refused.append(
                _("“%(title)s”的责任人没有账号，科室也没有科主任账号，请当面提醒。") % {"title": row.title}
            )
            continue
        _assign(row, owner, by=by, now=now)
        told.setdefault(owner, []).append(row)
    for owner, listed in told.items():
        _notify(owner, listed, by=by, now=now)
        done.people[str(owner)] = len(listed)
    return done


def _leader(row: Obligation, now: datetime):
    """Who sees to it that somebody does it: the head nurse for nurses' duties, else the head of the department."""
    on = timezone.localdate(now)
    rule = all_rules(on=on).get(row.rule)
    role = "head_nurse" if str(getattr(rule, "responsible", "")) == "nurse" else "department_head"
    return next(iter(users_with_role(role=role, department_id=row.department_id, on=on)), None)


def _refusal(row: Obligation, now: datetime) -> str:
    if row.ended_at is not None or row.state not in Obligation.OPEN:
        return _("“%(title)s”%(state)s，不用提醒。") % {"title": row.title, "state": row.get_state_display()}
    if row.reminded_at is not None and now - row.reminded_at < AGAIN_AFTER:
        said = {"title": row.title, "at": timezone.localtime(row.reminded_at).strftime("%H:%M")}
        return _("“%(title)s”%(at)s 刚提醒过，两小时内不重复提醒。") % said
    return ""


def _assign(row: Obligation, owner, *, by, now: datetime) -> None:
    today = timezone.localdate(now)
    due_on = max(today, timezone.localdate(row.due_at)) if row.due_at else today
    tasks.assign(
        by=by,
        now=now,
        owner=owner,
        title=row.title,
        due_on=due_on,
        due_reason=row.explanation,
        source_kind=machine.SOURCE,
        source_key=str(row.pk),
        url=reverse("records:obligation", args=[row.pk]),
        department_id=row.department_id,
    )
    row.reminded_at, row.reminders = now, row.reminders + 1
    row.save(update_fields=["reminded_at", "reminders"])
    note(row, WHATS.REMINDED, by=by, now=now, text=_("提醒 %(who)s") % {"who": owner})


def _notify(owner, rows: list[Obligation], *, by, now: datetime) -> None:
    title = _("%(by)s 提醒您完成 %(n)d 项病历") % {"by": by, "n": len(rows)}
    url = reverse("records:my_records") if len(rows) > 1 else reverse("records:obligation", args=[rows[0].pk])
    notices.send(
        by=by, now=now, users=[owner], title=title, text="\n".join(row.explanation for row in rows), url=url,
        kind="record", source_kind="record_obligation", source_key=str(rows[0].pk),
    )  # fmt: skip


@transaction.atomic
def excuse(asked: Obligation, *, by, now: datetime, why: str, reason: str) -> Obligation:
    """Note that the thing does not apply to this patient, with the reason; the machine does not take that back.

    why: not_applicable (this patient is an exception) or wrong (the rule judged wrongly; it counts against the rule).
    """
    row = locked(asked)
    require_reminder(row, by)
    if why not in WHY:
        raise ValidationError(_("请选择不适用的原因。"))
    reason = reason_of(reason, _("登记不适用必须写明理由，两个字以上。"))
    if row.state not in (*Obligation.OPEN, Obligation.State.UNKNOWN) or row.ended_at is not None:
        raise ValidationError(_("这一项%(state)s，不用登记不适用。") % {"state": row.get_state_display()})
    row.state, row.excused_at, row.excused_by, row.excused_reason = Obligation.State.EXCUSED, now, by, reason
    row.changed_at = now
    row.save(update_fields=["state", "excused_at", "excused_by", "excused_reason", "changed_at"])
    note(row, WHATS.EXCUSED, by=by, now=now, text=reason)
    count(row, WHY[why], source=RuleOutcome.Source.OVERRIDE, now=now)
    tasks.cancel_for(source_kind=machine.SOURCE, source_key=str(row.pk), by=by, now=now, reason=reason)
    return row


@transaction.atomic
def take_back_excuse(asked: Obligation, *, by, now: datetime, reason: str) -> Obligation:
    """The thing applies after all; the next check says how it stands."""
    row = locked(asked)
    require_reminder(row, by)
    if row.excused_at is None:
        raise ValidationError(_("这一项没有登记不适用。"))
    reason = reason_of(reason, _("请写明为什么重新要求，两个字以上。"))
    row.state = Obligation.State.OVERDUE if row.due_at and row.due_at < now else Obligation.State.PENDING
    row.excused_at, row.excused_by, row.excused_reason, row.changed_at = None, None, "", now
    row.save(update_fields=["state", "excused_at", "excused_by", "excused_reason", "changed_at"])
    note(row, WHATS.REOPENED, by=by, now=now, text=reason)
    return row
