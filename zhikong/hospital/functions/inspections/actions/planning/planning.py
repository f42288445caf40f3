"""Plan visits: from the wizard, from the calendar, or right now from a phone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.definition.model import Subject
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.outbox.actions import announce
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.inspections import facts_planning as facts
from zhikong.hospital.functions.inspections.actions.planning import drawing, steps
from zhikong.hospital.functions.inspections.models.planning import (
    Programme,
    Round,
    SampleItem,
    Stop,
    Visit,
    VisitInspector,
)
from zhikong.hospital.functions.inspections.rules_planning import KIND_NAMES, SOURCE, Kind, Notice, State
from zhikong.hospital.functions.inspections.rules_planning_visits import Named, SampleRule, VisitPlan


@transaction.atomic
def plan_visits(
    *,
    by,
    now: datetime,
    plans: Iterable[VisitPlan],
    programme: Programme | None = None,
    round: Round | None = None,
) -> list[Visit]:
    """Plan visits: numbered, with inspectors, stops and checklists; inspectors get a task each and one notice.

    Raises ValidationError in Chinese (no department, nobody who inspects, no checklist in force), PermissionDenied.
    """
    made = [_allowed(plan, programme=programme, round=round, by=by, now=now) for plan in plans]
    _tell_inspectors(made, by=by, now=now)
    _tell_departments(made, by=by, now=now)
    return made


@transaction.atomic
def plan_one(plan: VisitPlan, *, by, now: datetime) -> Visit:
    """A single visit without a programme, whose permission the caller has asked; its inspector knows, nobody is told."""
    return _plan(plan, programme=None, round=None, by=by, now=now)


def _allowed(plan: VisitPlan, *, programme, round, by, now: datetime) -> Visit:
    require(by, Permission.PLAN_INSPECTIONS, plan.department_id, whole_hospital=plan.department_id is None)
    return _plan(plan, programme=programme, round=round, by=by, now=now)


def _plan(plan: VisitPlan, *, programme, round, by, now: datetime) -> Visit:
    today = timezone.localdate(now)
    name = _department_name(plan, today)
    users = _users(plan)
    _check_forms(plan, today)
    visit = Visit(
        institution_id=current_scope().institution_id,
        programme=programme,
        round=round,
        kind=plan.kind,
        number=steps.next_number(today.year),
        title=(plan.title or str(KIND_NAMES[Kind(plan.kind)]))[:120],
        department_id=plan.department_id,
        department_name=name,
        place_id=plan.place_id,
        planned_on=plan.planned_on,
        until_on=plan.until_on,
        at_night=plan.at_night,
        notice=plan.notice,
        lead=next((users[one.user_id] for one in plan.inspectors if one.lead), None),
        route_order=plan.route_order,
        form_ids=list(plan.form_ids),
        seed=plan.seed or drawing.new_seed(),
        sample_rule=_sample(plan, today),
        occurrence_id=plan.occurrence_id,
        notes=list(plan.notes),
        planned_at=now,
        planned_by=by,
        confidential=plan.notice != Notice.ANNOUNCED,
        readers=sorted({*users, *([by.pk] if by is not None else [])}),
    )
    visit.save()
    _name(visit, plan.inspectors, users, by=by, now=now)
    _stops(visit, plan, today)
    _chosen(visit, plan, now)
    steps.record(visit, State.PLANNED, by=by, now=now)
    steps.keep_readers(visit, now=now)
    announce(facts.VisitPlanned(visit.pk, visit.kind, visit.department_id), now=now)
    return visit


def _department_name(plan: VisitPlan, today) -> str:
    if plan.department_id is None:
        if not plan.stops:
            raise ValidationError("请选择被检查的科室，或列出追踪的路线。")
        return ""
    found = organisation.department_on(department_id=plan.department_id, on=today)
    if found is None:
        raise ValidationError("没有这个科室，或它今天已经停用。请另选科室。")
    return found.name


def _users(plan: VisitPlan) -> dict[int, User]:
    wanted = [one.user_id for one in plan.inspectors]
    found = {
        one.pk: one
        for one in User.objects.filter(pk__in=wanted, institution_id=current_scope().institution_id)
    }
    if not wanted or sum(one.lead for one in plan.inspectors) != 1 or len(set(wanted)) != len(wanted):
        raise ValidationError("每次检查要有一位组长，每人只列一次。")
    refused = [str(found.get(pk, pk)) for pk in wanted if pk not in found or not may_inspect(found[pk])]
    if refused:
        raise ValidationError(f"{'、'.join(refused)} 的账号已停用，或没有“到现场检查”的权限。请另选检查人。")
    return found


def may_inspect(user: User) -> bool:
    """Whether an account is in use and may inspect at all."""
    return user.is_active and can(user, Permission.INSPECT)


def _check_forms(plan: VisitPlan, today) -> None:
    wanted = {*plan.form_ids, *(s.form_id for s in plan.stops), *(r.get("form", "") for r in plan.sample)} - {
        ""
    }
    if not wanted and not plan.stops:
        raise ValidationError("请至少选择一份检查表。")
    lacking = [one for one in sorted(wanted) if forms.form(one, on=today) is None]
    if lacking:
        raise ValidationError(f"检查表 {'、'.join(lacking)} 今天没有生效。请先发布，或另选一份。")


def _sample(plan: VisitPlan, today) -> list[dict[str, Any]]:
    """The rules of drawing; a checklist about a patient or a person wants somebody drawn, whatever the programme says."""
    rules = list(plan.sample)
    about = {found.obj.subject for one in plan.form_ids if (found := forms.form(one, on=today))}
    for subject, kinds in ((Subject.PATIENT, ("patient", "record")), (Subject.PERSON, ("person",))):
        if subject in about and not any(rule["of"] in kinds and not rule.get("form") for rule in rules):
            rules.append(SampleRule(of=kinds[0], method="risk").as_data())
    return rules


def _name(visit: Visit, inspectors: Iterable[Named], users: dict[int, User], *, by, now: datetime) -> None:
    for one in inspectors:
        name_one(visit, users[one.user_id], lead=one.lead, reason=one.reason, by=by, now=now)


def name_one(visit: Visit, user: User, *, lead: bool, reason: str, by, now: datetime) -> VisitInspector:
    """Put a person on the visit with a task; the caller keeps the readers right."""
    home = steps.home_of(user, now)
    names = organisation.names(on=timezone.localdate(now))
    made = VisitInspector.objects.create(
        institution_id=visit.institution_id,
        visit=visit,
        user=user,
        part=VisitInspector.Part.LEAD if lead else VisitInspector.Part.MEMBER,
        home_name=names.get(home, "")[:80] if home else "",
        reason=reason[:300],
        named_at=now,
        named_by=by,
    )
    give_task(visit, user, by=by, now=now)
    return made


def give_task(visit: Visit, user: User, *, by, now: datetime) -> None:
    """The visit on a person's list of tasks, due on its day."""
    where = visit.department_name or visit.title
    what = visit.programme.title if visit.programme else visit.title
    due = visit.until_on or visit.planned_on
    with steps.widened():  # the task hangs in the inspector's own department, which the planner may not see
        tasks.assign(
            by=by, now=now, owner=user, title=f"检查 {where}：{visit.title}", due_on=due,
            due_reason=f"{what} 安排在 {visit.planned_on}" + (f"，最迟 {due}" if due != visit.planned_on else ""),
            source_kind=SOURCE, source_key=str(visit.pk), department_id=steps.home_of(user, now),
            url=reverse("inspections:visit", args=[visit.pk]),
        )  # fmt: skip


def _stops(visit: Visit, plan: VisitPlan, today) -> None:
    names = organisation.names(on=today)
    Stop.objects.bulk_create(
        Stop(
            institution_id=visit.institution_id,
            visit=visit,
            position=number,
            title=stop.title[:120],
            department_id=stop.department_id,
            department_name=names.get(stop.department_id, ""),
            place_id=stop.place_id,
            questions=list(stop.questions),
            form_id=stop.form_id,
            reason=stop.reason[:200],
        )
        for number, stop in enumerate(plan.stops, start=1)
    )


def _chosen(visit: Visit, plan: VisitPlan, now: datetime) -> None:
    """What was drawn when the way was planned (a tracer's patient): drawn once, with its chance."""
    SampleItem.objects.bulk_create(
        SampleItem(institution_id=visit.institution_id, visit=visit, position=number, **one)
        for number, one in enumerate(plan.chosen, start=1)
    )


def _tell_inspectors(visits: list[Visit], *, by, now: datetime) -> None:
    """One notice to each inspector, however many visits."""
    of: dict[User, list[Visit]] = {}
    for visit in visits:
        for one in visit.inspectors.filter(left_at=None).select_related("user"):
            of.setdefault(one.user, []).append(visit)
    for user, own in of.items():
        first = own[0]
        text = "；".join(f"{one.planned_on} {one.department_name or one.title}" for one in own)
        notices.send(
            by=by, now=now, users=[user], title=f"请您参加检查：{first.title}（{len(own)} 处）", text=text,
            url=reverse("inspections:visit", args=[first.pk]) if len(own) == 1 else reverse("inspections:mine"),
            kind="inspection", source_kind=SOURCE, source_key=str(first.pk),
        )  # fmt: skip


def _tell_departments(visits: list[Visit], *, by, now: datetime) -> None:
    """The inspected side hears of what is announced, when it lies ahead and somebody else comes."""
    for visit in visits:
        ahead = visit.planned_on > timezone.localdate(now)
        if (
            visit.notice != Notice.ANNOUNCED
            or visit.department_id is None
            or visit.kind == Kind.SELF
            or not ahead
        ):
            continue
        notices.send(
            by=by, now=now, departments=[visit.department_id], title=f"{visit.planned_on} 到贵科检查：{visit.title}",
            url=reverse("inspections:visit", args=[visit.pk]), kind="inspection",
            source_kind=SOURCE, source_key=str(visit.pk),
        )  # fmt: skip
