"""What the database knows when a list is compared with it: read in a handful of queries, whatever the size of the list."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from zhikong.foundation.organisation import queries
from zhikong.foundation.organisation.models import (
    Appointment,
    Body,
    Department,
    DepartmentVersion,
    Membership,
    Person,
)


@dataclass(frozen=True)
class Place:
    """A department today."""

    id: int
    code: str
    name: str
    kind: str
    function: str
    parent_id: int | None
    beds: int
    since: date
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Post:
    """A post that somebody holds."""

    id: int
    department: int
    post: str
    title: str
    since: date


@dataclass(frozen=True)
class Known:
    """A person as registered, with the posts of the day."""

    id: int
    number: str
    name: str
    profession: str
    phone: str
    qualified_on: str
    posts: tuple[Post, ...] = ()


@dataclass(frozen=True)
class Group:
    """A body as registered: person → seat."""

    id: int
    kind: str
    name: str
    department: int | None
    cycle: int
    size_min: int
    size_max: int
    seats: dict[int, str]


@dataclass(frozen=True)
class World:
    """All of it. words: every code, name and alias → department, where it means exactly one."""

    places: dict[int, Place] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    people: dict[str, Known] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    ended: frozenset[str] = frozenset()  # codes of departments that are no more

    def named(self, pk: int | None) -> str:
        return self.places[pk].name if pk in self.places else "—"


def world(*, on: date) -> World:
    """As of a day; what begins later counts too, so that a list that is loaded twice changes nothing the second time."""
    places = _places(on)
    codes = set(Department.objects.values_list("code", flat=True))
    return World(
        places, _words(places), _people(on), _groups(on), frozenset(codes - {p.code for p in places.values()})
    )


def _lasting(model, on: date):
    """What holds on a day or begins afterwards."""
    return model.objects.filter(queries.in_force(on)) | model.objects.filter(
        valid_from__gt=on, valid_to__isnull=True
    )


def _places(on: date) -> dict[int, Place]:
    aliases = queries.aliases()
    rows = _lasting(DepartmentVersion, on).select_related("department").order_by("valid_from")
    return {
        v.department_id: Place(
            v.department_id, v.department.code, v.name, v.kind, v.function, v.parent_id, v.open_beds,
            v.valid_from, tuple(aliases.get(v.department_id, ())),
        )
        for v in rows
    }  # fmt: skip


def _words(places: dict[int, Place]) -> dict[str, int]:
    """Codes stand before names, names before aliases; a word that means two departments means none."""
    found: dict[str, int] = {}
    for said in (lambda p: [p.code], lambda p: [p.name], lambda p: p.aliases):
        layer: dict[str, set[int]] = {}
        for place in places.values():
            for word in said(place):
                layer.setdefault(word, set()).add(place.id)
        found |= {w: ids.pop() for w, ids in layer.items() if len(ids) == 1 and w not in found}
    return found


def _people(on: date) -> dict[str, Known]:
    posts: dict[int, list[Post]] = {}
    for row in _lasting(Appointment, on).order_by("pk"):
        post = Post(row.pk, row.department_id, row.post, row.title, row.valid_from)
        posts.setdefault(row.person_id, []).append(post)
    return {
        p.staff_number: Known(
            p.pk, p.staff_number, p.name, p.profession, p.phone,
            p.qualified_on.isoformat() if p.qualified_on else "", tuple(posts.get(p.pk, ())),
        )
        for p in Person.objects.all()
    }  # fmt: skip


def _groups(on: date) -> tuple[Group, ...]:
    seats: dict[int, dict[int, str]] = {}
    for body, person, seat in _lasting(Membership, on).values_list("body_id", "person_id", "seat"):
        seats.setdefault(body, {})[person] = seat
    return tuple(
        Group(
            b.pk, b.kind, b.name, b.department_id, b.cycle_months, b.size_min, b.size_max, seats.get(b.pk, {})
        )
        for b in _lasting(Body, on).order_by("pk")
    )
