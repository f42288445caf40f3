"""Upwards and outwards: who knew when, proof of statutory reports, the alert of the gravest, the plan, reminders."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions.handling import steps
from zhikong.hospital.functions.incidents.models.handling import HandlingStep, Hop, Reminder, Submission
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import packs, running, scope
from zhikong.hospital.functions.incidents.rules_handling_clocks import rungs_due

Act = HandlingStep.Act
ALERT = "alert"


@transaction.atomic
def know(incident: Incident, *, by, now: datetime, code: str, how: str, at: datetime | None = None) -> Hop:
    """Somebody on the way up says that he knows: the head of the department, then 医务科 (EVT-03).

    at: when he was told, if that was earlier than now, as by telephone.
    """
    incident = steps.locked(incident)
    hop = next((one for one in packs.clocks().hops if one.code == code), None)
    if hop is None:
        raise ValidationError("没有这一层级。")
    if not _may_know(by, incident, hop.who):
        raise PermissionDenied("这一层级由别的岗位登记。")
    steps.check(incident, "hop")
    at = at or now
    if at > now:
        raise ValidationError("知悉时间不能晚于现在。")
    if how not in Hop.How.values:
        raise ValidationError("请选择方式。")
    made, new = Hop.objects.get_or_create(
        institution_id=incident.institution_id, incident=incident, code=code,
        defaults={"at": at, "how": how, "noted_at": now, "by": by},
    )  # fmt: skip
    if not new:
        raise ValidationError("这一层级已经登记过了。")
    steps.record(incident, Act.HOP, by=by, now=now, text=f"{hop.title}（{made.get_how_display()}）")
    return made


def _may_know(by, incident: Incident, who: str) -> bool:
    if by is None:
        return False
    return scope.may_analyse(by, incident) if who == "department" else scope.may_handle(by, incident)


@transaction.atomic
def submit(
    incident: Incident, *, by, now: datetime, clock_id: str, submitted_at: datetime, number: str, way: str,
    to: str = "", upload=None,
) -> Submission:  # fmt: skip
    """Proof that the statutory report went out: when, to whom, under which number, how, with the receipt (EVT-04)."""
    incident = steps.for_office(incident, by=by, act="submit")
    run = next(
        (one for one in running.clocks_of(incident) if one.clock.id == clock_id and one.clock.statutory), None
    )
    if run is None:
        raise ValidationError("这件事没有这一项法定上报。")
    if submitted_at > now:
        raise ValidationError("上报时间不能晚于现在。")
    number = steps.said(number, "请填写回执编号；电话上报的写接听人和来电号码。", least=1)
    way = steps.said(way, "请写明上报方式，如直报系统、电话、书面。", least=1)
    kept = neutral.attach_file(by=by, now=now, upload=upload) if upload else None
    made = Submission.objects.create(
        institution_id=incident.institution_id, incident=incident, clock_id=clock_id, submitted_at=submitted_at,
        to=(to or "").strip() or run.clock.to, number=number[:80], way=way[:80],
        file_id=kept.pk if kept else None, noted_at=now, by=by,
    )  # fmt: skip
    steps.record(incident, Act.SUBMIT, by=by, now=now, text=f"{run.clock.title}：{made.to}，{made.number}")
    return made


@transaction.atomic
def alert(incident: Incident, *, by, now: datetime) -> int:
    """One tap: a notice without content to the leaders on duty; the page shows whom to call. Gives how many are told."""
    incident = steps.for_office(incident, by=by, act="alert")
    told = packs.clocks().alert
    if not told.offered(incident.level, incident.handling.dispute):
        raise ValidationError("这一级事件不用警报。先确认级别，或认定争议。")
    handling = incident.handling
    if handling.alerted_at is not None:
        raise ValidationError("警报已经发出。没有人应答时，请直接拨打页面上的电话。")
    handling.alerted_at, handling.alerted_by = now, by
    handling.save(update_fields=["alerted_at", "alerted_by"])
    readers = {one.pk: one for role in told.roles for one in steps.holders(role, now)}
    neutral.notice(
        by=by, now=now, url=steps.url(incident), key=steps.key_of(incident, ALERT), users=readers.values()
    )
    if set(told.roles) & {"hospital_leader"}:
        _let_in(incident, steps.holders("hospital_leader", now))
    steps.record(incident, Act.ALERT, by=by, now=now)
    return len(readers)


def _let_in(incident: Incident, people) -> None:
    """Who is called to a grave case reads it: he becomes one of its readers."""
    missing = [one.pk for one in people if one.pk not in incident.readers]
    if missing:
        incident.readers = [*incident.readers, *missing]
        incident.save(update_fields=["readers"])


@transaction.atomic
def start_plan(incident: Incident, *, by, now: datetime) -> None:
    """The emergency plan of the category is set off: its people are told without words, its page leads the way (EVT-25)."""
    incident = steps.for_office(incident, by=by, act="plan")
    plan = packs.plan(incident.handling.plan)
    if plan is None:
        raise ValidationError("这一类别没有对应的应急预案。")
    if incident.handlingsteps.filter(act=Act.PLAN).exists():
        raise ValidationError("应急预案已经启动。")
    neutral.notice(
        by=by, now=now, url=steps.url(incident), key=steps.key_of(incident, "plan"),
        users=steps.leaders(incident.department_id, now), roles=packs.clocks().alert.roles,
    )  # fmt: skip
    steps.record(incident, Act.PLAN, by=by, now=now, text=plan.title)


def remind(*, now: datetime) -> int:
    """Climb the ladder of every clock that runs: once a rung, notices without words. Gives how many were sent."""
    ladder, sent = packs.clocks().ladder, 0
    for line in running.board(_open(), now=now):
        due = rungs_due(ladder, line.run, now)
        for rung in due:
            if _climb(line, rung, now=now) and rung == due[-1]:
                _tell(line, ladder[rung].tell, now=now)
                sent += 1
    return sent


def _open() -> list[Incident]:
    return running.at_work(Incident.objects.select_related("handling", "department"))


@transaction.atomic
def _climb(line: running.Line, rung: int, *, now: datetime) -> bool:
    _made, new = Reminder.objects.get_or_create(
        institution_id=line.incident.institution_id, incident=line.incident, clock_id=line.run.clock.id,
        rung=rung, until=line.run.until, defaults={"at": now},
    )  # fmt: skip
    return new


def _tell(line: running.Line, roles: tuple[str, ...], *, now: datetime) -> None:
    """The lower rungs that were skipped are not told again: one notice for the highest that was reached."""
    people, incident = {}, line.incident
    for role in roles:
        found = _who(incident, line.run.clock.who, now) if role == "who" else steps.holders(role, now)
        people |= {one.pk: one for one in found}
    neutral.notice(
        by=None, now=now, url=steps.url(incident), key=incident.handling.task_key, users=people.values()
    )


def _who(incident: Incident, who: str, now: datetime) -> list:
    if who == "department":
        return steps.leaders(incident.department_id, now)
    handler = incident.handling.accepted_by
    if who == "office" and handler is not None:
        return [handler]
    return steps.holders(incident.handling.office if who == "office" else who, now)


def more_was_told(*, incident_id: int, now: datetime) -> None:
    """The reporter answered or added something: whoever handles the case hears of it, in constant words."""
    with neutral.nobody():
        incident = Incident.objects.select_related("handling").filter(pk=incident_id).first()
        if incident is None or not hasattr(incident, "handling"):
            return
        handler = incident.handling.accepted_by
        people = [handler] if handler is not None else steps.holders(incident.handling.office, now)
        neutral.notice(
            by=None, now=now, url=steps.url(incident), key=steps.key_of(incident, "more"), users=people,
            words=neutral.Words.REPLY,
        )  # fmt: skip
