"""What learning shows on the page of a case: the sentence that was released, or the way to release one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.learning import changes
from zhikong.hospital.functions.incidents.rules_reporting import State


def change(request, incident: Incident) -> dict[str, Any] | None:
    """A section of a closed case of a ward, for those who may release or have something to read."""
    if incident.state != State.CLOSED or incident.department_id is None:
        return None
    known, may = changes.change_of(incident), can(request.user, Permission.PUBLISH_LESSONS)
    if known is None and not may:
        return None
    return {
        "title": _("您说，我们改"), "template": "incidents/learning/_on_case.html",
        "context": {"change": known, "incident": incident},
    }  # fmt: skip
