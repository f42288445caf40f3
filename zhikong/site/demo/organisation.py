"""The demo hospital's departments, people, groups, committees and accounts, entered as an administrator would."""

from datetime import date, datetime

from django.db import transaction

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.organisation import actions, people
from zhikong.foundation.organisation.models import Department, Institution
from zhikong.simulator import hospital
from zhikong.simulator import people as made_up
from zhikong.site.progress import Progress

JOB = "demo"


@transaction.atomic
def enter(*, now: datetime, password: str, progress: Progress) -> Institution:
    """Everything or nothing, so that an interrupted start can begin again."""
    profile = hospital.profile()
    institution = actions.create_institution(
        code=profile.code,
        name=profile.name,
        level=profile.level,
        kind=profile.kind,
        open_beds=profile.open_beds,
        time_zone=profile.time_zone,
        is_demo=True,
    )
    with scoped(job_scope(institution.pk, job=JOB)):
        departments = _departments(progress)
        persons = _staff(departments, progress)
        _bodies(departments, persons, now, progress)
        _accounts(institution, departments, persons, password)
    return institution


def _departments(progress: Progress) -> dict[str, Department]:
    """Departments with their aliases and former names, then the wards below them."""
    found: dict[str, Department] = {}
    for made in hospital.departments():
        progress.note(f"科室 {made.name}")
        found[made.code] = _department(made)
    for ward in hospital.wards():
        found[ward.code] = actions.open_department(
            by=None,
            code=ward.code,
            name=ward.name,
            kind="ward",
            valid_from=hospital.SINCE,
            parent=found[ward.department],
            open_beds=ward.beds,
            sort_key=ward.sort_key,
        )
    return found


def _department(made: hospital.Department) -> Department:
    names = [*(former.name for former in made.former), made.name]
    department = actions.open_department(
        by=None,
        code=made.code,
        name=names[0],
        kind=made.kind,
        function=made.function,
        valid_from=made.since,
        open_beds=made.beds,
        sort_key=made.sort_key,
    )
    for former, name in zip(made.former, names[1:], strict=True):
        actions.change_department(by=None, department_id=department.pk, on=former.until, name=name)
    for alias in made.aliases:
        actions.add_alias(by=None, department_id=department.pk, alias=alias)
    return department


def _staff(departments: dict[str, Department], progress: Progress) -> dict[str, int]:
    """Staff number → person's id; each with the post in the own department."""
    found: dict[str, int] = {}
    for number, made in enumerate(made_up.staff(), start=1):
        progress.note(f"人员 {number}/{len(made_up.staff())}")
        person = people.register_person(
            by=None, staff_number=made.staff_number, name=made.name, profession=made.profession
        )
        people.appoint(
            by=None,
            person_id=person.pk,
            department_id=departments[made.department].pk,
            post=made.post,
            on=hospital.SINCE,
            title=made.title,
        )
        found[made.staff_number] = person.pk
    return found


def _bodies(
    departments: dict[str, Department], persons: dict[str, int], now: datetime, progress: Progress
) -> None:
    """QC groups of the departments and the hospital's committees."""
    for made in (*made_up.qc_groups(), *made_up.committees()):
        progress.note(f"组织 {made.name}")
        body = people.open_body(
            by=None,
            kind=made.kind,
            name=made.name,
            on=made.since,
            department_id=departments[made.department].pk if made.department else None,
            cycle_months=made.cycle_months,
            remit=made.remit,
            size_min=made.size_min,
            size_max=made.size_max,
        )
        seats = {persons[seat.staff_number]: seat.seat for seat in made.seats}
        people.set_members(by=None, now=now, body_id=body.pk, on=made.since, seats=seats)


def _accounts(
    institution: Institution, departments: dict[str, Department], persons: dict[str, int], password: str
) -> None:
    since: date = hospital.SINCE
    for made in made_up.accounts():
        user = User(
            username=made.username,
            institution=institution,
            person_id=persons[made.staff_number],
            last_name=made.name[:1],
            first_name=made.name[1:],
        )
        user.set_password(password)
        user.save()
        RoleAssignment.objects.create(
            institution=institution,
            user=user,
            role=made.role,
            department=departments[made.department] if made.department else None,
            valid_from=since,
        )
