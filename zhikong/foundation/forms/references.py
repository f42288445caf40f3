"""People, departments and patients that an answer may point at, for whoever fills the sheet, and their names.

A patient is offered and accepted only from the departments in scope; names are masked by foundation/patients, which
also logs each look at a clear one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from zhikong.foundation.files.queries import files
from zhikong.foundation.forms.definition.model import FormDefinition, ItemType
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.patients import queries as patients
from zhikong.foundation.patients.models import Stay, TreatingDepartment

MOST = 60
READ = 300  # rows looked at for one list
PURPOSE = "填表时选择患者"
PURPOSE_SHOW = "查看表里的患者"


@dataclass(frozen=True)
class Choice:
    """One line of a picker: what is stored, what is shown, and a quiet word that tells namesakes apart."""

    value: str
    label: str
    note: str = ""


class Existing:
    """answers.Known against the database; within one judgement each reference is asked once."""

    def __init__(self, *, on: date) -> None:
        self.on = on
        self._asked: dict[tuple[ItemType, object], bool] = {}

    def __call__(self, kind: ItemType, value: object) -> bool:
        key = (kind, value)
        if key not in self._asked:
            self._asked[key] = EXISTS[kind](value, self.on)
        return self._asked[key]


def _person(value, on: date) -> bool:
    return Person.objects.filter(pk=value).exists()


def _department(value, on: date) -> bool:
    return organisation.department_on(department_id=value, on=on) is not None


def _patient(value, on: date) -> bool:
    in_bed = Stay.objects.filter(patient_key=value).exists()
    return in_bed or TreatingDepartment.objects.filter(patient_key=value).exists()


def _file(value, on: date) -> bool:
    return bool(files([value]))


EXISTS = {
    ItemType.PERSON: _person,
    ItemType.DEPARTMENT: _department,
    ItemType.PATIENT: _patient,
    ItemType.PHOTO: _file,
}


def choices(
    kind: ItemType, *, text: str, department_id: int | None, by, now: datetime, most: int = MOST
) -> list[Choice]:
    """What a picker offers for what was typed; people of the sheet's own department stand first."""
    return SEARCHES[kind](text.strip(), department_id, by, now)[:most]


def _people(text: str, department_id: int | None, by, now: datetime) -> list[Choice]:
    posts = Appointment.objects.filter(organisation.in_force(timezone.localdate(now)))
    rows = Person.objects.filter(pk__in=posts.values("person_id"))
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(staff_number__istartswith=text))
    own = (
        set(posts.filter(department_id=department_id).values_list("person_id", flat=True))
        if department_id
        else set()
    )
    if own and not text:
        rows = rows.filter(pk__in=own)
    found = sorted(rows.order_by("name", "staff_number")[:READ], key=lambda p: p.pk not in own)
    return [Choice(str(p.pk), p.name, p.staff_number) for p in found]


def _departments(text: str, department_id: int | None, by, now: datetime) -> list[Choice]:
    known = organisation.departments(on=timezone.localdate(now))
    near = [d for d in known if text.casefold() in f"{d.name} {d.code} {d.sort_key}".casefold()]
    return [Choice(str(d.id), d.name, d.code) for d in near]


def _patients(text: str, department_id: int | None, by, now: datetime) -> list[Choice]:
    """By bed or by the end of the record number; names are searched only among those shown in clear."""
    stays = list(patients.open_stays(department_id=department_id)[:READ])
    shown = patients.names_for(by=by, patient_keys=[s.patient_key for s in stays], purpose=PURPOSE, now=now)
    found = [
        Choice(s.patient_key, shown[s.patient_key].name, _where(s, shown[s.patient_key].record_number))
        for s in stays
    ]
    return [c for c in found if text.casefold() in f"{c.label} {c.note}".casefold()]


def _where(stay: Stay, record_number: str) -> str:
    return f"{stay.bed or ''} {record_number}".strip()


SEARCHES = {ItemType.PERSON: _people, ItemType.DEPARTMENT: _departments, ItemType.PATIENT: _patients}


def chosen(kind: ItemType, value: str, *, by, now: datetime) -> Choice | None:
    """The line of what is already chosen, or None when it does not exist."""
    wanted = value if kind is ItemType.PATIENT else int(value) if value.isdigit() else None
    if not wanted:
        return None
    found = _named({kind: {wanted}}, by=by, now=now).get((kind, value))
    return Choice(value, found) if found else None


def patients_of(keys: Iterable[str], *, by, now: datetime) -> dict[str, str]:
    """Patient key → name and record number as this reader may see them, for the subjects of sheets."""
    wanted = {key for key in keys if key}
    return {key: label for (_kind, key), label in _patient_labels(wanted, by, now).items()}


def labels(
    form: FormDefinition, answers: Iterable[dict], *, by, now: datetime
) -> dict[tuple[ItemType, str], str]:
    """(type, stored value) → what to show, for all references in the answers of one or many sheets of a form."""
    wanted: dict[ItemType, set] = {kind: set() for kind in SEARCHES}
    for values in answers:
        for item in form.items():
            _collect(item, values.get(item.id), wanted)
    return _named(wanted, by=by, now=now)


def _named(wanted: dict[ItemType, set], *, by, now: datetime) -> dict[tuple[ItemType, str], str]:
    people = wanted.get(ItemType.PERSON)
    found = Person.objects.filter(pk__in=people) if people else ()
    return {
        **{(ItemType.PERSON, str(person.pk)): person.name for person in found},
        **_department_labels(wanted.get(ItemType.DEPARTMENT, set()), now),
        **_patient_labels(wanted.get(ItemType.PATIENT, set()), by, now),
    }


def _collect(item, value, wanted: dict[ItemType, set]) -> None:
    if value is None:
        return
    if item.type is ItemType.TABLE:
        for row in value:
            for column in item.columns:
                _collect(column, row.get(column.id), wanted)
    elif item.type in wanted:
        wanted[item.type].add(value)


def _department_labels(wanted: set, now: datetime) -> dict[tuple[ItemType, str], str]:
    names = organisation.names(on=timezone.localdate(now)) if wanted else {}
    return {(ItemType.DEPARTMENT, str(pk)): names.get(pk, "") for pk in wanted}


def _patient_labels(wanted: set, by, now: datetime) -> dict[tuple[ItemType, str], str]:
    if not wanted:
        return {}
    shown = patients.names_for(by=by, patient_keys=sorted(wanted), purpose=PURPOSE_SHOW, now=now)
    return {(ItemType.PATIENT, key): f"{one.name} {one.record_number}" for key, one in shown.items()}
