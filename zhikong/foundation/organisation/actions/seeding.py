"""A whole hospital from plain data: what the demo and a first set-up need. Knows no simulator and no file format.

    seed_hospital(profile={
        "institution": {code, name, level, kind, open_beds, time_zone, since},
        "departments": [{code, name, sort_key, kind, function, beds, aliases, former: [{name, until}], since}],
        "wards":       [{code, name, sort_key, department, beds}],
        "people":      [{staff_number, name, profession, title, department, post, since}],
        "bodies":      [{kind, name, department, cycle_months, remit, seats: [{staff_number, seat}],
                         size_min, size_max, since}],
        "accounts":    [{username, staff_number, role, department}],
        "password":    the accounts' first password,
        "is_demo":     bool,
    })

Dates are ``datetime.date``; departments, wards and people refer to each other by code and staff number.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.scope import current_scope, job_scope, scoped
from zhikong.foundation.organisation.actions.departments import create_institution
from zhikong.foundation.organisation.models import (
    Appointment,
    Body,
    Department,
    DepartmentAlias,
    DepartmentVersion,
    Institution,
    Membership,
    Person,
)

Rows = Sequence[Mapping[str, Any]]


@transaction.atomic
def seed_hospital(*, profile: Mapping[str, Any]) -> Institution:
    """Register an institution with departments, wards, people, groups, committees and accounts, all or nothing."""
    facts = profile["institution"]
    since = facts["since"]
    made = create_institution(
        **{k: facts[k] for k in ("code", "name", "level", "kind", "open_beds", "time_zone")},
        is_demo=profile.get("is_demo", False),
    )
    with scoped(job_scope(made.pk, job="setup")):
        departments = _departments(profile["departments"], profile.get("wards", ()), since)
        people = _people(profile["people"], departments, since)
        _bodies(profile["bodies"], departments, people, since)
        _accounts(profile["accounts"], departments, people, since, profile["password"])
    return made


def _here() -> int:
    return current_scope().institution_id


def _departments(rows: Rows, wards: Rows, since: date) -> dict[str, Department]:
    """Departments and wards with all their versions; returns them by code."""
    codes = [row["code"] for row in (*rows, *wards)]
    made = Department.objects.bulk_create(Department(institution_id=_here(), code=code) for code in codes)
    by_code = {department.code: department for department in made}
    versions = [version for row in rows for version in _versions(row, by_code, since)]
    versions += [_ward(row, by_code, since) for row in wards]
    DepartmentVersion.objects.bulk_create(versions)
    DepartmentAlias.objects.bulk_create(
        DepartmentAlias(institution_id=_here(), department=by_code[row["code"]], alias=alias)
        for row in rows
        for alias in row["aliases"]
    )
    return by_code


def _versions(
    row: Mapping[str, Any], by_code: Mapping[str, Department], since: date
) -> list[DepartmentVersion]:
    """One version for each former name, oldest first, and one for the present name."""
    start = row.get("since") or since
    names = [(f["name"], f["until"]) for f in sorted(row["former"], key=lambda f: f["until"])]
    versions = []
    for name, until in [*names, (row["name"], None)]:
        versions.append(
            DepartmentVersion(
                institution_id=_here(),
                department=by_code[row["code"]],
                name=name,
                sort_key=row["sort_key"],
                kind=row["kind"],
                function=row["function"],
                open_beds=row["beds"],
                valid_from=start,
                valid_to=until,
            )
        )
        start = until
    return versions


def _ward(row: Mapping[str, Any], by_code: Mapping[str, Department], since: date) -> DepartmentVersion:
    return DepartmentVersion(
        institution_id=_here(),
        department=by_code[row["code"]],
        name=row["name"],
        sort_key=row["sort_key"],
        kind=DepartmentVersion.Kind.WARD,
        parent=by_code[row["department"]],
        open_beds=row["beds"],
        valid_from=since,
    )


def _people(rows: Rows, departments: Mapping[str, Department], since: date) -> dict[str, Person]:
    """People with their posts; returns them by staff number."""
    made = Person.objects.bulk_create(
        Person(
            institution_id=_here(),
            staff_number=row["staff_number"],
            name=row["name"],
            profession=row["profession"],
        )
        for row in rows
    )
    people = {person.staff_number: person for person in made}
    Appointment.objects.bulk_create(
        Appointment(
            institution_id=_here(),
            person=people[row["staff_number"]],
            department=departments[row["department"]],
            post=row["post"],
            title=row.get("title", ""),
            valid_from=row.get("since") or since,
        )
        for row in rows
    )
    return people


def _bodies(
    rows: Rows, departments: Mapping[str, Department], people: Mapping[str, Person], since: date
) -> None:
    bodies = Body.objects.bulk_create(_body(row, departments, since) for row in rows)
    Membership.objects.bulk_create(
        Membership(
            institution_id=_here(),
            body=body,
            person=people[seat["staff_number"]],
            seat=seat["seat"],
            valid_from=body.valid_from,
        )
        for body, row in zip(bodies, rows, strict=True)
        for seat in row["seats"]
    )


def _body(row: Mapping[str, Any], departments: Mapping[str, Department], since: date) -> Body:
    department = departments[row["department"]] if row["department"] else None
    return Body(
        institution_id=_here(),
        kind=row["kind"],
        name=row["name"],
        level="department" if department else "hospital",
        department=department,
        cycle_months=row["cycle_months"],
        remit=row["remit"],
        size_min=row["size_min"],
        size_max=row["size_max"],
        valid_from=row.get("since") or since,
    )


def _accounts(
    rows: Rows,
    departments: Mapping[str, Department],
    people: Mapping[str, Person],
    since: date,
    password: str,
) -> None:
    hashed = make_password(password)  # one hash for all: hashing is slow on purpose
    users = User.objects.bulk_create(_user(row, people[row["staff_number"]], hashed) for row in rows)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            institution_id=_here(),
            user=user,
            role=row["role"],
            department=departments[row["department"]] if row["department"] else None,
            valid_from=since,
        )
        for user, row in zip(users, rows, strict=True)
    )


def _user(row: Mapping[str, Any], person: Person, hashed: str) -> User:
    return User(
        username=row["username"],
        password=hashed,
        institution_id=_here(),
        person=person,
        last_name=person.name[:1],
        first_name=person.name[1:],
    )
