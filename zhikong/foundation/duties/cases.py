"""Closed cases as evidence: ``evidence: {flow: patient_opinions}``."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.duties import actions, evidence
from zhikong.foundation.duties.evidence import Arrival, EvidenceKind
from zhikong.foundation.duties.models import Occurrence
from zhikong.foundation.flows import library
from zhikong.foundation.flows.facts import CaseClosed
from zhikong.foundation.flows.models import Case
from zhikong.foundation.outbox.registry import subscribe

FLOW = "flow"


def register() -> None:
    """Let closed cases prove duties, and lead from a duty to where a case is opened."""
    evidence.register(EvidenceKind(FLOW, start=start, title_of=title_of))
    subscribe(CaseClosed, closed)


def closed(fact: CaseClosed, *, now: datetime) -> None:
    """A case ended: it may be what a duty asks for. A confidential one is named by its number only."""
    case = Case.objects.filter(pk=fact.case_id).first()
    if case is None or case.closed_at is None:
        return
    arrival = Arrival(
        kind=FLOW,
        ref=fact.flow_id,
        key=f"case:{fact.case_id}",
        dated_on=timezone.localdate(case.closed_at),
        title=case.number if case.confidential else f"{case.number} {case.title}",
        department_id=fact.department_id,
        url=reverse("flows:case", args=[case.pk]),
        by=case.closed_by,
    )
    actions.arrive(arrival, now=now)


def start(occurrence: Occurrence, flow_id: str, *, by, now: datetime) -> str:
    """Where a case of the flow is opened."""
    return reverse("flows:open", args=[flow_id])


def title_of(flow_id: str) -> str:
    found = library.flow_in_force(flow_id, on=timezone.localdate())
    return found.title if found else flow_id
