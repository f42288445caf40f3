"""Write what the content rules found in open charts: new defects, mended ones, and those that came back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.patients.live_events import key_of as live_key
from zhikong.foundation.patients.models import LiveRow
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.records.actions.running.obligations import CHUNK, Changes
from zhikong.hospital.functions.records.actions.running.outcomes import count
from zhikong.hospital.functions.records.models import CheckEvent, Defect, RuleOutcome
from zhikong.hospital.functions.records.queries.running.judged import Judged, defect_key
from zhikong.hospital.functions.records.queries.running.people import accounts_of

SOURCE = "record_defect"
STATE = Defect.State
_COLUMNS = (
    "department_id", "version", "title", "severity", "stage", "subject", "responsible", "user_id", "text", "points",
    "document", "section", "span_start", "span_end",
)  # fmt: skip
_WRITTEN = (*_COLUMNS, "state", "changed_at", "checked_at", "checked_by")
_SETTLES = (STATE.OPEN, STATE.RETURNED, STATE.MENDED)
"""States from which the machine may say that the defect is gone."""


def follow(found: Judged, *, asked: Collection[str], now: datetime) -> Changes:
    """Bring the machine's defects of the asked stays in step with what was judged; gives what changed.

    A defect that is not found any more is confirmed as mended. One that the writer called mended and that is still
    found in a newer document goes back to the writer. What could not be judged stays as it is.
    """
    rows = Defect.objects.filter(stay_id__in=list(asked), source=Defect.Source.MACHINE)
    known = {(row.stay_id, row.key): row for row in rows}
    users = accounts_of(found.writers(found.defects))
    new, changed, steps, told = [], [], [], set()
    for said in found.defects:
        stay = found.stays.get(said["encounter"])
        if stay is None:
            continue
        key = defect_key(said)
        told.add((stay.stay_id, key))
        values = _values(said, stay, found.titles.get(said["rule"]), users)
        row = known.get((stay.stay_id, key))
        if row is None:
            new.append(_new(said, stay, key, values, now))
        elif (step := _again(row, values, now)) is not None:
            changed.append(row)
            steps.append((row, step))
    gone = _gone(known, told, found, now)
    Defect.objects.bulk_create(new, batch_size=CHUNK)
    Defect.objects.bulk_update([*changed, *(row for row, _ in gone)], _WRITTEN, batch_size=CHUNK)
    steps += [(row, "appeared") for row in new] + gone
    write_steps([(row, what) for row, what in steps if what], now=now)
    _finish([row for row, what in gone], now)
    return Changes([*new, *changed, *(row for row, _ in gone)], steps)


def _values(said: dict, stay, rule, users: dict) -> dict[str, Any]:
    code = stay.responsible(said["responsible"], rule)
    user = users.get(code)
    return {
        "department_id": stay.department_id,
        "version": said["version"],
        "title": str(getattr(rule, "title", said["rule"]))[:160],
        "severity": str(getattr(rule, "severity", "") or ""),
        "stage": getattr(rule, "stage", "") or "",
        "subject": (said["subject"] or "")[:160],
        "responsible": code,
        "user_id": user.pk if user else None,
        "text": (said["reason"] or "")[:400],
        "points": getattr(rule, "points", None),
        "document": said["span_document"] or "",
        "section": said["span_section"] or "",
        "span_start": said["span_start"],
        "span_end": said["span_end"],
    }


def _new(said: dict, stay, key: str, values: dict, now: datetime) -> Defect:
    return Defect(
        institution_id=current_scope().institution_id,
        stay_id=stay.stay_id,
        patient_key=stay.patient_key,
        key=key,
        rule=said["rule"],
        source=Defect.Source.MACHINE,
        first_seen_at=now,
        changed_at=now,
        **values,
    )


def _again(row: Defect, values: dict, now: datetime) -> str | None:
    """The defect is found once more; gives the event, '' for none, None when nothing changed."""
    step = None
    if row.state in (STATE.CONFIRMED, STATE.SETTLED):
        row.state, step = STATE.OPEN, "reopened"
    elif row.state == STATE.MENDED and _rewritten(row):
        row.state, row.checked_at, row.checked_by, step = STATE.RETURNED, now, None, "returned"
    if step is None and all(getattr(row, name) == value for name, value in values.items()):
        return None
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at = now
    return step or ""


def _rewritten(row: Defect) -> bool:
    """Whether the document came anew after the writer said that it is mended."""
    if not row.document or row.mended_at is None:
        return False
    newer = LiveRow.objects.filter(stay_id=row.stay_id, late=False, received_at__gt=row.mended_at)
    parts = newer.filter(table="document_sections", row__document_id=row.document)
    return newer.filter(table="documents", key=live_key([row.document])).exists() or parts.exists()


def _gone(known: dict, told: set, found: Judged, now: datetime) -> list[tuple[Defect, str]]:
    ended = []
    for name, row in known.items():
        if name in told or (row.stay_id, row.rule) in found.held:
            continue
        if row.stay_id not in found.stays:
            if row.state in Defect.ALIVE:
                row.state, row.changed_at = STATE.SETTLED, now
                ended.append((row, "settled"))
        elif row.state in _SETTLES:
            row.state, row.changed_at, row.checked_at, row.checked_by = STATE.CONFIRMED, now, now, None
            ended.append((row, "confirmed"))
            count(row, RuleOutcome.Outcome.UPHELD, source=RuleOutcome.Source.MENDED, now=now)
    return ended


def write_steps(steps: Iterable[tuple[Defect, str]], *, now: datetime, by=None, text: str = "") -> None:
    """Add to the story of some defects."""
    CheckEvent.objects.bulk_create(
        (
            CheckEvent(
                institution_id=row.institution_id,
                defect=row,
                department_id=row.department_id,
                what=what,
                text=(text or row.text)[:400],
                at=now,
                by=by,
            )
            for row, what in steps
        ),
        batch_size=CHUNK,
    )


def _finish(rows: list[Defect], now: datetime) -> None:
    for row in rows:
        tasks.complete_for(source_kind=SOURCE, source_key=str(row.pk), by=None, now=now)
