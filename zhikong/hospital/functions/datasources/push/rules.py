"""What a caller may send: the form of a body, its bounds, the rows in it, and who may send it. No ORM."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhikong.intake.mappings import Mapping as FileMapping
from zhikong.intake.staging import names_of_column, wanted_columns

MOST_BYTES = 20 << 20
"""Of a body as it is sent."""
MOST_PLAIN_BYTES = 100 << 20
"""Of a body when it is unpacked."""
MOST_ROWS = 20_000
MOST_A_MINUTE = 600
"""Requests that are taken a minute by one feed."""
JSON_TYPES = ("application/json",)
LINES_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
_KEY = re.compile(r"[\x21-\x7e]{1,120}")
_NOTE = re.compile(r"(\d+) 行")


class Refused(Exception):
    """A request that is not taken: status, a stable code, a Chinese and an English sentence, and details."""

    def __init__(self, status: int, code: str, chinese: str, english: str, **details: Any):
        super().__init__(chinese)
        self.status, self.code, self.chinese, self.english = status, code, chinese, english
        self.details = details


# ---- tokens ----------------------------------------------------------------------------------------------------------

PREFIX = "zk_"


def new_token() -> str:
    """256 random bits; nothing of it is kept but its hash and its first characters."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """SHA-256 in hex. A slow hash guards guessable secrets; this one cannot be guessed, and is asked for each call."""
    return hashlib.sha256(token.encode()).hexdigest()


def digest_of_bytes(content: bytes) -> str:
    """SHA-256 in hex, as raw input is addressed."""
    return hashlib.sha256(content).hexdigest()


def bearer(header: str) -> str:
    """The token of an Authorization header; raises Refused 401 without one."""
    scheme, _, token = header.strip().partition(" ")
    if scheme.casefold() != "bearer" or not token.strip() or len(token) > 200:
        raise unauthorised()
    return token.strip()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one, other)


def unauthorised() -> Refused:
    """One answer for no token, a wrong, an expired and a revoked one: nobody learns which."""
    return Refused(
        401, "unauthorised", "令牌缺失、无效、已过期或已吊销。", "Missing, invalid, expired or revoked token."
    )


# ---- bodies ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Body:
    """A request's body with what its headers say. `key`: the Idempotency-Key, empty when there is none."""

    content: bytes
    content_type: str = "application/json"
    encoding: str = ""
    key: str = ""


def rows_of(body: Body) -> list[dict[str, Any]]:
    """The rows of a body: a JSON array of objects, one object, or lines of objects. Raises Refused."""
    kind = body.content_type.partition(";")[0].strip().casefold()
    if kind not in (*JSON_TYPES, *LINES_TYPES):
        known = ", ".join((*JSON_TYPES, *LINES_TYPES))
        raise Refused(415, "media_type", f"请用这些类型之一：{known}。", f"Use one of: {known}.")
    text = _text(plain(body))
    found = _lines(text) if kind in LINES_TYPES else _array(text)
    if not found:
        raise Refused(400, "no_rows", "没有数据行。", "There are no rows.")
    if len(found) > MOST_ROWS:
        raise Refused(
            413, "too_many_rows", f"一次最多 {MOST_ROWS} 行。", f"At most {MOST_ROWS} rows at once."
        )
    for number, row in enumerate(found, start=1):
        if not isinstance(row, dict):
            raise Refused(
                400, "not_an_object", f"第 {number} 行不是对象。", f"Row {number} is no object.", row=number
            )
    return found


def plain(body: Body) -> bytes:
    """The content unpacked. Raises Refused for another encoding, damaged or too much content."""
    if len(body.content) > MOST_BYTES:
        raise too_large()
    if body.encoding.strip().casefold() in ("", "identity"):
        return body.content
    if body.encoding.strip().casefold() != "gzip":
        raise Refused(415, "encoding", "只支持 gzip 压缩。", "Only gzip is supported.")
    try:
        unpacker = zlib.decompressobj(wbits=31)
        plain = unpacker.decompress(body.content, MOST_PLAIN_BYTES + 1)
    except zlib.error as error:
        raise Refused(400, "gzip", "gzip 内容已损坏。", "The gzip content is damaged.") from error
    if len(plain) > MOST_PLAIN_BYTES:
        raise too_large()
    if not unpacker.eof or unpacker.unused_data:
        raise Refused(400, "gzip", "gzip 内容不完整。", "The gzip content is incomplete.")
    return plain


def too_large() -> Refused:
    return Refused(
        413,
        "too_large",
        f"内容过大：最多 {MOST_BYTES >> 20} MB，解压后 {MOST_PLAIN_BYTES >> 20} MB。请分批发送。",
        f"Too large: at most {MOST_BYTES >> 20} MB, {MOST_PLAIN_BYTES >> 20} MB unpacked. Send it in parts.",
    )


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(400, "utf8", "内容不是 UTF-8 编码。", "The content is not UTF-8.") from error


def _array(text: str) -> list[Any]:
    found = _parsed(text, "")
    return found if isinstance(found, list) else [found]


def _lines(text: str) -> list[Any]:
    lines = text.split("\n")
    if len(lines) > 2 * MOST_ROWS:
        raise Refused(
            413, "too_many_rows", f"一次最多 {MOST_ROWS} 行。", f"At most {MOST_ROWS} rows at once."
        )
    return [_parsed(line, f"第 {n} 行：") for n, line in enumerate(lines, start=1) if line.strip()]


def _parsed(text: str, where: str) -> Any:
    try:
        # numbers stay as they were written: a decimal must not pass through a float
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "json", f"{where}不是有效的 JSON。", "Not valid JSON.") from error


def _no_constant(name: str) -> None:
    raise ValueError(name)


# ---- rows ------------------------------------------------------------------------------------------------------------


def columns_of(mapping: FileMapping, source: str) -> list[str]:
    """The columns that a row of a source may have, as the mapping reads them."""
    return wanted_columns(mapping.sources[source], mapping)


def check_source(mapping: FileMapping, source: str) -> None:
    """Raise Refused 404 for a table that the feed's mapping does not know."""
    if source not in mapping.sources:
        known = sorted(mapping.sources)
        raise Refused(404, "no_table", f"没有表 {source[:64]}。", "No such table.", tables=known)


def check_keys(rows: Sequence[Mapping[str, Any]], mapping: FileMapping, source: str) -> None:
    """Raise Refused 400 for keys that no column has: a misspelt column would be lost without a word."""
    where = mapping.sources[source]
    columns = wanted_columns(where, mapping)
    known = {name.casefold() for column in columns for name in names_of_column(where, column)}
    unknown = sorted({key for row in rows for key in row if key.casefold() not in known})
    if unknown:
        shown = [key[:64] for key in unknown[:20]]
        raise Refused(
            400,
            "unknown_columns",
            f"不认识的列：{'、'.join(shown)}。",
            f"Unknown columns: {', '.join(shown)}.",
            unknown=shown,
            columns=columns,
        )


def idempotency_key(header: str) -> str:
    """The caller's own name of a delivery; raises Refused 400 for one that is no plain text."""
    if header and not _KEY.fullmatch(header):
        raise Refused(
            400, "idempotency_key", "Idempotency-Key 只能是 1 至 120 个 ASCII 字符。", "Bad Idempotency-Key."
        )
    return header


def note_of(rows: int) -> str:
    """What a receipt says of its content."""
    return f"{rows} 行"


def rows_noted(note: str) -> int:
    """The number of rows that `note_of` wrote; 0 when it did not."""
    found = _NOTE.match(note)
    return int(found.group(1)) if found else 0
