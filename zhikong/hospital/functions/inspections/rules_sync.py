"""What a phone sends, judged before anything is stored: envelopes, sizes, depth. No ORM.

Everything here comes from outside. What cannot be taken is answered with a sentence and never raises further in.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

MOST_OPS = 100
MOST_BYTES = 256 * 1024
MOST_VALUE = 64 * 1024  # bytes of one op's value as JSON
DEPTH = 8
MOST_NUMBER = 2**53
PIECE = 1024 * 1024
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ITEM = re.compile(r"[A-Za-z0-9_.-]{1,70}")
FILES = "__files"
SAMPLE = "sample:"  # a patient on a phone is one of the drawn ones, never a key


class Kind(StrEnum):
    """What an op asks for."""

    START = "start"
    ANSWER = "answer"
    CHOOSE = "choose"
    FIXED = "fixed"
    NOTE = "note"
    VOICE = "voice"
    COMMENT = "comment"
    SIGNATURE = "signature"
    BLUR = "blur"
    FINISH = "finish"
    CONCLUDE = "conclude"


NEEDS_ITEM = frozenset({Kind.ANSWER, Kind.CHOOSE, Kind.FIXED})
NEEDS_VALUE = frozenset({Kind.FIXED, Kind.NOTE, Kind.VOICE, Kind.COMMENT, Kind.SIGNATURE, Kind.BLUR})


class Status(StrEnum):
    """What became of an op."""

    STORED = "stored"
    AGAIN = "again"
    CONFLICT = "conflict"
    WAITING = "waiting"
    REFUSED = "refused"
    SET_ASIDE = "set_aside"
    OLD = "old"
    MALFORMED = "malformed"


class Malformed(ValueError):
    """Something that is no op, no batch, no id; the message is a sentence for the phone's screen."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One op as it came, shape and sizes checked. clock: the phone's own time of it, None when it sent none."""

    id: str
    seq: int
    kind: Kind
    sheet: int | None
    item: str
    value: Any
    base: int
    of: str
    clock: datetime | None
    boot: str
    mono: float | None

    @property
    def digest(self) -> str:
        """The same id with another content is another op, and is not taken for the same."""
        said = [self.kind, self.sheet, self.item, self.value, self.of]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Batch:
    """Many ops of one device. sent_at: the phone's clock when it sent them; raw: the ops, not yet looked at."""

    device: str
    author: int | None
    sent_at: datetime | None
    boot: str
    mono: float | None
    raw: tuple[Any, ...]


def batch(body: bytes) -> Batch:
    """The batch in a request's body. Raises Malformed."""
    said = document(body)
    raw = said.get("ops")
    if not isinstance(raw, list):
        raise Malformed("没有 ops 列表。")
    if len(raw) > MOST_OPS:
        raise Malformed(f"一次最多 {MOST_OPS} 条，请分批上传。")
    return Batch(
        device=uuid(said.get("device"), "device"),
        author=_whole(said.get("author"), "author"),
        sent_at=_moment(said.get("sent_at")),
        boot=_word(said.get("boot")),
        mono=_float(said.get("mono")),
        raw=tuple(raw),
    )


def document(body: bytes) -> dict[str, Any]:
    """A JSON object of bounded size and depth, without NaN and without surrogates. Raises Malformed."""
    if len(body) > MOST_BYTES:
        raise Malformed(f"一次最多 {MOST_BYTES // 1024} KB，请分批上传。")
    if _too_deep(body):
        raise Malformed(f"内容嵌套超过 {DEPTH + 4} 层。")
    try:
        said = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Malformed("内容不是 UTF-8 的 JSON。") from None
    if not isinstance(said, dict):
        raise Malformed("内容应当是一个 JSON 对象。")
    return said


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _too_deep(body: bytes) -> bool:
    """Brackets outside strings, counted before the parser's recursion meets them."""
    depth = deepest = 0
    for found in re.finditer(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', body):
        sign = found[0]
        if sign in (b"[", b"{"):
            depth += 1
            deepest = max(deepest, depth)
        elif sign in (b"]", b"}"):
            depth -= 1
    return deepest > DEPTH + 4


def envelope(raw: Any) -> Envelope:
    """One op. Raises Malformed with the sentence."""
    if not isinstance(raw, dict):
        raise Malformed("操作应当是一个 JSON 对象。")
    kind = _kind(raw.get("kind"))
    item = raw.get("item") or ""
    if not isinstance(item, str) or (item and not ITEM.fullmatch(item)):
        raise Malformed("条目的写法不对。")
    sheet = _whole(raw.get("sheet"), "sheet")
    if kind in NEEDS_ITEM and (not item or sheet is None):
        raise Malformed("没有说明是哪份表的哪个条目。")
    value = _bounded(raw.get("value"))
    if kind in NEEDS_VALUE and not isinstance(value, dict):
        raise Malformed("没有内容。")
    return Envelope(
        id=uuid(raw.get("id"), "id"),
        seq=_whole(raw.get("seq"), "seq") or 0,
        kind=kind,
        sheet=sheet,
        item=item,
        value=value,
        base=_whole(raw.get("base"), "base") or 0,
        of=uuid(raw["of"], "of") if raw.get("of") else "",
        clock=_moment(raw.get("at")),
        boot=_word(raw.get("boot")),
        mono=_float(raw.get("mono")),
    )


def _kind(raw: Any) -> Kind:
    try:
        return Kind(raw)
    except ValueError:
        raise Malformed(f"不认识的操作“{str(raw)[:20]}”。请更新手机页面后再同步。") from None


def uuid(raw: Any, name: str) -> str:
    """A lower-case UUID. Raises Malformed."""
    if not isinstance(raw, str) or not UUID.fullmatch(raw):
        raise Malformed(f"{name} 不是 UUID。")
    return raw


def _whole(raw: Any, name: str) -> int | None:
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw < MOST_NUMBER:
        raise Malformed(f"{name} 应当是不小于 0 的整数。")
    return raw


def _float(raw: Any) -> float | None:
    good = isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) < MOST_NUMBER
    return float(raw) if good else None


def _word(raw: Any) -> str:
    return raw[:40] if isinstance(raw, str) else ""


def _moment(raw: Any) -> datetime | None:
    """A moment with its offset; anything else is as if the phone had no clock, which refuses nothing."""
    if not isinstance(raw, str) or len(raw) > 40:
        return None
    try:
        found = datetime.fromisoformat(raw)
    except ValueError:
        return None
    return found if found.tzinfo is not None and 1971 < found.year < 9000 else None


def _bounded(value: Any) -> Any:
    _check_depth(value, DEPTH)
    try:
        text = json.dumps(value, ensure_ascii=False)
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise Malformed("内容里有不成对的代理字符。") from None
    if size > MOST_VALUE:
        raise Malformed(f"一条内容最多 {MOST_VALUE // 1024} KB。")
    return json.loads(text.replace("\\u0000", ""))  # PostgreSQL keeps no NUL in text


def _check_depth(value: Any, left: int) -> None:
    if left < 0:
        raise Malformed(f"内容嵌套超过 {DEPTH} 层。")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MOST_NUMBER:
        raise Malformed("数字太大。")
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for one in inside:
        _check_depth(one, left - 1)


def media_of(one: Envelope) -> list[str]:
    """The media that an op speaks of, in its order."""
    value = one.value
    if one.kind in (Kind.ANSWER, Kind.CHOOSE):
        listed = value if isinstance(value, list) else []
    elif isinstance(value, dict):
        after = value.get("after")
        listed = [value.get("media"), *(after if isinstance(after, list) else [])]
    else:
        listed = []
    return list(dict.fromkeys(m for m in listed if isinstance(m, str) and UUID.fullmatch(m)))
