"""From a file to HL7 v2 messages: MLLP-framed or not, in batches or not, with any line end; and what is in one.

What is inside a field is read by PyPI's `hl7` (python-hl7), field by field, because a mapping asks for few of the hundreds
of a message. Its own functions for batches are not used: they split lines wherever Unicode knows a line end and read a
whole file at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import hl7

from zhikong.intake.formats.hl7_paths import Path as FieldPath
from zhikong.intake.formats.hl7_text import BadEncoding, decoded, header_text, unescaped

LARGEST = 64 << 20
"""Bytes of one message in a file; a longer one is set aside unread."""

_CHUNK = 1 << 20
_ENDS = re.compile(rb"[\r\n]")  # ends of segments, in files of any system
_ENVELOPES = (b"FHS", b"BHS", b"BTS", b"FTS")
_BELONGS = frozenset({"NTE"})  # segments that belong to the one before them, wherever they stand


class Unreadable(ValueError):
    """Something that should be a message and is none; `reason` is one of intake.reasons."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(reason)
        self.reason, self.detail = reason, detail


@dataclass(slots=True)
class Raw:
    """The lines of one message and the number of its first line in the file, from 1; of a longer one than LARGEST
    only its beginning, so that a file of anything else does not fill the memory."""

    line: int
    lines: list[tuple[int, bytes]] = field(default_factory=list, repr=False)
    size: int = 0

    def add(self, number: int, line: bytes) -> None:
        self.line = self.line or number
        self.size += len(line)
        if self.size <= LARGEST or not self.lines:
            self.lines.append((number, line))


def raw_messages(file: Path) -> Iterator[Raw]:
    """The messages of a file, one at a time. What stands outside any message comes as a Raw without an MSH line."""
    current = Raw(0)
    with file.open("rb") as stream:
        for number, line, framed in _lines(stream):
            start = line[:3]
            if framed or start == b"MSH" or start in _ENVELOPES:
                if current.lines:
                    yield current
                current = Raw(number)
            if line and start not in _ENVELOPES:
                current.add(number, line)
    if current.lines:
        yield current


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes, bool]]:
    """Number and content of each line that is not blank, and whether a frame begins or ends there (then the line may
    be empty); only whole lines, whatever the chunks."""
    rest, number = b"", 0
    while chunk := stream.read(_CHUNK):
        chunk = chunk.replace(b"\x0b", b"\r\x0b").replace(b"\x1c", b"\r\x0b\r")
        if len(rest) > LARGEST:
            chunk = b"\r" + chunk
        *whole, rest = _ENDS.split(rest + chunk)
        for line in whole:
            if line.strip() or line[:1] == b"\x0b":
                number += bool(line.strip())
                yield number, _bare(line, number), line[:1] == b"\x0b"
    if rest.strip():
        yield number + 1, _bare(rest, number + 1), rest[:1] == b"\x0b"


def _bare(line: bytes, number: int) -> bytes:
    """A line without the frame's beginning, and without the mark of UTF-8 at the file's beginning."""
    line = line.removeprefix(b"\x0b")
    return line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


@dataclass(slots=True)
class Segment:
    """One segment: its name, its line in the file, its text and, once they are needed, the texts of its fields."""

    name: str
    line: int
    text: str
    _fields: list[str] | None = None

    def fields(self, separator: str) -> list[str]:
        """The fields by number; of MSH the first is the separator itself."""
        if self._fields is None:
            name, *rest = self.text.split(separator)
            self._fields = [name, separator, *rest] if name == "MSH" else [name, *rest]
        return self._fields


def event_of(raw: Raw) -> tuple[str, str] | None:
    """Type and trigger event, as MSH-9 gives them (`ADT`, `A01`), before anything else is read; None: no message."""
    head = header_text(raw.lines[0][1].lstrip())
    try:
        separators = _separators(head)
    except Unreadable:
        return None
    fields = head.split(separators[0], 9)
    kind, _, rest = (fields[8] if len(fields) > 8 else "").partition(separators[1])
    return kind.strip(), rest.split(separators[1])[0].strip()


class Message:
    """One decoded message. Raises Unreadable for what has no valid MSH line, or not the declared characters."""

    def __init__(self, raw: Raw):
        if raw.size > LARGEST:
            raise Unreadable("message_too_long", str(LARGEST >> 20))
        head = raw.lines[0][1].lstrip()
        self.separators = _separators(header_text(head))
        declared = _declared(header_text(head), self.separators)
        try:
            texts, self.encoding = decoded(b"\r".join(line for _, line in raw.lines), declared)
        except BadEncoding as error:
            raise Unreadable("bad_encoding", str(error) or "UTF-8、GB18030") from error
        self.segments = _segments(texts, [number for number, _ in raw.lines], self.separators[0])

    def rows(self, segment: str | None) -> Iterator[Row]:
        """One row for each segment of that name, or one for the whole message."""
        if segment is None:
            yield Row(self, 0, len(self.segments), whole=True)
            return
        for place, one in enumerate(self.segments):
            if one.name == segment:
                yield Row(self, place, self._end(place))

    def _end(self, place: int) -> int:
        """Where the group of a segment ends: at the next that stands above it, or beside it."""
        above = {s.name for s in self.segments[: place + 1]} - _BELONGS
        following = range(place + 1, len(self.segments))
        return next((n for n in following if self.segments[n].name in above), len(self.segments))

    def _of(self, segment: Segment, path: FieldPath) -> str:
        fields = segment.fields(self.separators[0])
        if path.field >= len(fields):
            return ""
        content = fields[path.field]
        if segment.name == "MSH" and path.field == 2:
            return content
        return text_of(content, path, self.separators, self.encoding)


@dataclass(slots=True)
class Row:
    """A segment with what belongs to it: the ones after it in its group, and the last of each name before it."""

    message: Message
    place: int
    end: int
    whole: bool = False

    @property
    def line(self) -> int:
        return self.message.segments[self.place].line

    def get(self, path: FieldPath) -> str:
        """The text of a field; empty where there is no such segment or field."""
        found = self._segment(path)
        return self.message._of(found, path) if found else ""

    def _segment(self, path: FieldPath) -> Segment | None:
        segments = self.message.segments
        group = segments[self.place : self.end]
        before = [] if self.whole else reversed(segments[: self.place])
        for one in (*group, *(s for s in before if s.name not in _BELONGS)):
            if one.name == path.segment and self._fits(one, path):
                return one
        return None

    def _fits(self, segment: Segment, path: FieldPath) -> bool:
        return all(
            self.message._of(segment, FieldPath(path.segment, number, 1, part)) == wanted
            for number, part, wanted in path.where
        )


def text_of(content: str, path: FieldPath, separators: str, encoding: str = "utf-8") -> str:
    """The text at a path in a field, without its escape sequences."""
    repetitions = _repetitions(content, separators)
    if path.repetition == 0:
        found = [_component(one, path) for one in repetitions]
        return "\n".join(unescaped(text, separators, encoding) for text in found).strip("\n")
    if isinstance(path.repetition, tuple):
        number, wanted = path.repetition
        chosen = [one for one in repetitions if _component(one, FieldPath("", 0, 1, number)) == wanted]
    else:
        chosen = repetitions[path.repetition - 1 : path.repetition]
    return unescaped(_component(chosen[0], path), separators, encoding) if chosen else ""


def _repetitions(content: str, separators: str) -> list:
    """Repetitions of a field; most fields have one, and nothing in it."""
    _, component, repetition, _, sub = separators
    if component not in content and repetition not in content and sub not in content:
        return [content]
    return _parsed(content, separators)


@lru_cache(maxsize=8192)
def _parsed(content: str, separators: str) -> list:
    """Repetitions, components and subcomponents as python-hl7 reads them; the same patient comes again and again."""
    own = separators[0]
    head = f"MSH{own}{separators[1:]}{own}"
    return list(hl7.parse(f"{head}\rZZZ{own}{content}")[1][1])


def _component(repetition, path: FieldPath) -> str:
    """A component of a repetition; a plain text is its own first component, and first subcomponent."""
    found = _at(repetition, (path.component or 1) - 1)
    return str(_at(found, (path.sub or 1) - 1)).strip()


def _at(value, place: int):
    if isinstance(value, str):
        return value if place == 0 else ""
    return value[place] if place < len(value) else ""


def _separators(head: str) -> str:
    """Field, component, repetition, escape and subcomponent separators of an MSH line."""
    if not head.startswith("MSH") or len(head) < 5:
        raise Unreadable("not_hl7")
    own = head[3]
    given = head[4:].split(own, 1)[0]
    if own.isalnum() or not 1 <= len(given) <= 5 or len({own, *given}) != len(given) + 1:
        raise Unreadable("not_hl7")
    return own + given[:4] + "^~\\&"[len(given) :]


def _declared(head: str, separators: str) -> str:
    fields = head.split(separators[0])
    return re.split(re.escape(separators[2]), fields[17])[0] if len(fields) > 17 else ""


def _segments(texts: str, numbers: list[int], separator: str) -> list[Segment]:
    """Lines as segments; a line that is none is a line break inside the field before it, as some systems send."""
    found: list[Segment] = []
    for number, line in zip(numbers, texts.split("\r"), strict=True):
        line = line.lstrip(" \t\x00") if found else line.lstrip()
        name, sign = line[:3], line[3:4]
        is_segment = name.isascii() and name.isalnum() and name.isupper() and name[0].isalpha()
        if is_segment and sign in ("", separator):
            found.append(Segment(name, number, line.rstrip("\x00")))
        elif found:
            found[-1].text += "\n" + line
        else:
            raise Unreadable("not_hl7")
    return found
