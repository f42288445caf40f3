"""A campaign or special rectification: whom it concerns, who was visited, what was found, how much of it is closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from zhikong.foundation.findings import rules
from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.inspections.models.planning import Programme, Visit
from zhikong.hospital.functions.inspections.queries.results.choosing import place_names
from zhikong.hospital.functions.inspections.queries.results.gathering import findings_of
from zhikong.hospital.functions.inspections.rules_planning import FINISHED, Kind, State

SHOWN = (
    Kind.CAMPAIGN,
    Kind.THEMED,
    Kind.QUARTERLY,
    Kind.PRE_HOLIDAY,
    Kind.OFFICIAL_SELF,
    Kind.COVERT,
    Kind.WALK_THROUGH,
)


@dataclass(frozen=True)
class Unit:
    """One department of the campaign's list."""

    department: int | None
    name: str
    visits: tuple[Visit, ...]
    findings: tuple[Finding, ...]
    overdue: int

    @property
    def visited(self) -> int:
        return sum(visit.state in FINISHED for visit in self.visits)

    @property
    def closed(self) -> int:
        return sum(one.state == rules.State.CLOSED for one in self.findings)

    @property
    def rate(self) -> float | None:
        """Per cent of its findings that are closed; None without any."""
        return None if not self.findings else 100 * self.closed / len(self.findings)


@dataclass(frozen=True)
class Campaign:
    programme: Programme
    units: tuple[Unit, ...]
    frequent: tuple[tuple[str, int], ...]

    @property
    def visits(self) -> int:
        return sum(len(unit.visits) for unit in self.units)

    @property
    def visited(self) -> int:
        return sum(bool(unit.visited) for unit in self.units)

    @property
    def findings(self) -> int:
        return sum(len(unit.findings) for unit in self.units)

    @property
    def closed(self) -> int:
        return sum(unit.closed for unit in self.units)

    @property
    def overdue(self) -> int:
        return sum(unit.overdue for unit in self.units)

    @property
    def rate(self) -> float | None:
        return None if not self.findings else 100 * self.closed / self.findings


def programmes() -> list[Programme]:
    """Campaigns and the like, running ones first."""
    return list(Programme.objects.filter(kind__in=SHOWN).order_by("ended_at", "-starts_on"))


def programme(pk: int) -> Programme | None:
    return Programme.objects.filter(pk=pk).first()


def campaign(found: Programme, *, today: date) -> Campaign:
    """Everything of a programme within the reader's scope; who has not been visited yet stands there as well."""
    visits = list(
        found.visits.exclude(state=State.CANCELLED).select_related("round").order_by("planned_on", "pk")
    )
    findings = findings_of(visits)
    places = dict.fromkeys(
        [visit.department_id for visit in visits] + [one.department_id for one in findings]
    )
    names = place_names()
    units = [_unit(place, names, visits, findings, today) for place in places]
    frequent = Counter(one.title for one in findings).most_common(8)
    ordered = sorted(units, key=lambda unit: (unit.rate is None, unit.rate or 0, unit.name))
    return Campaign(found, tuple(ordered), tuple(frequent))


def _unit(
    place: int | None, names, visits: Sequence[Visit], findings: Sequence[Finding], today: date
) -> Unit:
    own = tuple(one for one in findings if one.department_id == place)
    here = tuple(visit for visit in visits if visit.department_id == place)
    name = names.get(place, "") if place else "、".join(visit.title for visit in here)
    return Unit(place, name, here, own, sum(one.is_overdue(today) for one in own))
