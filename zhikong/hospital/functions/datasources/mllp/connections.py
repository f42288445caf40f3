"""One sender's connection: its frames become messages, its answers go out in the order of its messages."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhikong.hospital.functions.datasources.mllp import answers
from zhikong.hospital.functions.datasources.mllp.answers import Header, Verdict
from zhikong.hospital.functions.datasources.mllp.framing import Found, Framer, Kind, frame

if TYPE_CHECKING:
    from zhikong.hospital.functions.datasources.mllp.listener import Listener

log = logging.getLogger("zhikong.mllp")
_FRAMING = {
    Kind.OUTSIDE: "收到的内容不在 MLLP 帧内：消息前缺少 0x0B，或上一帧的 0x1C 放错了位置",
    Kind.CUT: "上一帧没有结束（缺少 0x1C 0x0D）就开始了新的一帧",
    Kind.TOO_LONG: "消息超过接口允许的长度",
}


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message to store."""

    content: bytes
    header: Header
    note: str = ""


@dataclass(slots=True)
class Slot:
    """A place in a connection's order of answers; `answer` is None until it is known."""

    header: Header
    connection: Connection
    answer: bytes | None = None
    done: bool = False


class Connection(asyncio.Protocol):
    """One sender."""

    def __init__(self, listener: Listener):
        self.listener = listener
        self.framer = Framer(listener.limits.message_bytes)
        self.slots: deque[Slot] = deque()
        self.peer = ""
        self.transport: asyncio.Transport | None = None
        self.frame_since: float | None = None
        self.heard_at = time.monotonic()
        self.paused = self.closing = False
        self.faults = 0

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.peer = (transport.get_extra_info("peername") or ("?",))[0]
        if not self.listener.allows(self.peer):
            self.listener.counts.refused_connections += 1
            transport.abort()
            return
        self.listener.open.add(self)
        self.listener.counts.connections += 1
        with contextlib.suppress(OSError):  # what the system does not offer
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def connection_lost(self, error: Exception | None) -> None:
        self.listener.open.discard(self)
        if self.framer.unfinished:
            log.warning("与 %s 的连接断开时有一帧没有收完，已丢弃（没有答复，发送方会重发）", self.peer)
        self.slots.clear()
        self.transport = None

    def data_received(self, data: bytes) -> None:
        if self.closing:
            return
        self.heard_at = time.monotonic()
        found = self.framer.feed(data)
        for one in found:
            if one.kind is Kind.FRAME:
                self._frame(one.content)
            else:
                self._fault(one)
        if not self.framer.unfinished:
            self.frame_since = None
        elif self.frame_since is None or found:
            self.frame_since = self.heard_at
        if found:
            self.flush()
            self._press()

    def eof_received(self) -> bool:
        """The sender has said all; it may still read its answers."""
        self.closing = True
        return bool(self.slots)

    # ---- frames ------------------------------------------------------------------------------------------------------

    def _frame(self, content: bytes) -> None:
        envelope, messages = answers.messages_of(content)
        batch = Batch(envelope, self) if envelope is not None else None
        for message in messages or [b""]:
            self._message(message, batch)

    def _message(self, content: bytes, batch: Batch | None) -> None:
        header = answers.header_of(content)
        slot = Slot(header, self)
        (self.slots if batch is None else batch.slots).append(slot)
        if batch is not None and batch not in self.slots:
            self.slots.append(batch)
        verdict = answers.judged(content, header, tests=self.listener.tests)
        if verdict.kind == "reject":
            log.warning("来自 %s 的消息 %r 被拒收：%s", self.peer, header.control_id[:60], verdict.text)
            self.listener.answered(slot, verdict)
        else:
            note = "" if header.control_id else "消息没有控制号（MSH-10），按内容识别重复"
            self.listener.take(Incoming(content, header, note), slot)

    def _fault(self, found: Found) -> None:
        counts = self.listener.counts.framing
        counts[found.kind] = counts.get(found.kind, 0) + 1
        log.warning("来自 %s：%s（开头 %r）", self.peer, _FRAMING[found.kind], found.content[:4])
        self.faults += 1
        if self.faults > self.listener.limits.faults:
            self.closing = True
        header = answers.header_of(found.content)
        if found.kind is Kind.CUT or (found.kind is Kind.OUTSIDE and not header.valid):
            return  # the sender of a cut frame begins again by itself; noise is not answered
        slot = Slot(header, self)
        self.slots.append(slot)
        self.listener.answered(slot, Verdict("reject", _FRAMING[found.kind]))
        self.closing = self.closing or found.kind is Kind.TOO_LONG

    # ---- answers -----------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write the answers that are known, in the order of the messages."""
        written = []
        while self.slots and self.slots[0].done:
            answer = self.slots.popleft().answer
            if answer is not None:
                written.append(frame(answer))
        if self.transport is None:
            return
        if written:
            self.transport.write(b"".join(written))
        if self.closing and not self.slots:
            self.transport.close()
        self._press()

    def _press(self) -> None:
        """Read no more from a sender that has many messages waiting; go on when half of them are done."""
        if self.transport is None or self.transport.is_closing():
            return
        most = self.listener.limits.unanswered
        if not self.paused and len(self.slots) >= most:
            self.paused = True
            self.transport.pause_reading()
        elif self.paused and len(self.slots) <= most // 2 and not self.closing:
            self.paused = False
            self.transport.resume_reading()

    def refuse_more(self) -> None:
        """Read nothing more; answers of what was read are still written."""
        self.closing = True
        if self.transport is not None and not self.paused:
            self.paused = True
            self.transport.pause_reading()
        self.flush()

    def look(self, now: float) -> None:
        """Close a connection that takes too long over a frame, or says nothing at all."""
        limits = self.listener.limits
        if self.frame_since is not None and now - self.frame_since > limits.frame_seconds:
            log.warning("来自 %s 的一帧 %s 秒没有收完，断开连接", self.peer, limits.frame_seconds)
            self.close()
        elif not self.slots and now - self.heard_at > limits.idle_seconds:
            self.close()

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()


class Batch:
    """The answers to the messages of a batch, which go out together as one batch."""

    def __init__(self, envelope: bytes, connection: Connection):
        self.envelope, self.connection = envelope, connection
        self.slots: list[Slot] = []

    @property
    def done(self) -> bool:
        return all(slot.done for slot in self.slots)

    @property
    def answer(self) -> bytes:
        listener = self.connection.listener
        given = [slot.answer for slot in self.slots if slot.answer is not None]
        number = f"ZKB{int(time.time())}{listener.number:06d}"
        return answers.batch_answer(self.envelope, given, now=listener.clock(), number=number)
