"""A report has come in: it gets its office, its keys and its tasks; accept, return, hand over, merge (EVT-02, WF-07)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions.handling import answering, steps
from zhikong.hospital.functions.incidents.models.handling import Handling, HandlingStep
from zhikong.hospital.functions.incidents.models.handling_work import Answer
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import packs, running, scope
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.rules_reporting import State

Act = HandlingStep.Act
OFFICE = "office"
OFFICES = ("quality_office", "medical_affairs", "nursing", "infection_control", "pharmacy", "equipment")


@transaction.atomic
def receive(*, incident_id: int, now: datetime) -> Handling | None:
    """Called when a report came in or came again: the office gets its task, the department's leaders a notice.

    Safe to repeat. None: the report is gone. Runs as nobody, so that no row carries whose request it was.
    """
    with neutral.nobody():
        incident = Incident.objects.select_for_update().filter(pk=incident_id).first()
        if incident is None:
            return None
        handling = Handling.objects.filter(incident=incident).first()
        if handling is None:
            handling = open_case(incident)
            _tell_department(incident, now=now)
            _ask_office(incident, now=now)
        elif incident.state == State.REPORTED and _was_returned(incident):
            incident.handling = handling
            steps.record(incident, Act.RESUBMIT, by=None, now=now)
            _ask_office(incident, now=now)
        return handling


def _was_returned(incident: Incident) -> bool:
    """Whether it comes again after a return, and is not the same arrival told twice."""
    arrivals = incident.handlingsteps.filter(act__in=(Act.RECEIVE, Act.RETURN, Act.RESUBMIT))
    last = arrivals.order_by("-pk").values_list("act", flat=True).first()
    return last == Act.RETURN


def open_case(incident: Incident) -> Handling:
    """The handling of a report, without telling anybody: for one that is brought in from the past."""
    found = categories.category(incident.category)
    made = Handling.objects.create(
        institution_id=incident.institution_id,
        incident=incident,
        task_key=neutral.new_key(),
        office=found.handled_by if found else steps.OFFICE,
        known_at=incident.reported_at,
        level_before=incident.level,
        plan=found.emergency_plan if found else "",
    )
    incident.handling = made
    steps.record(incident, Act.RECEIVE, by=None, now=incident.reported_at)
    return made


def _ask_office(incident: Incident, *, now: datetime) -> None:
    """A task for each person of the office; the first who accepts finishes all."""
    key = steps.key_of(incident, OFFICE)
    neutral.cancel_tasks(by=None, now=now, key=key)
    due = running.due_of(incident, "accepted") or now + timedelta(days=1)
    steps.give(incident, steps.holders(incident.handling.office, now), by=None, now=now, key=key, due=due)
    if packs.clocks().alert.offered(incident.level, incident.handling.dispute):
        neutral.notice(by=None, now=now, url=steps.url(incident), key=key, roles=packs.clocks().alert.roles)


def _tell_department(incident: Incident, *, now: datetime) -> None:
    if incident.department_id is not None:
        neutral.notice(
            by=None, now=now, url=steps.url(incident), key=incident.handling.task_key,
            users=steps.leaders(incident.department_id, now),
        )  # fmt: skip


def catch_up(*, now: datetime) -> int:
    """Give their handling to reports that the outbox has not handed over yet; gives how many."""
    with neutral.nobody():
        waiting = list(Incident.objects.filter(handling=None).values_list("pk", flat=True)[:200])
    for pk in waiting:
        receive(incident_id=pk, now=now)
    return len(waiting)


@transaction.atomic
def accept(incident: Incident, *, by, now: datetime) -> Incident:
    """The office takes the case: the clocks of handling begin, the reporter hears of it."""
    incident = steps.for_office(incident, by=by, act="accept")
    handling = incident.handling
    handling.accepted_at, handling.accepted_by = now, by
    handling.save(update_fields=["accepted_at", "accepted_by"])
    steps.move(incident, "accept")
    steps.record(incident, Act.ACCEPT, by=by, now=now)
    neutral.complete_tasks(by=by, now=now, key=steps.key_of(incident, OFFICE))
    if by is not None:
        due = running.due_of(incident, "classified") or now + timedelta(days=1)
        steps.give(incident, [by], by=by, now=now, key=steps.key_of(incident, "level"), due=due)
    answering.step(incident, now=now, text="您的报告已受理，正在核实。谢谢您说出来。")
    return incident


def accept_many(codes: list[str], *, by, now: datetime) -> tuple[int, list[str]]:
    """Accept several at once: (how many, sentences about those that could not be)."""
    done, refused = 0, []
    for code in dict.fromkeys(codes):
        incident = scope.case(by, code)
        if incident is None:
            refused.append(f"{code}：没有这件事，或您看不到。")
            continue
        try:
            accept(incident, by=by, now=now)
            done += 1
        except (ValidationError, PermissionDenied) as error:
            refused.append(f"{code}：{' '.join(getattr(error, 'messages', [str(error)]))}")
    return done, refused


@transaction.atomic
def send_back(incident: Incident, *, by, now: datetime, reason: str) -> Incident:
    """Ask the reporter to complete it; he reads the reason, and may send it again."""
    incident = steps.for_office(incident, by=by, act="return")
    reason = steps.said(reason, "请写明缺什么，报告人才知道怎样补充。")
    steps.move(incident, "return")
    steps.record(incident, Act.RETURN, by=by, now=now, text=reason)
    neutral.complete_tasks(by=by, now=now, key=steps.key_of(incident, OFFICE))
    neutral.complete_tasks(by=by, now=now, key=steps.key_of(incident, "level"))
    answering.write(incident, by=by, now=now, text=reason, kind=Answer.Kind.QUESTION)
    return incident


@transaction.atomic
def hand_over(incident: Incident, *, by, now: datetime, office: str, reason: str) -> Incident:
    """Another office handles it from now on."""
    incident = steps.for_office(incident, by=by, act="office")
    if office not in OFFICES or office == incident.handling.office:
        raise ValidationError("请选择另一个受理部门。")
    reason = steps.said(reason, "请写明为什么转交。")
    incident.handling.office = office
    incident.handling.save(update_fields=["office"])
    steps.record(incident, Act.OFFICE, by=by, now=now, text=reason)
    neutral.cancel_tasks(by=by, now=now, key=steps.key_of(incident, "level"))
    if incident.state == State.REPORTED:
        _ask_office(incident, now=now)
    else:
        due = running.due_of(incident, "classified") or now + timedelta(days=1)
        key = steps.key_of(incident, "level")
        steps.give(incident, steps.holders(office, now), by=by, now=now, key=key, due=due)
    return incident


@transaction.atomic
def merge(incident: Incident, *, by, now: datetime, into: Incident) -> Incident:
    """It is the same event as another report; both reporters hear how that one goes on."""
    incident = steps.for_office(incident, by=by, act="merge")
    main = steps.locked(into)
    if not scope.may_handle(by, main):
        raise PermissionDenied("另一件由别的部门办理，不能并入。")
    if main.pk == incident.pk or main.department_id != incident.department_id:
        raise ValidationError("只能并入同一科室的另一件。")
    if main.state in (State.MERGED, State.CLOSED, State.RETURNED):
        raise ValidationError("那一件已结案、已退回或已并入别处，不能再并入。")
    if Handling.objects.filter(merged_into=incident).exists():
        raise ValidationError("已有报告并入这一件，请反过来合并，或先撤销。")
    handling = incident.handling
    handling.merged_into, handling.state_before_merge = main, incident.state
    handling.save(update_fields=["merged_into", "state_before_merge"])
    steps.move(incident, "merge")
    steps.record(incident, Act.MERGE, by=by, now=now, text=f"并入 {main.code}")
    steps.record(main, Act.MERGE, by=by, now=now, text=f"{incident.code} 并入这一件")
    for part in (OFFICE, "level"):
        neutral.cancel_tasks(by=by, now=now, key=steps.key_of(incident, part))
    answering.step(incident, now=now, text="您报告的事与另一份报告是同一件，已合并办理，结果会一并答复您。")
    return incident


@transaction.atomic
def unmerge(incident: Incident, *, by, now: datetime, reason: str) -> Incident:
    """They were two events after all."""
    incident = steps.locked(incident)
    if by is not None and not scope.may_handle(by, incident):
        raise PermissionDenied("这件事由别的部门办理。")
    if incident.state != State.MERGED:
        raise ValidationError("这件事没有并入别处。")
    reason = steps.said(reason, "请写明为什么撤销合并。")
    handling = incident.handling
    incident.state = handling.state_before_merge
    incident.save(update_fields=["state"])
    handling.merged_into, handling.state_before_merge = None, ""
    handling.save(update_fields=["merged_into", "state_before_merge"])
    steps.record(incident, Act.UNMERGE, by=by, now=now, text=reason)
    if incident.state == State.REPORTED:
        _ask_office(incident, now=now)
    return incident
