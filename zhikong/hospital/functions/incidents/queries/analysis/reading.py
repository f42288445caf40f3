"""Reads of analyses. Row policies decide which a reader sees; what belongs to one that is seen is read aside from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.audit.actions import log_read
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.analysis import (
    AnalysedIncident,
    Analysis,
    CasePerson,
    CasePersonIdentity,
    TeamMember,
)
from zhikong.hospital.functions.incidents.models.analysis_work import Measure
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.rules_reporting_sealing import key_of, seal, unseal

WHO = "incidents.case_person"
PURPOSE = "analysis persons"


def analyses(*, show: str = "open") -> QuerySet[Analysis]:
    """Analyses in the reader's reach, the most urgent first. show: open, done or all."""
    rows = Analysis.objects.select_related("department")
    if show == "open":
        rows = rows.filter(state__in=[Analysis.State.RUNNING, Analysis.State.FINISHED])
    elif show == "done":
        rows = rows.filter(state__in=[Analysis.State.APPROVED, Analysis.State.STOPPED])
    return rows.order_by("due_on", "pk")


def analysis(code: str) -> Analysis | None:
    """One analysis in the reader's reach."""
    return Analysis.objects.select_related("department").filter(code=code).first()


def analysis_of(incident: Incident) -> Analysis | None:
    """The newest analysis of an incident that was not stopped, whatever the reader's reach: for guards and links."""
    with neutral.nobody():
        found = AnalysedIncident.objects.filter(incident_id=incident.pk).exclude(
            analysis__state=Analysis.State.STOPPED
        )
        row = found.select_related("analysis").order_by("-analysis__opened_at").first()
        return row.analysis if row else None


def incidents_of(one: Analysis) -> list[Incident]:
    """What it is about; the team reads the head of each whatever its department."""
    with neutral.nobody():
        rows = AnalysedIncident.objects.filter(analysis_id=one.pk).select_related("incident__department")
        return sorted(
            (row.incident for row in rows), key=lambda incident: (incident.occurred_on, incident.code)
        )


def measures_of(one: Analysis, *, dropped: bool = False) -> list[Measure]:
    """Its measures, those of other departments too."""
    with neutral.nobody():
        rows = Measure.objects.filter(analysis_id=one.pk).select_related(
            "department", "node", "done_by", "judged_by"
        )
        return list(rows if dropped else rows.filter(dropped_at=None))


def measure(pk: int) -> Measure | None:
    """One measure in the reader's reach: of the department that carries it out, or of the case's team."""
    return Measure.objects.select_related("department").filter(pk=pk).first()


def late_measures(*, today: date) -> QuerySet[Measure]:
    """Measures in reach whose day has passed without being carried out."""
    rows = Measure.objects.filter(done_at=None, dropped_at=None, due_on__lt=today)
    return rows.select_related("department").order_by("due_on", "pk")


def team(one: Analysis) -> list[TeamMember]:
    order = list(TeamMember.Role.values)
    rows = TeamMember.objects.filter(analysis_id=one.pk).select_related("user__person")
    return sorted(rows, key=lambda row: (order.index(row.role), str(row.user)))


@dataclass(frozen=True)
class Rights:
    """What a reader may do to an analysis."""

    write: bool
    lead: bool
    approve: bool


def of_office(by, row: Analysis | Measure) -> bool:
    """Whether somebody is of an office that reads this row by role."""
    return any(
        grant.departments is None
        and grant.role.code in row.reader_roles
        and Permission.HANDLE_INCIDENTS in grant.role.permissions
        for grant in by.grants()
    )


def rights(by, one: Analysis) -> Rights:
    """Team and office write; leader and office conclude; a sponsor or the office, never the leader, approves."""
    mine = {row.user_id: row.role for row in TeamMember.objects.filter(analysis_id=one.pk)}.get(by.pk)
    office = of_office(by, one)
    of_ward = one.kind != Analysis.Kind.RCA and can(by, Permission.ANALYSE_INCIDENTS, one.department_id)
    working = mine in (TeamMember.Role.LEADER, TeamMember.Role.MEMBER, TeamMember.Role.EXPERT)
    lead = office or of_ward or mine == TeamMember.Role.LEADER
    approve = mine != TeamMember.Role.LEADER and (office or mine == TeamMember.Role.SPONSOR)
    return Rights(working or lead, lead, approve and by.pk != one.finished_by_id)


def sealed_name(row: CasePersonIdentity, name: str) -> bytes:
    """The envelope of who a person is, bound to its row."""
    return seal({"name": name}, key=_key(), bound_to=_bound(row))


def name_of(person: CasePerson, *, by, now: datetime) -> str:
    """Who a person of the case is: for the leader and the offices, each look logged. Raises PermissionDenied."""
    if not rights(by, person.analysis).lead:
        raise PermissionDenied("您没有权限：查看事件中的人是谁。只有组长和受理部门能看，每次查看都有记录。")
    row = CasePersonIdentity.objects.filter(person=person).first()
    if row is None:
        return ""
    log_read(by=by, subject=WHO, purpose="analysis", count=1)
    return str(unseal(row.sealed, key=_key(), bound_to=_bound(row))["name"])


def hidden_names(one: Analysis) -> list[str]:
    """Names behind the labels of a case: for looking for them in what is about to be shown, never for showing them."""
    with neutral.nobody():
        rows = CasePersonIdentity.objects.filter(person__analysis_id=one.pk)
        return [str(unseal(row.sealed, key=_key(), bound_to=_bound(row))["name"]) for row in rows]


def _key() -> bytes:
    return key_of(settings.IDENTITY_SECRET, PURPOSE)


def _bound(row: CasePersonIdentity) -> str:
    return f"{row.institution_id}|{row.person_id}"


def candidates() -> list[User]:
    """Active accounts of the hospital, for a team."""
    rows = User.objects.filter(is_active=True).exclude(institution=None).select_related("person")
    return sorted(rows, key=str)


def users(pks: Iterable[int]) -> list[User]:
    return sorted(User.objects.filter(pk__in=list(pks)).select_related("person"), key=str)
