"""The rows of a source as arrays: which encounter each belongs to, its times in minutes, which conditions it fulfils."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.backends.reference_eval import Env, evaluate
from zhikong.engine.backends.vector import columns as vectors
from zhikong.engine.backends.vector.columns import Classes, Vector
from zhikong.engine.backends.vector.evaluate import Evaluator, Unsupported, question
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.needs import walk
from zhikong.engine.record_rules.clock.vector.keys import BITS, LAST, NEVER, OFFSET, Array, key
from zhikong.engine.record_rules.clock.vector.prepared import Prepared
from zhikong.engine.record_rules.loaded import Loaded
from zhikong.engine.tables import TABLES, Type

MINUTE = 60_000_000
TABLE_NAMES = tuple(TABLES)
TABLE_CODES = {name: np.int16(i) for i, name in enumerate(TABLE_NAMES)}


@dataclass(slots=True)
class Asked:
    """Rows that fulfil a condition, and rows of which it cannot be said; ascending."""

    sure: Array
    maybe: Array


@dataclass(frozen=True, slots=True)
class Stamps:
    """The numbers of encounter and minute of a table's rows. exact: every row has a time that such a number holds.
    ascending: the rows lie in their order, and so do any of them."""

    keys: Array
    exact: bool
    ascending: bool


class Timeline:
    """Arrays of a source, each made once when it is first asked for."""

    def __init__(self, loaded: Loaded, prepared: Prepared) -> None:
        self.loaded, self.prepared = loaded, prepared
        self.size = loaded.size("stays")
        self._ids = (
            plain_text(loaded.column("stays", "stay_id")) if "stays" in loaded else pa.array([], pa.string())
        )
        self._encounters: dict[str, Array] = {}
        self._minutes: dict[tuple[str, str], Array] = {}
        self._stamps: dict[tuple[str, str], Stamps] = {}
        self._asked: dict[tuple[str, str], Asked] = {}
        self._classes: dict[tuple[str, str], Classes] = {}
        self._vectors: dict[tuple[str, str, str], Vector] = {}
        self._whole: dict[str, bool] = {}
        self._sorted: dict[tuple[str, str], tuple[Array, Array]] = {}

    @property
    def ids(self) -> pa.Array:
        """The stays' ids by number."""
        return self._ids

    def encounter(self, table: str) -> Array:
        """For each row of a table the number of its stay, -1 for a stay that is not there."""
        if table not in self._encounters:
            if table == "stays":
                found = np.arange(self.size)
            else:
                found = _indices(self.loaded.column(table, "stay_id"), self._ids)
            self._encounters[table] = found
        return self._encounters[table]

    def minutes(self, table: str, column: str) -> Array:
        """A column of times in whole minutes since 1970, NEVER where it is unknown."""
        name = (table, column)
        if name not in self._minutes:
            held = vectors.numbers(_whole(self.loaded.column(table, column)), Type.TIMESTAMP)
            found = np.floor_divide(held.values, MINUTE)
            self._minutes[name] = found if held.valid is None else np.where(held.valid, found, NEVER)
        return self._minutes[name]

    def stamps(self, table: str, column: str) -> Stamps:
        """Encounter and time of every row by one column, for all that is asked of the table."""
        name = (table, column)
        if name not in self._stamps:
            at, encounter = self.minutes(table, column), self.encounter(table)
            exact = not len(at) or (int(at.min()) > -OFFSET and int(at.max()) < LAST - OFFSET)
            if exact:
                keys = encounter << BITS
                keys += at
                keys += OFFSET
            else:
                keys = key(encounter, at)
            self._stamps[name] = Stamps(keys, exact, not len(keys) or bool((keys[1:] >= keys[:-1]).all()))
        return self._stamps[name]

    def asked(self, table: str, condition: n.Node | None) -> Asked:
        """The rows of a table by a condition; rows of stays that are not there are left out."""
        name = (table, "" if condition is None else self.prepared.keys.of(condition))
        if name not in self._asked:
            self._asked[name] = self._ask(table, condition)
        return self._asked[name]

    def _ask(self, table: str, condition: n.Node | None) -> Asked:
        none = np.zeros(0, np.int64)
        if not self.loaded.size(table):
            return Asked(none, none)
        if condition is None:
            return Asked(self._there(table, np.arange(self.loaded.size(table))), none)
        left, rows = self._narrowed(table, condition)
        if left is None:
            return Asked(self._there(table, rows[0]), self._there(table, rows[1]))
        chosen = np.sort(np.concatenate(rows))
        try:
            evaluator = Evaluator(_Rows(self, table, chosen), self.prepared.keys)
            true, false = evaluator.true(left), evaluator.false(left)
            sure, maybe = evaluator.flags(true), evaluator.flags(~(true | false))
        except Unsupported:
            sure, maybe = self._one_by_one(table, left, chosen)
        return Asked(self._there(table, chosen[sure]), self._there(table, chosen[maybe]))

    def _there(self, table: str, rows: Array) -> Array:
        """Without the rows of stays that are not there."""
        if table not in self._whole:
            self._whole[table] = bool((self.encounter(table) >= 0).all())
        return rows if self._whole[table] else rows[self.encounter(table)[rows] >= 0]

    def _narrowed(self, table: str, condition: n.Node) -> tuple[n.Node | None, tuple[Array, Array]]:
        """What is left to ask, and of which rows: those that are sure by one question about a text, and those of which
        that one cannot be said. Rows sorted by their class of text answer it without being looked at."""
        items = condition.items if isinstance(condition, n.And) else (condition,)
        for item in items:
            asked = question(item)
            if asked is not None and asked[0].owner == "row":
                rows = self._by_class(table, asked[0], self.prepared.keys.of(item))
                return (None if len(items) == 1 else condition), rows
        return condition, (np.arange(self.loaded.size(table)), np.zeros(0, np.int64))

    def _by_class(self, table: str, ref: n.Ref, name: str) -> tuple[Array, Array]:
        place = (table, ref.column)
        held = self.vector(table, ref)
        assert held.classes is not None
        if place not in self._sorted:
            counts = np.bincount(held.values)
            ends = np.concatenate(([0], np.cumsum(counts)))
            self._sorted[place] = np.argsort(held.values, kind="stable"), ends
        order, ends = self._sorted[place]
        wanted = np.flatnonzero(held.classes.chosen(name, True))
        slices = [order[ends[c] : ends[c + 1]] for c in wanted if c + 1 < len(ends)]
        sure = slices[0] if len(slices) == 1 else np.sort(np.concatenate([order[:0], *slices]))
        return sure, order[ends[0] : ends[1]]

    def _one_by_one(self, table: str, condition: n.Node, chosen: Array) -> tuple[Array, Array]:
        """What the arrays cannot say exactly is asked of each row."""
        own = {r.column for r in _refs(condition) if r.owner == "row"}
        stay = {r.column for r in _refs(condition) if r.owner == "stay"}
        rows, stays = _lists(self, table, own), _lists(self, "stays", stay)
        found = []
        for row, encounter in zip(chosen.tolist(), self.encounter(table)[chosen].tolist(), strict=True):
            values = {name: rows[name][row] for name in own}
            owner = {name: stays[name][encounter] for name in stay} if encounter >= 0 else None
            found.append(evaluate(condition, Env(values, stay=owner)))
        sure = np.array([one is True for one in found], np.bool_)
        return sure, np.array([one is None for one in found], np.bool_)

    def vector(self, table: str, ref: n.Ref) -> Vector:
        """A column as conditions read it."""
        name = (table, ref.owner, ref.column)
        if name not in self._vectors:
            own = "stays" if ref.owner == "stay" else table
            held = self._column(own, ref)
            if own != table:
                held = held.ordered(np.maximum(self.encounter(table), 0))
            self._vectors[name] = held
        return self._vectors[name]

    def _column(self, table: str, ref: n.Ref) -> Vector:
        array = _whole(self.loaded.column(table, ref.column))
        if ref.type is not Type.TEXT:
            return vectors.numbers(array, ref.type)
        place = (table, ref.column)
        if place not in self._classes:
            self._classes[place] = Classes(self.prepared.questions.get(place, {}))
        return vectors.text(array, self._classes[place])


class _Rows:
    """Some rows of one table, as the evaluator of conditions asks for them."""

    def __init__(self, timeline: Timeline, table: str, chosen: Array) -> None:
        self._timeline, self._table, self._chosen = timeline, table, chosen
        self.size = len(chosen)

    def column(self, ref: n.Ref) -> Vector:
        """The column for these rows."""
        held = self._timeline.vector(self._table, ref)
        return held if self.size == len(held.values) else held.ordered(self._chosen)

    def child(self, node: n.Node) -> Vector:
        """Rows of other tables are not asked here."""
        raise Unsupported("rows of other tables")


def _refs(condition: n.Node) -> list[n.Ref]:
    return [each for each in walk(condition) if isinstance(each, n.Ref)]


def _lists(timeline: Timeline, table: str, names: set[str]) -> dict[str, list[Any]]:
    return {name: timeline.loaded.column(table, name).to_pylist() for name in names}


def plain_text(column: pa.ChunkedArray) -> pa.Array:
    """A column of text as one array without a dictionary."""
    return _whole(column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    if column.num_chunks == 1:
        return column.chunk(0)
    combined = column.combine_chunks()
    return combined if isinstance(combined, pa.Array) else pa.concat_arrays(combined.chunks)


def _indices(column: pa.ChunkedArray, ids: pa.Array) -> Array:
    """The place of each text among the ids, -1 for none. All dictionaries are looked up together."""
    chunks = [c if pa.types.is_dictionary(c.type) else c.dictionary_encode() for c in column.chunks]
    if not chunks:
        return np.zeros(0, np.int64)
    texts = pa.concat_arrays([chunk.dictionary for chunk in chunks])
    places = vectors.plain(pc.fill_null(pc.index_in(texts, value_set=ids), -1)).astype(np.int64)
    bounds = np.cumsum([len(chunk.dictionary) for chunk in chunks])[:-1]
    return np.concatenate(
        [_placed(chunk, own) for chunk, own in zip(chunks, np.split(places, bounds), strict=True)]
    )


def _placed(chunk: pa.DictionaryArray, places: Array) -> Array:
    own = chunk.indices.cast(pa.int32())
    known = vectors.plain(own)
    if own.null_count:
        known = np.where(vectors.plain(own.is_valid()), known, np.int32(len(places)))
    return np.append(places, -1).take(known, mode="clip")
