"""What the page of a case shows of its analysis: where it stands, or the button that begins it."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.hospital.functions.incidents.actions.analysis.opening import may_open
from zhikong.hospital.functions.incidents.queries.analysis import closing_obstacles, demanded, reading
from zhikong.hospital.functions.incidents.rules_reporting import State


def on_case(request, incident) -> dict:
    """The section of analysis with what still stands against closing; a merged or returned report has none to show."""
    running = incident.state not in (State.CLOSED, State.MERGED, State.RETURNED, State.REPORTED)
    context = {
        "analysis": reading.analysis_of(incident), "may_open": running and may_open(request.user, incident),
        "kind": demanded(incident.level), "incident": incident,
        "obstacles": closing_obstacles(incident, timezone.now()) if running else [],
    }  # fmt: skip
    return {"title": _("原因分析"), "template": "incidents/analysis/_on_case.html", "context": context}
