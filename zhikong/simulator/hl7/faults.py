"""Faults planted in a stream of messages on purpose, each remembered, so that a test knows what must be found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from zhikong.simulator.clock import stream
from zhikong.simulator.hl7.stream import Message

WRONG_BY = timedelta(hours=-8)
"""The clock of one system shows UTC."""

LATE_BY = 50
"""So many messages later comes one that was held up."""


@dataclass(frozen=True)
class Planted:
    """One planted fault: its kind, the control id of the message and its place in the stream, from 0."""

    kind: str
    control_id: str
    place: int


@dataclass(frozen=True)
class Sent:
    """A message as it goes over the line: with its frame, whole or broken. `fault`: what was planted, or nothing."""

    message: Message
    wire: bytes
    fault: str = ""


def framed(content: bytes) -> bytes:
    """A message in its MLLP frame."""
    return b"\x0b" + content + b"\x1c\r"


def _again(message: Message, content: bytes) -> list[bytes]:
    return [framed(content), framed(content)]


def _without_id(message: Message, content: bytes) -> list[bytes]:
    return [framed(content.replace(f"|{message.control_id}|".encode(), b"||", 1))]


def _no_start(message: Message, content: bytes) -> list[bytes]:
    return [content + b"\x1c\r", framed(content)]


def _no_end(message: Message, content: bytes) -> list[bytes]:
    return [b"\x0b" + content, framed(content)]


def _cut(message: Message, content: bytes) -> list[bytes]:
    return [b"\x0b" + content[: len(content) // 2], framed(content)]


def _garbage(message: Message, content: bytes) -> list[bytes]:
    return [framed(bytes(range(1, 11)) + b"\xff\xfe\x00"), framed(content)]


def _wrong_clock(message: Message, content: bytes) -> list[bytes]:
    shown = message.at.strftime("%Y%m%d%H%M%S").encode()
    wrong = (message.at + WRONG_BY).strftime("%Y%m%d%H%M%S").encode()
    return [framed(content.replace(b"|" + shown + b"|", b"|" + wrong + b"|", 1))]


KINDS: dict[str, Callable[[Message, bytes], list[bytes]]] = {
    "duplicate": _again,
    "missing_id": _without_id,
    "no_start": _no_start,
    "no_end": _no_end,
    "cut": _cut,
    "garbage": _garbage,
    "wrong_clock": _wrong_clock,
}
"""What goes over the line for one message; `reused_id`, `out_of_order` and `missing_day` concern more than one."""

STREAM_KINDS = ("reused_id", "out_of_order", "missing_day")


class Planter:
    """Plants so many faults of each kind in a stream of known length; `found` is the ledger."""

    def __init__(self, seed: int, total: int, faults: dict[str, int]):
        if set(faults) - set(KINDS) - set(STREAM_KINDS) or sum(faults.values()) > total:
            raise ValueError(f"cannot plant {faults} in {total} messages")
        rng = stream(seed, "hl7 faults")
        kinds = [kind for kind, count in faults.items() for _ in range(count) if kind != "missing_day"]
        places = rng.choice(max(total - LATE_BY, len(kinds)), len(kinds), replace=False) if kinds else []
        self._chosen = {int(place): kind for place, kind in zip(places, kinds, strict=True)}
        self._missing = set(map(float, rng.random(faults.get("missing_day", 0))))
        self.found: list[Planted] = []

    def sent(self, messages: Iterable[Message], encoding: str = "utf-8") -> Iterator[Sent]:
        """The stream as it goes over the line."""
        listed = list(messages)
        gone = (
            {listed[int(share * (len(listed) - 1))].at.date() for share in self._missing} if listed else set()
        )
        held: list[tuple[int, Sent]] = []
        before: Message | None = None
        for place, message in enumerate(listed):
            kind = self._chosen.get(place, "")
            if message.at.date() in gone and message.control_id.startswith("LIS"):
                self._note("missing_day", message, place)
                continue
            if kind == "reused_id" and before is not None:
                taken = message.content.replace(f"|{message.control_id}|", f"|{before.control_id}|", 1)
                message = replace(message, content=taken, control_id=before.control_id)
            if kind:
                self._note(kind, message, place)
            wires = KINDS.get(kind, lambda _, content: [framed(content)])(message, message.encoded(encoding))
            for number, wire in enumerate(wires):
                one = Sent(message, wire, kind if number == 0 or kind == "duplicate" else "")
                if kind == "out_of_order":
                    held.append((place + LATE_BY, one))
                else:
                    yield one
            while held and held[0][0] <= place:
                yield held.pop(0)[1]
            before = message
        yield from (one for _, one in held)

    def _note(self, kind: str, message: Message, place: int) -> None:
        self.found.append(Planted(kind, message.control_id, place))
