"""The listener: one port, many connections; what arrives within one commit's time is stored with the next commit.

A message is acknowledged after `Store.save` has returned for it. Nothing is promised before: when the process dies, the
sender has no acknowledgement and sends again, and the repetition is recognised by its identity.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from zhikong.hospital.functions.datasources.mllp import answers
from zhikong.hospital.functions.datasources.mllp.answers import Verdict
from zhikong.hospital.functions.datasources.mllp.connections import Connection, Incoming, Slot
from zhikong.hospital.functions.datasources.mllp.framing import Kind

log = logging.getLogger("zhikong.mllp")
LARGEST_COMMIT = 400  # messages
DRAIN_SECONDS = 10.0


@dataclass(frozen=True)
class Limits:
    """What one connection and one port may do. Times in seconds."""

    message_bytes: int = 4 << 20
    frame_seconds: float = 60.0  # from the first byte of a frame to its last
    idle_seconds: float = 3600.0
    connections: int = 64
    faults: int = 20  # faults of framing; after so many this is no MLLP sender
    unanswered: int = 1000  # messages of one connection that wait for their commit; then its reading pauses


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
        self.open: set[Connection] = set()
        self._waiting: deque[tuple[Incoming, Slot]] = deque()
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mllp-store")
        self._tasks: list[asyncio.Task] = []
        self._server: asyncio.Server | None = None
        self.number = 0

    async def start(self) -> None:
        """Open the port. Raises OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self), self.address, self.port, backlog=128
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

    def take(self, incoming: Incoming, slot: Slot) -> None:
        """Put a message into the next commit."""
        self._waiting.append((incoming, slot))
        self._wake.set()

    def answered(self, slot: Slot, verdict: Verdict) -> None:
        """The answer of a message is known."""
        name = {"accept": "accepted", "error": "errors", "reject": "rejected"}[verdict.kind]
        setattr(self.counts, name, getattr(self.counts, name) + 1)
        self.number += 1
        number = f"ZK{int(time.time())}{self.number:06d}"
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
