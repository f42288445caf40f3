"""Obligations and defects as lists show them: filtered, with the patient, the bed, the writer and the countdown.

Row policies and the scope of the request keep every list to the reader's departments; filters only narrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.organisation.queries import names as department_names
from zhikong.foundation.patients.models import Stay
from zhikong.foundation.patients.queries import ShownName, names_for
from zhikong.hospital.functions.records import facets
from zhikong.hospital.functions.records.models import Defect, KeyRecord, Obligation
from zhikong.hospital.functions.records.queries.results.in_force import all_rules
from zhikong.hospital.functions.records.queries.running.people import names_of
from zhikong.hospital.functions.records.rules_running import TONES, Countdown, countdown, state_at

STATE = Obligation.State
SHOWS = ("due", "overdue", "today", "soon", "open", "late", "done", "excused", "unknown")
"""due: overdue or due today, what a quality officer looks for in the morning."""


@dataclass(frozen=True)
class Line:
    """One obligation or defect for a reader's eyes. state: as of now, since time passes between two checks."""

    row: Any
    patient: ShownName
    bed: str
    department: str
    writer: str
    state: str
    tone: str
    countdown: Countdown | None
    key_record: bool

    @property
    def is_open(self) -> bool:
        """An obligation that still waits."""
        return self.state in Obligation.OPEN and self.row.ended_at is None


def day_end(now: datetime) -> datetime:
    """The last moment of the local day."""
    return timezone.localtime(now).replace(hour=23, minute=59, second=59, microsecond=999_999)


def obligations(filters: Mapping[str, str], *, now: datetime) -> QuerySet[Obligation]:
    """Obligations of open stays in scope that fit: show, department, doctor (staff code), rule, stage, stay, key.

    The most urgent first: overdue, then by due time.
    """
    found = Obligation.objects.filter(ended_at=None)
    found = found.filter(_shown(filters.get("show") or "due", now))
    for name, column in _COLUMNS.items():
        if filters.get(name):
            found = found.filter(**{column: filters[name]})
    if filters.get("key") == "1":
        found = found.filter(stay_id__in=KeyRecord.objects.filter(ended_at=None).values("stay_id"))
    return found.select_related("user").order_by(F("due_at").asc(nulls_last=True), "stay_id", "pk")


_COLUMNS = {
    "department": "department_id",
    "doctor": "responsible",
    "rule": "rule",
    "stage": "stage",
    "stay": "stay_id",
}


def _shown(show: str, now: datetime) -> Q:
    """The condition of a filter. Times decide about open ones: the stored state is as old as the last check."""
    running = Q(state__in=Obligation.OPEN)
    minute = now.replace(second=0, microsecond=0)
    conditions = {
        "due": running & Q(due_at__lte=day_end(now)),
        "overdue": running & Q(due_at__lt=minute),
        "today": running & Q(due_at__gte=minute, due_at__lte=day_end(now)),
        "soon": running & Q(due_at__gte=minute, warn_at__lte=now),
        "open": running,
        "late": Q(state=STATE.LATE),
        "done": Q(state__in=[STATE.DONE, STATE.LATE]),
        "excused": Q(state=STATE.EXCUSED),
        "unknown": Q(state=STATE.UNKNOWN),
    }
    return conditions.get(show, conditions["due"])


def counts(found: QuerySet[Obligation], *, now: datetime) -> dict[str, int]:
    """How many of some obligations are overdue, due today, warned, open, late and done: one query."""
    names = ("overdue", "today", "soon", "open", "late", "done")
    return found.order_by().aggregate(**{name: Count("pk", filter=_shown(name, now)) for name in names})


def running() -> QuerySet[Obligation]:
    """All obligations of open stays in scope."""
    return Obligation.objects.filter(ended_at=None)


def of_doctor(user) -> Q:
    """What a person is responsible for: by account."""
    return Q(user_id=user.pk)


def defects(filters: Mapping[str, str]) -> QuerySet[Defect]:
    """Defects of open records in scope that fit: state (alive, to_mend, or one), department, doctor, rule, source."""
    found = Defect.objects.all()
    state = filters.get("state") or "alive"
    if state == "alive":
        found = found.filter(state__in=Defect.ALIVE)
    elif state == "to_mend":
        found = found.filter(state__in=Defect.TO_MEND)
    elif state in Defect.State.values:
        found = found.filter(state=state)
    for name, column in {**_COLUMNS, "source": "source"}.items():
        if filters.get(name):
            found = found.filter(**{column: filters[name]})
    waiting_first = Case(
        When(state=Defect.State.MENDED, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return found.select_related("user", "case").order_by(waiting_first, "-first_seen_at", "pk")


def lines(rows: Iterable[Any], *, by, now: datetime, purpose: str) -> list[Line]:
    """Rows with patients, beds, departments and writers, a fixed number of queries for any number of rows."""
    listed: Sequence[Any] = list(rows)
    stays = _stays({row.stay_id for row in listed})
    keys = {row.patient_key for row in listed}
    people = names_for(by=by, patient_keys=keys, purpose=purpose, now=now) if keys else {}
    places = department_names(on=timezone.localdate(now))
    writers = names_of({row.responsible for row in listed}) | {"": ""}
    roles = _roles({row.rule for row in listed if not row.responsible}, now)
    marked = set(
        KeyRecord.objects.filter(ended_at=None, stay_id__in=list(stays)).values_list("stay_id", flat=True)
    )
    return [_line(row, stays, people, places, writers, marked, now, roles) for row in listed]


def _line(row, stays, people, places, writers, marked, now: datetime, roles: Mapping[str, str]) -> Line:
    stay = stays.get(row.stay_id)
    obliged = isinstance(row, Obligation)
    state = state_at(row.state, due_at=row.due_at, warn_at=row.warn_at, now=now) if obliged else row.state
    return Line(
        row=row,
        patient=people[row.patient_key],
        bed=str(stay.bed) if stay and stay.bed else "",
        department=places.get(row.department_id, ""),
        writer=writers.get(row.responsible) or row.responsible or roles.get(row.rule, ""),
        state=state,
        tone=TONES.get(state, "none") if obliged else DEFECT_TONES[row.state],
        countdown=countdown(row.due_at, now) if obliged else None,
        key_record=row.stay_id in marked,
    )


def _roles(rules: Iterable[str], now: datetime) -> dict[str, str]:
    """Rule -> whose duty it is in words, for what nobody is named for yet."""
    wanted = set(rules)
    known = all_rules(on=timezone.localdate(now)) if wanted else {}
    said = {rule: str(getattr(known.get(rule), "responsible", "") or "") for rule in wanted}
    return {rule: str(facets.RESPONSIBLE.get(role, "")) for rule, role in said.items()}


DEFECT_TONES = {
    "open": "bad",
    "returned": "bad",
    "mended": "warn",
    "appealed": "info",
    "confirmed": "ok",
    "refuted": "none",
    "excused": "none",
    "settled": "none",
}


def _stays(stay_ids: Iterable[str]) -> dict[str, Stay]:
    found = Stay.objects.select_related("bed").filter(stay_id__in=list(stay_ids))
    return {stay.stay_id: stay for stay in found}


@dataclass(frozen=True)
class Choices:
    """What the filters above a list offer: only what occurs in it."""

    doctors: tuple[tuple[str, str], ...]
    rules: tuple[tuple[str, str], ...]
    departments: tuple[tuple[int, str], ...]


def choices(found: QuerySet, *, now: datetime) -> Choices:
    """Doctors, rules and departments that occur in a list, in three queries."""
    plain = found.order_by()
    codes = set(plain.values_list("responsible", flat=True).distinct())
    named, places = names_of(codes), department_names(on=timezone.localdate(now))
    rules = dict(plain.exclude(rule="").values_list("rule", "title").distinct())
    here = set(plain.values_list("department_id", flat=True).distinct()) - {None}
    return Choices(
        tuple(sorted(((code, named.get(code, code)) for code in codes if code), key=lambda one: one[1])),
        tuple(sorted(rules.items(), key=lambda one: one[1])),
        tuple(sorted(((place, places.get(place, "")) for place in here), key=lambda one: one[1])),
    )


def recently_done(user, *, now: datetime, days: int = 7) -> QuerySet[Obligation]:
    """What a person completed in the last days, the newest first."""
    rows = Obligation.objects.filter(of_doctor(user), state__in=[STATE.DONE, STATE.LATE])
    return (
        rows.filter(done_at__gt=now - timedelta(days=days)).select_related("user").order_by("-done_at", "pk")
    )


def punctuality(found: QuerySet[Obligation]) -> tuple[int, int]:
    """(done in time, done at all) of some obligations: the on-time rate of REC-34."""
    sums = found.order_by().aggregate(
        done=Count("pk", filter=Q(state=STATE.DONE)),
        all=Count("pk", filter=Q(state__in=[STATE.DONE, STATE.LATE])),
    )
    return sums["done"], sums["all"]


def people_by_id(numbers: Iterable[int]) -> dict[int, User]:
    return User.objects.in_bulk(list(numbers))
