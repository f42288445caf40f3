"""Candidates of unreported harm: what the triggers in force find in a month of discharge, and what reviewers said."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from zhikong.engine.compute import NotDelivered
from zhikong.engine.tables import TABLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import gateway
from zhikong.foundation.organisation.models import Department
from zhikong.foundation.packstore.queries import resolve, resolve_all
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.learning import TriggerReview
from zhikong.hospital.functions.incidents.queries.learning.readers import Reader, codes
from zhikong.hospital.functions.incidents.rules_learning_triggers import CODE, MODULES, Trigger, Yield

MOST = 2000
"""Candidates of one trigger and month that are read at once; a trigger that finds more is too wide."""
DAY = 24 * 3600


@dataclass(frozen=True)
class Line:
    """A trigger with its yield. reason: why it cannot be computed ('' when it can). all_time: over every month."""

    trigger: Trigger
    month: Yield
    all_time: Yield
    reason: str = ""


@dataclass(frozen=True)
class Candidate:
    """One row that a trigger found. facts: (what, value) for the reviewer; key: its fingerprint."""

    key: str
    stay: str
    department: str
    at: datetime | None
    discharged_at: datetime | None
    facts: tuple[tuple[str, str], ...]
    review: TriggerReview | None = None


def in_force() -> list[Trigger]:
    """Active triggers by module and id."""
    order = list(MODULES)
    found = (one.obj for one in resolve_all(CODE, on=timezone.localdate()))
    return sorted((t for t in found if t.active), key=lambda t: (order.index(t.module), t.id))


def trigger(trigger_id: str) -> Trigger | None:
    found = resolve(CODE, trigger_id, on=timezone.localdate())
    return None if found is None or not found.obj.active else found.obj


def months() -> list[str]:
    """Months of discharge with facts, the newest first."""
    return gateway.published(tables=["stays"]).months()[::-1][:24]


def lines(month: str, who: Reader) -> list[Line]:
    """Every trigger with the candidates of departments whose cases the reader may open."""
    found, counts = in_force(), _counts(month)
    allowed = {code for pk, code in codes().items() if who.may_open(pk)}
    said, ever = _reviews(month), _reviews("")
    made = []
    for one in found:
        places, reason = counts.get(one.id, ({}, ""))
        number = sum(count for code, count in places.items() if code in allowed)
        every = ever[one.id]
        made.append(Line(one, _yield(number, said[one.id]), _yield(sum(every.values()), every), reason))
    return made


def _yield(candidates: int, said: Counter[str]) -> Yield:
    kind = TriggerReview.Verdict
    return Yield(candidates, said[kind.HARM], said[kind.NO_HARM], said[kind.REPORTED], said[kind.UNKNOWN])


def _reviews(month: str) -> Mapping[str, Counter[str]]:
    """Verdicts by trigger, of departments in scope; a month or '' for all."""
    rows = TriggerReview.objects.filter(month=month) if month else TriggerReview.objects.all()
    found: dict[str, Counter[str]] = {one.id: Counter() for one in in_force()}
    for name, verdict in rows.values_list("trigger", "verdict"):
        found.setdefault(name, Counter())[verdict] += 1
    return found


def _counts(month: str) -> dict[str, tuple[dict[str, int], str]]:
    """Trigger -> (candidates by department code, why it cannot be computed). Counted once for a state of the facts."""
    snapshot, found = gateway.published(), in_force()
    said = "/".join(
        [str(current_scope().institution_id), snapshot.data_version, month, *(t.counted.hash for t in found)]
    )
    key = f"incidents.triggers.{hashlib.sha256(said.encode()).hexdigest()[:40]}"
    known = cache.get(key)
    if known is None:
        known = _computed(found, month, snapshot)
        cache.set(key, known, DAY)
    return known


def _computed(found: Sequence[Trigger], month: str, snapshot) -> dict[str, tuple[dict[str, int], str]]:
    with neutral.nobody():
        results = gateway.compute(
            [one.counted for one in found], months=(month, month), now=timezone.now(), snapshot=snapshot
        )
    made: dict[str, tuple[dict[str, int], str]] = {one.id: ({}, "") for one in found}
    for row in results.rows:
        places, _none = made[row.indicator_id]
        if row.department is None:
            made[row.indicator_id] = (places, row.reason.sentence if row.reason else "")
        elif row.value is not None:
            places[row.department] = int(row.value)
    return made


def candidates(one: Trigger, month: str, *, by, who: Reader, department: str = "") -> list[Candidate]:
    """The rows that a trigger found in departments in scope; the look is logged. Raises NotDelivered.

    department: a code; '' is every department of the scope. Only the first MOST rows are read.
    """
    found = gateway.cases(
        one.counted, month=month, department=department or None, limit=MOST, by=by,
        purpose=f"复核触发条件 {one.id} {month}",
    )  # fmt: skip
    known = {
        row.key: row
        for row in TriggerReview.objects.filter(trigger=one.id, month=month).select_related("reviewed_by")
    }
    allowed = {code for pk, code in codes().items() if who.may_open(pk)}
    made: dict[str, Candidate] = {}
    for row in found.rows:
        if row["department"] in allowed:
            key = key_of(one, row)
            made.setdefault(key, _candidate(one, row, key, known.get(key)))
    return sorted(made.values(), key=lambda c: (c.review is not None, c.department, str(c.at or ""), c.key))


def key_of(one: Trigger, row: Mapping[str, Any]) -> str:
    """What a candidate is known by: the stay, or the row by its own key."""
    parts = [row["stay_id"]] if one.once else [str(row.get(name)) for name in TABLES[one.table].key]
    return hashlib.sha256("\x1f".join([one.id, *map(str, parts)]).encode()).hexdigest()[:32]


def _candidate(one: Trigger, row: Mapping[str, Any], key: str, review: TriggerReview | None) -> Candidate:
    table = TABLES[one.table]
    facts = [
        (table.column(name).meaning.split("；")[0], _shown(table.column(name), row.get(name)))
        for name in one.shows
    ]
    return Candidate(
        key, row["stay_id"], row["department"], row.get(one.at) if one.at else None, row.get("discharged_at"),
        tuple((what, value) for what, value in facts if value), review,
    )  # fmt: skip


def _shown(column, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return (column.domain.label(value) if column.domain else None) or (
        f"{value:g}" if isinstance(value, float) else str(value)
    )


def department_ids() -> dict[str, int]:
    """Department code -> id."""
    return dict(Department.objects.values_list("code", "pk"))


__all__ = ["Candidate", "Line", "NotDelivered", "candidates", "in_force", "lines", "months", "trigger"]
