"""Typed forms of incidents: which one a category asks for, what was answered, who may fill it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.forms.definition.model import FormDefinition
from zhikong.foundation.packstore.queries import resolve
from zhikong.hospital.functions.incidents.models.reporting import Incident, IncidentSheet
from zhikong.hospital.functions.incidents.queries.reporting import categories, envelopes
from zhikong.hospital.functions.incidents.rules_reporting_typed import Line, lines

CODE = "incident_form"


@dataclass(frozen=True)
class Typed:
    """A filled typed form. values: clean answers by item."""

    form: FormDefinition
    values: Mapping[str, Any]
    filled_at: datetime
    done_at: datetime | None

    def lines(self) -> list[Line]:
        """The answers in words."""
        return lines(self.form, self.values)


def form(form_id: str, *, on: date | None = None) -> FormDefinition | None:
    """The form in force on a day (today)."""
    found = resolve(CODE, form_id, on=on or timezone.localdate()) if form_id else None
    return None if found is None else found.obj


def form_of(incident: Incident) -> FormDefinition | None:
    """The form that the incident's category asks for; None when it asks for none."""
    category = categories.category(incident.category)
    return None if category is None else form(category.form)


def row(incident: Incident, form_id: str) -> IncidentSheet | None:
    """The stored sheet."""
    return IncidentSheet.objects.filter(incident_id=incident.pk, form_id=form_id).first()


def typed(incident: Incident, form_id: str) -> Typed | None:
    """A form of an incident with its answers, read with the version of the day on which it was filled in."""
    found = row(incident, form_id)
    return None if found is None else _typed(found)


def all_of(incident: Incident) -> list[Typed]:
    """All typed forms of an incident; more than one when its category was changed."""
    rows = IncidentSheet.objects.filter(incident_id=incident.pk).order_by("filled_at", "pk")
    return [one for found in rows if (one := _typed(found)) is not None]


def _typed(found: IncidentSheet) -> Typed | None:
    definition = form(found.form_id, on=timezone.localdate(found.filled_at)) or form(found.form_id)
    if definition is None:
        return None
    return Typed(definition, envelopes.opened(found), found.filled_at, found.done_at)


def may_fill(by, incident: Incident) -> bool:
    """The ward's posts that analyse, and whoever handles incidents; the reporter fills it in on his own page."""
    if can(by, Permission.HANDLE_INCIDENTS, whole_hospital=True):
        return True
    return incident.department_id is not None and can(
        by, Permission.ANALYSE_INCIDENTS, incident.department_id
    )
