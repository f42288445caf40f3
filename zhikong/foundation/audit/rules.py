"""Digests of the audit trail and the comparison of what was sealed with what is there. Pure: no database.

A seal binds a batch of events to the seal before it with a key that the database does not know (HMAC-SHA256).
Whoever rules the database can delete or edit rows, but cannot make a seal that fits.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

GONE = "missing"  # stands in a seal for an event that had vanished before it could be sealed
BEGINNING = "0" * 64


@dataclass(frozen=True)
class Seal:
    """A seal as stored. events: (event id, digest) in the order of sealing; sealed_at: ISO text in UTC."""

    number: int
    sealed_at: str
    events: Sequence[tuple[int, str]]
    previous: str
    digest: str


@dataclass(frozen=True)
class Head:
    """What the second place keeps of a seal: enough to name what was cut off or rewritten."""

    number: int
    sealed_at: str
    digest: str
    events: str  # ranges of event ids: "1-57,59"


@dataclass(frozen=True)
class Problem:
    """Something wrong with the trail. kind: deleted, edited, reordered, seal, cut_off, smuggled, unsealed."""

    kind: str
    sentence: str
    event_id: int | None = None
    seal: int | None = None


def event_digest(key: bytes, fields: Iterable[str | None]) -> str:
    """Digest of an event's fields without its id; lengths keep neighbouring fields apart."""
    parts = (b"-" if f is None else b"%d:" % len(f.encode()) + f.encode() for f in fields)
    return hmac.new(key, b"event" + b"".join(parts), hashlib.sha256).hexdigest()


def seal_digest(key: bytes, seal: Seal) -> str:
    """Digest of a seal: its number, time, the events in order, and the seal before it."""
    events = [[number, digest] for number, digest in seal.events]
    text = json.dumps([seal.number, seal.sealed_at, seal.previous, events], separators=(",", ":"))
    return hmac.new(key, b"seal" + text.encode(), hashlib.sha256).hexdigest()


def compare(seal: Seal, present: Mapping[int, str], origins: Mapping[str, int]) -> Iterator[Problem]:
    """Name every event of a seal that is not there as it was sealed.

    present: event id → digest now; origins: digest → id under which such an event was sealed.
    """
    for number, digest in seal.events:
        if digest == GONE:
            sentence = f"记录 {number} 在封存之前已被删除（封条 {seal.number}）。"
            yield Problem("deleted", sentence, number, seal.number)
        elif number not in present:
            yield Problem("deleted", f"记录 {number} 已被删除（封条 {seal.number}）。", number, seal.number)
        elif present[number] != digest:
            yield _changed(seal, number, origins.get(present[number]))


def differing(seal: Seal, present: Mapping[int, str]) -> list[str]:
    """Digests that stand where another one was sealed."""
    return [present[n] for n, digest in seal.events if n in present and present[n] != digest]


def _changed(seal: Seal, number: int, origin: int | None) -> Problem:
    if origin is not None:
        sentence = f"记录 {number} 的位置上现在是封存时的记录 {origin}：顺序被调换（封条 {seal.number}）。"
        return Problem("reordered", sentence, number, seal.number)
    return Problem("edited", f"记录 {number} 的内容被改动（封条 {seal.number}）。", number, seal.number)


def chain_problems(key: bytes, seals: Iterable[Seal]) -> Iterator[Problem]:
    """Name every seal that does not fit its own digest, the one before it, or the count."""
    previous, expected = BEGINNING, 1
    for seal in seals:
        if seal.number != expected:
            yield Problem("seal", f"封条 {_span(expected, seal.number - 1)} 缺失。", seal=expected)
        elif seal.previous != previous:
            yield Problem("seal", f"封条 {seal.number} 与前一封条不衔接。", seal=seal.number)
        if not hmac.compare_digest(seal.digest, seal_digest(key, seal)):
            yield Problem("seal", f"封条 {seal.number} 本身被改动，或封存密钥已更换。", seal=seal.number)
        previous, expected = seal.digest, seal.number + 1


def head_problems(heads: Iterable[Head], digests: Mapping[int, str]) -> Iterator[Problem]:
    """Compare the second place with the seals in the database. digests: seal number → digest."""
    last = max(digests, default=0)
    for head in heads:
        found = digests.get(head.number)
        if found is None and head.number > last:
            yield Problem("cut_off", _cut_off(head), seal=head.number)
        elif found is None:
            yield Problem(
                "seal", f"封条 {head.number} 被删除，它封存的是记录 {head.events}。", seal=head.number
            )
        elif found != head.digest:
            sentence = (
                f"封条 {head.number} 与另存的封条不同：数据库中的封条被重写，原封存记录 {head.events}。"
            )
            yield Problem("seal", sentence, seal=head.number)


def _cut_off(head: Head) -> str:
    what = f"，其中有记录 {head.events}" if head.events else ""
    return f"审计记录的末尾被截去：封条 {head.number}（{head.sealed_at}）不在数据库中{what}。"


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def ranges(numbers: Iterable[int]) -> str:
    """Event ids as ranges: 1,2,3,5 → "1-3,5"."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans)


def numbers_in(text: str) -> Iterator[int]:
    """The ids that ``ranges`` wrote down."""
    for span in filter(None, text.split(",")):
        first, _, last = span.partition("-")
        yield from range(int(first), int(last or first) + 1)
