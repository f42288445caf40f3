"""The ward board: every bed with the light of its patient's record, and the stays that last longer than 30 days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from zhikong.foundation.patients.models import LiveRow, Stay
from zhikong.foundation.patients.queries import ShownName, names_for, open_beds, open_stays
from zhikong.hospital.functions.records.models import Defect, KeyRecord, Obligation
from zhikong.hospital.functions.records.queries.running.lists import _shown, running
from zhikong.hospital.functions.records.queries.running.people import names_of
from zhikong.hospital.functions.records.rules_running import LONG_STAY, OVERDUE, PENDING, WARNING, light

CRITICAL = {"critical": "病危", "serious": "病重"}


@dataclass(frozen=True)
class Bed:
    """One bed of the board. tone: its light; stay is None for an empty bed."""

    number: str
    stay: Stay | None = None
    patient: ShownName | None = None
    doctor: str = ""
    tone: str = "none"
    overdue: int = 0
    soon: int = 0
    defects: int = 0
    condition: str = ""
    key_record: bool = False
    days: int = 0


@dataclass(frozen=True)
class Ward:
    """A ward's beds in the order of their numbers."""

    name: str
    beds: list[Bed] = field(default_factory=list)


def ward_board(*, by, now: datetime, department_id: int) -> list[Ward]:
    """Beds of one department, the empty ones too, each with its light; patients without a bed come last."""
    stays = list(open_stays(department_id=department_id))
    known = _Known(by, stays, now)
    lying = {stay.bed_id: stay for stay in stays if stay.bed_id}
    wards: dict[str, list[Bed]] = {}
    for bed in open_beds(on=timezone.localdate(now), department_id=department_id):
        wards.setdefault(bed.ward, []).append(known.bed(bed.number, lying.get(bed.pk)))
    for stay in stays:
        if stay.bed_id is None:
            wards.setdefault("", []).append(known.bed("", stay))
    ordered = sorted(wards, key=lambda name: (name == "", name))
    return [Ward(name, sorted(wards[name], key=lambda bed: _bed_order(bed.number))) for name in ordered]


def _bed_order(number: str) -> tuple[int, int, str]:
    """Numbers as numbers: bed 2 before bed 10."""
    digits = "".join(c for c in number if c.isdigit())
    return (number == "", int(digits) if digits else 0, number)


class _Known:
    """What the board needs of some stays, read in a fixed number of queries."""

    def __init__(self, by, stays: list[Stay], now: datetime):
        ids, keys = [stay.stay_id for stay in stays], [stay.patient_key for stay in stays]
        self.now = now
        self.counts = _counts(ids, now)
        alive = Defect.objects.filter(stay_id__in=ids, state__in=Defect.TO_MEND)
        self.defects = dict(alive.order_by().values_list("stay_id").annotate(n=Count("pk")))
        self.people = names_for(by=by, patient_keys=keys, purpose="病区看板", now=now) if keys else {}
        self.doctors = names_of({stay.attending_doctor for stay in stays})
        self.marked = set(
            KeyRecord.objects.filter(ended_at=None, stay_id__in=ids).values_list("stay_id", flat=True)
        )
        self.conditions = _conditions(ids)

    def bed(self, number: str, stay: Stay | None) -> Bed:
        if stay is None:
            return Bed(number)
        counts = self.counts.get(stay.stay_id, {})
        defects = self.defects.get(stay.stay_id, 0)
        return Bed(
            number=number,
            stay=stay,
            patient=self.people[stay.patient_key],
            doctor=self.doctors.get(stay.attending_doctor, stay.attending_doctor),
            tone=light(counts, defects),
            overdue=counts.get(OVERDUE, 0),
            soon=counts.get(WARNING, 0),
            defects=defects,
            condition=self.conditions.get(stay.stay_id, ""),
            key_record=stay.stay_id in self.marked,
            days=(self.now - stay.admitted_at).days,
        )


def _counts(stay_ids: Iterable[str], now: datetime) -> dict[str, dict[str, int]]:
    """Stay -> state as of now -> obligations."""
    rows = Obligation.objects.filter(stay_id__in=list(stay_ids), ended_at=None).order_by().values("stay_id")
    summed = rows.annotate(
        overdue=Count("pk", filter=_shown("overdue", now)),
        soon=Count("pk", filter=_shown("soon", now)),
        open=Count("pk", filter=_shown("open", now)),
        done=Count("pk", filter=_shown("done", now)),
    )
    return {
        row["stay_id"]: {
            OVERDUE: row["overdue"],
            WARNING: row["soon"],
            PENDING: row["open"],
            "done": row["done"],
        }
        for row in summed
    }


def departments_by_need(*, now: datetime) -> list[int]:
    """Departments of the scope that have something open to do: most overdue first, then most due today."""
    rows = running().filter(department_id__isnull=False).order_by().values("department_id")
    summed = rows.annotate(
        overdue=Count("pk", filter=_shown("overdue", now)), due=Count("pk", filter=_shown("due", now))
    )
    worst = summed.filter(due__gt=0).order_by("-overdue", "-due", "department_id")
    return [row["department_id"] for row in worst]


def _conditions(stay_ids: Iterable[str]) -> dict[str, str]:
    """Stay -> 病危 or 病重, as long as it lasts."""
    rows = LiveRow.objects.filter(stay_id__in=list(stay_ids), table="condition_periods", late=False)
    found: dict[str, str] = {}
    for stay, kind, ended in rows.values_list("stay_id", "row__kind", "row__ended_at"):
        if ended is None and kind in CRITICAL and found.get(stay) != CRITICAL["critical"]:
            found[stay] = CRITICAL[kind]
    return found


@dataclass(frozen=True)
class LongStay:
    """A patient in hospital for more than 30 days (REC-19). waiting: obligations of the long stay that are not done."""

    stay: Stay
    patient: ShownName
    department: str
    doctor: str
    days: int
    obligations: list[Obligation]

    @property
    def done(self) -> list[Obligation]:
        return [
            one for one in self.obligations if one.state in (Obligation.State.DONE, Obligation.State.LATE)
        ]

    @property
    def waiting(self) -> list[Obligation]:
        return [one for one in self.obligations if one.state in Obligation.OPEN]


def long_stays(*, now: datetime, department_id: int | None = None) -> QuerySet[Stay]:
    """Open stays of more than 30 days in scope, the longest first."""
    return open_stays(department_id=department_id).filter(admitted_at__lt=now - LONG_STAY)


def long_stay_lines(
    stays: Iterable[Stay], *, by, now: datetime, rules: Iterable[str], places: Mapping[int, str]
) -> list[LongStay]:
    """Stays with what the rules of long stays (assessment, grand round) demand of them."""
    listed = list(stays)
    keys = [stay.patient_key for stay in listed]
    people = names_for(by=by, patient_keys=keys, purpose="住院超过 30 天患者", now=now) if keys else {}
    doctors = names_of({stay.attending_doctor for stay in listed})
    demanded: dict[str, list[Obligation]] = {}
    rows = Obligation.objects.filter(
        stay_id__in=[stay.stay_id for stay in listed], rule__in=list(rules), ended_at=None
    )
    for row in rows.order_by("due_at", "pk"):
        demanded.setdefault(row.stay_id, []).append(row)
    return [
        LongStay(
            stay=stay,
            patient=people[stay.patient_key],
            department=places.get(stay.department_id, ""),
            doctor=doctors.get(stay.attending_doctor, stay.attending_doctor),
            days=(now - stay.admitted_at) // timedelta(days=1),
            obligations=demanded.get(stay.stay_id, []),
        )
        for stay in listed
    ]
