"""The listening process: one port for each HL7 feed, opened and closed as feeds are set up and changed.

A paused feed goes on listening: what is sent is kept and waits. `settings["listen"] = False` closes its port.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.datasources.mllp.listener import Limits, Listener
from zhikong.hospital.functions.datasources.mllp.storing import FeedStore
from zhikong.hospital.functions.datasources.models import Feed

log = logging.getLogger("zhikong.mllp")
LOOK_EVERY = 5.0  # seconds between two looks at the feeds


@dataclass(frozen=True)
class Wanted:
    """How one feed is to be listened for; two that are equal need no restart."""

    institution_id: int
    feed_id: int
    title: str
    port: int
    addresses: tuple[str, ...]
    tests: bool
    limits: Limits

    @classmethod
    def of(cls, feed: Feed) -> Wanted | None:
        """From the feed's settings; None: it has no port, or does not want one now."""
        given: dict[str, Any] = feed.settings
        if not given.get("port") or not given.get("listen", True):
            return None
        limits = Limits(
            message_bytes=int(given.get("message_mb") or 4) << 20,
            connections=int(given.get("connections") or 64),
        )
        return cls(
            institution_id=feed.institution_id,
            feed_id=feed.pk,
            title=feed.title,
            port=int(given["port"]),
            addresses=tuple(given.get("addresses") or ()),
            tests=bool(given.get("tests")),
            limits=limits,
        )


def wanted() -> list[Wanted]:
    """What every HL7 feed of every institution asks for."""
    found = []
    for institution_id in institution_ids().values():
        with scoped(job_scope(institution_id, job="datasources.mllp")):
            found += [Wanted.of(feed) for feed in Feed.objects.filter(kind=Feed.Kind.HL7).order_by("pk")]
    return [one for one in found if one is not None]


def is_wanted() -> bool:
    """Whether there is anything to listen for: the supervisor starts the process when there is."""
    try:
        return bool(wanted())
    finally:
        connection.close()


class Service:
    """Keeps the listeners in step with the feeds until it is asked to stop."""

    def __init__(self, address: str):
        self.address = address
        self.listeners: dict[Wanted, Listener] = {}
        self.refused: dict[Wanted, str] = {}
        self._stop = asyncio.Event()

    def ask_to_stop(self) -> None:
        self._stop.set()

    async def run(self) -> None:
        """Listen until asked to stop; then store and answer what has arrived."""
        try:
            while not self._stop.is_set():
                await self.look()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), LOOK_EVERY)
        finally:
            await asyncio.gather(*(one.stop() for one in self.listeners.values()))

    async def look(self) -> None:
        """Open and close ports as the feeds say now."""
        asked = await asyncio.to_thread(_asked)
        if asked is None:
            return  # the database does not answer: what listens goes on listening, and answers AE
        for one in [one for one in self.listeners if one not in asked]:
            await self.listeners.pop(one).stop()
            log.info("端口 %s（%s）已停止接收", one.port, one.title)
        for one in asked:
            if one not in self.listeners:
                await self._open(one)

    async def _open(self, one: Wanted) -> None:
        listener = Listener(
            FeedStore(one.institution_id, one.feed_id),
            address=self.address,
            port=one.port,
            limits=one.limits,
            addresses=one.addresses,
            tests=one.tests,
            clock=lambda: timezone.localtime().replace(tzinfo=None),
        )
        try:
            await listener.start()
        except OSError as error:
            if self.refused.get(one) != str(error):
                log.error("端口 %s:%s（%s）不能监听：%s", self.address, one.port, one.title, error.strerror)
                self.refused[one] = str(error)
            return
        self.refused.pop(one, None)
        self.listeners[one] = listener
        log.info("在 %s:%s 接收 %s 的 HL7 消息", self.address, one.port, one.title)


def _asked() -> list[Wanted] | None:
    try:
        return wanted()
    except Exception:
        log.exception("不能读取数据来源的设置，稍后再试")
        return None
    finally:
        connection.close()  # this thread may not be used again


async def serve(address: str) -> None:
    """Listen until SIGTERM or SIGINT."""
    service = Service(address)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.ask_to_stop)
    await service.run()
