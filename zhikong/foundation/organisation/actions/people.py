"""All writes to people, their posts, QC groups and committees; effective-dated like the departments."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.notices.actions import send
from zhikong.foundation.organisation import queries, rosters
from zhikong.foundation.organisation.models import Appointment, Body, Membership, Person
from zhikong.foundation.organisation.rules import NotInOrder


@transaction.atomic
def register_person(*, by, staff_number: str, name: str, profession: str) -> Person:
    require(by, Permission.MANAGE_ORGANISATION)
    return Person.objects.create(
        institution_id=current_scope().institution_id,
        staff_number=staff_number,
        name=name,
        profession=profession,
    )


@transaction.atomic
def appoint(*, by, person_id: int, department_id: int, post: str, on: date, title: str = "") -> Appointment:
    """Give a person a post in a department from a day on."""
    require(by, Permission.MANAGE_ORGANISATION)
    return Appointment.objects.create(
        institution_id=current_scope().institution_id,
        person_id=person_id,
        department_id=department_id,
        post=post,
        title=title,
        valid_from=on,
    )


@transaction.atomic
def appoint_by_number(
    *,
    by,
    department_id: int,
    staff_number: str,
    name: str,
    profession: str,
    post: str,
    on: date,
    title: str = "",
) -> Appointment:
    """Give a post to the holder of a staff number; registers the person when the number is new."""
    require(by, Permission.MANAGE_ORGANISATION)
    person = Person.objects.filter(staff_number=staff_number).first()
    if person is None:
        person = register_person(by=by, staff_number=staff_number, name=name, profession=profession)
    elif person.name != name:
        raise NotInOrder(f"工号 {staff_number} 属于 {person.name}，与姓名“{name}”不符。")
    held = Appointment.objects.filter(
        queries.in_force(on), person=person, department_id=department_id, post=post
    )
    if held.exists():
        raise NotInOrder(f"{name} 在这一天已任此岗位。")
    return appoint(by=by, person_id=person.pk, department_id=department_id, post=post, on=on, title=title)


@transaction.atomic
def end_appointment(*, by, now: datetime, appointment_id: int, on: date) -> None:
    """End a post on a day; when a QC group thereby becomes incomplete, its people and the quality office are told."""
    require(by, Permission.MANAGE_ORGANISATION)
    appointment = Appointment.objects.select_for_update().get(pk=appointment_id)
    if on <= appointment.valid_from:
        appointment.delete()  # it never held; the audit trail keeps it
    else:
        Appointment.objects.filter(pk=appointment_id).update(valid_to=on)
    tell_of_incomplete_group(appointment.department_id, by=by, now=now, on=on)


@transaction.atomic
def open_body(
    *,
    by,
    kind: str,
    name: str,
    on: date,
    department_id: int | None = None,
    cycle_months: int = 3,
    remit: str = "",
    size_min: int = 3,
    size_max: int = 5,
) -> Body:
    """Register a QC group (department given) or a committee; names and chairs are the hospital's own (X-06)."""
    require(by, Permission.MANAGE_ORGANISATION)
    return Body.objects.create(
        institution_id=current_scope().institution_id,
        kind=kind,
        name=name,
        level="department" if department_id else "hospital",
        department_id=department_id,
        cycle_months=cycle_months,
        remit=remit,
        size_min=size_min,
        size_max=size_max,
        valid_from=on,
    )


@transaction.atomic
def change_body(*, by, body_id: int, name: str, cycle_months: int, remit: str) -> None:
    """Name, meeting cycle and remit of a group or committee; the audit trail keeps what they were."""
    require(by, Permission.MANAGE_ORGANISATION)
    Body.objects.filter(pk=body_id).update(name=name, cycle_months=cycle_months, remit=remit)


@transaction.atomic
def close_body(*, by, body_id: int, on: date) -> None:
    """A group or committee ends on a day, its seats with it; one that began today ends tomorrow, because it has been."""
    require(by, Permission.MANAGE_ORGANISATION)
    body = Body.objects.select_for_update().get(pk=body_id)
    ends = max(on, body.valid_from + timedelta(days=1))
    for membership in Membership.objects.filter(body=body, valid_to=None):
        Membership.objects.filter(pk=membership.pk).update(
            valid_to=max(ends, membership.valid_from + timedelta(days=1))
        )
    Body.objects.filter(pk=body_id).update(valid_to=ends)


@transaction.atomic
def set_members(*, by, now: datetime, body_id: int, on: date, seats: Mapping[int, str]) -> None:
    """From a day on the body consists of exactly these people. seats: person id → seat."""
    require(by, Permission.MANAGE_ORGANISATION)
    body = Body.objects.select_for_update().get(pk=body_id)
    staying = _end_memberships(body, on, seats)
    Membership.objects.bulk_create(
        Membership(institution_id=body.institution_id, body=body, person_id=person, seat=seat, valid_from=on)
        for person, seat in seats.items()
        if person not in staying
    )
    if body.department_id:
        tell_of_incomplete_group(body.department_id, by=by, now=now, on=on)


def _end_memberships(body: Body, on: date, seats: Mapping[int, str]) -> set[int]:
    """End the seats that change; returns the people whose seat stays as it is."""
    staying: set[int] = set()
    for membership in Membership.objects.filter(queries.in_force(on), body=body):
        if seats.get(membership.person_id) == membership.seat:
            staying.add(membership.person_id)
        elif membership.valid_from == on:
            membership.delete()
        else:
            Membership.objects.filter(pk=membership.pk).update(valid_to=on)
    return staying


def tell_of_incomplete_group(department_id: int, *, by, now: datetime, on: date) -> None:
    """ORG-06: alert when the group is incomplete or a member has left."""
    for group in rosters.groups(on=on, departments=[department_id]):
        if group.problems:
            send(
                by=by,
                now=now,
                title=f"{group.body.name}不完整",
                text="；".join(group.problems) + "。请在组织机构页面补齐成员。",
                url=f"/organisation/departments/{department_id}/",
                roles=("quality_office",),
                departments=(department_id,),
                kind="organisation",
            )
