"""What of a case decides whether it may be closed."""

from __future__ import annotations

from zhikong.hospital.functions.incidents.models.handling_work import IncidentMeasure
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import packs, running
from zhikong.hospital.functions.incidents.rules_handling_states import Stand

S = IncidentMeasure.State


def stand_of(incident: Incident) -> Stand:
    """Facts for rules_handling_states.obstacles."""
    handling, level = incident.handling, packs.level(incident.level)
    states = list(IncidentMeasure.objects.filter(incident=incident).values_list("state", flat=True))
    return Stand(
        level=incident.level if handling.level_at else "",
        level_waits=bool(handling.proposed_level),
        compulsory=level is not None and level.compulsory,
        answered=handling.answered_at is not None,
        asked=handling.asked_at is not None,
        analysed=handling.analysed_at is not None,
        unsubmitted=tuple(one.clock.title for one in running.unsubmitted(incident)),
        open_measures=sum(state in (S.OPEN, S.DONE) for state in states),
        measures=sum(state == S.EFFECTIVE for state in states),
    )
