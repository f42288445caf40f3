"""What every act on a visit does: look once more under a lock, write down, keep the readers right."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import current_scope, scoped
from zhikong.foundation.forms.actions import let_in
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.inspections.models.planning import Visit, VisitNumber, VisitStep
from zhikong.hospital.functions.inspections.rules_planning import (
    SOURCE,
    NotAllowedNow,
    State,
    check_step,
    hidden,
)

HIDDEN_FROM_ALL_BUT = ("quality_office", "medical_affairs", "hospital_leader")
"""Roles that see a surprise visit before it begins, besides its inspectors and the programme's own office."""
MOMENTS = {
    State.OPEN: "started",
    State.COMMENT: "commented",
    State.CONCLUDED: "concluded",
    State.NOTIFIED: "notified",
    State.CLOSED: "closed",
    State.CANCELLED: "cancelled",
}


@contextmanager
def widened():
    """The same person, for a moment over the whole hospital: only to draw a sample and to open the sheets for it.

    An inspector from elsewhere does not see a ward's patients; what is drawn for his visit he does.
    """
    with scoped(dataclasses.replace(current_scope(), departments=None, memo={})):
        yield


def lock(visit: Visit) -> Visit:
    """The row as it is now, held until the transaction ends; other acts on the same visit wait."""
    Visit.objects.select_for_update().filter(pk=visit.pk).first()
    visit.refresh_from_db()
    return visit


def record(visit: Visit, act: str, *, by, now: datetime, text: str = "") -> VisitStep:
    """One line of the story."""
    return VisitStep.objects.create(
        institution_id=visit.institution_id, visit=visit, act=act, text=text, at=now, by=by
    )


@transaction.atomic
def step(visit: Visit, to: str, *, by, now: datetime, text: str = "") -> Visit:
    """Take a visit to its next state, note who and when, open it to those who may see it from now on.

    The caller has asked whether ``by`` may. Raises ValidationError when the state does not allow it.
    """
    lock(visit)
    try:
        visit.state = check_step(visit.state, to)
    except NotAllowedNow as error:
        raise ValidationError(str(error)) from None
    moment = MOMENTS.get(visit.state)
    if moment and not (visit.state == State.OPEN and visit.started_at):
        setattr(visit, f"{moment}_at", now)
        setattr(visit, f"{moment}_by", by)
    visit.save()
    record(visit, visit.state, by=by, now=now, text=text)
    keep_readers(visit, now=now)
    return visit


def keep_readers(visit: Visit, *, now: datetime) -> None:
    """Inspectors and planner read it; the inspected side by its department, and not before it is told."""
    named = set(visit.inspectors.filter(left_at=None).values_list("user_id", flat=True))
    readers = sorted({*named, *([visit.planned_by_id] if visit.planned_by_id else [])})
    kept = hidden(visit.notice, visit.state)
    if not kept and visit.department_id is None:
        readers = sorted({*readers, *_heads_of_stops(visit, timezone.localdate(now))})
    roles = (
        sorted({*HIDDEN_FROM_ALL_BUT, *([visit.programme.owner_role] if visit.programme else [])})
        if kept
        else []
    )
    visit.confidential, visit.readers, visit.reader_roles = kept, readers, roles
    visit.save(update_fields=["confidential", "readers", "reader_roles"])
    let_in(
        source_kind=SOURCE, source_key=str(visit.pk), confidential=kept, readers=readers, reader_roles=roles
    )


def _heads_of_stops(visit: Visit, today: date) -> set[int]:
    """A tracer belongs to no department; the heads along its path read it once it has begun."""
    found = visit.stops.exclude(department_id=None).values_list("department_id", flat=True)
    return {head.pk for place in set(found) for head in organisation.heads(department_id=place, on=today)}


def next_number(year: int) -> str:
    """JC-2026-0001; the row lock makes two who plan at once wait for each other."""
    key = {"institution_id": current_scope().institution_id, "year": year}
    VisitNumber.objects.get_or_create(**key)
    series = VisitNumber.objects.select_for_update().get(**key)
    series.last += 1
    series.save(update_fields=["last"])
    return f"JC-{year}-{series.last:04d}"


def home_of(user, now: datetime) -> int | None:
    """A department in which this person's task can hang, so that he sees it: his own, or none for the whole hospital."""
    scope = scope_of(user, timezone.localdate(now))
    return None if scope.departments is None else min(scope.departments, default=None)


def finish_tasks(visit: Visit, *, by, now: datetime) -> int:
    """The visit is concluded: its inspectors' tasks are done, wherever they hang."""
    with widened():
        return tasks.complete_for(source_kind=SOURCE, source_key=str(visit.pk), by=by, now=now)
