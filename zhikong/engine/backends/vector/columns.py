"""Columns as arrays: numbers with a mask of what is known, text as numbers of a dictionary that only grows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from zhikong.engine.tables import Type

Array = NDArray[np.generic]


class Words:
    """The distinct texts of one column over all batches. Number 0 is the unknown; numbers never change."""

    def __init__(self) -> None:
        self.texts: list[str | None] = [None]
        self._numbers: dict[str | None, int] = {None: 0}
        self._tables: dict[str, NDArray[np.bool_]] = {}
        self._lock = threading.Lock()

    def numbers(self, texts: list[str | None]) -> NDArray[np.int32]:
        """The number of each text; new ones are added."""
        known = self._numbers
        if any(text not in known for text in texts):
            with self._lock:
                for text in texts:
                    if text not in known:
                        self.texts.append(text)
                        known[text] = len(self.texts) - 1
        return np.fromiter((known[text] for text in texts), np.int32, len(texts))

    def number(self, text: str) -> int | None:
        """The number of a text that has come up, else None."""
        return self._numbers.get(text)

    def table(self, key: str, holds: Callable[[str], bool]) -> NDArray[np.bool_]:
        """For each number whether the text fulfils `holds`; each text is asked once. False for the unknown.

        `key` names the question.
        """
        size = len(self.texts)
        known = self._tables.get(key)
        if known is None or len(known) < size:
            done = 0 if known is None else len(known)
            more = [text is not None and holds(text) for text in self.texts[done:size]]
            parts = ([] if known is None else [known]) + [np.array(more, np.bool_)]
            known = np.concatenate(parts)
            self._tables[key] = known
        return known


@dataclass(frozen=True, slots=True)
class Vector:
    """One column of a batch. `valid` None means that every row is known; unknown rows hold 0.

    Dates are days and times microseconds since 1970; text holds numbers of `words`. A literal has one row and
    `scalar` set.
    """

    values: Array
    valid: NDArray[np.bool_] | None = None
    words: Words | None = None
    scalar: bool = False


@dataclass(slots=True)
class Dictionaries:
    """The dictionary of each text column, shared by all batches and threads of a pass."""

    columns: dict[tuple[str, str], Words] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, table: str, column: str) -> Words:
        with self._lock:
            return self.columns.setdefault((table, column), Words())


def narrow(size: int) -> type[np.generic]:
    """The smallest whole-number type that holds 0 … size."""
    return np.uint8 if size < 1 << 8 else np.uint16 if size < 1 << 16 else np.int32


def vector(array: pa.Array, kind: Type, words: Words | None) -> Vector:
    """An Arrow column of a batch. `words` for text columns. Raises pa.ArrowInvalid where it cannot be cast."""
    if kind is Type.TEXT:
        if words is None:
            raise ValueError("a text column needs its dictionary")
        return _text(array, words)
    array = _cast(array, kind)
    known = None if array.null_count == 0 else array.is_valid().to_numpy(zero_copy_only=False)
    if kind is Type.BOOL:
        filled = array if known is None else pc.fill_null(array, False)
        return Vector(filled.to_numpy(zero_copy_only=False), known)
    filled = array if known is None else pc.fill_null(array, pa.scalar(0, array.type))
    values = filled.to_numpy(zero_copy_only=False)
    if kind is Type.FLOAT:
        odd = np.isnan(values)  # not-a-number is unknown
        if odd.any():
            return Vector(np.where(odd, 0.0, values), ~odd if known is None else known & ~odd)
    return Vector(values, known)


_PLAIN = {
    Type.INT: (pa.int64(), None),
    Type.FLOAT: (pa.float64(), None),
    Type.BOOL: (pa.bool_(), None),
    Type.DATE: (pa.date32(), pa.int32()),
    Type.TIMESTAMP: (pa.timestamp("us"), pa.int64()),
}


def _cast(array: pa.Array, kind: Type) -> pa.Array:
    """As the contract's type, times and dates as their whole numbers."""
    wanted, plain = _PLAIN[kind]
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if array.type != wanted and not (kind is Type.INT and pa.types.is_signed_integer(array.type)):
        array = array.cast(wanted)
    return array if plain is None else array.view(plain)


def _text(array: pa.Array, words: Words) -> Vector:
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    numbers = words.numbers(array.dictionary.to_pylist())
    indices = array.indices.cast(pa.int32())
    # the last entry of the table answers for the unknown
    table = np.append(numbers, 0).astype(narrow(len(words.texts)))
    if indices.null_count:
        indices = pc.fill_null(indices, pa.scalar(len(numbers), pa.int32()))
    return Vector(table[indices.to_numpy(zero_copy_only=False)], None, words)
