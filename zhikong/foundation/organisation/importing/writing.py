"""What a confirmed proposal writes: in bulk, effective-dated, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation import actions
from zhikong.foundation.organisation.actions.people import tell_of_incomplete_group
from zhikong.foundation.organisation.importing.shapes import Line, Proposal, Row
from zhikong.foundation.organisation.models import (
    Appointment,
    Body,
    Department,
    DepartmentAlias,
    DepartmentVersion,
    Person,
)
from zhikong.foundation.organisation.queries import resolve
from zhikong.foundation.organisation.rules import NotInOrder

AT_ONCE = 1000


def aliases(names: dict[str, int]) -> None:
    """Names that somebody has decided about become aliases (X-23)."""
    here = current_scope().institution_id
    DepartmentAlias.objects.bulk_create(
        (DepartmentAlias(institution_id=here, department_id=pk, alias=name) for name, pk in names.items()),
        ignore_conflicts=True,
    )


# ---- staff ----------------------------------------------------------------------------------------------------------


def staff(made: Proposal, *, by, now: datetime, on: date) -> None:
    """New people with their posts, changes, and the confirmed ends."""
    people = _registered(made.new)
    begin = [(people[line.key], one) for line in made.new for one in line.data["begin"]]
    begin += [(line.data["id"], one) for line in made.changed for one in line.data["begin"]]
    _update_people(made.changed)
    ends = {pk: on for line in made.leaving for pk in line.data["end"]}
    ends |= {pk: _end_of(line.data, on) for line in made.changed for pk in line.data["end"]}
    touched = _end(ends, on)
    _retitle([one for line in made.changed for one in line.data["retitle"]], on)
    _begin(begin, on)
    for department in sorted(touched):
        tell_of_incomplete_group(department, by=by, now=now, on=on)


def _registered(lines: Iterable[Line]) -> dict[str, int]:
    here = current_scope().institution_id
    made = Person.objects.bulk_create(
        (
            Person(institution_id=here, staff_number=one["number"], **_columns(one))
            for one in (line.data["person"] for line in lines)
        ),
        batch_size=AT_ONCE,
    )
    return {person.staff_number: person.pk for person in made}


def _columns(one: Row) -> Row:
    known = ("name", "profession", "phone", "qualified_on")
    return {key: _value(key, one[key]) for key in known if key in one}


def _value(key: str, said: str):
    return (date.fromisoformat(said) if said else None) if key == "qualified_on" else said


def _update_people(lines: list[Line]) -> None:
    changed = {line.data["id"]: _columns(line.data["set"]) for line in lines if line.data["set"]}
    people = list(Person.objects.filter(pk__in=changed))
    for person in people:
        for key, value in changed[person.pk].items():
            setattr(person, key, value)
    Person.objects.bulk_update(people, ["name", "profession", "phone", "qualified_on"], batch_size=AT_ONCE)


def _end_of(data: Row, on: date) -> date:
    """The day on which somebody left or took the next post, when the list says it; never after the day of the list."""
    return min(date.fromisoformat(data["ends_on"]), on) if data["ends_on"] else on


def _end(ends: dict[int, date], on: date) -> set[int]:
    """End posts; one that would end before it began ends on the day of the list, or never held. Returns departments."""
    rows = list(Appointment.objects.select_for_update().filter(pk__in=ends))
    ends = {row.pk: ends[row.pk] if ends[row.pk] > row.valid_from else on for row in rows}
    never = [row.pk for row in rows if ends[row.pk] <= row.valid_from]
    kept = [row for row in rows if row.pk not in set(never)]
    for row in kept:
        row.valid_to = ends[row.pk]
    Appointment.objects.filter(pk__in=never).delete()  # the audit trail keeps them
    Appointment.objects.bulk_update(kept, ["valid_to"], batch_size=AT_ONCE)
    return {row.department_id for row in rows}


def _retitle(titles: list[list], on: date) -> None:
    """A new title begins a new row, so that the old one stays for its time; on its first day it is corrected."""
    said = {pk: title for pk, title in titles}
    rows = list(Appointment.objects.select_for_update().filter(pk__in=said))
    corrected = [row for row in rows if row.valid_from >= on]
    followed = [row for row in rows if row.valid_from < on]
    for row in corrected:
        row.title = said[row.pk]
    fresh = [_successor(row, said[row.pk], on) for row in followed]
    for row in followed:
        row.valid_to = on
    Appointment.objects.bulk_update(corrected, ["title"], batch_size=AT_ONCE)
    Appointment.objects.bulk_update(followed, ["valid_to"], batch_size=AT_ONCE)
    Appointment.objects.bulk_create(fresh, batch_size=AT_ONCE)


def _successor(row: Appointment, title: str, on: date) -> Appointment:
    return Appointment(
        institution_id=row.institution_id,
        person_id=row.person_id,
        department_id=row.department_id,
        post=row.post,
        title=title,
        valid_from=on,
        valid_to=row.valid_to,
    )


def _begin(posts: list[tuple[int, Row]], on: date) -> None:
    here = current_scope().institution_id
    rows = [
        Appointment(
            institution_id=here,
            person_id=person,
            department_id=one["department"],
            post=one["post"],
            title=one["title"],
            valid_from=date.fromisoformat(one["since"]) if one["since"] else on,
            valid_to=date.fromisoformat(one["until"]) if one["until"] else None,
        )
        for person, one in posts
    ]
    for row in rows:
        if row.valid_to is not None and row.valid_from >= row.valid_to:
            row.valid_from = min(on, row.valid_from)
    Appointment.objects.bulk_create(rows, batch_size=AT_ONCE)


# ---- departments ----------------------------------------------------------------------------------------------------


def departments(made: Proposal, *, by, on: date, since: date) -> None:
    """since: from when new departments are known whose list names no day, so that old data find them."""
    for line in made.new:
        _open(line.data, by=by, since=since)
    for line in made.changed:
        _change(line, by=by, on=on)
    for line in made.leaving:
        actions.close_department(by=by, department_id=line.data["id"], on=on)


def _open(data: Row, *, by, since: date) -> None:
    began = date.fromisoformat(data["since"]) if data["since"] else since
    opened = actions.open_department(
        by=by,
        code=data["code"],
        name=data["name"],
        kind=data["kind"],
        function=data["function"],
        parent=_parent(data["parent"], began),
        open_beds=data["beds"] or 0,
        sort_key=data["sort_key"] or data["code"].lower(),
        valid_from=began,
    )
    _add(opened, data["aliases"])


def _parent(said: str, on: date) -> Department | None:
    if not said:
        return None
    found = resolve(name_or_code=said, on=on)
    if found is None:
        newest = DepartmentVersion.objects.filter(name=said, valid_to=None).first()
        return newest.department if newest else None
    return Department.objects.get(pk=found.id)


def _change(line: Line, *, by, on: date) -> None:
    changes = dict(line.data["set"])
    if line.data["parent_id"] is not None:
        changes["parent"] = Department.objects.get(pk=line.data["parent_id"])
    if changes:
        try:
            actions.change_department(by=by, department_id=line.data["id"], on=on, **changes)
        except NotInOrder as refusal:
            raise NotInOrder(f"{line.who}：{refusal}") from refusal
    _add(Department.objects.get(pk=line.data["id"]), line.data["aliases"])


def _add(department: Department, names: list[str]) -> None:
    aliases({name: department.pk for name in names})


# ---- committees and groups ------------------------------------------------------------------------------------------


def committees(made: Proposal, *, by, now: datetime, on: date) -> None:
    """New bodies, their members as listed, and the confirmed ends."""
    for line in (*made.new, *made.changed):
        data = line.data
        began = min(date.fromisoformat(data["since"]), on) if data["since"] else on
        body = data["id"] or _open_body(data, by=by, on=began)
        if data["id"]:
            _rename_body(data, by=by)
        seats = {int(pk): seat for pk, seat in data["seats"].items()}
        actions.set_members(by=by, now=now, body_id=body, on=on if data["id"] else began, seats=seats)
    for line in made.leaving:
        actions.close_body(by=by, body_id=line.data["id"], on=on)


def _open_body(data: Row, *, by, on: date) -> int:
    group = data["kind"] == "qc_group"
    opened = actions.open_body(
        by=by,
        kind=data["kind"],
        name=data["name"],
        on=on,
        department_id=data["department"],
        cycle_months=data["cycle"] or (1 if group else 3),
        size_max=5 if group else 99,
    )
    return opened.pk


def _rename_body(data: Row, *, by) -> None:
    body = Body.objects.get(pk=data["id"])
    actions.change_body(
        by=by,
        body_id=body.pk,
        name=data["name"],
        cycle_months=data["cycle"] or body.cycle_months,
        remit=body.remit,
    )
