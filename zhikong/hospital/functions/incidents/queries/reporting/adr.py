"""Adverse drug reactions for the pharmacy: what is complete, what waits for its form, records for the export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from zhikong.foundation.forms.definition.model import FormDefinition
from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import scope
from zhikong.hospital.functions.incidents.queries.reporting import reading, typed
from zhikong.hospital.functions.incidents.rules_reporting import State
from zhikong.hospital.functions.incidents.rules_reporting_export import record

CATEGORY, FORM = "adr", "incident_adr"


@dataclass(frozen=True)
class Reaction:
    """One reaction. filled: its typed form, None while nobody filled it in."""

    incident: Incident
    department: str
    filled: typed.Typed | None

    @property
    def is_complete(self) -> bool:
        return self.filled is not None and self.filled.done_at is not None


def form() -> FormDefinition | None:
    """The form in force."""
    return typed.form(FORM)


def reactions(user, *, since: date, until: date) -> list[Reaction]:
    """Reactions that happened between two days (both included) and that the user sees, the newest first."""
    rows = scope.visible(user).filter(category=CATEGORY, occurred_on__range=(since, until))
    names = organisation.names(on=timezone.localdate())
    return [
        Reaction(one, names.get(one.department_id, ""), typed.typed(one, FORM))
        for one in rows.exclude(state=State.MERGED).order_by("-occurred_on", "code")
    ]


def records(found: list[Reaction], definition: FormDefinition) -> list[dict[str, str]]:
    """What the export holds of them: complete ones only; never who reported."""
    return [record(definition, _head(one), one.filled.values) for one in found if one.is_complete]


def _head(one: Reaction) -> dict[str, str]:
    incident = one.incident
    return {
        "report_number": incident.code,
        "report_kind": incident.privacy,
        "reported_on": timezone.localtime(incident.reported_at).date().isoformat(),
        "department": one.department,
        "occurred_on": incident.occurred_on.isoformat(),
        "level": incident.level,
        "what": reading.told(incident).what,
    }
