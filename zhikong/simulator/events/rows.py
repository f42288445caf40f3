"""Event rows as numpy columns, until the last step makes them Arrow tables of the contract."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.tables import arrow_schema
from zhikong.simulator.columns import month_words, stay_ids
from zhikong.simulator.events.block import Block

NEVER = -(1 << 50)
"""A minute that is unknown or has not come."""


@dataclass(frozen=True)
class Words:
    """Texts by position in a list; a negative position is unknown."""

    index: np.ndarray
    values: Sequence[str]

    def take(self, chosen: np.ndarray) -> "Words":
        return Words(self.index[chosen], self.values)

    def array(self) -> pa.Array:
        known = pa.array(np.asarray(self.index, np.int64), mask=np.asarray(self.index) < 0)
        return pa.array([str(value) for value in self.values], pa.string()).take(known)


@dataclass(frozen=True)
class Ids:
    """Own numbers: a prefix and a number of fixed width. A negative number is unknown."""

    prefix: str
    number: np.ndarray
    width: int = 12

    def take(self, chosen: np.ndarray) -> "Ids":
        return Ids(self.prefix, self.number[chosen], self.width)

    def array(self) -> pa.Array:
        number = pa.array(self.number, pa.int64(), mask=self.number < 0)
        return pc.binary_join_element_wise(
            self.prefix, pc.utf8_lpad(number.cast(pa.string()), self.width, "0"), ""
        )


Values = np.ndarray | Words | Ids | pa.Array


@dataclass
class Rows:
    """Rows of one table: `i` is the stay within the block; minutes are int64 with NEVER for unknown."""

    table: str
    i: np.ndarray
    columns: dict[str, Values] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.i)

    def take(self, chosen: np.ndarray) -> "Rows":
        """The rows at these positions, or where the mask is true."""
        where = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        return Rows(self.table, self.i[where], {n: _take(v, where) for n, v in self.columns.items()})


def _take(values: Values, where: np.ndarray) -> Values:
    if isinstance(values, pa.Array):
        return values.take(pa.array(where))
    return values[where] if isinstance(values, np.ndarray) else values.take(where)


def rank(i: np.ndarray) -> np.ndarray:
    """How many rows of the same stay stand before each row; `i` is sorted."""
    return np.arange(len(i)) - np.searchsorted(i, i)


def numbers(block: Block, i: np.ndarray) -> np.ndarray:
    """Numbers of rows that are unique in the hospital: stay number and place within the stay."""
    return (block.first + i + 1) * 10_000 + rank(i) + 1


def apart(i: np.ndarray, minute: np.ndarray) -> np.ndarray:
    """Minutes of the same stay made different: a later one is moved on. Both sorted by stay, then minute."""
    place = rank(i)
    base = i * 10**9
    low = minute.min(initial=0)
    return np.maximum.accumulate(base + (minute - low) - place) + place - base + low


def arrow(rows: Rows, block: Block) -> pa.Table:
    """The rows as the contract has them; a column that is missing or foreign is an error.

    Closed stays have the month of their discharge; open ones have no month yet.
    """
    schema = arrow_schema(rows.table, with_month=block.now is None)
    own = {
        name: value for name, value in rows.columns.items() if not name.startswith("_")
    }  # _: for the texts only
    made = {name: _arrow(value, schema.field(name).type) for name, value in own.items()}
    if "stay_id" in schema.names and "stay_id" not in made:
        made["stay_id"] = stay_ids(block.first + rows.i)
    if block.now is None and "month" not in made:
        made["month"] = month_words(block.cohort.month[rows.i])
    if set(schema.names) != set(made):
        raise ValueError(f"{rows.table}: columns differ: {sorted(set(schema.names) ^ set(made))}")
    return pa.table([made[field.name] for field in schema], schema=schema)


def _arrow(values: Values, kind: pa.DataType) -> pa.Array:
    if isinstance(values, Words | Ids):
        return values.array()
    if isinstance(values, pa.Array):
        return values.cast(kind)
    if pa.types.is_timestamp(kind):
        known = values != NEVER
        stamp = np.where(known, values, 0).astype("datetime64[m]").astype("datetime64[us]")
        return pa.array(stamp, kind, mask=~known)
    if pa.types.is_integer(kind):
        return pa.array(values.astype(np.int64), kind, mask=values < -(1 << 40))
    if pa.types.is_floating(kind):
        return pa.array(values.astype(float), kind, mask=np.isnan(values.astype(float)))
    return pa.array(values, kind)


def joined(tables: Sequence[Rows]) -> Rows:
    """Several lots of rows of one table as one, in order of stay. Words of a column must share their list."""
    order = np.argsort(np.concatenate([t.i for t in tables]), kind="stable")
    names = tables[0].columns
    columns = {name: _concatenated([t.columns[name] for t in tables]) for name in names}
    whole = Rows(tables[0].table, np.concatenate([t.i for t in tables]), columns)
    return whole.take(order)


def appended(old: Rows, new: Rows, by: str | None = None) -> Rows:
    """Further rows after those that stood before, by stay (and the minute `by`); own numbers may be of another kind."""
    one, two = (
        Rows(r.table, r.i, {n: v.array() if isinstance(v, Ids) else v for n, v in r.columns.items()})
        for r in (old, new)
    )
    whole = joined([one, two])
    return whole if by is None else whole.take(np.lexsort((whole.columns[by], whole.i)))


def _concatenated(values: list[Values]) -> Values:
    first = values[0]
    if isinstance(first, Ids):
        return Ids(first.prefix, np.concatenate([v.number for v in values]), first.width)
    if isinstance(first, Words):
        return _words(values)
    if isinstance(first, pa.Array):
        return pa.chunked_array(values).combine_chunks()
    return np.concatenate(values)


def _words(values: list[Words]) -> Words:
    """One list for all; lists that differ are put one after the other."""
    if all(v.values is values[0].values for v in values):
        return Words(np.concatenate([v.index for v in values]), values[0].values)
    offsets = np.cumsum([0, *(len(v.values) for v in values)])
    index = [np.where(v.index >= 0, v.index + o, -1) for v, o in zip(values, offsets, strict=False)]
    return Words(np.concatenate(index), [word for v in values for word in v.values])
