"""Sheets as evidence: a sheet that was handed in may be what a duty asks for, and a duty can begin one."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.duties import actions, evidence
from zhikong.foundation.duties.evidence import Arrival, EvidenceKind
from zhikong.foundation.duties.models import Occurrence
from zhikong.foundation.duties.queries import KIND
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.forms import queries as sheets
from zhikong.foundation.forms.facts import SheetReturned, SheetSubmitted
from zhikong.foundation.forms.rules import EDITABLE
from zhikong.foundation.outbox.registry import subscribe

FORM = "form"


def register() -> None:
    """Let submitted sheets prove duties, and let duties begin sheets."""
    evidence.register(EvidenceKind(FORM, start=start, title_of=title_of))
    subscribe(SheetSubmitted, submitted, order_by="sheet_id")
    subscribe(SheetReturned, returned, order_by="sheet_id")


def submitted(fact: SheetSubmitted, *, now: datetime) -> None:
    """A sheet was handed in: it may be what a duty asks for."""
    sheet = sheets.sheet(fact.sheet_id)
    if sheet is None or sheet.submitted_at is None:
        return
    arrival = Arrival(
        kind=FORM,
        ref=fact.form_id,
        key=_key(fact.sheet_id),
        dated_on=timezone.localdate(sheet.submitted_at),
        title=f"{sheet.title} {sheet.number}",
        department_id=fact.department_id,
        period=fact.period,
        url=reverse("forms:view", args=[sheet.pk]),
        occurrence_id=_begun_from(fact),
        by=sheet.submitted_by,
    )
    actions.arrive(arrival, now=now)


def _begun_from(fact: SheetSubmitted) -> int | None:
    return int(fact.source_key) if fact.source_kind == KIND and fact.source_key.isdigit() else None


def returned(fact: SheetReturned, *, now: datetime) -> None:
    """A sheet went back: it shows nothing until it is handed in again."""
    actions.lapse(kind=FORM, key=_key(fact.sheet_id), now=now, reason="表单已退回")


def _key(sheet_id: int) -> str:
    return f"sheet:{sheet_id}"


def start(occurrence: Occurrence, form_id: str, *, by, now: datetime) -> str:
    """The address of the sheet that was begun for this occurrence, or of a new one."""
    begun = sheets.sheet_of_source(source_kind=KIND, source_key=str(occurrence.pk), form_id=form_id)
    if begun is None or begun.state not in EDITABLE:
        begun = forms.open_sheet(
            by=by,
            now=now,
            form_id=form_id,
            department_id=occurrence.department_id,
            period=occurrence.period,
            source_kind=KIND,
            source_key=str(occurrence.pk),
        )
    return reverse("forms:fill", args=[begun.pk])


def title_of(form_id: str) -> str:
    found = sheets.form(form_id, on=timezone.localdate())
    return found.title if found else form_id
