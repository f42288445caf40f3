"""Find what identifies, settle overlaps, and put placeholders there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from zhikong.intake.deidentifying import patterns
from zhikong.intake.deidentifying.persons import names


class Kind(StrEnum):
    """What was hidden; the value is what stands in its place."""

    NAME = "【姓名】"
    TELEPHONE = "【电话】"
    ID_NUMBER = "【证件号】"
    ADDRESS = "【住址】"
    HOSPITAL_NUMBER = "【院内号】"
    BIRTH_DATE = "【出生日期】"
    ACCOUNT = "【账号】"


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the text as it was delivered, end excluded."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Cleared:
    """The text with placeholders, and the places where they were put."""

    text: str
    spans: tuple[Span, ...]


_NARROW = str.maketrans("０１２３４５６７８９Ｘｘ＋－（）：", "0123456789Xx+-():")
_NUMBERS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.ID_NUMBER, patterns.ID_NUMBER),
    (Kind.ID_NUMBER, patterns.PERMIT),
    (Kind.HOSPITAL_NUMBER, patterns.HOSPITAL_NUMBER),
    (Kind.TELEPHONE, patterns.TELEPHONE),
    (Kind.TELEPHONE, patterns.LABELLED_TELEPHONE),
    (Kind.TELEPHONE, patterns.CHINESE_DIGITS),
    (Kind.ACCOUNT, patterns.MAIL),
    (Kind.ACCOUNT, patterns.ACCOUNT),
    (Kind.ACCOUNT, patterns.PLATE),
    (Kind.BIRTH_DATE, patterns.BIRTH_DATE),
    (Kind.ADDRESS, patterns.LABELLED_ADDRESS),
    (Kind.ADDRESS, patterns.LIVES_AT),
)


def deidentify(text: str, known: Iterable[str] = ()) -> Cleared:
    """The text without direct identifiers.

    known: what is known of the patient and his people (names, numbers, addresses): hidden wherever it stands.
    """
    narrow = text.translate(_NARROW)
    spans = _settled(_found(narrow, [k.translate(_NARROW) for k in known if k]))
    parts, at = [], 0
    for span in spans:
        parts += [text[at : span.start], span.kind.value]
        at = span.end
    return Cleared("".join([*parts, text[at:]]), spans)


def _found(text: str, known: list[str]) -> Iterator[Span]:
    """Everything found, the surest first."""
    for value in known:
        if any(c.isdigit() for c in value) and len(value) >= 4:
            kind = Kind.ADDRESS if re.search("[\u3400-\u9fff]", value) else Kind.ID_NUMBER
            yield from (Span(m.start(), m.end(), kind) for m in re.finditer(re.escape(value), text))
    for kind, pattern in _NUMBERS:
        for match in pattern.finditer(text):
            group = "value" if "value" in pattern.groupindex else 0
            start, end = match.span(group)
            yield Span(start, end - _trailing(text[start:end]), kind)
    yield from _addresses(text)
    plain = [value for value in known if not any(c.isdigit() for c in value)]
    for start, end in names(text, plain):
        yield Span(start, end, Kind.NAME)


def _addresses(text: str) -> Iterator[Span]:
    """A street with a number, and the names of places that lead up to it."""
    for core in patterns.ADDRESS_CORE.finditer(text):
        first = max(0, core.start() - patterns.PLACES_BEFORE)
        before = patterns.BEFORE_ADDRESS.search(text[first : core.start()])
        if before:
            yield Span(first + before.start(), core.end(), Kind.ADDRESS)


def _trailing(value: str) -> int:
    return len(value) - len(value.rstrip(" -－.,，"))


def _settled(found: Iterable[Span]) -> tuple[Span, ...]:
    """Without overlaps: of two the one that was found first stays, stretched over what only the other covers."""
    kept: list[Span] = []
    for span in found:
        touching = [k for k in kept if k.start < span.end and span.start < k.end]
        if touching:
            first = touching[0]
            kept = [k for k in kept if k not in touching]
            span = Span(
                min(span.start, *(k.start for k in touching)),
                max(span.end, *(k.end for k in touching)),
                first.kind,
            )
        if span.end > span.start:
            kept.append(span)
    return tuple(sorted(kept, key=lambda s: s.start))
