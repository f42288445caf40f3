"""Writes about patients: identities into the sealed store, open stays and beds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.models import Department
from zhikong.foundation.patients.models import Bed, PatientIdentity, Stay
from zhikong.foundation.patients.queries import bound_to
from zhikong.foundation.patients.rules import Identity, digest, key_of, seal, unseal

_BATCH = 1_000


# Tens of thousands of rows a load: arrays in one statement cost a tenth of what an ORM object a row costs.
_STORE_IDENTITIES = """
    INSERT INTO patients_patientidentity AS known (institution_id, patient_key, sealed, digest, updated_at)
    SELECT %s, row.key, row.sealed, row.digest, %s
    FROM unnest(%s::text[], %s::bytea[], %s::text[]) AS row (key, sealed, digest)
    ON CONFLICT (institution_id, patient_key) DO UPDATE
    SET sealed = excluded.sealed, digest = excluded.digest, updated_at = excluded.updated_at"""
_NOTE_DEPARTMENTS = """
    INSERT INTO patients_treatingdepartment (institution_id, patient_key, department_id)
    SELECT %s, row.key, row.department FROM unnest(%s::text[], %s::bigint[]) AS row (key, department)
    ON CONFLICT DO NOTHING"""


@transaction.atomic
def store_identities(*, by, now: datetime, identities: Mapping[str, Identity], partial: bool = False) -> int:
    """Keep who the patients of a load are (patient_key -> identity); returns how many rows are new or changed.

    partial: parts that are empty were not said, and what is known of them stays (messages of a feed).
    """
    require(by, Permission.MANAGE_DATA)
    known = _known_digests(list(identities))
    key = key_of(settings.IDENTITY_SECRET)
    identities = _completed(identities, key) if partial else identities
    prints = {k: digest(identity, key=key, bound_to=bound_to(k)) for k, identity in identities.items()}
    changed = [k for k, found in prints.items() if known.get(k) != found]
    sealed = [seal(identities[k], key=key, bound_to=bound_to(k)) for k in changed]
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE_IDENTITIES,
            [current_scope().institution_id, now, changed, sealed, [prints[k] for k in changed]],
        )
    return len(changed)


def _completed(identities: Mapping[str, Identity], key: bytes) -> dict[str, Identity]:
    """Identities with the parts that are known of them where nothing was said."""
    found = dict(identities)
    keys = list(identities)
    for start in range(0, len(keys), 10_000):
        for row in PatientIdentity.objects.filter(patient_key__in=keys[start : start + 10_000]):
            before = unseal(row.sealed, key=key, bound_to=bound_to(row.patient_key))
            said = {name: part for name, part in vars(found[row.patient_key]).items() if part}
            found[row.patient_key] = replace(before, **said)
    return found


def _known_digests(keys: Sequence[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for start in range(0, len(keys), 10_000):
        rows = PatientIdentity.objects.filter(patient_key__in=keys[start : start + 10_000])
        known.update(rows.values_list("patient_key", "digest"))
    return known


@transaction.atomic
def note_treating_departments(*, by, pairs: Iterable[tuple[str, str]]) -> int:
    """Remember which departments treated whom: pairs of patient_key and department code; unknown codes are left out."""
    require(by, Permission.MANAGE_DATA)
    ids = dict(Department.objects.values_list("code", "pk"))
    known = [(key, ids[code]) for key, code in pairs if code in ids]
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE_DEPARTMENTS, [current_scope().institution_id, [k for k, _ in known], [d for _, d in known]]
        )
    return len(known)


@transaction.atomic
def open_bed(*, by, department: Department, number: str, valid_from: date, ward: str = "") -> Bed:
    """Register a bed of a department."""
    require(by, Permission.MANAGE_DATA)
    return Bed.objects.create(
        institution_id=current_scope().institution_id,
        department=department,
        ward=ward,
        number=number,
        valid_from=valid_from,
    )


@transaction.atomic
def register_beds(*, by, on: date, stays: Sequence[Mapping]) -> int:
    """Open the beds that a list of patients names and nobody has registered yet; returns how many."""
    require(by, Permission.MANAGE_DATA)
    departments = dict(Department.objects.values_list("code", "pk"))
    known = set(Bed.objects.filter(valid_to__isnull=True).values_list("department_id", "ward", "number"))
    wanted = {
        (departments[s["department"]], s.get("ward") or "", s["bed"])
        for s in stays
        if s.get("bed") and s["department"] in departments
    }
    scope = current_scope()
    Bed.objects.bulk_create(
        Bed(institution_id=scope.institution_id, department_id=d, ward=ward, number=number, valid_from=on)
        for d, ward, number in sorted(wanted - known)
    )
    return len(wanted - known)


@transaction.atomic
def load_open_stays(*, by, now: datetime, stays: Sequence[Mapping]) -> dict[str, int]:
    """Replace the list of patients in hospital by a whole new one; returns counts of arrived, moved and left.

    stays: mappings with stay_id, patient_key, department (code), admitted_at (aware), and optionally ward and bed
    (number) and attending_doctor. Raises ValidationError for an unknown department: a ward must not lose patients.
    """
    require(by, Permission.MANAGE_DATA)
    departments = dict(Department.objects.values_list("code", "pk"))
    unknown = sorted({s["department"] for s in stays} - departments.keys())
    if unknown:
        raise ValidationError(
            _("在院名单中有未知科室：%(codes)s。请先在“组织”中添加。") % {"codes": "、".join(unknown)}
        )
    beds = {(b.department_id, b.ward, b.number): b.pk for b in Bed.objects.filter(valid_to__isnull=True)}
    wanted = {s["stay_id"]: _open_stay(s, departments, beds, now) for s in stays}
    known = {stay.stay_id: stay for stay in Stay.objects.all()}
    left = known.keys() - wanted.keys()
    changed = [s for s in wanted.values() if s.stay_id in known and differs(s, known[s.stay_id])]
    # beds are freed first: two patients who change places must not meet in one bed
    Stay.objects.filter(stay_id__in=[*left, *(s.stay_id for s in changed)]).delete()
    arrived = [s for key, s in wanted.items() if key not in known]
    Stay.objects.bulk_create([*arrived, *changed], batch_size=_BATCH)
    return {"arrived": len(arrived), "moved": len(changed), "left": len(left)}


def _open_stay(given: Mapping, departments: Mapping[str, int], beds: Mapping, now: datetime) -> Stay:
    department_id = departments[given["department"]]
    return Stay(
        institution_id=current_scope().institution_id,
        stay_id=given["stay_id"],
        patient_key=given["patient_key"],
        department_id=department_id,
        bed_id=beds.get((department_id, given.get("ward", ""), given.get("bed", ""))),
        admitted_at=given["admitted_at"],
        attending_doctor=given.get("attending_doctor") or "",
        updated_at=now,
    )


def differs(new: Stay, old: Stay) -> bool:
    """Whether anything of a patient's place or doctor changed."""
    names = ("patient_key", "department_id", "bed_id", "admitted_at", "attending_doctor")
    return any(getattr(new, name) != getattr(old, name) for name in names)
