"""Reads of people: who holds which post, who sits in which group or committee, and what it lacks (ORG-03, 06, 09)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from zhikong.foundation.organisation import queries, rules
from zhikong.foundation.organisation.models import Appointment, Body, ControlLevel, Membership, Person

SENIORITY = {post: n for n, post in enumerate(Appointment.Post.values)}
SEATS = {seat: n for n, seat in enumerate(Membership.Seat.values)}


@dataclass(frozen=True)
class BodyOn:
    """A group or committee on a day, with its seats and what it lacks."""

    body: Body
    members: tuple[Membership, ...]
    problems: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.problems

    @property
    def chair(self) -> str:
        return "、".join(m.person.name for m in self.members if m.seat == Membership.Seat.CHAIR)


def groups(*, on: date, departments: Collection[int] | None = None) -> list[BodyOn]:
    """QC groups on a day, of some departments when given."""
    found = Body.objects.filter(queries.in_force(on), kind=Body.Kind.QC_GROUP)
    if departments is not None:
        found = found.filter(department_id__in=departments)
    bodies = list(found.order_by("department__code"))
    seats = _seats(bodies, on)
    people = {m.person_id for of_body in seats.values() for m in of_body}
    posts = _posts({b.department_id for b in bodies}, people, on)
    clinical = queries.department_ids(on=on, kinds=("clinical",))
    return [_group(b, seats.get(b.pk, ()), posts, b.department_id in clinical) for b in bodies]


def incomplete_groups(*, on: date, departments: Collection[int] | None = None) -> list[BodyOn]:
    """QC groups that lack something on a day; without their members' rows, as the home page asks at each visit."""
    found = Body.objects.filter(queries.in_force(on), kind=Body.Kind.QC_GROUP)
    if departments is not None:
        found = found.filter(department_id__in=departments)
    bodies = {body.pk: body for body in found.order_by("department__code")}
    seats: dict[int, list[tuple[int, str, str]]] = {}
    rows = Membership.objects.filter(queries.in_force(on), body__in=bodies)
    for body, *seat in rows.values_list("body_id", "person_id", "person__name", "seat"):
        seats.setdefault(body, []).append(tuple(seat))
    people = {person for of_body in seats.values() for person, _name, _seat in of_body}
    posts = _posts({body.department_id for body in bodies.values()}, people, on)
    clinical = queries.department_ids(on=on, kinds=("clinical",))
    judged = (
        BodyOn(body, (), _problems(body, seats.get(pk, ()), posts, body.department_id in clinical))
        for pk, body in bodies.items()
    )
    return [group for group in judged if group.problems]


def committees(*, on: date) -> list[BodyOn]:
    """Standing committees on a day."""
    bodies = list(Body.objects.filter(queries.in_force(on)).exclude(kind=Body.Kind.QC_GROUP).order_by("pk"))
    seats = _seats(bodies, on)
    found = []
    for body in bodies:
        members = seats.get(body.pk, ())
        problems = rules.committee_problems([m.seat for m in members], size_min=body.size_min)
        found.append(BodyOn(body, tuple(members), tuple(problems)))
    return found


def departments_without_group(*, on: date) -> list[queries.DepartmentOn]:
    """Clinical and medtech departments that have no QC group at all."""
    grouped = set(
        Body.objects.filter(queries.in_force(on), kind=Body.Kind.QC_GROUP).values_list(
            "department_id", flat=True
        )
    )
    return [d for d in queries.departments(on=on, kinds=("clinical", "medtech")) if d.id not in grouped]


def members(*, body: Body, on: date) -> list[Membership]:
    """The seats of a body on a day, chair first."""
    return _seats([body], on).get(body.pk, [])


def person(*, staff_number: str) -> Person | None:
    return Person.objects.filter(staff_number=staff_number).first()


def body(*, pk: int) -> Body | None:
    return Body.objects.filter(pk=pk).first()


def staff(*, department_id: int, on: date) -> list[Appointment]:
    """Posts in a department on a day, leaders first."""
    found = Appointment.objects.filter(queries.in_force(on), department_id=department_id).select_related(
        "person"
    )
    return sorted(found, key=lambda a: (SENIORITY.get(a.post, 99), a.person.staff_number))


def people_of(*, department_id: int, on: date) -> list[Person]:
    """Everybody with a post in a department on a day, each once."""
    return list(dict.fromkeys(a.person for a in staff(department_id=department_id, on=on)))


def appointment(*, pk: int) -> Appointment | None:
    return Appointment.objects.filter(pk=pk).select_related("person").first()


def levels() -> list[ControlLevel]:
    """The hospital's levels of quality control, top first (ORG-01)."""
    return list(ControlLevel.objects.order_by("order"))


def _seats(bodies: list[Body], on: date) -> dict[int, list[Membership]]:
    rows = Membership.objects.filter(queries.in_force(on), body__in=bodies).select_related("person")
    found: dict[int, list[Membership]] = {}
    for row in sorted(rows, key=lambda m: (SEATS[m.seat], m.person.staff_number)):
        found.setdefault(row.body_id, []).append(row)
    return found


def _posts(departments: set[int | None], people: set[int], on: date) -> dict[tuple[int, int], list[str]]:
    """(person, department) → posts there on a day."""
    rows = Appointment.objects.filter(
        queries.in_force(on), department_id__in=departments, person_id__in=people
    )
    found: dict[tuple[int, int], list[str]] = {}
    for person, department, post in rows.values_list("person_id", "department_id", "post"):
        found.setdefault((person, department), []).append(post)
    return found


def _group(body: Body, members, posts, clinical: bool) -> BodyOn:
    seats = [(m.person_id, m.person.name, m.seat) for m in members]
    return BodyOn(body, tuple(members), _problems(body, seats, posts, clinical))


def _problems(body: Body, seats, posts, clinical: bool) -> tuple[str, ...]:
    """What a group lacks; seats are (person, name, seat)."""
    members = [
        rules.GroupMember(person, name, seat, _best(posts.get((person, body.department_id))))
        for person, name, seat in seats
    ]
    found = rules.group_problems(
        members, size_min=body.size_min, size_max=body.size_max, needs_head_nurse=clinical
    )
    return tuple(found)


def _best(posts: list[str] | None) -> str:
    """The most senior of a person's posts; '' when he has none any more."""
    return min(posts, key=lambda post: SENIORITY.get(post, 99)) if posts else ""
