"""People of a case: who looks into it, who could."""

from __future__ import annotations

from zhikong.foundation.access.models import User
from zhikong.foundation.access.queries import accounts
from zhikong.hospital.functions.incidents.models.handling_work import Investigator
from zhikong.hospital.functions.incidents.models.reporting import Incident


def investigators(incident: Incident) -> list[Investigator]:
    """Who looks into it now, in the order of joining."""
    rows = Investigator.objects.filter(incident=incident, left_at=None)
    return list(rows.select_related("user").order_by("added_at", "pk"))


def candidates() -> list[User]:
    """Accounts that could be asked; everybody, so that the list tells nothing about who reported."""
    return [one for one in accounts() if one.is_active]
