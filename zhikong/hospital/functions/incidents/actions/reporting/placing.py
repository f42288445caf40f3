"""Bringing a report in. No row, trail or fact of it carries the account that sent it; the identity is sealed apart."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.outbox.actions import announce
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.facts import IncidentReported
from zhikong.hospital.functions.incidents.models.reporting import (
    Incident,
    IncidentContent,
    ReportDraft,
    ReporterIdentity,
)
from zhikong.hospital.functions.incidents.queries.reporting import envelopes, reading
from zhikong.hospital.functions.incidents.rules_reporting import Privacy
from zhikong.hospital.functions.incidents.rules_reporting_report import Report

CONTENT, IDENTITY = envelopes.CONTENT, envelopes.IDENTITY


def submit(*, by, now: datetime, report: Report, once: str = "", draft: int | None = None) -> Incident:
    """Send a report with an account, by name or in confidence. Everybody may; the same ``once`` again is the same report.

    draft: the draft that it was written from; it goes. Anonymous reports never come this way.
    """
    if report.privacy not in (Privacy.NAMED, Privacy.CONFIDENTIAL):
        raise ValidationError("匿名报告请在匿名页面里写，那里不知道您是谁。")
    with neutral.nobody():
        sent = already(once)
        if sent is not None:
            return sent
        try:
            with transaction.atomic():
                made = _write(now=now, report=report, once=once, code=None, reported_at=now)
                _keep_identity(made, by)
        except IntegrityError:  # the same report arrived twice at once
            sent = already(once)
            if sent is None:
                raise
            return sent
        if draft is not None:
            ReportDraft.objects.filter(owner=envelopes.owner_of(by.pk), pk=draft).delete()
        return made


def place(
    *,
    now: datetime,
    report: Report,
    code: str | None = None,
    reported_at: datetime | None = None,
    once: str = "",
) -> Incident:
    """Bring in an anonymous report: nobody's, whatever the scope. reported_at: coarse; code: as the reporter was told.

    once: makes the same report one when a commit is repeated.
    """
    if report.privacy != Privacy.ANONYMOUS:
        raise ValidationError("这里只接收匿名报告。")
    with neutral.nobody():
        return already(once) or _write(
            now=now, report=report, once=once, code=code, reported_at=reported_at or now
        )


def already(once: str) -> Incident | None:
    """The report that was sent with this form before."""
    return Incident.objects.filter(once=once).first() if once else None


def _write(*, now, report: Report, once: str, code: str | None, reported_at: datetime) -> Incident:
    institution = current_scope().institution_id
    more = {"code": code} if code else {}
    made = Incident.objects.create(
        institution_id=institution,
        privacy=report.privacy,
        category=report.category,
        department_id=report.department_id,
        occurred_on=report.occurred_on,
        shift=report.shift,
        place=report.place,
        harm=report.harm,
        level=report.level,
        reported_at=reported_at,
        once=once,
        reader_roles=reading.reader_roles(),
        **more,
    )
    content = IncidentContent(institution_id=institution, incident=made)
    content.sealed = envelopes.seal(report.words(), content, CONTENT)
    content.save(force_insert=True)
    announce(IncidentReported(incident_id=made.pk), now=reported_at)
    return made


def _keep_identity(made: Incident, by) -> None:
    row = ReporterIdentity(
        institution_id=made.institution_id,
        incident=made,
        privacy=made.privacy,
        owner=envelopes.owner_of(by.pk),
        reader_roles=reading.identity_roles(made.privacy),
    )
    row.sealed = envelopes.seal(_who(by), row, IDENTITY)
    row.save(force_insert=True)


def _who(by) -> dict[str, object]:
    """What whoever may know the reporter needs in order to speak with him; as it was on the day."""
    on = timezone.localdate()
    names = organisation.names(on=on)
    departments = sorted({d for grant in by.grants(on) for d in grant.departments or ()})
    return {
        "account": by.pk,
        "name": by.get_full_name() or by.get_username(),
        "staff_number": by.person.staff_number if by.person else "",
        "department": "、".join(names[d] for d in departments if d in names),
    }
