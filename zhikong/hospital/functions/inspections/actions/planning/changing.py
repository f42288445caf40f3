"""Change a plan: another day, other inspectors, or not at all; always with the reason, and told to those concerned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.outbox.actions import announce
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.inspections import facts_planning as facts
from zhikong.hospital.functions.inspections.actions.planning import mending, planning, steps
from zhikong.hospital.functions.inspections.models.planning import Visit, VisitInspector
from zhikong.hospital.functions.inspections.queries.planning import programmes, proposing
from zhikong.hospital.functions.inspections.queries.planning import visits as queries
from zhikong.hospital.functions.inspections.rules_planning import SOURCE, UPCOMING, State

SHORT = "请写明理由，至少两个字。"


def _check(visit: Visit, by, reason: str) -> str:
    if by is not None and not queries.may_plan(by, visit):
        raise PermissionDenied("您没有权限改动这次检查的安排。请联系安排检查的人。")
    if visit.state not in UPCOMING:
        raise ValidationError("这次检查已经结束或取消，不能再改。")
    if len(reason.strip()) < 2:
        raise ValidationError(SHORT)
    return reason.strip()


@transaction.atomic
def cancel_visit(visit: Visit, *, by, now: datetime, reason: str) -> Visit:
    """Cancel with a reason; what was filled stays with the visit. Tasks are withdrawn and inspectors told."""
    steps.lock(visit)
    visit.cancelled_reason = _check(visit, by, reason)[:300]
    visit.save(update_fields=["cancelled_reason"])
    steps.step(visit, State.CANCELLED, by=by, now=now, text=reason.strip())
    with steps.widened():
        tasks.cancel_for(
            source_kind=SOURCE, source_key=str(visit.pk), by=by, now=now, reason=reason.strip()[:300]
        )
    _tell(visit, f"检查已取消：{visit.title} {visit.department_name}", by=by, now=now, text=reason.strip())
    announce(facts.VisitCancelled(visit.pk, visit.kind, visit.department_id), now=now)
    return visit


@transaction.atomic
def move_visit(
    visit: Visit, *, by, now: datetime, planned_on: date, reason: str, until_on: date | None = None
) -> Visit:
    """Another day. Tasks move along; inspectors are told."""
    steps.lock(visit)
    reason = _check(visit, by, reason)
    if visit.state != State.PLANNED:
        raise ValidationError("检查已经开始，不能改日期。")
    if planned_on < timezone.localdate(now):
        raise ValidationError("新的日期不能早于今天。")
    before, visit.planned_on, visit.until_on = visit.planned_on, planned_on, until_on
    visit.save(update_fields=["planned_on", "until_on"])
    text = f"{before} → {planned_on}：{reason}"
    steps.record(visit, "moved", by=by, now=now, text=text)
    with steps.widened():
        tasks.cancel_for(source_kind=SOURCE, source_key=str(visit.pk), by=by, now=now, reason=text)
    for one in queries.inspectors(visit):
        planning.give_task(visit, one.user, by=by, now=now)
    _tell(visit, f"检查改期：{visit.title} {visit.department_name}", by=by, now=now, text=text)
    return visit


@transaction.atomic
def reassign(
    visit: Visit,
    *,
    by,
    now: datetime,
    users: Iterable[User],
    lead: User,
    reason: str,
    reasons: dict | None = None,
) -> Visit:
    """Other inspectors; who stays keeps the task, who goes is told why, what was filled stays.

    reasons: user id → why proposed. Raises ValidationError.
    """
    steps.lock(visit)
    reason = _check(visit, by, reason)
    wanted = {one.pk: one for one in users}
    if lead.pk not in wanted:
        raise ValidationError("组长要在检查人之中。")
    refused = [str(one) for one in wanted.values() if not planning.may_inspect(one)]
    if refused:
        raise ValidationError(f"{'、'.join(refused)} 的账号已停用，或没有“到现场检查”的权限。")
    _refuse_own(visit, wanted.values(), now)
    here = {one.user_id: one for one in visit.inspectors.filter(left_at=None).select_related("user")}
    gone = [one for pk, one in here.items() if pk not in wanted]
    for one in gone:
        mending.leave(one, by=by, now=now, reason=reason)
    visit.inspectors.filter(left_at=None).update(part=VisitInspector.Part.MEMBER)
    come = [one for pk, one in wanted.items() if pk not in here]
    for one in come:
        planning.name_one(visit, one, lead=False, reason=(reasons or {}).get(one.pk, reason), by=by, now=now)
    visit.inspectors.filter(left_at=None, user=lead).update(part=VisitInspector.Part.LEAD)
    visit.lead = lead
    visit.save(update_fields=["lead"])
    _say(visit, gone, come, reason, by=by, now=now)
    steps.keep_readers(visit, now=now)
    return visit


def _refuse_own(visit: Visit, users: Iterable[User], now: datetime) -> None:
    """A hospital's programme sends nobody to his own department; a self-check and a check begun on the spot may."""
    today = timezone.localdate(now)
    definition = programmes.definition(visit.programme, on=today) if visit.programme else None
    if definition is None or visit.department_id is None:
        return
    if said := proposing.check_line(definition, visit.department_id, [one.pk for one in users], on=today):
        raise ValidationError(said)


def _say(visit: Visit, gone, come, reason: str, *, by, now: datetime) -> None:
    out, into = "、".join(str(one.user) for one in gone), "、".join(map(str, come))
    changes = [f"退出：{out}" if out else "", f"加入：{into}" if into else "", f"组长：{visit.lead}", reason]
    text = "；".join(part for part in changes if part)
    steps.record(visit, "reassigned", by=by, now=now, text=text)
    url = reverse("inspections:visit", args=[visit.pk])
    about = {"kind": "inspection", "source_kind": SOURCE, "source_key": str(visit.pk)}
    if come:
        notices.send(
            by=by, now=now, users=come, title=f"请您参加检查：{visit.title}", text=text, url=url, **about
        )
    still_here = [one.user for one in gone if one.user.is_active]
    if still_here:
        notices.send(
            by=by, now=now, users=still_here, title=f"您不再参加检查：{visit.title}", text=reason, **about
        )


def _tell(visit: Visit, title: str, *, by, now: datetime, text: str) -> None:
    users = [one.user for one in queries.inspectors(visit)]
    hidden = visit.confidential or visit.department_id is None
    notices.send(
        by=by, now=now, users=users, departments=[] if hidden else [visit.department_id], title=title[:120], text=text,
        url=reverse("inspections:visit", args=[visit.pk]), kind="inspection",
        source_kind=SOURCE, source_key=str(visit.pk),
    )  # fmt: skip
