"""One pass over the rows: every counter of a group of definitions by institution, department and period."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from zhikong.engine.backends.source import Source
from zhikong.engine.backends.vector import batches
from zhikong.engine.backends.vector.bits import Runs
from zhikong.engine.backends.vector.columns import Classes, Question, Texts, Vector, numbers, text
from zhikong.engine.backends.vector.evaluate import (
    LIMIT,
    Evaluator,
    Keys,
    Unsupported,
    both,
    largest,
    question,
)
from zhikong.engine.backends.vector.grouping import Periods, grouped
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.needs import needs_of_column, walk
from zhikong.engine.plan.recipes import Counter
from zhikong.engine.tables import Type

Matrix = NDArray[np.int64]
FEW = 3  # conditions that are counted by one histogram
MERGE_CELLS = 8_000_000  # numbers of unmerged batches that are kept before they are added up


@dataclass(frozen=True, slots=True)
class Plan:
    """What one pass counts: its table, its key columns and its counters.

    `keys` are text columns; `date` is a date, a time or a period written as text.
    """

    table: str
    keys: tuple[n.Ref | None, ...]
    date: n.Ref
    counters: tuple[Counter, ...]
    periods: Periods
    names: Keys = field(default_factory=Keys, repr=False, compare=False)

    @property
    def narrow(self) -> bool:
        """Whether so little is counted that putting the rows into group order would cost more."""
        return len(self.counters) <= FEW and all(c.expression is None for c in self.counters)

    @property
    def expressions(self) -> list[n.Node]:
        """Every expression of the pass."""
        found: list[n.Node] = [self.date, *(key for key in self.keys if key is not None)]
        for counter in self.counters:
            found += [counter.condition, *([counter.expression] if counter.expression else [])]
        return found

    def columns(self) -> list[str]:
        """The supplied columns of the table that are read."""
        found = {x.column for e in self.expressions for x in walk(e) if isinstance(x, n.Ref)}
        return sorted({origin for column in found for origin in needs_of_column(column)})

    def span(self) -> batches.Span | None:
        """What the date must lie between."""
        ends = self.periods.limits(self.date.type)
        return None if ends is None else batches.Span(self.date.column, *ends)


@dataclass(frozen=True, slots=True)
class Counted:
    """Key texts (one list for each key), period numbers, and one column of numbers for each group.

    `matrix` has the rows of the groups first, then the counters in the plan's order.
    """

    keys: tuple[list[str | None], ...]
    periods: NDArray[np.int64]
    matrix: Matrix


class Dictionaries:
    """What the batches and threads of a pass share about text: numbers of key columns, classes of the others."""

    def __init__(self, plan: Plan) -> None:
        asked: dict[str, dict[str, Question]] = {}
        for node in (x for expression in plan.expressions for x in walk(expression)):
            if isinstance(node, n.Ref) and node.type is Type.TEXT:
                asked.setdefault(node.column, {})
            elif (found := question(node)) is not None:
                asked.setdefault(found[0].column, {})[plan.names.of(node)] = found[1]
        self.classes = {column: Classes(questions) for column, questions in asked.items()}
        self.texts = {ref.column: Texts() for ref in (*plan.keys, plan.date) if ref and ref.type is Type.TEXT}


@dataclass(slots=True)
class Batch:
    """The rows of one Arrow batch in group order."""

    data: pa.RecordBatch
    dictionaries: Dictionaries
    order: NDArray[np.intp] | None = None
    size: int = 0
    _columns: dict[str, Vector] = field(default_factory=dict)

    def key(self, ref: n.Ref) -> Vector:
        """A key column or the date, in the order of the file."""
        column = self.data.column(ref.column)
        if ref.type is Type.TEXT:
            return text(column, self.dictionaries.texts[ref.column])
        return numbers(column, ref.type)

    def column(self, ref: n.Ref) -> Vector:
        """A column in group order."""
        if ref.column not in self._columns:
            column = self.data.column(ref.column)
            classes = self.dictionaries.classes.get(ref.column)
            found = numbers(column, ref.type) if classes is None else text(column, classes)
            self._columns[ref.column] = found if self.order is None else found.ordered(self.order)
        return self._columns[ref.column]

    def child(self, node: n.Node) -> Vector:
        """Answers of child tables; this form has none."""
        raise Unsupported("a question about child rows")


def run(plan: Plan, source: Source, months: batches.Months, threads: int) -> Counted:
    """Counts the whole table, part by part. Raises Unsupported, OSError and pa.ArrowInvalid."""
    dictionaries = Dictionaries(plan)
    files = batches.parts(source, plan.table, plan.columns(), months, plan.span())
    work = [partial(_part, plan, part.batches, dictionaries) for part in files]
    totals = _Totals(len(plan.counters) + 1)
    for found in _each(work, threads):
        totals.add(found)
    keys, matrix = totals.merged()
    return _named(plan, dictionaries, keys, matrix)


def _each(
    work: Sequence[Callable[[], tuple[Matrix, Matrix]]], threads: int
) -> Iterable[tuple[Matrix, Matrix]]:
    if threads <= 1 or len(work) <= 1:
        yield from (task() for task in work)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(lambda task: task(), work)


def _part(
    plan: Plan, read: Callable[[], Iterable[pa.RecordBatch]], dictionaries: Dictionaries
) -> tuple[Matrix, Matrix]:
    totals = _Totals(len(plan.counters) + 1)
    for data in read():
        if data.num_rows:
            totals.add(_batch(plan, Batch(data, dictionaries)))
    return totals.merged()


def _batch(plan: Plan, batch: Batch) -> tuple[Matrix, Matrix]:
    """Key numbers (one column for each key, then the period) and numbers of the batch's groups."""
    codes, sizes = _codes_of(plan, batch)
    if plan.narrow and (codes.size and sizes.whole << len(plan.counters) <= 4 * codes.size):
        return _histogram(plan, batch, codes, sizes)
    groups = grouped(codes, sizes.whole)
    keys = sizes.split(groups.keys)
    batch.order, batch.size = groups.order, groups.runs.rows
    matrix = np.empty((len(plan.counters) + 1, len(groups.keys)), np.int64)
    if not len(groups.keys):
        return keys, matrix
    matrix[0] = groups.runs.sizes()
    evaluator = Evaluator(batch, plan.names)
    for i, counter in enumerate(plan.counters, start=1):
        matrix[i] = _counted(counter, evaluator, groups.runs)
    return keys, matrix


@dataclass(frozen=True, slots=True)
class Sizes:
    """How keys and period make one number: the period is the lowest digit, the last key the highest."""

    periods: int
    keys: tuple[int, ...]

    @property
    def whole(self) -> int:
        """How many numbers there are."""
        return self.periods * math.prod(self.keys)

    def split(self, codes: NDArray[np.int64]) -> Matrix:
        """One column for each key, then the period."""
        columns = []
        rest, period = np.divmod(codes, max(self.periods, 1))
        for size in self.keys:
            rest, own = np.divmod(rest, max(size, 1))
            columns.append(own)
        return np.stack([*columns, period], axis=1)


def _codes_of(plan: Plan, batch: Batch) -> tuple[NDArray[np.int64], Sizes]:
    """The group number of each row, negative for rows that do not count."""
    codes = plan.periods.numbers(batch.key(plan.date), plan.date.type)
    outside = codes < 0
    size, sizes = plan.periods.count, []
    for key in plan.keys:
        width = 1
        if key is not None:
            column = batch.key(key)
            width = len(column.texts.texts) if column.texts else 1
            codes = codes + column.values.astype(np.int64) * size
        sizes.append(width)
        size *= width
    if size >= LIMIT:
        raise Unsupported("more groups than 64 bits can number")
    if outside.any():
        codes[outside] = -1
    return codes, Sizes(plan.periods.count, tuple(sizes))


def _histogram(plan: Plan, batch: Batch, codes: NDArray[np.int64], sizes: Sizes) -> tuple[Matrix, Matrix]:
    """Few conditions: which of them hold becomes part of the group number, and one histogram counts everything."""
    batch.size = len(codes)
    evaluator, count = Evaluator(batch, plan.names), len(plan.counters)
    places = (codes + 1) << count  # rows that do not count come first
    for i, counter in enumerate(plan.counters):
        places |= evaluator.flags(evaluator.true(counter.condition)).astype(np.int64) << i
    found = np.bincount(places, minlength=(sizes.whole + 1) << count).reshape(-1, 1 << count)[1:]
    there = np.flatnonzero(found.any(axis=1))
    found = found[there]
    holds = [(np.arange(1 << count) >> i) & 1 == 1 for i in range(count)]
    sums = [found.sum(axis=1), *(found[:, chosen].sum(axis=1) for chosen in holds)]
    return sizes.split(there), np.stack(sums).astype(np.int64)


def _counted(counter: Counter, evaluator: Evaluator, runs: Runs) -> NDArray[np.int64]:
    holds = evaluator.true(counter.condition)
    if counter.expression is None:
        return runs.count(holds)
    added = evaluator.whole(counter.expression)
    values = evaluator.full(added.values)
    if largest(values) * max(1, runs.rows) >= LIMIT:
        raise Unsupported("a sum near the limit of 64 bits")
    return runs.sum(values * both(evaluator.flags(holds), added.valid))


class _Totals:
    """Numbers of many batches, added up by key."""

    def __init__(self, width: int) -> None:
        self._found: list[tuple[Matrix, Matrix]] = []
        self._width = width
        self._held, self._most = 0, MERGE_CELLS

    def add(self, found: tuple[Matrix, Matrix]) -> None:
        """Takes the groups of one batch; each has its keys once."""
        if not found[1].size:
            return
        self._found.append(found)
        self._held += found[1].size
        if self._held > self._most:
            self._merge()
            self._most = max(MERGE_CELLS, 2 * self._held)

    def merged(self) -> tuple[Matrix, Matrix]:
        """Every key once. Raises Unsupported when a total could leave 64 bits."""
        if not self._found:
            return np.zeros((0, 0), np.int64), np.zeros((self._width, 0), np.int64)
        self._merge()
        return self._found[0]

    def _merge(self) -> None:
        if len(self._found) > 1:
            if max(largest(matrix) for _, matrix in self._found) * len(self._found) >= LIMIT:
                raise Unsupported("a sum near the limit of 64 bits")
            self._found = [_summed(self._found)]
        self._held = self._found[0][1].size


def _summed(found: list[tuple[Matrix, Matrix]]) -> tuple[Matrix, Matrix]:
    """All groups in order of their keys, equal ones added up."""
    keys = np.concatenate([own for own, _ in found])
    codes = _codes(keys)
    _, first, place = np.unique(codes, return_index=True, return_inverse=True)
    matrix = np.zeros((len(found[0][1]), len(first)), np.int64)
    start = 0
    for own, counted in found:
        places = place[start : start + len(own)]
        for total, more in zip(matrix, counted, strict=True):
            total[places] += more
        start += len(own)
    return keys[first], matrix


def _codes(keys: Matrix) -> NDArray[np.int64]:
    """One number for each row of keys; equal rows have equal numbers."""
    codes, size = np.zeros(len(keys), np.int64), 1
    for column in keys.T:
        width = int(column.max(initial=0)) + 1
        if (size := size * width) >= LIMIT:
            raise Unsupported("more groups than 64 bits can number")
        codes = codes * width + column
    return codes


def _named(plan: Plan, dictionaries: Dictionaries, keys: Matrix, matrix: Matrix) -> Counted:
    names: list[list[str | None]] = []
    for i, key in enumerate(plan.keys):
        if key is None or not len(keys):
            names.append([None] * len(keys))
            continue
        texts = dictionaries.texts[key.column].texts
        names.append([texts[number] for number in keys[:, i]])
    periods = keys[:, -1] if len(keys) else np.zeros(0, np.int64)
    return Counted(tuple(names), periods, matrix)


__all__ = ["Batch", "Counted", "Plan", "run"]
