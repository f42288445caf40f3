"""The clocks of cases: which run, until when, how they stand; hops of the report; proofs of submission."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from zhikong.foundation.access.scope import once
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.incidents.models.handling import Hop, Submission
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import packs
from zhikong.hospital.functions.incidents.rules_handling_clocks import (
    Facts,
    Running,
    State,
    past,
    running,
)
from zhikong.hospital.functions.incidents.rules_reporting import State as CaseState

OVER = (CaseState.RETURNED, CaseState.MERGED)
"""While the reporter completes it, or another case stands for it, its clocks are not shown."""


def zone() -> ZoneInfo:
    """The institution's zone."""
    return once("incidents.zone", lambda: ZoneInfo(organisation.institution().time_zone))


def _calendar():
    return once("incidents.calendar", working_calendar)


def facts_of(incident: Incident, submissions: Iterable[Submission] = ()) -> Facts:
    """What decides which clocks run for a case."""
    handling = incident.handling
    moments = {
        "known": handling.known_at, "reported": incident.reported_at, "accepted": handling.accepted_at,
        "classified": handling.level_at, "asked": handling.asked_at, "analysed": handling.analysed_at,
        "answered": handling.answered_at, "closed": handling.closed_at, "cause": handling.analysed_at,
    }  # fmt: skip
    for one in sorted(submissions, key=lambda one: one.submitted_at, reverse=True):
        moments[f"submitted:{one.clock_id}"] = one.submitted_at
    return Facts(
        handling.dispute, incident.category, incident.level, incident.harm,
        {name: at for name, at in moments.items() if at is not None},
    )  # fmt: skip


def clocks_of(incident: Incident, submissions: Iterable[Submission] | None = None) -> list[Running]:
    """The clocks of one case, soonest first."""
    if submissions is None:
        submissions = Submission.objects.filter(incident=incident)
    return running(
        packs.clocks().clocks,
        facts_of(incident, submissions),
        zone=zone(),
        working=_calendar().add_working_days,
    )


def clocks_of_many(incidents: list[Incident]) -> dict[int, list[Running]]:
    """The same for several cases with one question for their submissions."""
    proofs = defaultdict(list)
    for one in Submission.objects.filter(incident__in=incidents):
        proofs[one.incident_id].append(one)
    return {one.pk: clocks_of(one, proofs[one.pk]) for one in incidents}


def due_of(incident: Incident, done: str) -> datetime | None:
    """Until when an act is due, the earlier internal limit first; None when no such clock runs."""
    found = [one for one in clocks_of(incident) if one.clock.done == done and one.stopped is None]
    return min((one.internal or one.until for one in found), default=None)


def unsubmitted(incident: Incident) -> list[Running]:
    """Statutory clocks without a proof of submission."""
    return [one for one in clocks_of(incident) if one.clock.statutory and one.stopped is None]


@dataclass(frozen=True)
class Step:
    """One hop of the report upwards: until when, and who knew when; late None: nobody yet and still in time."""

    code: str
    title: str
    who: str
    until: datetime
    hop: Hop | None
    late: bool


def hops_of(incident: Incident, *, now: datetime) -> list[Step]:
    """Staff → head → 医务科, with times (EVT-03)."""
    known = {one.code: one for one in Hop.objects.filter(incident=incident).select_related("by")}
    found = []
    for hop in packs.clocks().hops:
        until = hop.until(incident.reported_at)
        row = known.get(hop.code)
        found.append(Step(hop.code, hop.title, hop.who, until, row, past(until, row.at if row else now)))
    return found


@dataclass(frozen=True)
class Line:
    """One line of the countdown board."""

    incident: Incident
    run: Running
    state: State
    seconds: int

    @property
    def late(self) -> bool:
        return self.state is State.LATE


def at_work(rows: QuerySet[Incident]) -> list[Incident]:
    """Cases of a query whose clocks may run: received by handling, neither returned, merged nor closed."""
    return list(rows.filter(handling__isnull=False).exclude(state__in=(*OVER, CaseState.CLOSED)))


def board(incidents: list[Incident], *, now: datetime) -> list[Line]:
    """Clocks that run for these cases: what is past first, then the soonest."""
    rows = clocks_of_many([one for one in incidents if one.state not in OVER])
    by_id = {one.pk: one for one in incidents}
    lines = [
        Line(by_id[pk], run, run.state(now), int(run.left(now).total_seconds()))
        for pk, runs in rows.items()
        for run in runs
        if run.stopped is None
    ]
    return sorted(lines, key=lambda one: (one.run.until, one.incident.code, one.run.clock.id))
