"""One inspection: count, judge, find the effects. Reads and keeps counts; writes nothing to the database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from zhikong.engine.quality.issues import (
    HOSPITAL,
    Book,
    Count,
    Found,
    Identity,
    issues,
    silent_stretches,
)
from zhikong.engine.quality.model import Kind, Rulebook
from zhikong.engine.tables import TABLES
from zhikong.foundation.facts import quality, quality_runs, record_verdicts
from zhikong.foundation.facts.gateway import Snapshot
from zhikong.foundation.facts.measured import definitions
from zhikong.foundation.facts.models import Load
from zhikong.hospital.functions.data_quality import front_page_rules
from zhikong.hospital.functions.data_quality.library import known_codes, rulebook, wanted

_LOADED = (Load.State.PUBLISHED, Load.State.UNCHANGED)


@dataclass(frozen=True)
class Inspection:
    """What one inspection saw."""

    folder: str
    months: list[str]
    keys: quality.Keys
    made: int
    found: list[Found]
    verdicts: dict[str, str]


def rules_in_force() -> str:
    """Changes when counts, thresholds, or the indicators that need fields do: then the same data are judged anew."""
    book = rulebook()
    hashes = sorted((d.id, d.hash) for d in definitions().values())
    pages = sorted((rule.id, rule.hash) for rule in front_page_rules.rules().values())
    lists = sorted((name, sorted(codes)) for name, codes in known_codes().items())
    limits = sorted(book.thresholds.limits.items())
    said = repr((book.fingerprint, book.version, limits, book.thresholds.jump_points, hashes, pages, lists))
    return hashlib.sha256(said.encode()).hexdigest()


def window(snapshot: Snapshot, book: Rulebook, *, today: date) -> list[str]:
    """The months that are looked at: the newest that have data and are not in the future."""
    months = {month for table in snapshot.versions for month in snapshot.months(table)}
    return sorted(month for month in months if month <= f"{today:%Y-%m}")[-book.window_months :]


def inspect(snapshot: Snapshot, *, folder: str, now: datetime, today: date) -> Inspection:
    """Count what changed, judge all of the window, keep what was found under the run's folder."""
    book = rulebook()
    months = window(snapshot, book, today=today)
    counted = quality.count(snapshot, months=months, book=book, known=known_codes(), now=now)
    counts = _monthly(quality.summarise(folder, counted.keys))
    judged = Book(book, counts, quality.assessed_of(folder), wanted())
    found = issues(judged, months=months) + _silent(counted.keys, months, book) + _set_aside(months, book)
    effects = quality_runs.effects(snapshot, definitions().values(), months=months, now=now)
    quality_runs.keep_effects(folder, effects)
    quality_runs.keep_found(folder, found)
    return Inspection(folder, months, counted.keys, counted.made, found, _verdicts(snapshot, counted.keys))


def _verdicts(snapshot: Snapshot, keys: quality.Keys) -> dict[str, str]:
    """The front-page rules over every month that has stays."""
    rules = list(front_page_rules.rules().values())
    if not rules:
        return {}
    return {month: record_verdicts.keep(snapshot, rules, month=month) for month in keys.get("stays", ())}


def _monthly(table) -> dict[tuple[str, str, str, str, Kind], int]:
    columns = [table.column(name).to_pylist() for name in ("month", "table", "field", "department", "kind")]
    counts = table.column("count").to_pylist()
    return {
        (month, name, column, department, Kind(kind)): count
        for month, name, column, department, kind, count in zip(*columns, counts, strict=True)
    }


def _silent(keys: quality.Keys, months: Sequence[str], book: Rulebook) -> list[Found]:
    """Tables and fields that had nothing for days on which there were discharges: a broken feed, hospital-wide."""
    found: list[Found] = []
    for table in keys:
        if table == "stays" or not TABLES[table].child_of:
            continue
        stretches: dict[str, dict[str, Count]] = {}
        for month in months:
            for column, count in _silent_month(keys, table, month, book).items():
                stretches.setdefault(column, {})[month] = count
        found += [
            Found(Identity(table, column, HOSPITAL, Kind.SILENT), ("silent",), by_month)
            for column, by_month in sorted(stretches.items())
        ]
    return found


def _silent_month(keys: quality.Keys, table: str, month: str, book: Rulebook) -> dict[str, Count]:
    own, stays = quality.daily(keys, table, month), quality.daily(keys, "stays", month)
    if own is None or stays is None:
        return {}
    active = _by_day(stays)["", Kind.ROWS]
    values = _by_day(own)
    rows = values.get(("", Kind.ROWS), {})
    gone = silent_stretches(rows, active, book.thresholds)
    if gone:
        return {"": Count(len(gone), len(active))}
    found = {}
    for column in sorted({column for column, _ in values if (table, column) in wanted()}):
        missing = values.get((column, Kind.MISSING), {})
        base = values.get((column, Kind.EXPECTED), rows)
        filled = {day: base.get(day, 0) - missing.get(day, 0) for day in base}
        stretch = silent_stretches(filled, [day for day in base if base[day]], book.thresholds)
        if stretch:
            found[column] = Count(len(stretch), len(base))
    return found


def _by_day(counts) -> dict[tuple[str, Kind], dict[date, int]]:
    """(column, kind) -> day -> count, over all departments."""
    sums = counts.group_by(["field", "kind", "day"], use_threads=False).aggregate([("count", "sum")])
    found: dict[tuple[str, Kind], dict[date, int]] = {("", Kind.ROWS): {}}
    for row in sums.to_pylist():
        if row["day"] is not None:
            found.setdefault((row["field"], Kind(row["kind"])), {})[row["day"]] = row["count_sum"]
    return found


def _set_aside(months: Sequence[str], book: Rulebook) -> list[Found]:
    """Rows that intake set aside and no later load of the same file name brought in: missing data of the hospital.

    Such a row may name no department that can be believed; it belongs to the newest month of its delivery.
    """
    limit = book.thresholds.limits[Kind.SET_ASIDE]
    found: dict[Identity, dict[str, Count]] = {}
    for load in _newest_loads():
        month = max((m for m in load.months if m in months), default=None)
        delivered = load.counts.get("delivered") or 0
        if month is None or not delivered:
            continue
        for (table, column), count in _faults(load).items():
            one = Count(count, delivered)
            if one.count >= limit.rows and one.percent > limit.percent:
                identity = Identity(table, column, HOSPITAL, Kind.SET_ASIDE)
                found.setdefault(identity, {})[month] = one
    return [Found(identity, ("limit",), by_month) for identity, by_month in sorted(found.items())]


def _newest_loads() -> list[Load]:
    """The last delivery of each file name: an earlier one of the same name was replaced by it."""
    newest: dict[str, Load] = {}
    for load in Load.objects.filter(state__in=_LOADED).order_by("started_at", "pk"):
        if load.months:
            newest[load.source_name] = load
    return list(newest.values())


def _faults(load: Load) -> Mapping[tuple[str, str], int]:
    """(table, column) -> distinct rows that were set aside for it."""
    pairs = load.quarantined.values_list("table", "column", "row").distinct()
    found: dict[tuple[str, str], int] = {}
    for table, column, _row in pairs:
        if table in TABLES:
            place = (table, column if TABLES[table].column(column) else "")
            found[place] = found.get(place, 0) + 1
    return found
