"""Bringing partial results up to the data: what is still right is kept, only the rest is counted."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine import months as calendar
from zhikong.engine.backends.base import Backend, Limits, Tally
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.vector import counting
from zhikong.engine.backends.vector.backend import VectorBackend, plan_of
from zhikong.engine.backends.vector.evaluate import Unsupported
from zhikong.engine.backends.vector.support import supported
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions.model import Definition
from zhikong.engine.partials import layout
from zhikong.engine.partials.state import Change, Record, State
from zhikong.engine.plan.groups import Group, groups_of
from zhikong.engine.plan.needs import expressions_of, looks_around, needs_of
from zhikong.engine.plan.recipes import Counter
from zhikong.engine.tables import Type

PORTION = 5_000_000  # rows that are counted together
Days = Mapping[str, Collection[str]]  # table -> days ('YYYY-MM-DD') whose rows changed


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh counted: (group, month) -> ids of the conditions; everything else was kept."""

    counted: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()  # definitions that could not be counted

    @property
    def months(self) -> list[str]:
        """The months in which anything was counted."""
        return sorted({month for _, month in self.counted})


@dataclass(frozen=True, slots=True)
class Asked:
    """One additive definition and what counting it takes. `around`: it looks at rows of other months' files."""

    definition: Definition
    group: Group
    conditions: frozenset[str]
    tables: tuple[str, ...]
    around: bool


@dataclass(frozen=True, slots=True)
class Bundle:
    """Definitions of one group that read the same tables and can be counted in one way."""

    group: str
    asked: tuple[Asked, ...]
    fast: bool  # vectors can count all of it
    by_day: bool

    @property
    def table(self) -> str:
        return self.asked[0].definition.table

    @property
    def conditions(self) -> frozenset[str]:
        return frozenset().union(*(one.conditions for one in self.asked))

    def needing(self, conditions: Collection[str]) -> list[Definition]:
        """The definitions with a counter among the conditions."""
        return [one.definition for one in self.asked if not one.conditions.isdisjoint(conditions)]


def condition_id(counter: Counter) -> str:
    """The name of a counter: equal for counters that count the same, however they were written."""
    return canonical.digest(counter.key)


def group_id(group: Group) -> str:
    """The name of a table, date and department."""
    place = "" if group.department is None else canonical.text(group.department)
    return canonical.digest(f"{group.table} {canonical.text(group.date)} {place}")


def additive(definition: Definition) -> bool:
    """Whether the definition's numbers can be added up: nothing that orders values or tells them apart."""
    return any(definition.id in group.recipes for group in groups_of([definition]))


def bundles(definitions: Iterable[Definition], *, by_day: bool) -> list[Bundle]:
    """The additive definitions, put together where they can share files. Days only for what vectors can count."""
    found: dict[tuple[str, tuple[str, ...], bool, bool, bool], list[Asked]] = defaultdict(list)
    for definition in definitions:
        (group,) = groups_of([definition])
        if definition.id in group.recipes:
            one, fast = _asked(definition, group), supported(definition)
            days = by_day and fast and definition.date.type is not Type.TEXT
            found[group_id(group), one.tables, one.around, fast, days].append(one)
    return [Bundle(key[0], tuple(found[key]), fast=key[3], by_day=key[4]) for key in sorted(found)]


def _asked(definition: Definition, group: Group) -> Asked:
    ids = frozenset(condition_id(counter) for counter in group.counters.values())
    tables = tuple(sorted(needs_of(definition)))
    return Asked(definition, group, ids, tables, _looks_around(definition))


def _looks_around(definition: Definition) -> bool:
    """Whether a row's outcome can depend on rows of other months' files."""
    return looks_around(expressions_of(definition))


def fingerprints(bundle: Bundle, source: Source, month: str) -> dict[str, str]:
    """Table -> what its rows that the bundle reads for a month are known by. Raises ValueError for rows in memory."""
    first = bundle.asked[0]
    within = None if first.around else first.group.partitions([month])
    scope = " of all months" if first.around else ""  # so that files of the two kinds are not confused
    return {f"{table}{scope}": _fingerprint(source, table, within) for table in first.tables}


def _fingerprint(source: Source, table: str, months: frozenset[str] | None) -> str:
    if table in source.memory:
        raise ValueError("rows in memory have no versions; partial results are kept of files only")
    parts = []
    for path in sorted(source.files[table].within(months)):
        found = Path(path).stat()
        parts.append(f"{path} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def refresh(
    state: State,
    definitions: Sequence[Definition],
    source: Source,
    months: Sequence[str],
    *,
    limits: Limits | None = None,
    by_day: bool = False,
    changed_days: Days | None = None,
    backend: Backend | None = None,
) -> Refreshed:
    """Counts what the state does not have of these definitions and months, and drops what changed data made wrong.

    Everything becomes visible at once, or nothing. by_day keeps days, so that coarser periods can be put together
    and a changed day can be counted alone. changed_days: the caller's word that since the state was written only
    rows of these days changed in the group's own table; without it a changed file is counted as a whole.
    """
    counted: dict[tuple[str, str], frozenset[str]] = {}
    failed: set[str] = set()
    with state.change() as change:
        for bundle in bundles(definitions, by_day=by_day):
            worker = Worker(bundle, change, source, limits or Limits(), backend or VectorBackend())
            for month, conditions in worker.bring_up(sorted(months), changed_days or {}):
                key = (bundle.group, month)
                counted[key] = counted.get(key, frozenset()) | conditions
            failed |= worker.failed
    return Refreshed(counted, frozenset(failed))


@dataclass(slots=True)
class Worker:
    """Brings one bundle up to the data within a change."""

    bundle: Bundle
    change: Change
    source: Source
    limits: Limits
    backend: Backend
    failed: set[str] = field(default_factory=set)

    def bring_up(self, months: Sequence[str], days: Days) -> Iterator[tuple[str, frozenset[str]]]:
        """The months in which something was counted, with the ids of its conditions."""
        todo: dict[frozenset[str], list[str]] = defaultdict(list)
        prints = {month: fingerprints(self.bundle, self.source, month) for month in months}
        for month in months:
            lacking = self._lacking(month, prints[month], days)
            if lacking:
                todo[lacking].append(month)
        for lacking, together in sorted(todo.items(), key=lambda item: item[1]):
            for some in self._portions(together):
                yield from self._count(lacking, some, prints)
        yield from self._days

    def _portions(self, months: Sequence[str]) -> Iterator[Sequence[str]]:
        """As many months at a time as memory allows; all together where files hold mixed months."""
        files = self.source.files[self.bundle.table]
        step = len(months)
        if self.bundle.asked[0].group.by_partition and files.labelled:
            rows = self.source.size(self.bundle.table) // max(1, len(files.paths))
            step = max(1, PORTION // max(1, rows))
        for start in range(0, len(months), step):
            yield months[start : start + step]

    _days: list[tuple[str, frozenset[str]]] = field(default_factory=list)

    def _lacking(self, month: str, prints: Mapping[str, str], days: Days) -> frozenset[str]:
        """Ids of conditions that no file has for this data. Files of other data are dropped, or mended by days."""
        wanted, held = self.bundle.conditions, set[str]()
        for record in self.change.after().of(self.bundle.group, month):
            if not wanted & set(record.conditions) or set(record.reads) != set(prints):
                continue
            if dict(record.reads) == dict(prints) and (record.grain == "day") >= self.bundle.by_day:
                held |= set(record.conditions)
                continue
            if self._mended(record, month, prints, days):
                held |= set(record.conditions)
            self.change.drop(record)
        return frozenset(wanted - held)

    def _mended(self, record: Record, month: str, prints: Mapping[str, str], days: Days) -> bool:
        """Counts the changed days of a month anew and keeps its other days; False when that is not possible."""
        own = self.bundle.table
        changed = {table for table in prints if record.reads.get(table) != prints[table]}
        if (
            record.grain != "day"
            or changed != {own}
            or own not in days
            or not self.bundle.conditions.issuperset(record.conditions)
        ):
            return False
        touched = frozenset(day for day in days[own] if day.startswith(month))
        old = self.change.state.read(record)
        rest = old.filter(pc.invert(pc.is_in(old["period"], value_set=_dates(touched))))
        new = self._vectors(self.bundle.needing(record.conditions), [month], touched)
        if new is None:
            return False
        table = pa.concat_tables([rest, new.select(rest.column_names)])
        self.change.write(_record(record, prints), table)
        self._days.append((month, frozenset(record.conditions)))
        return True

    def _count(
        self, lacking: frozenset[str], months: Sequence[str], prints: Mapping[str, Mapping[str, str]]
    ) -> Iterator[tuple[str, frozenset[str]]]:
        needed = self.bundle.needing(lacking)
        found = self._vectors(needed, months, None) if self.bundle.fast else None
        grain = "day" if found is not None and self.bundle.by_day else "month"
        if found is None:
            found = self._tallied(needed, months)
        kept = [c for c in layout.conditions(found) if c in lacking]
        found = found.select([*layout.KEYS, layout.ROWS, *kept])
        for month in months if kept else ():
            first = date.fromisoformat(calendar.first_day(month))
            after = date.fromisoformat(calendar.first_day(calendar.named(calendar.number(month) + 1)))
            within = pc.and_(pc.greater_equal(found["period"], first), pc.less(found["period"], after))
            record = Record(self.bundle.group, month, grain, tuple(kept), dict(prints[month]), "", "")
            self.change.write(record, found.filter(within))
            yield month, frozenset(kept)

    def _vectors(
        self, definitions: Sequence[Definition], months: Sequence[str], days: frozenset[str] | None
    ) -> pa.Table | None:
        """Counters by day or month; None when vectors cannot say them exactly."""
        (group,) = groups_of(definitions)
        try:
            plan = plan_of(group, months, by_day=self.bundle.by_day, only=days)
            found = counting.run(plan, self.source, group.partitions(months), self.limits.threads)
        except Unsupported:
            return None
        return table_of(plan, found)

    def _tallied(self, definitions: Sequence[Definition], months: Sequence[str]) -> pa.Table:
        """Counters by month, out of the tallies of a backend; what fails is remembered and left out."""
        outcomes = self.backend.tally(definitions, self.source, months, self.limits)
        (group,) = groups_of(definitions)
        cells: dict[tuple[str, str | None, str], int] = {}
        numbers: dict[str, dict[tuple[str, str | None, str], int]] = {}
        for key, recipe in group.recipes.items():
            tally = outcomes.get(key)
            if not isinstance(tally, Tally):
                self.failed.add(key)
                continue
            cells |= {cell: counts.rows for cell, counts in tally.cells.items()}
            numbers[condition_id(recipe.numerator)] = {c: n.numerator or 0 for c, n in tally.cells.items()}
            if recipe.denominator is not None:
                below = {c: n.denominator or 0 for c, n in tally.cells.items()}
                numbers[condition_id(recipe.denominator)] = below
        ordered = sorted(cells, key=lambda cell: (cell[0], cell[1] or "", cell[2]))
        periods = [date.fromisoformat(calendar.first_day(cell[2])) for cell in ordered]
        return layout.table_of(
            [cell[0] for cell in ordered],
            [cell[1] for cell in ordered],
            pa.array(periods, pa.date32()),
            [cells[cell] for cell in ordered],
            {key: [found[cell] for cell in ordered] for key, found in numbers.items()},
        )


def table_of(plan: counting.Plan, found: counting.Counted) -> pa.Table:
    """The table of a vectorised pass by day or month."""
    names = [plan.periods.name(i) for i in range(plan.periods.count)]
    full = [name if len(name) == 10 else calendar.first_day(name) for name in names]
    days = np.array(full, "datetime64[D]")[found.periods] if names else np.array([], "datetime64[D]")
    counters = {condition_id(c): found.matrix[i] for i, c in enumerate(plan.counters, start=1)}
    return layout.table_of(found.keys[0], found.keys[1], pa.array(days), found.matrix[0], counters)


def _record(record: Record, prints: Mapping[str, str]) -> Record:
    return Record(record.group, record.month, record.grain, record.conditions, dict(prints), "", "")


def _dates(days: Collection[str]) -> pa.Array:
    return pa.array([date.fromisoformat(day) for day in sorted(days)], pa.date32())
