"""Reads of tasks. Overdue is computed, never stored: a clock must not change rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Value, When

from zhikong.foundation.access.models import User
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.tasks.models import HandOver, Task, TaskEvent
from zhikong.foundation.tasks.rules import Explanation, explain

WEEK = timedelta(days=7)


def open_tasks(*, user=None, department_id: int | None = None) -> QuerySet[Task]:
    """Open tasks of a person or a department (or all in scope), the longest overdue first."""
    tasks = Task.objects.filter(state=Task.State.OPEN).select_related(
        "created_by", "delegated_from", "held_for"
    )
    if user is not None:
        tasks = tasks.filter(owner=user)
    if department_id is not None:
        tasks = tasks.filter(department_id=department_id)
    return tasks.order_by("due_on", "pk")


def given_tasks(*, user) -> QuerySet[Task]:
    """Open tasks that a person has given to others."""
    return open_tasks().filter(created_by=user).exclude(owner=user).select_related("owner")


def team_tasks() -> QuerySet[Task]:
    """Open tasks of everybody in scope."""
    return open_tasks().select_related("owner")


def away_tasks(*, user) -> QuerySet[Task]:
    """Open tasks that a deputy has while the person is on leave."""
    return open_tasks().filter(held_for=user).select_related("owner")


def overdue(*, today: date, user=None, department_id: int | None = None) -> QuerySet[Task]:
    """Open tasks whose due date has passed; a task due today is not overdue."""
    return open_tasks(user=user, department_id=department_id).filter(due_on__lt=today)


def open_count(*, user) -> int:
    return Task.objects.filter(owner=user, state=Task.State.OPEN).count()


@dataclass(frozen=True)
class Counts:
    """How many of some open tasks are due when."""

    all: int
    overdue: int
    today: int
    week: int


def counts(tasks: QuerySet[Task], *, today: date) -> Counts:
    """Numbers by due date in one query."""
    found = tasks.order_by().aggregate(
        all=Count("pk"),
        overdue=Count("pk", filter=Q(due_on__lt=today)),
        today=Count("pk", filter=Q(due_on=today)),
        week=Count("pk", filter=Q(due_on__range=(today, today + WEEK))),
    )
    return Counts(**found)


def done_tasks(*, user) -> QuerySet[Task]:
    """What a person has done, latest first."""
    return (
        Task.objects.filter(owner=user, state=Task.State.DONE)
        .select_related("department")
        .order_by("-done_at")
    )


def tasks_of(*, source_kind: str, source_key: str) -> QuerySet[Task]:
    """All tasks that one source made, open ones first."""
    closed_last = Case(
        When(state=Task.State.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    tasks = Task.objects.filter(source_kind=source_kind, source_key=source_key).select_related("owner")
    return tasks.order_by(closed_last, "due_on", "pk")


def narrowed(
    tasks: QuerySet[Task],
    *,
    today: date,
    q="",
    when="",
    source="",
    department="",
    given_by="",
    owner="",
    on=None,
) -> QuerySet[Task]:
    """Tasks that fit all given conditions; empty ones do not narrow. when: overdue, today, week, later."""
    ranges = {
        "overdue": {"due_on__lt": today},
        "today": {"due_on": today},
        "week": {"due_on__range": (today, today + WEEK)},
        "later": {"due_on__gt": today + WEEK},
    }
    conditions = {
        **ranges.get(when, {}),
        **({"title__icontains": q} if q else {}),
        **({"source_kind": source} if source else {}),
        **({"department_id": department} if department else {}),
        **({"owner_id": owner} if owner else {}),
        **({"due_on": on} if on else {}),
    }
    if given_by:
        conditions |= {"created_by": None} if given_by == "system" else {"created_by_id": given_by}
    return tasks.filter(**conditions)


@dataclass(frozen=True)
class Origins:
    """What the filters above a list offer: only what occurs in it."""

    sources: tuple[str, ...]
    departments: frozenset[int]
    givers: tuple[User, ...]
    by_system: bool


def origins(tasks: QuerySet[Task]) -> Origins:
    """Sources, departments and givers that occur, in two queries."""
    rows = set(tasks.order_by().values_list("source_kind", "department_id", "created_by").distinct())
    givers = {giver for _s, _d, giver in rows}
    people = User.objects.filter(pk__in=givers - {None}).order_by("username") if givers - {None} else ()
    return Origins(
        tuple(sorted({source for source, _d, _g in rows})),
        frozenset(department for _s, department, _g in rows if department),
        tuple(people),
        None in givers,
    )


@dataclass(frozen=True)
class Load:
    """One person's open tasks: how many, how many overdue, the next date."""

    person: User
    open: int
    overdue: int
    first_due: date


def loads(tasks: QuerySet[Task], *, today: date) -> list[Load]:
    """Open tasks by person, most overdue first."""
    rows = list(
        tasks.order_by()
        .values("owner")
        .annotate(open=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)), first=Min("due_on"))
        .order_by("-late", "-open", "owner")
    )
    people = User.objects.in_bulk([row["owner"] for row in rows])
    return [Load(people[row["owner"]], row["open"], row["late"], row["first"]) for row in rows]


def explanations(tasks: Iterable[Task]) -> dict[int, Explanation]:
    """Why each of these tasks is due on its day."""
    tasks = list(tasks)
    calendar = working_calendar() if any(task.due_from for task in tasks) else None
    return {task.pk: _explained(task, calendar) for task in tasks}


def _explained(task: Task, calendar) -> Explanation:
    if calendar is None:
        return Explanation(task.due_reason)
    return explain(
        rule=task.due_reason, due_on=task.due_on, start=task.due_from, working_days=task.due_working_days,
        calendar=calendar,
    )  # fmt: skip


def history(tasks: Iterable[Task]) -> dict[int, list[TaskEvent]]:
    """What happened to each of these tasks, oldest first."""
    found: dict[int, list[TaskEvent]] = {}
    events = TaskEvent.objects.filter(task__in=[task.pk for task in tasks]).select_related("by")
    for event in events.order_by("at", "pk"):
        found.setdefault(event.task_id, []).append(event)
    return found


# ---- leave -------------------------------------------------------------------------------------------------------


def hand_overs_in_force(*, on: date) -> QuerySet[HandOver]:
    return HandOver.objects.filter(ended_at=None, from_on__lte=on, to_on__gte=on).select_related(
        "user", "deputy"
    )


def deputy_of(user, *, on: date):
    """Who stands in for a person on a day; a deputy who is away as well is stood in for in turn; None when nobody."""
    pairs = {row.user_id: row.deputy for row in hand_overs_in_force(on=on)}
    seen, found = {user.pk}, pairs.get(user.pk)
    while found is not None and found.pk in pairs and found.pk not in seen:
        seen.add(found.pk)
        found = pairs[found.pk]
    return None if found is None or (found.pk in seen and found.pk == user.pk) else found


def hand_overs_of(*, user, on: date) -> list[HandOver]:
    """One's own present and coming leave, and those for whom one stands in, the earliest first."""
    mine = HandOver.objects.filter(Q(user=user) | Q(deputy=user), ended_at=None, to_on__gte=on)
    return list(mine.select_related("user", "deputy").order_by("from_on", "pk"))
