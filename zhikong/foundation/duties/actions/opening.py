"""Open what comes round, hand it to people, and put right what changed since. Safe to run as often as one likes."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.calendar.registry import Moved
from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.foundation.duties import periods, queries, rules
from zhikong.foundation.duties.actions.noting import Act, note
from zhikong.foundation.duties.dues import due_of
from zhikong.foundation.duties.models import Occurrence
from zhikong.foundation.duties.periods import Period
from zhikong.foundation.duties.places import OFFICE, People, Place, people, places
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.organisation.queries import department_ids
from zhikong.foundation.packstore.actions import keep
from zhikong.foundation.packstore.queries import Resolved
from zhikong.foundation.packstore.queries import resolve as in_force
from zhikong.foundation.tasks import actions as tasks
from zhikong.foundation.tasks.models import Task

KIND = queries.KIND
UNOWNED = "unowned"
ACCOUNTS_WITHIN = 5  # working days in which the office gives a department an account
ALL_KINDS = ("clinical", "medtech", "functional", "ward")


@dataclass
class Round:
    """What one run did."""

    opened: int = 0
    assigned: int = 0
    ended: int = 0
    unowned: list[Occurrence] = field(default_factory=list)


@transaction.atomic
def open_occurrences(*, now: datetime) -> Round:
    """Open the running periods of every duty for everyone it holds for, and give each open one an owner."""
    today, calendar, done = timezone.localdate(now), working_calendar(), Round()
    for resolved in queries.duties(on=today):
        done.opened += open_duty(resolved, today=today, calendar=calendar, now=now)
    done.ended = _excuse_ended(today, now)
    _give_back_left(today, now)
    known = people(today)
    _assign(done, known, now)
    _call_office(done.unowned, known, today, now)
    return done


def open_duty(resolved: Resolved, *, today: date, calendar: WorkingCalendar, now: datetime) -> int:
    """Open one duty's running period, and the periods the server slept through; gives how many are new."""
    last = queries.last_period(resolved.id)
    current = periods.period_of(resolved.obj.every, today)
    made = 0
    for period in rules.gap(periods.parse(last) if last else None, current):
        then = resolved if today in period else in_force(KIND, resolved.id, on=period.end)
        if then is not None:
            made += _open_period(then, period, min(today, period.end), calendar, now)
    return made


def _open_period(found: Resolved, period: Period, on: date, calendar: WorkingCalendar, now: datetime) -> int:
    due = due_of(found.obj, period, calendar)
    fresh = _fresh(found, period, places(found.obj, on), late=due.on < timezone.localdate(now))
    if not fresh:
        return 0
    keep(found, now=now)
    rows = [_row(found, period, place, due, now) for place in fresh]
    # two workers at once: the constraint lets one of them win, and nobody gets it twice
    Occurrence.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _fresh(found: Resolved, period: Period, holding: list[Place], *, late: bool) -> list[Place]:
    """Places that do not have the period yet. Nobody begins with a duty that was due before they had it."""
    rows = Occurrence.objects.filter(duty_id=found.id)
    known = set(rows.filter(period=period.key).values_list("place", flat=True))
    had_it = set(rows.filter(starts_on__lt=period.start).values_list("place", flat=True)) if late else None
    return [p for p in holding if p.key not in known and (had_it is None or p.key in had_it)]


def _row(found: Resolved, period: Period, place: Place, due, now: datetime) -> Occurrence:
    return Occurrence(
        institution_id=current_scope().institution_id,
        duty_id=found.id,
        duty_version=found.version,
        duty_hash=found.hash,
        title=found.title[:120],
        every=period.every.value,
        period=period.key,
        starts_on=period.start,
        ends_on=period.end,
        place=place.key,
        place_name=place.name[:80],
        department_id=place.department_id,
        body_id=place.body_id,
        due_on=due.on,
        due_reason=due.reason[:300],
        needed=found.obj.times,
        opened_at=now,
    )


def _excuse_ended(today: date, now: datetime) -> int:
    """Departments that no longer exist owe nothing that falls due after their end."""
    alive = department_ids(on=today, kinds=ALL_KINDS)
    ended = queries.open_occurrences().filter(department_id__isnull=False, due_on__gte=today)
    rows = list(ended.exclude(department_id__in=alive))
    for occurrence in rows:
        occurrence.excused_at, occurrence.excused_reason = now, "科室已撤销或合并"
        occurrence.save(update_fields=["excused_at", "excused_reason"])
        note(occurrence, Act.EXCUSED, now=now)
        tasks.cancel_for(
            source_kind=KIND, source_key=str(occurrence.pk), by=None, now=now, reason="科室已撤销或合并"
        )
    return len(rows)


def _give_back_left(today: date, now: datetime) -> None:
    """Tasks of people whose account was closed go back, to be handed out again."""
    left = Task.objects.filter(source_kind=KIND, state=Task.State.OPEN, owner__is_active=False)
    for key in set(left.values_list("source_key", flat=True)):
        tasks.cancel_for(
            source_kind=KIND, source_key=key, by=None, now=now, reason="原责任人账号已停用，改派他人"
        )


def _assign(done: Round, known: People, now: datetime) -> None:
    """Every open occurrence without an open task gets one: new ones, and those an interrupted run left behind."""
    held = Task.objects.filter(source_kind=KIND, state=Task.State.OPEN).values_list("source_key", flat=True)
    keys = set(held)
    for occurrence in queries.open_occurrences().order_by("due_on", "pk"):
        if str(occurrence.pk) in keys:
            continue
        owner = known.owner(_role(occurrence), place_of(occurrence))
        if owner is None:
            done.unowned.append(occurrence)
        else:
            give(occurrence, owner=owner, now=now)
            done.assigned += 1


def _role(occurrence: Occurrence) -> str:
    duty = queries.definition(occurrence)
    return duty.who.role if duty else OFFICE


def place_of(occurrence: Occurrence) -> Place:
    return Place(occurrence.place, occurrence.place_name, occurrence.department_id, occurrence.body_id)


def give(occurrence: Occurrence, *, owner, now: datetime) -> Task:
    """The task of an open occurrence, with the sentence that explains its date."""
    return tasks.assign(
        by=None,
        now=now,
        owner=owner,
        title=f"{occurrence.title}（{occurrence.place_name}，{periods.parse(occurrence.period).title}）",
        url=reverse("duties:occurrence", args=[occurrence.pk]),
        due_on=occurrence.due_on,
        due_reason=occurrence.due_reason,
        source_kind=KIND,
        source_key=str(occurrence.pk),
        department_id=occurrence.department_id,
    )


def _call_office(unowned: list[Occurrence], known: People, today: date, now: datetime) -> None:
    """Departments without any account: one task for the office as long as there are some, a notice for new ones.

    A task for each of them would bury the office; what is owed stays in the matrix and on the ladder.
    """
    if not unowned:
        tasks.complete_for(source_kind=KIND, source_key=UNOWNED, by=None, now=now)
        return
    for owner in known.holding(OFFICE, None)[:1]:
        tasks.assign(
            by=None,
            now=now,
            owner=owner,
            title="有科室没有可以布置周期职责的账号，请设置",
            url=reverse("duties:mine"),
            due_on=working_calendar().add_working_days(today, ACCOUNTS_WITHIN),
            due_reason=f"科室没有质控员、护士长或科主任的账号，职责无人可布置；{ACCOUNTS_WITHIN} 个工作日内设置。",
            due_from=today,
            working_days=ACCOUNTS_WITHIN,
            source_kind=KIND,
            source_key=UNOWNED,
        )
    if fresh := [o for o in unowned if o.opened_at == now]:
        _tell_office(fresh, now)


def _tell_office(fresh: list[Occurrence], now: datetime) -> None:
    lines = [f"{o.place_name}：{o.title}，期限 {o.due_on}" for o in fresh]
    notices.send(
        by=None,
        now=now,
        title=f"{len(fresh)} 项周期职责没有可布置的人",
        text="\n".join(lines[:60]) + "\n请为这些科室设置质控员、护士长或科主任的账号。",
        url=reverse("duties:mine"),
        roles=[OFFICE],
        kind=KIND,
        source_kind=KIND,
        source_key=UNOWNED,
    )


def recalculate(calendar: WorkingCalendar, years: frozenset[int]) -> list[Moved]:
    """Move open due dates to what the new calendar says; the task is handed out again with the new sentence."""
    now, moved = timezone.now(), []
    for occurrence in queries.open_occurrences().filter(due_on__year__in=years):
        duty = queries.definition(occurrence)
        if duty is None:
            continue
        due, before = due_of(duty, periods.parse(occurrence.period), calendar), occurrence.due_on
        if (due.on, due.reason[:300]) != (before, occurrence.due_reason):
            _redate(occurrence, due, now)
        if due.on != before:
            moved.append(Moved(f"职责“{occurrence}”", before, due.on))
    return moved


def _redate(occurrence: Occurrence, due, now: datetime) -> None:
    owner, key = queries.owner_of(occurrence), str(occurrence.pk)
    if due.on != occurrence.due_on:
        note(occurrence, Act.REDATED, now=now, before=occurrence.due_on)
    occurrence.due_on, occurrence.due_reason, occurrence.reminded = due.on, due.reason[:300], 0
    occurrence.save(update_fields=["due_on", "due_reason", "reminded"])
    if owner is not None:
        tasks.cancel_for(source_kind=KIND, source_key=key, by=None, now=now, reason="工作日历调整，期限重算")
        give(occurrence, owner=owner, now=now)
