"""What the anonymous form offers, from a file that the worker keeps: the form works while the database does not."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import date

from django.db.models import Count
from django.utils import timezone

from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.organisation.models import Appointment
from zhikong.foundation.organisation.queries import departments, in_force, institution, institution_ids
from zhikong.hospital.functions.incidents.models.anonymous import AnonymousReward
from zhikong.hospital.functions.incidents.spool.places import Places, places
from zhikong.hospital.functions.incidents.spool.slots import NO_TIME

KINDS = ("clinical", "ward", "medtech", "functional")


@dataclass(frozen=True)
class Room:
    """A department that may be named. people: how many are registered there."""

    id: int
    code: str
    name: str
    people: int


@dataclass(frozen=True)
class Hospital:
    """One institution: its departments, categories (id, title), and the reward it grants (0: none)."""

    id: int
    code: str
    name: str
    reward_fen: int = 0
    rooms: list[Room] = field(default_factory=list)
    categories: list[tuple[str, str]] = field(default_factory=list)

    def room(self, code: str) -> Room | None:
        return next((room for room in self.rooms if room.code == code), None)


def hospitals() -> list[Hospital]:
    """From the file; before the worker has written it, from the database."""
    try:
        return _read(places())
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return gathered(on=timezone.localdate())


def gathered(*, on: date) -> list[Hospital]:
    """From the database, for each institution in a scope of its own."""
    found = []
    for number in institution_ids().values():
        with scoped(job_scope(number, job="incidents.anonymous")):
            found.append(of_this_institution(on=on))
    return found


def of_this_institution(*, on: date) -> Hospital:
    """What the form offers for the institution in scope."""
    from zhikong.hospital.functions.incidents.queries.reporting import categories

    here = institution()
    people = dict(
        Appointment.objects.filter(in_force(on))
        .values_list("department_id")
        .annotate(people=Count("person_id", distinct=True))
    )
    rooms = [Room(d.id, d.code, d.name, people.get(d.id, 0)) for d in departments(on=on, kinds=KINDS)]
    reward = AnonymousReward.objects.first()
    kinds = [(c.id, str(c.title)) for c in categories.all_in_force()]
    return Hospital(here.pk, here.code, here.name, reward.fen if reward else 0, rooms, kinds)


def keep(where: Places, found: list[Hospital]) -> None:
    """Write the file anew when something changed; its time says nothing."""
    text = json.dumps([asdict(one) for one in found], ensure_ascii=False)
    path = where.folder / "choices.json"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    draft = path.with_suffix(".new")
    draft.write_text(text, encoding="utf-8")
    os.utime(draft, NO_TIME)
    draft.replace(path)


def _read(where: Places) -> list[Hospital]:
    kept = json.loads((where.folder / "choices.json").read_text(encoding="utf-8"))
    return [
        Hospital(
            **{
                **one,
                "rooms": [Room(**room) for room in one["rooms"]],
                "categories": [tuple(pair) for pair in one["categories"]],
            }
        )
        for one in kept
    ]
