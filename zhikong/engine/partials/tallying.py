"""Tallies out of partial results: a backend that counts only what it has not counted before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from zhikong.engine.backends.base import Backend, Cell, Counts, Limits, Outcome, Tally
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.vector.backend import VectorBackend
from zhikong.engine.definitions.model import Definition
from zhikong.engine.partials.building import Refreshed, additive, condition_id, group_id, refresh
from zhikong.engine.partials.cascade import rolled
from zhikong.engine.partials.layout import ROWS, conditions
from zhikong.engine.partials.state import Manifest, State
from zhikong.engine.plan.groups import groups_of

Numbers = dict[Cell, int]


@dataclass(slots=True)
class PartialBackend:
    """`Backend.tally` from a state of partial results, which is brought up to the data first.

    What cannot be added up, and rows in memory, are computed by `other` every time. `used` says which did what, and
    `last` what the last call had to count.
    """

    state: State
    other: Backend = field(default_factory=VectorBackend)
    by_day: bool = False
    used: dict[str, str] = field(default_factory=dict)
    last: Refreshed = field(default_factory=Refreshed)

    def tally(
        self, definitions: Sequence[Definition], source: Source, months: Sequence[str], limits: Limits
    ) -> dict[str, Outcome]:
        """See `Backend.tally`."""
        found: dict[str, Outcome] = {}
        if not source.memory:
            found |= self._kept([d for d in definitions if additive(d)], source, months, limits)
        self.used |= dict.fromkeys(found, "partials")
        rest = [d for d in definitions if d.id not in found]
        if rest:
            found |= self.other.tally(rest, source, months, limits)
            used = getattr(self.other, "used", {})
            self.used |= {d.id: used.get(d.id, "other") for d in rest}
        return {d.id: found[d.id] for d in definitions if d.id in found}

    def _kept(
        self, wanted: Sequence[Definition], source: Source, months: Sequence[str], limits: Limits
    ) -> Mapping[str, Tally]:
        if not wanted:
            return {}
        self.last = refresh(
            self.state, wanted, source, months, limits=limits, by_day=self.by_day, backend=self.other
        )
        return tallies(self.state, [d for d in wanted if d.id not in self.last.failed], months)


def tallies(state: State, definitions: Sequence[Definition], months: Sequence[str]) -> dict[str, Tally]:
    """The tallies of additive definitions by month, from the files alone; no row of any patient is read.

    A definition of which a counter is missing in a month is left out.
    """
    manifest = state.manifest()
    found: dict[str, Tally] = {}
    for group in groups_of(definitions):
        name = group_id(group)
        wanted = {condition_id(c) for c in group.counters.values()}
        by_month = [_numbers(state, manifest, name, month, wanted) for month in sorted(months)]
        for key, recipe in group.recipes.items():
            above = condition_id(recipe.numerator)
            below = None if recipe.denominator is None else condition_id(recipe.denominator)
            if all(above in numbers and below in (None, *numbers) for numbers in by_month):
                found[key] = _tally(by_month, above, below)
    return found


def _numbers(
    state: State, manifest: Manifest, group: str, month: str, wanted: set[str]
) -> dict[str, Numbers]:
    """Condition id, or ROWS, -> cell -> number."""
    found: dict[str, Numbers] = {}
    for record in manifest.of(group, month):
        asked = [c for c in record.conditions if c in wanted and c not in found]
        if asked:
            table = state.read(record, asked)
            found |= _columns(table if record.grain == "month" else rolled(table, time="month"), month)
    return found


def _columns(table: pa.Table, month: str) -> dict[str, Numbers]:
    institutions, departments = table["institution"].to_pylist(), table["department"].to_pylist()
    cells = [(i, d, month) for i, d in zip(institutions, departments, strict=True)]
    return {
        name: dict(zip(cells, table[name].to_pylist(), strict=True)) for name in (ROWS, *conditions(table))
    }


def _tally(by_month: Sequence[Mapping[str, Numbers]], above: str, below: str | None) -> Tally:
    tally = Tally()
    for numbers in by_month:
        for cell, rows in sorted(numbers[ROWS].items(), key=lambda item: (item[0][0], item[0][1] or "")):
            under = None if below is None else numbers[below].get(cell, 0)
            tally.cells[cell] = Counts(rows, numbers[above].get(cell, 0), under)
    tally.roll_up()
    return tally
