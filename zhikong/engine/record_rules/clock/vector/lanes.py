"""What a selection names, as arrays sorted by encounter and time: the lanes in which all questions are asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.record_rules.clock.model import Part, Selection
from zhikong.engine.record_rules.clock.rows import ABOUT, key_columns
from zhikong.engine.record_rules.clock.vector.keys import BITS, LAST, NEVER, OFFSET, Array, key
from zhikong.engine.record_rules.clock.vector.timeline import (
    TABLE_CODES,
    TABLE_NAMES,
    Stamps,
    Timeline,
    plain_text,
)
from zhikong.engine.record_rules.events import NoTime
from zhikong.engine.tables import TABLES, Type


@dataclass(slots=True)
class Lane:
    """Rows in the order of encounter, time, part and row. `group` is the encounter, or what stands for an encounter
    and what the row is about. at: NEVER without a time. part: which of the
    selection's parts. table: number of the table's name."""

    group: Array
    encounter: Array
    at: Array
    until: Array
    part: Array
    table: Array
    row: Array
    keys: Array | None = None
    ascending: bool = False
    """Known to be sorted."""
    _padded: Array | None = None
    _begins: Array | None = None

    def __len__(self) -> int:
        return len(self.encounter)

    @property
    def key(self) -> Array:
        """The sorted numbers of encounter and minute; made once."""
        if self.keys is None:
            self.keys = key(self.group, self.at)
        return self.keys

    @property
    def padded(self) -> Array:
        """The sorted numbers with one behind them that is greater than all; made once."""
        if self._padded is None:
            self._padded = np.append(self.key, np.iinfo(np.int64).max)
        return self._padded

    @property
    def begins(self) -> Array:
        """The place where each encounter begins, and one more; made once."""
        if self._begins is None:
            self._begins = np.concatenate(([0], np.cumsum(np.bincount(self.encounter))))
        return self._begins

    def _indexed(self, asked: Array) -> bool:
        """Whether the index pays: rows by encounter, and not few questions to many rows."""
        return self.group is self.encounter and (self._begins is not None or 4 * len(asked) >= len(self))

    def since(self, group: Array, wanted: Array) -> Array:
        """The place of the first row at or after each number, which lies in the given group: what a binary search finds.
        An encounter has few rows of a kind, so that its first or second row mostly is the one."""
        if not self._indexed(wanted):
            return np.searchsorted(self.key, wanted, "left")
        keys, place = self.padded, self.begins.take(group, mode="clip")
        behind = np.flatnonzero(keys.take(place, mode="clip") < wanted)
        place[behind] += 1
        behind = behind[keys.take(place[behind], mode="clip") < wanted[behind]]
        place[behind] = np.searchsorted(self.key, wanted[behind], "left")
        return place

    def through(self, group: Array, wanted: Array) -> Array:
        """The place behind the last row at or before each number: as a rule the end of its group."""
        if not self._indexed(wanted):
            return np.searchsorted(self.key, wanted, "right")
        keys, place = self.padded, self.begins.take(group + 1, mode="clip")
        beyond = np.flatnonzero(keys.take(place - 1, mode="clip") > wanted)
        place[beyond] = np.searchsorted(self.key, wanted[beyond], "right")
        return place

    def take(self, chosen: Array) -> Lane:
        """Some of the rows, in the order given."""
        return Lane(*(getattr(self, name)[chosen] for name in COLUMNS))

    def sorted(self) -> Lane:
        """By group and time; equal ones stay in their order."""
        keys = self.key
        if self.ascending or len(keys) < 2 or bool((keys[1:] >= keys[:-1]).all()):
            return self
        return self.take(np.argsort(keys, kind="stable"))


COLUMNS = ("group", "encounter", "at", "until", "part", "table", "row")


def empty() -> Lane:
    """Nothing."""
    none = np.zeros(0, np.int64)
    none16 = np.zeros(0, np.int16)
    return Lane(none, none, none, none, none16, none16, none)


def joined(lanes: list[Lane]) -> Lane:
    """One after the other."""
    if len(lanes) == 1:
        return lanes[0]
    return (
        Lane(*(np.concatenate([getattr(one, name) for one in lanes]) for name in COLUMNS))
        if lanes
        else empty()
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What a selection names. sure, maybe: rows with a time, by whether the condition is known to hold. untimed: rows
    that happened, nobody knows when; untimed_maybe: the same, and it is not known whether they are meant. drafts: rows
    that were not finished."""

    sure: Lane
    maybe: Lane
    untimed: Lane
    untimed_maybe: Lane
    drafts: Lane

    def by(self, now: int) -> Found:
        """What has happened by now."""
        return replace(self, sure=_until(self.sure, now), maybe=_until(self.maybe, now))


def _until(lane: Lane, now: int) -> Lane:
    return lane if not len(lane) or int(lane.at.max()) <= now else lane.take(np.flatnonzero(lane.at <= now))


class Lanes:
    """The lanes of a timeline by selection, each made once."""

    def __init__(self, timeline: Timeline, now: int) -> None:
        self.timeline, self.now = timeline, now
        self._found: dict[str, Found] = {}
        self._past: dict[str, Found] = {}

    def of(self, selection: Selection) -> Found:
        """Every row, also what lies ahead."""
        name = self.timeline.prepared.name(selection)
        if name not in self._found:
            parts = [self._part(place, part) for place, part in enumerate(selection.parts)]
            columns = [[p[i] for p in parts] for i in range(5)]
            self._found[name] = Found(*(joined(column).sorted() for column in columns))
        return self._found[name]

    def past(self, selection: Selection) -> Found:
        """What has happened by now."""
        name = self.timeline.prepared.name(selection)
        if name not in self._past:
            self._past[name] = self.of(selection).by(self.now)
        return self._past[name]

    def _part(self, place: int, part: Part) -> tuple[Lane, Lane, Lane, Lane, Lane]:
        asked = self.timeline.asked(part.table, part.condition)
        sure, maybe = self._lane(place, part, asked.sure), self._lane(place, part, asked.maybe)
        timed, untimed = _split(sure)
        maybe_timed, maybe_untimed = _split(maybe)
        if part.no_time is NoTime.UNDONE:
            return timed, maybe_timed, empty(), empty(), untimed
        return timed, maybe_timed, untimed, maybe_untimed, empty()

    def _lane(self, place: int, part: Part, rows: Array) -> Lane:
        if len(part.at) == 1 and part.until is None:
            stamps = self.timeline.stamps(part.table, part.at[0].column)
            if stamps.exact:
                return _stamped(stamps, place, part, rows)
        own = self.timeline.encounter(part.table)[rows]
        at = self.timeline.minutes(part.table, part.at[-1].column)[rows]
        for ref in reversed(part.at[:-1]):
            given = self.timeline.minutes(part.table, ref.column)[rows]
            at = np.where(given == NEVER, at, given)
        until = at
        if part.until is not None:
            until = self.timeline.minutes(part.table, part.until.column)[rows]
        places = np.broadcast_to(np.int16(place), len(rows))
        return Lane(own, own, at, until, places, np.broadcast_to(TABLE_CODES[part.table], len(rows)), rows)

    def abouts(self, lane: Lane) -> pa.Array:
        """What each row is about, as text; null when it does not say."""
        found = np.full(len(lane), None, object)
        for code in np.unique(lane.table):
            places = np.flatnonzero(lane.table == code)
            texts = _abouts(self.timeline, TABLE_NAMES[code], lane.row[places])
            found[places] = np.array(texts.to_pylist(), object)
        return pa.array(found, pa.string())


def _stamped(stamps: Stamps, place: int, part: Part, rows: Array) -> Lane:
    """The rows of a table whose every row has a time: one look at its numbers tells all."""
    keys = stamps.keys.take(rows, mode="clip")  # rows are known to lie within
    own, at = keys >> BITS, (keys & LAST) - OFFSET
    parts = np.broadcast_to(np.int16(place), len(rows))
    tables = np.broadcast_to(TABLE_CODES[part.table], len(rows))
    return Lane(own, own, at, at, parts, tables, rows, keys, stamps.ascending)


def _split(lane: Lane) -> tuple[Lane, Lane]:
    if lane.keys is not None:  # only of rows that all have a time
        return lane, empty()
    known = lane.at != NEVER
    if bool(known.all()):
        return lane, empty()
    return lane.take(np.flatnonzero(known)), lane.take(np.flatnonzero(~known))


def _abouts(timeline: Timeline, table: str, rows: Array) -> pa.Array:
    """See `rows.about_of`."""
    if ABOUT in TABLES[table].column_names:
        return plain_text(timeline.loaded.column(table, ABOUT).take(pa.array(rows)))
    parts = [_written(timeline, table, name, rows) for name in key_columns(table)]
    return pc.binary_join_element_wise(
        pa.scalar(f"{table}:"), pc.binary_join_element_wise(*parts, "@") if len(parts) > 1 else parts[0], ""
    )


def _written(timeline: Timeline, table: str, name: str, rows: Array) -> pa.Array:
    taken = timeline.loaded.column(table, name).take(pa.array(rows))
    column = TABLES[table].column(name)
    if column is not None and column.type is Type.TIMESTAMP:
        return pc.strftime(taken, format="%Y-%m-%dT%H:%M").combine_chunks()
    return plain_text(taken.cast(pa.string()) if not pa.types.is_dictionary(taken.type) else taken)
