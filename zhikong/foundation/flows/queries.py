"""Reads of cases. Row policies narrow every one of them to what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.files import queries as stored
from zhikong.foundation.flows import library, story
from zhikong.foundation.flows.deadlines import Clock
from zhikong.foundation.flows.definition import FlowDefinition
from zhikong.foundation.flows.models import Branch, Case, CaseFile, CaseStep
from zhikong.foundation.flows.rules import Act, Person, Standing
from zhikong.foundation.tasks.queries import tasks_of

SYSTEM = "系统"


def clock_of(flow: FlowDefinition) -> Clock:
    """How time is counted for a flow in the hospital in scope."""
    return Clock(working_calendar(), timezone.get_current_timezone(), flow.shift_ends)


def flow_of(case: Case) -> FlowDefinition:
    """The version of the flow under which the case runs."""
    return library.definition(case.flow_hash)


def person(user, department_id: int | None, on: date) -> Person:
    """The user with the roles that count in a department; hospital-wide roles count everywhere."""
    held = {
        grant.role.code: str(grant.role.title)
        for grant in user.grants(on)
        if grant.departments is None or department_id in grant.departments
    }
    return Person(user.pk, held)


def roles_anywhere(user, on: date) -> dict[str, str]:
    """Role code → title of every role that the user holds, in whatever department."""
    return {grant.role.code: str(grant.role.title) for grant in user.grants(on)}


def open_branches(case: Case) -> list[Branch]:
    return list(case.branches.filter(closed_at=None).select_related("owner").order_by("number"))


def standing(case: Case, branch: Branch) -> Standing:
    """Where a branch stands, as far as the rules ask."""
    return Standing(
        state=branch.state,
        owner_id=branch.owner_id,
        opener_id=case.opened_by_id,
        entered=branch.entered_at,
        opened=case.opened_at,
        evidence=evidence_count(case),
        returned=case.returned,
        holders=task_holders(branch),
    )


def task_holders(branch: Branch) -> frozenset[int]:
    """Ids of those on whose page of tasks the branch stands, as far as in scope."""
    tasks = tasks_of(source_kind="flow_case", source_key=branch.source_key).filter(state="open")
    return frozenset(tasks.values_list("owner_id", flat=True))


def evidence_count(case: Case) -> int:
    """How many sheets and files hang on the case."""
    return case.steps.filter(sheet_id__isnull=False).count() + case.files.count()


def files(case: Case) -> list[CaseFile]:
    """What hangs on the case, the newest first, as far as the reader may see the files themselves."""
    rows = case.files.select_related("file", "by").order_by("-pk")
    shown = {file.pk for file in stored.files(row.file_id for row in rows)}
    return [row for row in rows if row.file_id in shown]


def may_read_file(user, file) -> bool:
    """A file that was uploaded for a case is read by whoever may read the case, before that by the uploader."""
    return file.uploaded_by_id == user.pk or CaseFile.objects.filter(file_id=file.pk).exists()


# ---- lists ----------------------------------------------------------------------------------------------------------


def cases(
    *,
    flow_id: str = "",
    show: str = "open",
    state: str = "",
    department_id: int | None = None,
    text: str = "",
    owner=None,
    now: datetime | None = None,
) -> QuerySet[Case]:
    """Cases in scope, the earliest due first. show: open, overdue, mine, closed, all."""
    rows = Case.objects.select_related("owner", "opened_by")
    if flow_id:
        rows = rows.filter(flow_id=flow_id)
    rows = rows.filter(_shown(show, owner, now or timezone.now()))
    if state:
        rows = rows.filter(pk__in=_standing_in(state)) if show != "closed" else rows.filter(state=state)
    if department_id:
        rows = rows.filter(department_id=department_id)
    if text.strip():
        rows = rows.filter(Q(number__icontains=text.strip()) | Q(title__icontains=text.strip()))
    late_first = show in ("open", "overdue", "mine")
    return rows.order_by("due_at", "-pk") if late_first else rows.order_by("-opened_at", "-pk")


def _shown(show: str, owner, now: datetime) -> Q:
    if show == "all":
        return Q()
    if show == "closed":
        return Q(closed_at__isnull=False)
    found = Q(closed_at=None)
    if show == "overdue":
        return found & Q(due_at__lte=now)
    if show == "mine":
        return found & Q(pk__in=Branch.objects.filter(owner=owner, closed_at=None).values("case_id"))
    return found


def _standing_in(state: str):
    return Branch.objects.filter(state=state, closed_at=None).values("case_id")


@dataclass(frozen=True)
class Counts:
    """The number cards of a register."""

    open: int
    mine: int
    overdue: int
    closed: int


def counts(*, flow_id: str, user, now: datetime) -> Counts:
    mine = Branch.objects.filter(owner=user, closed_at=None).values("case_id")
    found = Case.objects.filter(flow_id=flow_id).aggregate(
        open=Count("pk", filter=Q(closed_at=None)),
        mine=Count("pk", filter=Q(closed_at=None, pk__in=mine)),
        overdue=Count("pk", filter=Q(closed_at=None, due_at__lte=now)),
        closed=Count("pk", filter=Q(closed_at__isnull=False)),
    )
    return Counts(**found)


def open_by_flow() -> Mapping[str, int]:
    """Flow id → open cases in scope."""
    rows = Case.objects.filter(closed_at=None).order_by().values_list("flow_id").annotate(n=Count("pk"))
    return dict(rows)


def open_by_state(flow_id: str) -> list[tuple[int, str, int]]:
    """(version, state's title, number of open cases), as far as in scope."""
    rows = Case.objects.filter(flow_id=flow_id, closed_at=None).order_by("flow_version", "state_title")
    return list(rows.values_list("flow_version", "state_title").annotate(n=Count("pk")))


def open_on_other_versions(flow_id: str, flow_hash: str) -> int:
    """Open cases that run under another version than the given one."""
    return Case.objects.filter(flow_id=flow_id, closed_at=None).exclude(flow_hash=flow_hash).count()


def case(pk: int) -> Case | None:
    return Case.objects.select_related("owner", "opened_by", "department").filter(pk=pk).first()


def cases_of_source(*, source_kind: str, source_key: str) -> QuerySet[Case]:
    """The cases that were opened about something else in the product."""
    return Case.objects.filter(source_kind=source_kind, source_key=source_key).order_by("-opened_at")


# ---- the story ------------------------------------------------------------------------------------------------------


def lines(case: Case) -> list[story.Line]:
    """The history as it was recorded, oldest first."""
    return [_line(step) for step in case.steps.select_related("by", "to").order_by("pk")]


def _line(step: CaseStep) -> story.Line:
    return story.Line(
        act=step.act,
        at=step.at,
        by=str(step.by or SYSTEM),
        branch=step.branch,
        step=step.step,
        before=step.before,
        after=step.after,
        to=step.to_words or (str(step.to) if step.to else ""),
        reason=step.reason,
        due_reason=step.due_reason,
        sheet=step.sheet_id,
    )


def told(case: Case) -> list[story.Told]:
    """The history as sentences, newest first."""
    return story.tell(flow_of(case), lines(case))[::-1]


def last_owner_of(case: Case, state: str):
    """Who had the case when it stood in a state before, or None."""
    acts = [Act.OPEN, Act.MOVE, Act.RETURN, Act.FORK, Act.JOIN, Act.DELEGATE, Act.REASSIGN, Act.TIMEOUT]
    step = case.steps.filter(after=state, to__isnull=False, act__in=acts).order_by("-pk").first()
    return step.to if step else None


def loads(users: Iterable[User]) -> dict[int, int]:
    """Account id → how many open branches it has, over the whole hospital as far as in scope."""
    ids = [user.pk for user in users]
    rows = Branch.objects.filter(owner_id__in=ids, closed_at=None).order_by().values_list("owner_id")
    return dict(rows.annotate(n=Count("pk")))
