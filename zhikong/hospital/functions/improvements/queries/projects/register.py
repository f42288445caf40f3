"""The register of projects: one of them, lists with filters, what is overdue, figures by kind, department and year."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from zhikong.hospital.functions.improvements.models.projects import Project

State = Project.State
ENDED = (State.CLOSED, State.DECLINED, State.STOPPED)


def project(pk: int) -> Project | None:
    """One project within scope, or None."""
    return Project.objects.select_related("department", "leader", "emblem").filter(pk=pk).first()


def projects(
    *, kind: str = "", state: str = "", department_id: int | None = None, year: int | None = None, line: str = "",
    text: str = "", today: date | None = None,
) -> QuerySet[Project]:  # fmt: skip
    """Projects within scope, the newest first. state: one of Project.State, ``open`` or ``overdue`` (by today)."""
    found = Project.objects.select_related("leader")
    if kind:
        found = found.filter(kind_id=kind)
    if state == "open":
        found = found.exclude(state__in=ENDED)
    elif state == "overdue":
        found = found.exclude(state__in=(*ENDED, State.PROPOSED)).filter(ends_on__lt=today)
    elif state:
        found = found.filter(state=state)
    if department_id:
        found = found.filter(Q(department_id=department_id) | Q(partners__contains=[department_id]))
    if year:
        found = found.filter(starts_on__year=year)
    if line:
        found = found.filter(line=line)
    if text:
        found = found.filter(
            Q(title__icontains=text) | Q(number__icontains=text) | Q(circle_name__icontains=text)
        )
    return found


def years() -> list[int]:
    """Years in which projects began, the newest first."""
    return [one.year for one in Project.objects.order_by().dates("starts_on", "year", order="DESC")]


def departments() -> list[tuple[int, str]]:
    """(id, name) of the departments that have projects."""
    rows = Project.objects.order_by("department_name").values_list("department_id", "department_name")
    return list(dict(rows).items())


def of_link(what: str, key: str) -> Project | None:
    """The newest project, not declined, that is linked with a thing; None without one."""
    found = Project.objects.filter(links__what=what, links__key=key).exclude(state=State.DECLINED)
    return found.order_by("-pk").first()


def waiting() -> int:
    """Proposals that wait for approval."""
    return Project.objects.filter(state=State.PROPOSED).count()


@dataclass(frozen=True)
class Line:
    """Figures of one group. rate: reached or improved of the closed and judged ones, in per cent, or None."""

    name: str
    total: int
    running: int
    overdue: int
    closed: int
    reached: int
    improved: int
    not_shown: int

    @property
    def judged(self) -> int:
        return self.reached + self.improved + self.not_shown

    @property
    def rate(self) -> float | None:
        return (self.reached + self.improved) * 100 / self.judged if self.judged else None


def figures(found: Iterable[Project], by: Callable[[Project], str], *, today: date) -> list[Line]:
    """Counts and success rate by group, the largest group first; declined ones are not counted."""
    groups: dict[str, list[Project]] = {}
    for one in found:
        if one.state != State.DECLINED:
            groups.setdefault(by(one), []).append(one)
    lines = [line(name, rows, today=today) for name, rows in groups.items()]
    return sorted(lines, key=lambda each: (-each.total, each.name))


def line(name: str, rows: list[Project], *, today: date) -> Line:
    closed = [one for one in rows if one.state == State.CLOSED]
    success = [one.success for one in closed]
    return Line(
        name=name,
        total=len(rows),
        running=sum(one.is_open for one in rows),
        overdue=sum(one.is_overdue(today) for one in rows),
        closed=len(closed),
        reached=success.count(Project.Success.REACHED),
        improved=success.count(Project.Success.IMPROVED),
        not_shown=success.count(Project.Success.NOT_SHOWN),
    )
