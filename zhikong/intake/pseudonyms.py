"""Pseudonyms: the lake and every staging file hold these instead of record numbers (privacy from the first row)."""

import hmac
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

LENGTH = 32
"""Hex digits kept of HMAC-SHA-256: 128 bits, so that two people never share one."""


def pseudonym(secret: bytes, institution: str, kind: str, parts: Sequence[str]) -> str:
    """Keyed hash of a source number: the same number gives the same pseudonym, nobody without the key can go back.

    kind separates what is hashed ("patient", "stay"), so that equal numbers of different kinds differ.
    """
    message = "\x1f".join((institution, kind, *parts)).encode()
    return hmac.digest(secret, message, "sha256").hex()[:LENGTH]


def pseudonyms(secret: bytes, institution: str, kind: str, columns: Sequence[pa.Array]) -> pa.Array:
    """The pseudonym of each row of several text columns; null where one of them is null."""
    return pa.array(_each(secret, institution, kind, [column.to_pylist() for column in columns]), pa.string())


def _each(
    secret: bytes, institution: str, kind: str, columns: list[list[str | None]]
) -> Iterable[str | None]:
    for parts in zip(*columns, strict=True):
        yield None if None in parts else pseudonym(secret, institution, kind, parts)


def masked(column: pa.Array) -> pa.Array:
    """Numbers with all but the last two characters hidden, so that a clerk can find the row again."""
    return pc.binary_join_element_wise("****", pc.utf8_slice_codeunits(column, -2), "")


def replaced(column: pa.ChunkedArray, secret: bytes, institution: str, kind: str) -> pa.ChunkedArray:
    """A column of source numbers as pseudonyms; each distinct number is hashed once."""
    distinct = pc.unique(column).drop_null()
    hashed = pseudonyms(secret, institution, kind, [distinct])
    return hashed.take(pc.index_in(column, distinct))
