"""Columns as arrays: numbers with a mask of what is known, text as small numbers that grow with what comes up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from zhikong.engine.tables import Type

Array = NDArray[Any]
Question = Callable[[Sequence[str]], Iterable[slice]]
"""Of texts in ascending order, the slices that fulfil a condition."""


class Texts:
    """The distinct texts of a key column over all batches, numbered as they come up; the unknown is 0."""

    def __init__(self) -> None:
        self.texts: list[str | None] = [None]
        self._numbers: dict[str | None, int] = {None: 0}
        self._lock = threading.Lock()

    def numbers(self, texts: Sequence[str | None]) -> Array:
        """The number of each text."""
        known = self._numbers
        if new := set(texts).difference(known):
            with self._lock:
                for text in sorted(new.difference(known), key=str):
                    self.texts.append(text)
                    known[text] = len(self.texts) - 1
        return np.array([known[text] for text in texts], np.int64)


class Classes:
    """The distinct texts of a column that conditions ask about, sorted into classes that all conditions answer alike.

    A question looks at all new texts in their order at once and says which places fulfil it; a row then carries the
    number of its class, which as a rule fits into one byte. Class 0 is the unknown: no question is true or false
    for it.
    """

    def __init__(self, questions: Mapping[str, Question]) -> None:
        self._questions = questions
        self._class_of: dict[str | None, int] = {None: 0}
        self._signatures: dict[bytes, int] = {}
        self._answers: dict[str, list[bool]] = {key: [False] for key in questions}
        self._lock = threading.Lock()

    def numbers(self, texts: Sequence[str | None]) -> Array:
        """The class of each text."""
        known = self._class_of
        if new := set(texts).difference(known):
            with self._lock:
                self._classify(sorted(str(text) for text in new.difference(known)))
        return np.array([known[text] for text in texts], np.int64)

    def _classify(self, texts: list[str]) -> None:
        flags = np.zeros((len(texts), max(1, len(self._questions))), np.bool_)
        for i, asked in enumerate(self._questions.values()):
            for places in asked(texts):
                flags[places, i] = True
        for text, row, signature in zip(texts, flags, np.packbits(flags, axis=1), strict=True):
            number = self._signatures.get(signature.tobytes())
            if number is None:
                for key, answer in zip(self._questions, row.tolist(), strict=False):
                    self._answers[key].append(answer)
                number = self._signatures[signature.tobytes()] = len(self._signatures) + 1
            self._class_of[text] = number

    def chosen(self, key: str, wanted: bool) -> NDArray[np.bool_]:
        """For each class whether it answers the question `key` so."""
        answers = np.array(self._answers[key], np.bool_)
        if wanted:
            return answers
        answers = ~answers
        answers[0] = False
        return answers


@dataclass(frozen=True, slots=True)
class Vector:
    """One column of a batch. `valid` None means that every row is known; unknown rows hold 0.

    Dates are days and times microseconds since 1970; text holds numbers of `texts` or `classes`. A literal has one
    value for all rows.
    """

    values: Array
    valid: NDArray[np.bool_] | None = None
    texts: Texts | None = None
    classes: Classes | None = None

    def ordered(self, order: NDArray[np.intp]) -> Vector:
        """The rows in another order, or some of them."""
        # positions are known to lie within; "clip" spares the look at each of them
        valid = None if self.valid is None else self.valid.take(order, mode="clip")
        return Vector(self.values.take(order, mode="clip"), valid, self.texts, self.classes)


def narrow(size: int) -> Any:
    """The smallest whole-number type that holds 0 … size."""
    return np.uint8 if size < 1 << 8 else np.uint16 if size < 1 << 16 else np.int32


def numbers(array: pa.Array, kind: Type) -> Vector:
    """An Arrow column that is not text. Raises pa.ArrowInvalid where it cannot be cast."""
    array = _cast(array, kind)
    known = None if array.null_count == 0 else plain(array.is_valid())
    values = plain(array)
    if known is not None:  # what stands in the memory of an unknown row is left to chance
        values = np.where(known, values, values.dtype.type(0))
    if kind is Type.FLOAT:
        odd = np.isnan(values)  # not-a-number is unknown
        if odd.any():
            return Vector(np.where(odd, 0.0, values), ~odd if known is None else known & ~odd)
    return Vector(values, known)


def plain(array: pa.Array) -> Array:
    """The numbers or flags of an Arrow array from its memory; unknown rows hold anything.

    `Array.to_numpy` would do, but it loads pandas where pandas is installed: a third of a second for nothing.
    """
    held = array.buffers()[1]
    if held is None or not len(array):
        return np.zeros(len(array), np.bool_ if pa.types.is_boolean(array.type) else _DTYPES[array.type])
    if pa.types.is_boolean(array.type):
        end = array.offset + len(array)
        flags = np.unpackbits(np.frombuffer(held, np.uint8), count=end, bitorder="little")
        return flags[array.offset :].view(np.bool_)
    kind = np.dtype(_DTYPES[array.type])
    return np.frombuffer(held, kind, len(array), array.offset * kind.itemsize)


_DTYPES: dict[pa.DataType, Any] = {
    pa.int8(): np.int8,
    pa.int16(): np.int16,
    pa.int32(): np.int32,
    pa.int64(): np.int64,
    pa.float64(): np.float64,
}
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


def text(array: pa.Array, known: Texts | Classes) -> Vector:
    """An Arrow column of text as numbers: each distinct text of the batch is looked up once."""
    if not pa.types.is_dictionary(array.type):
        array = array.cast(pa.string()).dictionary_encode()
    own = known.numbers(array.dictionary.to_pylist())
    # the last entry of the table answers for the unknown
    table = np.append(own, 0).astype(narrow(int(own.max(initial=0))))
    indices = array.indices.cast(pa.int32())
    places = plain(indices)
    if indices.null_count:
        places = np.where(plain(indices.is_valid()), places, np.int32(len(own)))
    values = table.take(places, mode="clip")
    if isinstance(known, Classes):
        return Vector(values, None, classes=known)
    return Vector(values, None, texts=known)
