"""Who complains: read in clear by who handles complaints, masked by everybody else; every look is logged."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.patients.rules import Identity, key_of, masked_name, unseal
from zhikong.hospital.functions.complaints.models.intake import Complainant, Complaint

SUBJECT = "complaints.complainant"


@dataclass(frozen=True)
class ShownPerson:
    """A complainant as the reader may see him. clear: name and telephone are the real ones."""

    name: str
    phone: str
    clear: bool

    @property
    def known(self) -> bool:
        return bool(self.name or self.phone)


NOBODY = ShownPerson("", "", clear=False)


def may_see(by) -> bool:
    return can(by, Permission.HANDLE_COMPLAINTS, whole_hospital=True) or can(
        by, Permission.HANDLE_DISPUTES, whole_hospital=True
    )


def complainant_of(*, by, complaint: Complaint, purpose: str) -> ShownPerson:
    """Name and telephone for who handles the complaint (logged with its purpose), 王** for other readers."""
    row = Complainant.objects.filter(complaint=complaint).first()
    if row is None:
        return NOBODY
    found = opened(row, complaint)
    if not may_see(by):
        return ShownPerson(masked_name(found.name) if found.name else "", "", clear=False)
    log_read(by=by, subject=SUBJECT, purpose=purpose, count=1)
    return ShownPerson(found.name, found.phone, clear=True)


def traces(*, by, complaint: Complaint) -> tuple[str, ...]:
    """What would give the complainant away in a text that goes on to others: for looking for it, never for showing it."""
    row = Complainant.objects.filter(complaint=complaint).first()
    if row is None:
        return ()
    log_read(by=by, subject=SUBJECT, purpose="核对文字中有没有投诉人的姓名和电话", count=1)
    found = opened(row, complaint)
    return tuple(part for part in (found.name, found.phone) if len(part) > 1)


def opened(row: Complainant, complaint: Complaint) -> Identity:
    return unseal(row.sealed, key=key_of(settings.IDENTITY_SECRET), bound_to=bound_to(complaint))


def bound_to(complaint: Complaint) -> str:
    """What an envelope is bound to: institution and complaint."""
    return f"{complaint.institution_id}|complaint|{complaint.number}"
