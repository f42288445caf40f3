"""Judge discharged records by every rule in force, month by month, and keep what is not a pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from zhikong.engine.record_rules import Severity
from zhikong.engine.record_rules.verdicts import Override
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope, forget
from zhikong.foundation.facts import gateway, record_checks
from zhikong.foundation.facts.gateway import Snapshot
from zhikong.foundation.facts.queries import latest_publication
from zhikong.foundation.organisation.models import Department
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.records.models import RecordVerdict, RuleTally, Screening, WriterTally
from zhikong.hospital.functions.records.queries.results.in_force import (
    all_rules,
    overrides,
    rules_in_force,
)
from zhikong.hospital.functions.records.queries.results.screenings import newest
from zhikong.hospital.functions.records.screening_rows import Stored, stored

FIRST_TIME = 1
"""Months that a new site screens by itself; older ones when somebody asks for them."""
BATCH = 2000
_TIMES = ("due_at", "at", "anchor_at")
_TEXTS = {
    "reason": None,
    "anchor": 128,
    "subject": 128,
    "responsible": 64,
    "span_document": 64,
    "span_section": 64,
}
_COMPARED = ("version", "verdict", "place", "day", *_TEXTS, *_TIMES, "span_start", "span_end")


@transaction.atomic
def screen(*, by, now: datetime, months: Iterable[str] | None = None) -> list[Screening]:
    """Judge months whose rows, rules or settings changed since they were judged last; others are left alone.

    months: those to look at; None: all that were ever judged, the newest month with discharges, and any after it.
    """
    require(by, Permission.MANAGE_RECORD_RULES, whole_hospital=True)
    publication = latest_publication()
    if publication is None:
        return []
    snapshot = gateway.published()
    wanted = sorted(months) if months is not None else due_months(snapshot, today=timezone.localdate(now))
    known = {
        month
        for table in ("stays", "visits")
        if table in snapshot.versions
        for month in snapshot.months(table)
    }
    made = [
        _screen(snapshot, publication.number, month, by=by, now=now) for month in wanted if month in known
    ]
    forget()
    return [one for one in made if one is not None]


def due_months(snapshot: Snapshot, *, today) -> list[str]:
    """Months that are kept judged: those judged before, and the newest ones."""
    if "stays" not in snapshot.versions:
        return []
    months = [month for month in snapshot.months("stays") if month <= f"{today:%Y-%m}"]
    judged = set(newest())
    later = [month for month in months if judged and month > max(judged)]
    return sorted(judged & set(months) | set(later) | set(months[-FIRST_TIME:]))


def _screen(snapshot: Snapshot, publication: int, month: str, *, by, now: datetime) -> Screening | None:
    ruled_on = timezone.localdate(now)
    rules, settings = rules_in_force(on=ruled_on), overrides(on=ruled_on)
    missing = record_checks.undelivered(snapshot)
    key = record_checks.month_key(snapshot, rules, month=month, settings=_told(settings), undelivered=missing)
    before = newest().get(month)
    if before is not None and before.key == key:
        return None
    found = judged(snapshot, rules, settings, month=month, now=now, undelivered=missing, by=by)
    records = record_checks.encounters_of(snapshot, month)["visit"].to_pylist()
    run = Screening.objects.create(
        institution_id=current_scope().institution_id,
        month=month,
        key=key,
        publication=publication,
        data_version=snapshot.data_version,
        ruled_on=ruled_on,
        judged_at=now,
        rules={rule.id: [rule.version, rule.hash] for rule in rules},
        overrides=_told(settings),
        undelivered=sorted(missing),
        unmet=found.unmet,
        broken=found.broken,
        stays=records.count(False),
        visits=records.count(True),
        failed=found.count("fail"),
        not_assessable=found.count("not_assessable"),
        errors=found.count("error"),
        digest=found.digest,
        started_at=now,
        finished_at=timezone.now(),
    )
    _keep(run, found)
    return run


def judged(
    snapshot: Snapshot, rules: Sequence[Any], settings, *, month: str, now: datetime, undelivered, by=None
) -> Stored:
    """The month's verdicts as they are stored; writes nothing."""
    local = now.astimezone(ZoneInfo(institution().time_zone)).replace(tzinfo=None)
    table = record_checks.judge_month(
        rules, month=month, now=local, snapshot=snapshot, settings=settings, undelivered=undelivered, by=by
    )
    return stored(table, record_checks.encounters_of(snapshot, month))


class CannotReplay(LookupError):
    """A rule's version, or the data version, of the screening is no longer installed; the message is a sentence."""


def replay(run: Screening) -> str:
    """Judge a screening's month again with its data version, rules, settings and moment; gives the digest.

    Equal to `run.digest` when nothing of it was tampered with. Writes nothing. Raises CannotReplay.
    """
    rules = {rule.id: rule for rule in all_rules(on=run.ruled_on).values()}
    gone = [
        key for key, (_version, digest) in run.rules.items() if key not in rules or rules[key].hash != digest
    ]
    if gone:
        raise CannotReplay(f"这些规则当时的版本已不在本系统里，不能复算：{'、'.join(gone[:5])}。")
    try:
        snapshot = gateway.published(data_version=run.data_version)
    except LookupError:
        raise CannotReplay(f"数据版本 {run.data_version} 已不在本系统里，不能复算。") from None
    found = judged(
        snapshot,
        [rules[key] for key in sorted(run.rules)],
        settings_of(run),
        month=run.month,
        now=run.judged_at,
        undelivered=frozenset(run.undelivered),
    )
    return found.digest


def settings_of(run: Screening) -> dict[str, Override]:
    """What the hospital had set when the screening ran, as the run itself tells it."""
    return {rule: _read(said) for rule, said in run.overrides.items()}


def _read(said: dict[str, Any]) -> Override:
    severity, points = said.get("severity"), said.get("points")
    typed = {
        "severity": Severity(severity) if severity else None,
        "points": Decimal(points) if points is not None else None,
    }
    return Override(**said | typed)


def _told(settings: dict[str, Override]) -> dict[str, dict[str, Any]]:
    """Settings as plain values: for the fingerprint and the record of the run."""
    return {
        rule: asdict(one)
        | {
            "severity": str(one.severity) if one.severity else None,
            "points": str(one.points) if one.points is not None else None,
        }
        for rule, one in sorted(settings.items())
    }


def _keep(run: Screening, found: Stored) -> None:
    places = dict(Department.objects.values_list("code", "pk"))
    _keep_verdicts(run, found, places)
    for model, made in (
        (RuleTally, _tallies(run, found, places)),
        (WriterTally, _writers(run, found, places)),
    ):
        model.objects.filter(month=run.month).delete()
        model.objects.bulk_create(made, batch_size=BATCH)


def _keep_verdicts(run: Screening, found: Stored, places: dict[str, int]) -> None:
    """Write what is new or different, delete what is gone: a verdict that did not change keeps its row."""
    zone = ZoneInfo(institution().time_zone)
    made = {(row["encounter"], row["rule"]): _verdict(row, run, places, zone) for row in found.rows}
    stale = []
    for old in RecordVerdict.objects.filter(month=run.month).iterator(chunk_size=BATCH):
        new = made.get((old.stay_id, old.rule))
        if new is not None and all(getattr(old, name) == getattr(new, name) for name in _COMPARED):
            del made[old.stay_id, old.rule]
        else:
            stale.append(old.pk)
    RecordVerdict.objects.filter(pk__in=stale).delete()
    moved = {stay for stay, _ in made}
    RecordVerdict.objects.filter(stay_id__in=moved).exclude(
        month=run.month
    ).delete()  # discharge was corrected
    RecordVerdict.objects.bulk_create(made.values(), batch_size=BATCH)


def _verdict(row: dict[str, Any], run: Screening, places: dict[str, int], zone: ZoneInfo) -> RecordVerdict:
    texts = {name: (row.get(name) or "")[:most] for name, most in _TEXTS.items()}
    times = {name: at.replace(tzinfo=zone) if (at := row.get(name)) else None for name in _TIMES}
    return RecordVerdict(
        institution_id=run.institution_id,
        stay_id=row["encounter"],
        rule=row["rule"],
        version=row["version"],
        verdict=row["verdict"],
        place=row["department"],
        department_id=places.get(row["department"]),
        month=run.month,
        day=row["day"],
        visit=row["visit"],
        span_start=row.get("span_start"),
        span_end=row.get("span_end"),
        screening=run,
        **texts,
        **times,
    )


def _tallies(run: Screening, found: Stored, places: dict[str, int]) -> list[RuleTally]:
    return [
        RuleTally(
            institution_id=run.institution_id, rule=rule, version=version, department_id=places.get(place),
            place=place, month=run.month, passed=counts.get("pass", 0), failed=counts.get("fail", 0),
            not_applicable=counts.get("not_applicable", 0), not_assessable=counts.get("not_assessable", 0),
            error=counts.get("error", 0), screening=run,
        )
        for (rule, version, place), counts in sorted(found.tallies.items())
    ]  # fmt: skip


def _writers(run: Screening, found: Stored, places: dict[str, int]) -> list[WriterTally]:
    return [
        WriterTally(
            institution_id=run.institution_id, rule=rule, responsible=who, department_id=places.get(place),
            place=place, month=run.month, passed=counts.get("pass", 0), failed=counts.get("fail", 0), screening=run,
        )
        for (rule, who, place), counts in sorted(found.writers.items())
    ]  # fmt: skip
