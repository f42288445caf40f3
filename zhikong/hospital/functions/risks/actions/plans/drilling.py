"""Plan a drill, tell how it went, sum it up; review a plan (EMR-01: 000-P7 L368-370; D-47)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.files import actions as files
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.risks.actions.register.steps import department_name, reason_of
from zhikong.hospital.functions.risks.models.plans import Drill, DrillFile, PlanReview
from zhikong.hospital.functions.risks.queries.plans.plans import plan as plan_of

SOURCE = "drill"
SUM_UP_DAYS = 7


def _may(by, department_id: int | None) -> None:
    require(by, Permission.MANAGE_EMERGENCY_PLANS, department_id, whole_hospital=department_id is None)


@transaction.atomic
def plan_drill(
    *, by, now: datetime, plan_id: str, kind: str, planned_on: date, scenario: str, leader,
    department_id: int | None = None,
) -> Drill:  # fmt: skip
    """A drill of the plan in force. Its leader gets a task; who is drilled is told, unless it is unannounced."""
    _may(by, department_id)
    found = plan_of(plan_id)
    if found is None:
        raise ValidationError("没有这个应急预案，或它今天没有生效。")
    if found.scope == "department" and department_id is None:
        raise ValidationError("这个预案由各科演练，请选择科室。")
    if planned_on < timezone.localdate(now):
        raise ValidationError("演练日期不能早于今天。")
    if kind not in Drill.Kind.values:
        raise ValidationError("请选择演练的形式。")
    made = Drill.objects.create(
        institution_id=current_scope().institution_id, plan_id=found.id, plan_version=found.version,
        plan_title=found.title, department_id=department_id, department_name=department_name(department_id, now),
        kind=kind, planned_on=planned_on, scenario=reason_of(scenario, "请写明演练的情景。"), leader=leader,
        aim_minutes=found.minutes, made_at=now, made_by=by,
    )  # fmt: skip
    _task(
        made, by=by, now=now, title=f"组织演练：{made.plan_title}", due_on=planned_on, why="演练安排在这一天"
    )
    if made.kind != Drill.Kind.UNANNOUNCED and department_id:
        _tell(made, by=by, now=now)
    return made


def _task(made: Drill, *, by, now: datetime, title: str, due_on: date, why: str) -> None:
    tasks.assign(
        by=by, now=now, owner=made.leader, title=title, due_on=due_on, due_reason=why, source_kind=SOURCE,
        source_key=str(made.pk), url=reverse("risks:drill", args=[made.pk]), department_id=made.department_id,
    )  # fmt: skip


def _tell(made: Drill, *, by, now: datetime) -> None:
    notices.send(
        by=by,
        now=now,
        title=f"应急演练：{made.plan_title}",
        text=f"{made.planned_on} {made.get_kind_display()}，情景：{made.scenario}",
        url=reverse("risks:drill", args=[made.pk]),
        departments=[made.department_id],
        source_kind=SOURCE,
        source_key=str(made.pk),
    )


def _lock(drill: Drill) -> Drill:
    return Drill.objects.select_for_update().get(pk=drill.pk)


def _may_tell(by, drill: Drill) -> None:
    if by is None or by.pk != drill.leader_id:
        _may(by, drill.department_id)


@transaction.atomic
def hold(
    drill: Drill, *, by, now: datetime, held_on: date, participants: int, minutes: int | None, course: str
) -> Drill:
    """The drill took place. minutes None: nobody took the time."""
    _may_tell(by, drill)
    drill = _lock(drill)
    if drill.state != Drill.State.PLANNED:
        raise ValidationError("这次演练已经登记过，或已取消。")
    if held_on > timezone.localdate(now):
        raise ValidationError("实际日期不能晚于今天。")
    if participants < 1:
        raise ValidationError("参加人数至少 1 人。")
    if minutes is not None and not 1 <= minutes <= 1440:
        raise ValidationError("用时写 1 到 1440 分钟；没有计时就不填。")
    drill.state, drill.held_on, drill.participants, drill.minutes = (
        Drill.State.HELD, held_on, participants, minutes,
    )  # fmt: skip
    drill.course = reason_of(course, "请写明演练经过。")
    drill.save()
    tasks.complete_for(source_kind=SOURCE, source_key=str(drill.pk), by=by, now=now)
    due = held_on + timedelta(days=SUM_UP_DAYS)
    _task(drill, by=by, now=now, title=f"总结演练：{drill.plan_title}", due_on=due,
          why=f"演练（{held_on}）后 {SUM_UP_DAYS} 天内总结")  # fmt: skip
    return drill


@transaction.atomic
def sum_up(drill: Drill, *, by, now: datetime, good: str, problems: str, changes: str = "") -> Drill:
    """What went well, what did not, what the plan should say differently. Problems may become findings afterwards."""
    _may_tell(by, drill)
    drill = _lock(drill)
    if drill.state != Drill.State.HELD:
        raise ValidationError("请先登记演练经过，再总结。")
    drill.good = reason_of(good, "请写明做得好的地方。")
    drill.problems, drill.changes = problems.strip(), changes.strip()
    if not drill.problems and drill.in_time is False:
        raise ValidationError(
            f"用时 {drill.minutes} 分钟，超过要求的 {drill.aim_minutes} 分钟，请写明存在的问题。"
        )
    drill.state, drill.closed_at, drill.closed_by = Drill.State.CLOSED, now, by
    drill.save()
    tasks.complete_for(source_kind=SOURCE, source_key=str(drill.pk), by=by, now=now)
    return drill


@transaction.atomic
def cancel(drill: Drill, *, by, now: datetime, reason: str) -> Drill:
    """The drill does not take place; the plan's next one stays due."""
    _may_tell(by, drill)
    drill = _lock(drill)
    if drill.state != Drill.State.PLANNED:
        raise ValidationError("只有还没演练的安排可以取消。")
    drill.course = "取消：" + reason_of(reason, "请写明为什么取消。")
    drill.state = Drill.State.CANCELLED
    drill.save(update_fields=["course", "state"])
    tasks.cancel_for(source_kind=SOURCE, source_key=str(drill.pk), by=by, now=now, reason="演练已取消")
    return drill


@transaction.atomic
def attach(drill: Drill, *, by, now: datetime, kept: Iterable) -> int:
    """Pictures, sign-in sheets, records; gives how many are new."""
    _may_tell(by, drill)
    known, new = set(drill.files.values_list("file_id", flat=True)), 0
    for file in kept:
        if file.pk in known:
            continue
        DrillFile.objects.create(
            institution_id=drill.institution_id, drill=drill, department_id=drill.department_id, file=file
        )
        files.use(
            file,
            by=by,
            now=now,
            used_for=f"risks.drill:{drill.pk}",
            text=str(drill),
            department_id=drill.department_id,
        )
        new += 1
    return new


@transaction.atomic
def review_plan(*, by, now: datetime, plan_id: str, fits: bool, text: str, next_on: date) -> PlanReview:
    """Somebody who answers for plans has read it through; the next look is within the plan's months."""
    require(by, Permission.MANAGE_EMERGENCY_PLANS, whole_hospital=True)
    found = plan_of(plan_id)
    if found is None:
        raise ValidationError("没有这个应急预案，或它今天没有生效。")
    today = timezone.localdate(now)
    latest = today + timedelta(days=found.review_months * 31)
    if not today < next_on <= latest:
        raise ValidationError(f"下次评审要在今天之后，并且不晚于 {latest}（每 {found.review_months} 个月）。")
    return PlanReview.objects.create(
        institution_id=current_scope().institution_id, plan_id=found.id, plan_version=found.version, fits=fits,
        text=reason_of(text, "请写明评审意见。"), next_on=next_on, at=now, by=by,
    )  # fmt: skip
