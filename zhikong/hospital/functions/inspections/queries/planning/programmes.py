"""Programmes: what the packs offer, what this hospital runs, and how it runs it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.packstore import queries as packstore
from zhikong.foundation.packstore.queries import Resolved
from zhikong.hospital.functions.inspections import rules_planning_days as days
from zhikong.hospital.functions.inspections.models.planning import Programme, Round
from zhikong.hospital.functions.inspections.rules_planning import FINISHED, UPCOMING
from zhikong.hospital.functions.inspections.rules_planning_days import Occasion
from zhikong.hospital.functions.inspections.rules_planning_programmes import ProgrammeDefinition

CODE = "inspection_programme"
AHEAD = 120  # days within which the next occasion is looked for


def definitions(*, on: date) -> list[Resolved]:
    """What the packs and the hospital's own versions offer, by id; `.obj` is the ProgrammeDefinition."""
    return packstore.resolve_all(CODE, on=on)


def definition(programme: Programme, *, on: date) -> ProgrammeDefinition | None:
    """The programme as this hospital runs it; None when its definition is no longer in force."""
    found = packstore.resolve(CODE, programme.definition_id, on=on)
    return found.obj.with_settings(programme.settings) if found else None


def programmes(*, active: bool | None = True) -> QuerySet[Programme]:
    """Programmes that run (or all, or the ended ones), with counts of their visits."""
    rows = Programme.objects.select_related("department", "made_by").annotate(
        waiting=Count("visits", filter=Q(visits__state__in=list(UPCOMING))),
        done=Count("visits", filter=Q(visits__state__in=list(FINISHED))),
        last_on=Max("visits__planned_on", filter=Q(visits__state__in=list(FINISHED))),
    )
    return rows if active is None else rows.filter(ended_at__isnull=active)


def programme(pk: int) -> Programme | None:
    return programmes(active=None).filter(pk=pk).first()


def running(*, on: date) -> list[Programme]:
    """What may come round on a day: begun, not ended, and within a campaign's days."""
    rows = Programme.objects.filter(ended_at=None, starts_on__lte=on)
    return list(rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on)).order_by("pk"))


def of_definition(definition_id: str, *, department_id: int | None = None) -> Programme | None:
    """The running programme of a packaged one, of the hospital or of a department."""
    rows = Programme.objects.filter(definition_id=definition_id, ended_at=None, department_id=department_id)
    return rows.first()


def rounds(programme: Programme | None = None, *, states: Iterable[str] = ()) -> QuerySet[Round]:
    """Rounds in scope, the latest first, with how many visits stand where."""
    rows = Round.objects.select_related("programme", "planned_by", "made_by").annotate(
        visits_planned=Count("visits"),
        visits_done=Count("visits", filter=Q(visits__state__in=list(FINISHED))),
    )
    rows = rows if programme is None else rows.filter(programme=programme)
    return rows.filter(state__in=list(states)) if states else rows


def round_(pk: int) -> Round | None:
    return rounds().filter(pk=pk).first()


def may_plan(user, programme: Programme) -> bool:
    """Whether this person may plan by the programme and change it."""
    place = programme.department_id
    return can(user, Permission.PLAN_INSPECTIONS, place, whole_hospital=place is None)


def seed_of(programme: Programme) -> str:
    """Which days a programme's surprises fall on; made when it began, shown nowhere before the day."""
    return programme.settings.get("seed", "")


def occasions(programme: Programme, found: ProgrammeDefinition, first: date, last: date) -> list[Occasion]:
    """When the programme comes round between two days, within its own time."""
    begin, end = max(first, programme.starts_on), min(last, programme.ends_on or last)
    if begin > end:
        return []
    return days.occasions(
        found.when, begin, end, working_calendar(), window=found.window, seed=seed_of(programme)
    )


@dataclass(frozen=True)
class Shown:
    """A programme on the list: what it is, when it comes round next, and what stands open."""

    programme: Programme
    definition: ProgrammeDefinition | None
    next: Occasion | None
    secret: bool

    @property
    def broken(self) -> bool:
        return self.definition is None


def shown(rows: Iterable[Programme], *, now: datetime) -> list[Shown]:
    """Programmes with their next occasion; a surprise's day is not told."""
    today = timezone.localdate(now)
    found = []
    for one in rows:
        known = definition(one, on=today)
        secret = known is not None and bool(known.when.surprise)
        coming = (
            [] if known is None or secret else occasions(one, known, today, today + timedelta(days=AHEAD))
        )
        found.append(Shown(one, known, coming[0] if coming else None, secret))
    return found


def not_yet(*, on: date, department_id: int | None = None) -> list[ProgrammeDefinition]:
    """What is offered and does not run yet."""
    have = set(
        Programme.objects.filter(ended_at=None, department_id=department_id).values_list(
            "definition_id", flat=True
        )
    )
    return [one.obj for one in definitions(on=on) if one.id not in have]
