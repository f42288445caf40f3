"""“You said, we changed”: what wards changed, for everybody in the hospital, and for those who report without a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, QuerySet

from zhikong.foundation.access.models import User
from zhikong.hospital.functions.incidents.models.learning import ChangeSource, WardChange
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.learning.readers import place_names, wards
from zhikong.hospital.functions.incidents.rules_reporting import State

MOST = 60


@dataclass(frozen=True)
class PublicChange:
    """What may be read by anybody. since: month ('2026-09'); no day, no incident, nobody."""

    department: str
    said: str
    changed: str
    since: str


def released(department: int | None = None) -> QuerySet[WardChange]:
    """Changes that stand on the wall, the newest first."""
    found = WardChange.objects.filter(withdrawn_at=None).order_by("-since", "-pk")
    return found if department is None else found.filter(department_id=department)


def public(department_code: str | None = None) -> list[PublicChange]:
    """The same for a page without a login. Needs the scope of an institution; reads nothing but released sentences."""
    found = released().select_related("department")
    if department_code:
        found = found.filter(department__code=department_code)
    names = place_names()
    return [
        PublicChange(names.get(one.department_id, ""), one.said, one.changed, f"{one.since:%Y-%m}")
        for one in found[:MOST]
    ]


def by_ward() -> list[tuple[object, int, date | None]]:
    """(department, changes, newest since) of every department that has any, in the hospital's order."""
    rows = released().order_by().values("department_id").annotate(n=Count("pk"), newest=Max("since"))
    found = {row["department_id"]: row for row in rows}
    return [(one, found[one.id]["n"], found[one.id]["newest"]) for one in wards() if one.id in found]


def change(pk: int) -> WardChange | None:
    return released().filter(pk=pk).first()


def change_of(incident: Incident) -> WardChange | None:
    """The change that was released from an incident; known to those who see the incident."""
    found = ChangeSource.objects.filter(incident=incident).select_related("change").first()
    return None if found is None or found.change.withdrawn_at else found.change


def waiting(limit: int = 20) -> list[Incident]:
    """Closed cases of a ward from which nobody has released a sentence yet, the newest first."""
    known = ChangeSource.objects.values("incident_id")
    found = Incident.objects.filter(state=State.CLOSED, department__isnull=False).exclude(pk__in=known)
    return list(found.order_by("-occurred_on", "code")[:limit])


def people() -> list[str]:
    """Full names of everybody with an account: none of them may stand in a released sentence."""
    rows = User.objects.filter(is_active=True).values_list("last_name", "first_name")
    return [f"{last}{first}" for last, first in rows if last and first]
