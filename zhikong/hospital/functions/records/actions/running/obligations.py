"""Write obligations as the check found them, keep how each ended, and finish the tasks that hang on them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.tasks import actions as tasks
from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.records.models import CheckEvent, Obligation
from zhikong.hospital.functions.records.queries.running.judged import Judged, obligation_key
from zhikong.hospital.functions.records.queries.running.people import accounts_of
from zhikong.hospital.functions.records.rules_running import CLOSED_STATES, EXCUSED, UNKNOWN, step_of

SOURCE = "record_obligation"
COLUMNS = (
    "department_id", "version", "title", "severity", "stage", "subject", "responsible", "user_id", "anchor",
    "anchor_at", "due_at", "warn_at", "done_at", "state", "explanation",
)  # fmt: skip
CHUNK = 1_000


@dataclass
class Changes:
    """What a check changed. rows: obligations (or defects) that are new or other than before; steps: (row, event)."""

    rows: list[Any] = field(default_factory=list)
    steps: list[tuple[Any, str]] = field(default_factory=list)


def follow(found: Judged, *, asked: Collection[str], now: datetime) -> Changes:
    """Bring the obligations of the asked stays in step with what was judged; gives what changed."""
    known = {(row.stay_id, row.key): row for row in Obligation.objects.filter(stay_id__in=list(asked))}
    _follow_moved_anchors(known, found)
    users = accounts_of(found.writers(found.obligations))
    new, changed, steps, told = [], [], [], set()
    for (stay_id, key), said in keyed(found).items():
        stay = found.stays[stay_id]
        told.add((stay_id, key))
        values = _values(said, stay, found.titles.get(said["rule"]), users)
        before = known.get((stay_id, key))
        if before is None:
            if values["state"] != EXCUSED:
                new.append(_new(said, stay, key, values, now))
        elif (step := _changed(before, values, now)) is not None:
            changed.append(before)
            steps.append((before, step))
    ended = _end(known, told, found, now)
    Obligation.objects.bulk_create(new, batch_size=CHUNK)
    Obligation.objects.bulk_update(
        [*changed, *(row for row, _ in ended)],
        [*COLUMNS, "key", "changed_at", "ended_at", "ending"],
        batch_size=CHUNK,
    )
    steps += [(row, "overdue") for row in new if row.state == Obligation.State.OVERDUE]
    steps += ended
    _write_steps([(row, what) for row, what in steps if what], now)
    _finish_tasks([row for row, what in steps if what in (*CLOSED_STATES, "withdrawn", "settled")], now)
    return Changes([*new, *changed, *(row for row, _ in ended)], steps)


def keyed(found: Judged) -> dict[tuple[str, str], dict[str, Any]]:
    """(stay, key) -> what was judged, of the stays that are known; of two rows of one key the later gap counts."""
    return {
        (row["encounter"], obligation_key(row)): row
        for row in found.obligations
        if row["encounter"] in found.stays
    }


def _follow_moved_anchors(known: dict[tuple[str, str], Obligation], found: Judged) -> None:
    """Whose anchor was corrected in time (an admission at 01:05, not 01:00) is the same obligation with another due time.

    So a person's excuse, reminder or appeal stays with it. Where several could be meant, nothing is guessed.
    """
    said = keyed(found)
    lost: dict[tuple, list[tuple[str, str]]] = {}
    for name, row in known.items():
        if name not in said and row.ended_at is None:
            lost.setdefault((row.stay_id, row.rule, row.anchor), []).append(name)
    new: dict[tuple, list[tuple[str, str]]] = {}
    for name, one in said.items():
        if name not in known:
            new.setdefault((one["encounter"], one["rule"], _text(one["anchor"], 160)), []).append(name)
    for anchor, names in lost.items():
        if len(names) == 1 == len(new.get(anchor, ())):
            row = known.pop(names[0])
            row.key = new[anchor][0][1]
            known[new[anchor][0]] = row


def _values(said: dict, stay, rule, users: dict) -> dict[str, Any]:
    code = stay.responsible(said["responsible"], rule)
    user = users.get(code)
    return {
        "department_id": stay.department_id,
        "version": said["version"],
        "title": _text(getattr(rule, "title", said["rule"]), 160),
        "severity": str(getattr(rule, "severity", "") or ""),
        "stage": getattr(rule, "stage", "") or "",
        "subject": _text(said["subject"], 160),
        "responsible": code,
        "user_id": user.pk if user else None,
        "anchor": _text(said["anchor"], 160),
        "anchor_at": said["anchor_at"],
        "due_at": said["due_at"],
        "warn_at": said["warn_at"],
        "done_at": said["at"],
        "state": said["state"],
        "explanation": _text(said["explanation"] or said["reason"], 400),
    }


def _text(value: str | None, most: int) -> str:
    text = value or ""
    return text if len(text) <= most else text[: most - 1] + "…"


def _new(said: dict, stay, key: str, values: dict, now: datetime) -> Obligation:
    return Obligation(
        institution_id=current_scope().institution_id,
        stay_id=stay.stay_id,
        patient_key=stay.patient_key,
        key=key,
        rule=said["rule"],
        first_seen_at=now,
        changed_at=now,
        **values,
    )


def _changed(row: Obligation, values: dict, now: datetime) -> str | None:
    """Take the new values over; gives the event to note ('' for none), or None when nothing changed.

    What a person excused stays excused. What could not be judged this time keeps the state it was known in.
    """
    if row.excused_at is not None:
        values = values | {"state": row.state, "explanation": row.explanation}
    elif values["state"] == UNKNOWN and row.state in CLOSED_STATES:
        return None
    if row.ended_at is None and all(getattr(row, name) == value for name, value in values.items()):
        return None
    step = step_of(row.state, values["state"])
    if not step and row.due_at != values["due_at"]:
        step = "moved"
    if row.ended_at is not None:
        row.ended_at, row.ending, step = None, "", step or "reopened"
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at = now
    return step


def _end(known: dict, told: set, found: Judged, now: datetime) -> list[tuple[Obligation, str]]:
    """What no rule asks for any more, and what belongs to stays that have left for the archive.

    A rule that broke or lacks data asks for nothing either; that takes nothing back.
    """
    missing = [row for name, row in known.items() if row.ended_at is None and name not in told]
    here = {row.rule for row in missing if row.stay_id in found.stays}
    held = found.silent(here)
    ended = []
    for row in missing:
        if (row.stay_id, row.rule) in held:
            continue
        gone = row.stay_id not in found.stays
        row.ending = Obligation.Ending.SETTLED if gone else Obligation.Ending.WITHDRAWN
        row.ended_at = row.changed_at = now
        ended.append((row, str(row.ending)))
    return ended


def _write_steps(steps: list[tuple[Obligation, str]], now: datetime) -> None:
    CheckEvent.objects.bulk_create(
        (
            CheckEvent(
                institution_id=row.institution_id,
                obligation=row,
                department_id=row.department_id,
                what=what,
                text=row.explanation,
                at=now,
            )
            for row, what in steps
        ),
        batch_size=CHUNK,
    )


def _finish_tasks(rows: list[Obligation], now: datetime) -> None:
    """The reminder's task is done with the thing itself, and withdrawn with what is not asked for any more."""
    for row in rows:
        if not row.reminders:
            continue
        if row.state in (Obligation.State.DONE, Obligation.State.LATE):
            tasks.complete_for(source_kind=SOURCE, source_key=str(row.pk), by=None, now=now)
        else:
            tasks.cancel_for(
                source_kind=SOURCE,
                source_key=str(row.pk),
                by=None,
                now=now,
                reason="不再要求，或已转终末检查",
            )


def open_tasks(rows: Collection[Obligation]) -> set[int]:
    """Obligations that have an open task."""
    keys = Task.objects.filter(
        source_kind=SOURCE, source_key__in=[str(row.pk) for row in rows], state=Task.State.OPEN
    ).values_list("source_key", flat=True)
    return {int(key) for key in keys}
