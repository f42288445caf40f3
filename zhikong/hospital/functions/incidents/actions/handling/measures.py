"""Measures: their words stay here, the common loop knows department, post, state and due date (house.md, decision 2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions.handling import answering, steps
from zhikong.hospital.functions.incidents.models.handling import HandlingStep
from zhikong.hospital.functions.incidents.models.handling_work import IncidentMeasure
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import scope
from zhikong.hospital.functions.incidents.rules_reporting import State

Act = HandlingStep.Act
M = IncidentMeasure.State
DEPARTMENT_POSTS = ("department_head", "head_nurse", "qc_officer")
CHECK_DAYS = 30


@transaction.atomic
def decide(
    incident: Incident, *, by, now: datetime, department_id: int, text: str, strength: str, owner_post: str,
    due_on: date,
) -> IncidentMeasure:  # fmt: skip
    """A measure for a department, owned by a post; a finding without words is raised for it."""
    incident = steps.for_office(incident, by=by, act="measure")
    if due_on < timezone.localdate(now):
        raise ValidationError("完成日期不能早于今天。")
    if strength not in IncidentMeasure.Strength.values:
        raise ValidationError("请选择力度。")
    owners = steps.holders(owner_post, now, department_id)
    if not owners:
        raise ValidationError("这个科室没有这个岗位的账号，请换一个责任岗位。")
    text = steps.said(text, "请写明做什么改变。")[:300]
    key = neutral.finding(by=by, now=now, department_id=department_id, owner_post=owner_post, due_on=due_on)
    made = IncidentMeasure.objects.create(
        institution_id=incident.institution_id, incident=incident, department_id=department_id, text=text,
        strength=strength, owner_post=owner_post, due_on=due_on, finding_key=key, made_at=now, made_by=by,
    )  # fmt: skip
    _let_owners_in(incident, made, owners)
    steps.move(incident, "measure")
    steps.record(incident, Act.MEASURE, by=by, now=now, text=text)
    neutral.complete_tasks(by=by, now=now, key=steps.key_of(incident, "measures"))
    _ask_owners(incident, made, owners, by=by, now=now)
    return made


def _let_owners_in(incident: Incident, made: IncidentMeasure, owners) -> None:
    """A measure may lie with another department: its owner reads this case."""
    if made.department_id == incident.department_id and made.owner_post in DEPARTMENT_POSTS:
        return
    missing = [one.pk for one in owners if one.pk not in incident.readers]
    if missing:
        incident.readers = [*incident.readers, *missing]
        incident.save(update_fields=["readers"])


def _ask_owners(incident: Incident, made: IncidentMeasure, owners, *, by, now: datetime) -> None:
    for owner in owners:
        neutral.task(
            by=by, now=now, owner=owner, due_on=made.due_on, url=steps.url(incident), key=made.finding_key,
            department_id=made.department_id,
        )  # fmt: skip


def _locked(measure: IncidentMeasure) -> tuple[Incident, IncidentMeasure]:
    incident = steps.locked(measure.incident)
    found = IncidentMeasure.objects.select_for_update().get(pk=measure.pk)
    found.incident = incident
    return incident, found


def may_do(by, measure: IncidentMeasure) -> bool:
    """The post that owns it, in its department; an office's own measure by that office."""
    on_post = {
        grant.role.code
        for grant in by.grants()
        if grant.departments is None or measure.department_id in grant.departments
    }
    return measure.owner_post in on_post


@transaction.atomic
def done(measure: IncidentMeasure, *, by, now: datetime, proof: str) -> IncidentMeasure:
    """The owner says how it was carried out; somebody else looks whether it works."""
    incident, measure = _locked(measure)
    if not may_do(by, measure):
        raise PermissionDenied("这条措施由别的岗位落实。")
    if measure.state != M.OPEN:
        raise ValidationError("这条措施不在落实中。")
    measure.proof = steps.said(proof, "请写明怎样落实的、凭什么说已落实。", least=5)
    measure.state, measure.done_at, measure.done_by = M.DONE, now, by
    measure.save(update_fields=["proof", "state", "done_at", "done_by"])
    neutral.complete_tasks(by=by, now=now, key=measure.finding_key)
    neutral.move_finding(by=by, now=now, key=measure.finding_key, state="accepted")
    steps.record(incident, Act.DONE, by=by, now=now, text=measure.text)
    if incident.handling.accepted_by is not None:
        due = now + timedelta(days=CHECK_DAYS)
        key = steps.key_of(incident, f"c{measure.pk}")
        steps.give(incident, [incident.handling.accepted_by], by=by, now=now, key=key, due=due)
    _all_done(incident, now=now)
    return measure


def _all_done(incident: Incident, *, now: datetime) -> None:
    left = IncidentMeasure.objects.filter(incident=incident, state=M.OPEN).exists()
    if incident.state == State.MEASURES and not left:
        incident.state = State.CHECKING
        incident.save(update_fields=["state"])
        answering.step(incident, now=now, text="措施已落实，正在核查是否有效。")


@transaction.atomic
def check(measure: IncidentMeasure, *, by, now: datetime, works: bool, effect: str) -> IncidentMeasure:
    """The office saw whether it works. Nobody checks what he carried out himself."""
    incident, measure = _locked(measure)
    if not scope.may_handle(by, incident):
        raise PermissionDenied("效果由办理部门核查。")
    if measure.state != M.DONE:
        raise ValidationError("这条措施还没有落实，不能核查。")
    if measure.done_by_id == by.pk:
        raise PermissionDenied("自己落实的措施，请由另一个人核查。")
    effect = steps.said(effect, "请写明看到了什么效果：看了哪里、多少次、结果如何。", least=5)
    neutral.complete_tasks(by=by, now=now, key=steps.key_of(incident, f"c{measure.pk}"))
    steps.record(incident, Act.CHECK, by=by, now=now, text=("有效：" if works else "没有效果：") + effect)
    if works:
        return _works(measure, by=by, now=now, effect=effect)
    return _came_back(incident, measure, by=by, now=now, effect=effect)


def _works(measure: IncidentMeasure, *, by, now: datetime, effect: str) -> IncidentMeasure:
    measure.effect, measure.state, measure.checked_at, measure.checked_by = effect, M.EFFECTIVE, now, by
    measure.save(update_fields=["effect", "state", "checked_at", "checked_by"])
    neutral.close_finding(by=by, now=now, key=measure.finding_key)
    return measure


def _came_back(incident: Incident, measure: IncidentMeasure, *, by, now: datetime, effect: str):
    """It did not help: the owner has it again, with a fortnight from today when its own day is over."""
    measure.effect, measure.state = effect, M.OPEN
    measure.done_at = measure.done_by = None
    measure.came_back += 1
    measure.due_on = max(measure.due_on, timezone.localdate(now) + timedelta(days=14))
    measure.save(update_fields=["effect", "state", "done_at", "done_by", "came_back", "due_on"])
    neutral.move_finding(by=by, now=now, key=measure.finding_key, state="reopened", due_on=measure.due_on)
    if incident.state == State.CHECKING:
        incident.state = State.MEASURES
        incident.save(update_fields=["state"])
    owners = steps.holders(measure.owner_post, now, measure.department_id)
    _ask_owners(incident, measure, owners, by=by, now=now)
    return measure


@transaction.atomic
def drop(measure: IncidentMeasure, *, by, now: datetime, reason: str) -> IncidentMeasure:
    """It is not needed any more; the reason stays as its effect."""
    incident, measure = _locked(measure)
    if not scope.may_handle(by, incident):
        raise PermissionDenied("措施由办理部门撤销。")
    if measure.state not in (M.OPEN, M.DONE):
        raise ValidationError("这条措施已经了结。")
    measure.effect = steps.said(reason, "请写明为什么不再需要。")
    measure.state, measure.checked_at, measure.checked_by = M.DROPPED, now, by
    measure.save(update_fields=["effect", "state", "checked_at", "checked_by"])
    neutral.cancel_tasks(by=by, now=now, key=measure.finding_key)
    neutral.close_finding(by=by, now=now, key=measure.finding_key)
    steps.record(incident, Act.CHECK, by=by, now=now, text="不再需要：" + measure.effect)
    _all_done(incident, now=now)
    return measure


def obstacles(key: str, *, now: datetime) -> list[str]:
    """Why the finding behind a key may not be closed: only a measure that was seen to work, or dropped, closes it."""
    state = IncidentMeasure.objects.filter(finding_key=key).values_list("state", flat=True).first()
    if state in (M.EFFECTIVE, M.DROPPED):
        return []
    return ["效果还没有核查。请在这件事的页面上核查后再关闭。"]


def address(key: str) -> str:
    """Where the measure behind a finding is dealt with; '' when there is none in reach."""
    found = IncidentMeasure.objects.filter(finding_key=key).select_related("incident").first()
    return steps.url(found.incident) if found else ""
