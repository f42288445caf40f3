"""The listener: one port, many connections; what arrives within one commit's time is stored with the next commit.

A message is acknowledged after `Store.save` has returned for it. Nothing is promised before: when the process dies, the
sender has no acknowledgement and sends again, and the repetition is recognised by its identity.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from zhikong.hospital.functions.datasources.mllp import answers
from zhikong.hospital.functions.datasources.mllp.answers import Header, Verdict
from zhikong.hospital.functions.datasources.mllp.framing import Found, Framer, Kind, frame

log = logging.getLogger("zhikong.mllp")
LARGEST_COMMIT = 400  # messages
DRAIN_SECONDS = 10.0
_FRAMING = {
    Kind.OUTSIDE: "收到的内容不在 MLLP 帧内：消息前缺少 0x0B，或上一帧的 0x1C 放错了位置",
    Kind.CUT: "上一帧没有结束（缺少 0x1C 0x0D）就开始了新的一帧",
    Kind.TOO_LONG: "消息超过接口允许的长度",
}


@dataclass(frozen=True)
class Limits:
    """What one connection and one port may do. Times in seconds."""

    message_bytes: int = 4 << 20
    frame_seconds: float = 60.0  # from the first byte of a frame to its last
    idle_seconds: float = 3600.0
    connections: int = 64
    faults: int = 20  # faults of framing; after so many this is no MLLP sender
    unanswered: int = 1000  # messages of one connection that wait for their commit; then its reading pauses


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message to store."""

    content: bytes
    header: Header
    note: str = ""


class Store(Protocol):
    """Where messages go. Called in a thread of its own, never twice at once."""

    def save(self, messages: Sequence[Incoming]) -> list[Verdict]:
        """Store all with one commit; one verdict for each: accept, or error with its reason. Raises nothing it can say."""
        ...

    def close(self) -> None:
        """Let go of what the thread holds; called in it, last."""
        ...


@dataclass
class Counts:
    """What a listener has done since it started."""

    connections: int = 0
    refused_connections: int = 0
    accepted: int = 0
    errors: int = 0
    rejected: int = 0
    framing: dict[Kind, int] = field(default_factory=dict)
    commits: int = 0


@dataclass(slots=True)
class _Slot:
    """A place in a connection's order of answers; `answer` is None until it is known."""

    header: Header
    connection: _Connection
    answer: bytes | None = None
    done: bool = False


class Listener:
    """Listens on one port for one feed. `tests`: messages marked as tests are welcome. `addresses`: who may connect."""

    def __init__(
        self,
        store: Store,
        *,
        address: str = "127.0.0.1",
        port: int = 0,
        limits: Limits | None = None,
        addresses: Sequence[str] = (),
        tests: bool = False,
        clock: Callable[[], datetime] = datetime.now,
    ):
        self.store, self.address, self.port, self.tests, self.clock = store, address, port, tests, clock
        self.limits = limits or Limits()
        self.networks = [ipaddress.ip_network(one, strict=False) for one in addresses]
        self.counts = Counts()
        self.open: set[_Connection] = set()
        self._waiting: deque[tuple[Incoming, _Slot]] = deque()
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mllp-store")
        self._tasks: list[asyncio.Task] = []
        self._server: asyncio.Server | None = None
        self._number = 0

    async def start(self) -> None:
        """Open the port. Raises OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self), self.address, self.port, backlog=128
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._tasks = [loop.create_task(self._commit()), loop.create_task(self._watch())]

    async def stop(self) -> None:
        """Take nothing more, store and answer what has arrived, then close."""
        if self._server is not None:
            self._server.close()
        for connection in list(self.open):
            connection.refuse_more()
        until = time.monotonic() + DRAIN_SECONDS
        while any(c.slots for c in self.open) and time.monotonic() < until:
            await asyncio.sleep(0.01)
        for connection in list(self.open):
            connection.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.get_running_loop().run_in_executor(self._thread, self.store.close)
        self._thread.shutdown()

    # ---- what connections call ---------------------------------------------------------------------------------------

    def allows(self, address: str) -> bool:
        """Whether a machine may connect."""
        if len(self.open) >= self.limits.connections:
            log.warning("端口 %s 的连接已有 %s 个，拒绝来自 %s 的新连接", self.port, len(self.open), address)
            return False
        known = not self.networks or any(ipaddress.ip_address(address) in net for net in self.networks)
        if not known:
            log.warning("端口 %s 拒绝来自 %s 的连接：不在允许的地址中", self.port, address)
        return known

    def take(self, incoming: Incoming, slot: _Slot) -> None:
        """Put a message into the next commit."""
        self._waiting.append((incoming, slot))
        self._wake.set()

    def answered(self, slot: _Slot, verdict: Verdict) -> None:
        """The answer of a message is known."""
        name = {"accept": "accepted", "error": "errors", "reject": "rejected"}[verdict.kind]
        setattr(self.counts, name, getattr(self.counts, name) + 1)
        self._number += 1
        number = f"ZK{int(time.time())}{self._number:06d}"
        slot.answer = answers.answer(slot.header, verdict, now=self.clock(), number=number)
        slot.done = True

    # ---- tasks -------------------------------------------------------------------------------------------------------

    async def _commit(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                count = min(len(self._waiting), LARGEST_COMMIT)
                batch = [self._waiting.popleft() for _ in range(count)]
                verdicts = await loop.run_in_executor(self._thread, self._save, [one for one, _ in batch])
                self.counts.commits += 1
                for (_, slot), verdict in zip(batch, verdicts, strict=True):
                    self.answered(slot, verdict)
                for connection in {slot.connection for _, slot in batch}:
                    connection.flush()

    def _save(self, messages: list[Incoming]) -> list[Verdict]:
        try:
            return self.store.save(messages)
        except Exception:
            log.exception("存储 %s 条消息时出错，已答复 AE", len(messages))
            return [Verdict("error", "暂时不能存储，请稍后重发")] * len(messages)

    async def _watch(self) -> None:
        """Once a second: frames that do not end and connections that say nothing."""
        while True:
            await asyncio.sleep(min(1.0, self.limits.frame_seconds / 4, self.limits.idle_seconds / 4))
            now = time.monotonic()
            for connection in list(self.open):
                connection.look(now)


class _Connection(asyncio.Protocol):
    """One sender."""

    def __init__(self, listener: Listener):
        self.listener = listener
        self.framer = Framer(listener.limits.message_bytes)
        self.slots: deque[_Slot] = deque()
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
        batch = _Batch(envelope, self) if envelope is not None else None
        for message in messages or [b""]:
            self._message(message, batch)

    def _message(self, content: bytes, batch: _Batch | None) -> None:
        header = answers.header_of(content)
        slot = _Slot(header, self)
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
        slot = _Slot(header, self)
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


class _Batch:
    """The answers to the messages of a batch, which go out together as one batch."""

    def __init__(self, envelope: bytes, connection: _Connection):
        self.envelope, self.connection = envelope, connection
        self.slots: list[_Slot] = []

    @property
    def done(self) -> bool:
        return all(slot.done for slot in self.slots)

    @property
    def answer(self) -> bytes:
        listener = self.connection.listener
        given = [slot.answer for slot in self.slots if slot.answer is not None]
        number = f"ZKB{int(time.time())}{listener._number:06d}"
        return answers.batch_answer(self.envelope, given, now=listener.clock(), number=number)
