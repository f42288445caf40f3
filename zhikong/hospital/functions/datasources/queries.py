"""Reads for loading and for the pages: the directory of departments, freshness, problems by reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from zhikong.engine.tables import TABLES
from zhikong.foundation.facts import gateway
from zhikong.foundation.facts.models import Load
from zhikong.foundation.facts.queries import loads
from zhikong.foundation.organisation.models import Department, DepartmentAlias, DepartmentVersion
from zhikong.foundation.organisation.queries import institution
from zhikong.foundation.terminology.queries import translations
from zhikong.intake.context import Context
from zhikong.intake.reasons import REASONS


def directory() -> dict[str, str]:
    """Every code, name of any time and alias -> department code. What could mean two departments means neither."""
    codes = set(Department.objects.values_list("code", flat=True))
    names = DepartmentVersion.objects.values_list("name", "department__code").distinct()
    aliases = DepartmentAlias.objects.values_list("alias", "department__code")
    pairs = {pair for pair in (*names, *aliases) if pair[0] not in codes}
    often = Counter(name for name, _ in pairs)
    return {**{name: code for name, code in pairs if often[name] == 1}, **{code: code for code in codes}}


def reading_context(now: datetime) -> Context:
    """The scope's hospital as intake needs to know it."""
    hospital = institution()
    return Context(
        institution=hospital.code,
        zone=hospital.time_zone,
        secret=settings.PSEUDONYM_SECRET.encode(),
        departments=directory(),
        now=now.astimezone(ZoneInfo(hospital.time_zone)).replace(tzinfo=None),
        terms=translations(on=now.date()),
    )


@dataclass(frozen=True)
class Freshness:
    """How old the published facts are. `until` is the last month that has discharges."""

    data_version: str
    published_at: datetime | None
    until: str | None
    months_behind: int | None
    last_load: Load | None


def freshness(*, today: date) -> Freshness:
    """What the quality office must know before it trusts a number: until when the data reach."""
    snapshot = gateway.published()
    months = [month for month in snapshot.months() if month <= f"{today:%Y-%m}"]
    until = months[-1] if months else None
    behind = None if until is None else (today.year - int(until[:4])) * 12 + today.month - int(until[5:])
    return Freshness(snapshot.data_version, snapshot.published_at, until, behind, loads().first())


@dataclass(frozen=True)
class Trouble:
    """One line of a load's summary of problems."""

    reason: str
    title: str
    label: str
    count: int


def troubles(load: Load) -> list[Trouble]:
    """Faulty cells of a load by reason and column, the most frequent first."""
    return [
        Trouble(item["reason"], REASONS[item["reason"]].title, item["label"], item["count"])
        for item in sorted(load.reasons, key=lambda item: -item["count"])
    ]


def reason_choices(load: Load) -> list[tuple[str, str]]:
    """The reasons that occur in a load, for the filter."""
    ids = dict.fromkeys(item["reason"] for item in load.reasons)
    return [(reason, REASONS[reason].title) for reason in ids]


def share_good(load: Load) -> float | None:
    """Share of the delivered rows that were taken, 0 to 1; None when nothing is known."""
    delivered = load.counts.get("delivered")
    return None if not delivered else (delivered - load.counts.get("faulty", 0)) / delivered


def local_today() -> date:
    """Today in the hospital's time."""
    return timezone.localdate()


def tables_of(load: Load) -> list[tuple[str, int]]:
    """The contract's tables that a load filled: meaning and rows."""
    rows = load.counts.get("tables", {})
    return [(table.meaning.split("：")[0], rows[name]) for name, table in TABLES.items() if name in rows]
