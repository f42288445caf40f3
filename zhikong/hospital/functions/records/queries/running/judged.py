"""What the rules in force say of open stays now: obligations with their times, and defects of what is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from django.core.cache import caches
from django.utils import timezone

from zhikong.engine.backends.source import Source
from zhikong.engine.record_rules import ClockRule, Override
from zhikong.engine.record_rules.checking import check, obligations
from zhikong.engine.record_rules.clock.needs import needs_of as needs_of_clock
from zhikong.engine.record_rules.texts.judging import needs_of as needs_of_content
from zhikong.engine.tables import TABLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.facts.month_rows import month_rows
from zhikong.foundation.organisation.queries import institution
from zhikong.foundation.patients import live_tables
from zhikong.foundation.patients.models import LiveRow
from zhikong.hospital.functions.records.queries.results.in_force import rules_in_force, settings_in_force
from zhikong.hospital.functions.records.queries.running.policy import policy
from zhikong.hospital.functions.records.rules_running import key_of

CLOCK, CONTENT = "clock", ("complete", "text")
_SIGNATURES = frozenset({"signed_at", "cosigned_at"})
NOT_OF_STAY = frozenset({"nurse", "consultant", "anaesthetist", "operator", "coder"})
"""Whose duty it is when none of the stay's own doctors is meant."""
_TOLD_FOR = 600  # seconds for which it is remembered which tables and columns feeds tell of
FAILING, BROKEN = frozenset({"fail", "not_assessable", "error"}), ("not_assessable", "error")


@dataclass(frozen=True)
class OpenStay:
    """An open stay as the check needs it. staff: role of the rules -> staff code."""

    stay_id: str
    patient_key: str
    department_id: int | None
    closed: bool
    staff: Mapping[str, str] = field(default_factory=dict)

    def responsible(self, said: str | None, rule: Any) -> str:
        """Whose duty it is: who the engine names, else the doctor of the stay; nobody for a nurse's or a guest's duty.

        Who writes no name yet is the resident, and without one the attending doctor.
        """
        role = str(getattr(rule, "responsible", "") or "")
        if said or role in NOT_OF_STAY:
            return said or ""
        resident, attending = self.staff.get("resident", ""), self.staff.get("attending", "")
        return (attending or resident) if role == "attending" else (resident or attending)


@dataclass(frozen=True)
class Judged:
    """What was found. stays: those that are still in the live store. held: (stay, rule) that could not be judged now:
    what was known of them stays as it is. broken: rule -> its own message."""

    stays: dict[str, OpenStay] = field(default_factory=dict)
    obligations: list[dict[str, Any]] = field(default_factory=list)
    defects: list[dict[str, Any]] = field(default_factory=list)
    held: frozenset[tuple[str, str]] = frozenset()
    titles: dict[str, Any] = field(default_factory=dict)
    silent: Callable[[Collection[str]], frozenset[tuple[str, str]]] = lambda rules: frozenset()
    """Of some clock rules those (stay, rule) that could not be judged: their silence takes nothing back."""

    def writers(self, rows: Collection[dict[str, Any]]) -> set[str]:
        """Staff codes of all who are responsible for some rows."""
        return {
            self.stays[row["encounter"]].responsible(row["responsible"], self.titles.get(row["rule"]))
            for row in rows
            if row["encounter"] in self.stays
        }


def running_rules(*, on: date) -> tuple[list[Any], list[Any]]:
    """(clock rules, content rules) in force on a day; rules over visits and finished front pages are not of the ward."""
    rules = rules_in_force(on=on)
    clock = [rule for rule in rules if str(rule.kind) == CLOCK]
    content = [
        rule for rule in rules if str(rule.kind) in CONTENT and getattr(rule, "table", "stays") == "stays"
    ]
    return clock, content


def overrides(*, on: date) -> dict[str, Override]:
    """Rule -> what the hospital set otherwise, as the engine takes it."""
    return {
        rule: Override(
            active=one.active,
            limit=one.limit,
            severity=one.severity,
            interrupts=one.interrupts,
            hard_stop=one.hard_stop,
            points=one.points,
        )
        for rule, one in settings_in_force(on=on).items()
        if not one.empty
    }


def judged(
    stay_ids: Collection[str], *, now: datetime, told: Collection[str] | None = None, whole: bool = False
) -> Judged:
    """Judge these stays by every running rule; the live rows come in one query whatever their number.

    told: the stays of which something was told since the last check (None: all); what documents say changes only
    with them, so rules of content ask the others no more. whole: the stays are all there are: only then rules that
    compare one patient's notes with another's are asked; otherwise what they said before stays.
    """
    zone = ZoneInfo(institution().time_zone)
    local = now.astimezone(zone)
    clock, content = running_rules(on=local.date())
    stays = _stays(stay_ids)
    if not stays or not (clock or content):
        return Judged(stays=stays)
    tables = live_tables.tables_of(list(stays), tables=tables_read([*clock, *content])) | rosters(
        local.date()
    )
    source, lacking = Source(memory=tables), undelivered()
    given = {
        "now": local.replace(tzinfo=None),
        "settings": overrides(on=local.date()),
        "undelivered": lacking,
    }
    given |= {"calendar": working_calendar(), "shift_hours": policy().shift_starts[:2]}
    due = obligations(clock, source, **given) if clock else None
    asked = [rule for rule in content if whole or not compares(rule)]
    said = stays.keys() if told is None else stays.keys() & set(told)
    listed = _rows(_content(asked, tables, said, given), zone)
    waiting = {(stay, rule.id) for rule in content if rule not in asked for stay in stays}
    return Judged(
        stays=stays,
        obligations=_rows(due, zone),
        defects=[row for row in listed if row["verdict"] == "fail"],
        held=frozenset(
            waiting | {(row["encounter"], row["rule"]) for row in listed if row["verdict"] in BROKEN}
        ),
        titles={rule.id: rule for rule in (*clock, *content)},
        silent=lambda names: _unjudged([rule for rule in clock if rule.id in names], source, given),
    )


def compares(rule: Any) -> bool:
    """Whether a rule sets one patient's record beside others'."""
    return bool(getattr(getattr(rule, "check", None), "compares_charts", False))


def _content(
    rules: Sequence[Any], tables: dict[str, pa.Table], stays: Collection[str], given: dict[str, Any]
) -> pa.Table | None:
    """What rules of content object to in these stays."""
    if not rules or not stays:
        return None
    if len(stays) < tables["stays"].num_rows:
        wanted = pa.array(sorted(stays), pa.string())
        tables = {
            name: table.filter(pc.is_in(table["stay_id"], value_set=wanted))
            if "stay_id" in table.column_names
            else table
            for name, table in tables.items()
        }
    return check(rules, Source(memory=tables), keep=FAILING, **given)


def _unjudged(rules: Sequence[Any], source: Source, given: dict[str, Any]) -> frozenset[tuple[str, str]]:
    if not rules:
        return frozenset()
    rows = check(rules, source, keep=BROKEN, **given).select(["encounter", "rule"]).to_pylist()
    return frozenset((row["encounter"], row["rule"]) for row in rows)


def tables_read(rules: Sequence[Any]) -> list[str]:
    """Tables of stays that some rule reads; the stays themselves always."""
    found = {"stays"}
    for rule in rules:
        found |= set((needs_of_clock if isinstance(rule, ClockRule) else needs_of_content)(rule))
    return [
        name
        for name, table in TABLES.items()
        if name in found and (name == "stays" or table.child_of == "stays")
    ]


def rosters(today: date) -> dict[str, pa.Table]:
    """Who was on duty around these days, where the hospital delivers it; limits of the same shift end by it."""
    months = {
        f"{day:%Y-%m}"
        for day in (today - timedelta(days=40), today - timedelta(days=20), today, today + timedelta(days=15))
    }
    found = month_rows("duty_shifts", months=months)
    return {} if found is None else {"duty_shifts": found}


def _rows(table: pa.Table | None, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Rows with aware moments: the engine counts local wall time."""
    if table is None:
        return []
    moments = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
    rows = table.to_pylist()
    for row in rows:
        for name in moments:
            if row[name] is not None:
                row[name] = row[name].replace(tzinfo=zone)
    return rows


def _stays(stay_ids: Collection[str]) -> dict[str, OpenStay]:
    rows = LiveRow.objects.filter(table="stays", late=False, stay_id__in=list(stay_ids)).exclude(row={})
    fields = (
        "stay_id", "row__patient_key", "department_id", "row__discharged_at", "row__admitted_at",
        "row__attending_doctor", "row__resident_doctor",
    )  # fmt: skip
    return {
        stay: OpenStay(
            stay,
            patient,
            department,
            left is not None,
            {"attending": attending or "", "resident": resident or ""},
        )
        for stay, patient, department, left, admitted, attending, resident in rows.values_list(*fields)
        if patient and admitted
    }


def undelivered() -> frozenset[str]:
    """Tables, and signatures of tables, that no feed ever told of: their absence says nothing about a record."""
    key = f"records.undelivered.{current_scope().institution_id}"
    found = caches["default"].get(key)
    if found is None:
        found = _undelivered(live_tables.told_columns())
        caches["default"].set(key, found, _TOLD_FOR)
    return found


def forget_undelivered() -> None:
    """Ask again which tables feeds tell of: for tests and after a feed was added."""
    caches["default"].delete(f"records.undelivered.{current_scope().institution_id}")


def _undelivered(told: dict[str, frozenset[str]]) -> frozenset[str]:
    tables = {name for name, table in TABLES.items() if name == "stays" or table.child_of == "stays"}
    missing = {name for name in tables if name not in told}
    unsigned = {
        f"{name}.{column}"
        for name in tables & told.keys()
        for column in _SIGNATURES & set(TABLES[name].column_names)
        if column not in told[name]
    }
    return frozenset(missing | unsigned)


def obligation_key(row: dict[str, Any]) -> str:
    """What names an obligation within its stay (CLOCK: encounter, rule, anchor, anchor_at)."""
    at = row["anchor_at"]
    return key_of("clock", row["rule"], row["anchor"], at and timezone.localtime(at).isoformat())


def defect_key(row: dict[str, Any]) -> str:
    """What names a machine's defect within its stay: the rule and the place it points at."""
    return key_of("content", row["rule"], row["subject"], row["span_document"], row["span_section"])
