"""What planning does when something happened: a concluded visit proves the duty that it was for."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.duties import actions as duties
from zhikong.foundation.duties.evidence import Arrival, EvidenceKind, register
from zhikong.foundation.packstore import queries as packstore
from zhikong.hospital.functions.inspections.facts_planning import VisitConcluded
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.queries.planning import visits
from zhikong.hospital.functions.inspections.queries.planning.programmes import CODE
from zhikong.hospital.functions.inspections.rules_planning import FINISHED, UPCOMING, Kind

FACT = "inspection"
"""A duty names a programme as evidence by ``evidence: {fact: "inspection:<programme id>"}``."""


def evidence_of(programme: str) -> str:
    return f"{FACT}:{programme}"


def register_evidence() -> None:
    """Let duties name programmes as evidence, and lead from the duty to where inspections are planned."""
    register(EvidenceKind(f"fact:{FACT}", start=begin, title_of=title_of))


def title_of(ref: str) -> str:
    """“现场检查：季度医疗安全大检查”"""
    name = ref.partition(":")[2]
    found = packstore.resolve(CODE, name, on=timezone.localdate())
    return f"现场检查：{found.title if found else name}"


def begin(occurrence, ref: str, *, by, now: datetime) -> str:
    """Where an inspection is planned."""
    return reverse("inspections:programmes")


def _round_goes_on(visit: Visit) -> bool:
    """A hospital's duty is done when the whole round is; a department's self-check when its own visit is."""
    if visit.round_id is None or visit.kind == Kind.SELF:
        return False
    return Visit.objects.filter(round_id=visit.round_id, state__in=list(UPCOMING)).exists()


def concluded(fact: VisitConcluded, *, now: datetime) -> None:
    """A visit has its result: the programme's duty has evidence, for the department or for the hospital."""
    visit = visits.visit(fact.visit_id)
    if visit is None or not fact.programme or visit.state not in FINISHED or _round_goes_on(visit):
        return
    duties.arrive(
        Arrival(
            kind="fact",
            ref=evidence_of(fact.programme),
            key=f"visit:{visit.pk}",
            dated_on=timezone.localdate(visit.concluded_at),
            title=f"{visit.number} {visit.title}",
            department_id=fact.department_id,
            url=reverse("inspections:visit", args=[visit.pk]),
            occurrence_id=fact.occurrence_id or None,
            by=visit.concluded_by,
        ),
        now=now,
    )
