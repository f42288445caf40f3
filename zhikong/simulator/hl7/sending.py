"""The stream over the line: connects, sends, waits for acknowledgements, and sends again what was not accepted."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from zhikong.simulator.hl7.faults import Sent

WITHOUT_ANSWER = frozenset({"no_end", "cut"})
"""Faults after which no answer comes: the frame was never finished."""


@dataclass
class Told:
    """What the other side said: number of answers by code, and messages that were never accepted."""

    sent: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    again: int = 0
    given_up: int = 0


async def send(
    stream: Iterable[Sent],
    host: str,
    port: int,
    *,
    per_second: float | None = None,
    times_real: float | None = None,
    timeout: float = 30.0,
    attempts: int = 5,
    clock: Callable[[], float] = time.monotonic,
) -> Told:
    """Send one message after the other, each after the answer to the one before.

    per_second: at most so many; times_real: so many times as fast as it happened; without both, as fast as answers
    come. A message that is answered by AE, or not within `timeout` seconds, is sent again, `attempts` times in all.
    """
    told, sender, began, first = Told(), _Sender(host, port, timeout), clock(), None
    try:
        for number, one in enumerate(stream):
            first = first or one.message.at
            due = number / per_second if per_second else 0.0
            if times_real:
                due = max(due, (one.message.at - first).total_seconds() / times_real)
            await asyncio.sleep(max(0.0, began + due - clock()))
            await _deliver(sender, one, told, attempts)
    finally:
        await sender.close()
    return told


async def _deliver(sender: _Sender, one: Sent, told: Told, attempts: int) -> None:
    told.sent += 1
    for attempt in range(attempts):
        told.again += attempt > 0
        try:
            code = await sender.exchange(one.wire, answered=one.fault not in WITHOUT_ANSWER)
        except (OSError, EOFError, TimeoutError):
            await sender.close()
            await asyncio.sleep(min(5.0, 0.2 * 2**attempt))
            continue
        told.answers[code] = told.answers.get(code, 0) + 1
        if code[1:] != "E":
            return
        await asyncio.sleep(min(5.0, 0.2 * 2**attempt))
    told.given_up += 1


class _Sender:
    """A connection that is opened when it is needed."""

    def __init__(self, host: str, port: int, timeout: float):
        self.host, self.port, self.timeout = host, port, timeout
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def exchange(self, wire: bytes, *, answered: bool) -> str:
        """Send bytes; gives the acknowledgement code, or '' where none is to come."""
        if self.writer is None or self.reader is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        self.writer.write(wire)
        await self.writer.drain()
        if not answered:
            return ""
        answer = await asyncio.wait_for(self.reader.readuntil(b"\x1c\r"), self.timeout)
        line = next((one for one in answer.split(b"\r") if one[:3] == b"MSA"), b"MSA|??")
        return line[4:6].decode("latin-1")

    async def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            with contextlib.suppress(OSError):  # the other side was faster
                await self.writer.wait_closed()
        self.reader = self.writer = None
