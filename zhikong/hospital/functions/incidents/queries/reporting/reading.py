"""Reads of incidents. Row policies decide which incidents a reader sees; the reporter's own are found by a fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.audit.actions import log_read
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.reporting import (
    Incident,
    IncidentAddition,
    IncidentContent,
    IncidentPhoto,
    ReporterIdentity,
)
from zhikong.hospital.functions.incidents.queries.reporting import envelopes
from zhikong.hospital.functions.incidents.rules_reporting import Privacy

SUBJECT = "incidents.reporter"


@dataclass(frozen=True)
class Told:
    """What a report says in words."""

    what: str = ""
    done: str = ""
    where: str = ""
    patient: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True)
class Added:
    """What the reporter added. question: key of the question that it answers, or None."""

    added_at: datetime
    text: str
    question: int | None


@dataclass(frozen=True)
class Reporter:
    """Who reported, for those who may know."""

    account_id: int
    name: str
    staff_number: str
    department: str


def reader_roles() -> list[str]:
    """Roles that read incidents within their departments: those who handle, and those who analyse their own."""
    needed = {Permission.HANDLE_INCIDENTS, Permission.ANALYSE_INCIDENTS}
    return sorted(code for code, role in ROLES.items() if needed & role.permissions)


def identity_roles(privacy: str) -> list[str]:
    """Roles that may open the identity of a report: with a name, also those who handle it."""
    needed = {Permission.SEE_REPORTER}
    if privacy == Privacy.NAMED:
        needed.add(Permission.HANDLE_INCIDENTS)
    return sorted(code for code, role in ROLES.items() if needed & role.permissions)


def incident(code: str) -> Incident:
    """The incident of a number, as far as the reader's rows reach. Raises Incident.DoesNotExist."""
    return Incident.objects.select_related("department").get(code=code)


def incidents() -> QuerySet[Incident]:
    """All incidents in the reader's reach, the newest first."""
    return Incident.objects.select_related("department").order_by("-reported_at", "code")


def told(one: Incident) -> Told:
    """What was told, for whoever has the incident in hand. An incident without content (never) tells nothing."""
    row = IncidentContent.objects.filter(incident_id=one.pk).first()
    return Told() if row is None else Told(**envelopes.opened(row))


def additions(one: Incident) -> list[Added]:
    """What was added, in the order of time."""
    rows = IncidentAddition.objects.filter(incident_id=one.pk).order_by("added_at", "pk")
    return [Added(row.added_at, envelopes.opened(row)["text"], row.question) for row in rows]


def photos(one: Incident) -> list[IncidentPhoto]:
    """Pictures of an incident; serve them through neutral.file_content."""
    return list(IncidentPhoto.objects.filter(incident_id=one.pk).order_by("added_at", "pk"))


def may_see_reporter(by, one: Incident) -> bool:
    """Whether this reader may open who reported."""
    if one.privacy == Privacy.ANONYMOUS:
        return False
    if can(by, Permission.SEE_REPORTER, whole_hospital=True):
        return True
    return one.privacy == Privacy.NAMED and can(by, Permission.HANDLE_INCIDENTS, whole_hospital=True)


def reporter_of(*, by, incident: Incident, purpose: str, now: datetime) -> Reporter | None:
    """Who reported: logged as a look. None for an anonymous report. Raises PermissionDenied.

    purpose: a constant of the program, such as "contact"; it stands in the audit trail and must hold no words.
    """
    if incident.privacy == Privacy.ANONYMOUS:
        return None
    if not may_see_reporter(by, incident):
        raise PermissionDenied("您没有权限：查看报告人。保密报告的报告人只有质控科能看。")
    row = ReporterIdentity.objects.filter(incident_id=incident.pk).first()
    if row is None:
        return None
    log_read(by=by, subject=SUBJECT, purpose=purpose, count=1)
    found = envelopes.opened(row, envelopes.IDENTITY)
    return Reporter(found["account"], found["name"], found["staff_number"], found["department"])


def reporter_account(one: Incident) -> int | None:
    """Whom to tell that there is an answer: only for neutral.notice(users=…), never shown to anybody."""
    with neutral.nobody():
        row = ReporterIdentity.objects.filter(incident_id=one.pk).first()
        return None if row is None else envelopes.opened(row, envelopes.IDENTITY)["account"]


def own(by) -> list[Incident]:
    """Reports that were made with this account, the newest first; read aside from the account's departments."""
    with neutral.nobody():
        ids = _own(by).values_list("incident_id", flat=True)
        return list(incidents().filter(pk__in=list(ids)))


def own_incident(*, by, code: str) -> Incident:
    """One report of this account. Raises Incident.DoesNotExist, also when it is somebody else's."""
    with neutral.nobody():
        found = incident(code)
        if not _own(by).filter(incident_id=found.pk).exists():
            raise Incident.DoesNotExist
        return found


def is_reporter(by, one: Incident) -> bool:
    """Whether this account made the report."""
    with neutral.nobody():
        return _own(by).filter(incident_id=one.pk).exists()


def _own(by) -> QuerySet[ReporterIdentity]:
    return ReporterIdentity.objects.filter(owner=envelopes.owner_of(by.pk))
