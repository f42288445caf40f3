"""The frames of MLLP (HL7 2.5.1, appendix C; IHE ITI TF-2): 0x0B, the message, 0x1C 0x0D.

Bytes may come in any pieces. What is wrong with the framing comes out as a fault and never changes the frames after it:
a frame that begins inside another one, bytes outside of any frame, a frame that does not end.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

START, END = b"\x0b", b"\x1c"
_SAMPLE = 4096
"""Bytes kept of what cannot be a message: enough for its MSH segment."""


class Kind(StrEnum):
    """What a framer found."""

    FRAME = "frame"
    CUT = "cut"  # a new frame began before this one ended: its end was never sent
    OUTSIDE = "outside"  # bytes between frames, other than line ends
    TOO_LONG = (
        "too_long"  # more than the limit without an end; nothing after it on this connection can be trusted
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A frame's content, or the beginning of what is none."""

    kind: Kind
    content: bytes


class Framer:
    """Cuts a stream into frames; holds at most one unfinished frame of at most `limit` bytes."""

    def __init__(self, limit: int):
        self.limit = limit
        self.broken = False  # after TOO_LONG everything is thrown away
        self._inside = False
        self._held = bytearray()

    @property
    def unfinished(self) -> bool:
        """A frame, or something outside of one, has begun and not ended."""
        return self._inside or bool(self._held)

    def feed(self, data: bytes) -> list[Found]:
        """The frames and faults that these bytes complete, in order."""
        found: list[Found] = []
        place = 0
        while place < len(data) and not self.broken:
            place = (self._in_frame if self._inside else self._between)(data, place, found)
        return found

    def _in_frame(self, data: bytes, place: int, found: list[Found]) -> int:
        end, start = data.find(END, place), data.find(START, place)
        cut = start >= 0 and (end < 0 or start < end)
        stop = start if cut else end
        self._held += data[place : stop if stop >= 0 else len(data)]
        if len(self._held) > self.limit:
            found.append(Found(Kind.TOO_LONG, bytes(self._held[:_SAMPLE])))
            self._held.clear()
            self.broken = True
        if stop < 0 or self.broken:
            return len(data)
        found.append(Found(Kind.CUT if cut else Kind.FRAME, self._taken()))
        self._inside = cut
        return stop + 1

    def _between(self, data: bytes, place: int, found: list[Found]) -> int:
        start, end = data.find(START, place), data.find(END, place)
        stop = min((n for n in (start, end) if n >= 0), default=len(data))
        room = _SAMPLE - len(self._held)
        self._held += data[place:stop].lstrip(b"\r\n" if not self._held else b"")[:room]
        if stop == len(data):
            return stop
        if self._held:
            found.append(Found(Kind.OUTSIDE, self._taken()))
        self._inside = stop == start
        return stop + 1

    def _taken(self) -> bytes:
        content = bytes(self._held)
        self._held.clear()
        return content


def frame(content: bytes) -> bytes:
    """A message in its frame."""
    return START + content + END + b"\r"
