"""One encounter and its rows, as the plain judge sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhikong.engine.backends.reference_eval import Env, evaluate
from zhikong.engine.backends.source import Row as Values
from zhikong.engine.backends.source import Source
from zhikong.engine.record_rules.clock.duty import Row
from zhikong.engine.record_rules.clock.model import Part, Selection
from zhikong.engine.record_rules.clock.moments import minute
from zhikong.engine.record_rules.clock.rows import about_of
from zhikong.engine.record_rules.events import NoTime
from zhikong.engine.record_rules.refs import BESIDE
from zhikong.engine.tables import TABLES


@dataclass(frozen=True, slots=True)
class Happening:
    """One row that a selection names. at: its minute, None when unknown or (not happened) when it was not done.

    sure: the condition is known to hold. about: what the row says it is about, or what others call it.
    """

    row: Row
    at: int | None
    until: int | None
    sure: bool
    happened: bool
    about: str | None


@dataclass
class Encounter:
    """One stay: its row, its child rows with their numbers in the tables, and when it ends for the clock."""

    stay: Values
    number: int
    children: Mapping[str, list[tuple[int, Values]]]
    now: int
    env: Env = field(init=False)

    def __post_init__(self) -> None:
        rows = {table: [row for _, row in own] for table, own in self.children.items()}
        self.env = Env(self.stay, children=rows)

    @property
    def discharged(self) -> int | None:
        """The minute of discharge; None while the patient is in hospital."""
        at = self.stay.get("discharged_at")
        found = None if at is None else minute(at)
        return None if found is None or found > self.now else found

    @property
    def admitted(self) -> int:
        """The minute of admission; 0 when it is unknown."""
        at = self.stay.get("admitted_at")
        return 0 if at is None else minute(at)

    @property
    def end(self) -> int:
        """Discharge, or now for an open stay."""
        return self.now if self.discharged is None else self.discharged

    def applies(self, node: Any) -> bool | None:
        """Whether a condition on the stay and its front page holds."""
        if node is None:
            return True
        page = self.env.children.get(BESIDE, [])
        whole = Env({**(page[0] if page else {}), **self.stay}, children=self.env.children)
        found = evaluate(node, whole)
        return None if found is None else bool(found)

    def happenings(self, selection: Selection) -> list[Happening]:
        """Every row that the selection may name, by time; those without a time come last."""
        found = [(place, one) for place, part in enumerate(selection.parts) for one in self._of_part(part)]
        found.sort(key=lambda pair: (pair[1].at is None, pair[1].at or 0, pair[0], pair[1].row.number))
        return [one for _, one in found]

    def _of_part(self, part: Part) -> Iterator[Happening]:
        stays = part.table == "stays"
        for number, row in [(self.number, self.stay)] if stays else self.children.get(part.table, []):
            env = Env(row, stay=None if stays else self.stay)
            held = True if part.condition is None else evaluate(part.condition, env)
            if held is False:
                continue
            at = next((row[ref.column] for ref in part.at if row.get(ref.column) is not None), None)
            until = None if part.until is None else row.get(part.until.column)
            yield Happening(
                Row(part.table, number),
                None if at is None else minute(at),
                None if until is None else minute(until),
                held is True,
                at is not None or part.no_time is NoTime.UNKNOWN,
                about_of(part.table, row),
            )


class World:
    """The encounters of a source; `undelivered` tables and columns are as if they were not there."""

    def __init__(self, source: Source, now: datetime, undelivered: frozenset[str] = frozenset()) -> None:
        self.now = minute(now)
        self._children: dict[str, dict[str, list[tuple[int, Values]]]] = defaultdict(dict)
        self.tables = {
            table: _rows(source, table, undelivered)
            for table in TABLES
            if table in source and table not in undelivered
        }
        for table, rows in self.tables.items():
            if TABLES[table].child_of == "stays":
                for number, row in enumerate(rows):
                    self._children[row["stay_id"]].setdefault(table, []).append((number, row))

    def encounters(self, wanted: Sequence[int] | None = None) -> Iterator[Encounter]:
        """Every stay, or those with these numbers, in the order of the table."""
        stays = self.tables.get("stays", [])
        for number in range(len(stays)) if wanted is None else wanted:
            stay = stays[number]
            yield Encounter(stay, number, self._children.get(stay["stay_id"], {}), self.now)


def _rows(source: Source, table: str, undelivered: frozenset[str]) -> list[Values]:
    hidden = {name.partition(".")[2] for name in undelivered if name.startswith(f"{table}.")}
    rows = source.rows(table)
    return [{k: v for k, v in row.items() if k not in hidden} for row in rows] if hidden else rows
