"""Where the messages of one feed are kept: one commit for all that arrived together, then they may be acknowledged."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.facts import raw, raw_keys
from zhikong.hospital.functions.datasources import receiving
from zhikong.hospital.functions.datasources.mllp.answers import ACCEPTED, Verdict
from zhikong.hospital.functions.datasources.mllp.connections import Incoming
from zhikong.hospital.functions.datasources.models import Feed
from zhikong.hospital.functions.datasources.receiving_messages import receive_messages

log = logging.getLogger("zhikong.mllp")
READ_AGAIN = 5.0  # seconds


class FeedStore:
    """Keeps what one feed receives. Lives in the listener's thread, with a database connection of its own."""

    def __init__(self, institution_id: int, feed_id: int):
        self.institution_id, self.feed_id = institution_id, feed_id
        self._feed: Feed | None = None
        self._read_at = 0.0

    def save(self, messages: Sequence[Incoming]) -> list[Verdict]:
        """All with one commit. When one of them spoils the commit, each by itself, so that the others get through."""
        try:
            self._receive(messages)
            return [ACCEPTED] * len(messages)
        except (raw.DiskFull, raw_keys.KeyMissing) as problem:
            log.error("不能存储收到的消息：%s", problem)
            return [Verdict("error", str(problem))] * len(messages)
        except (OperationalError, InterfaceError):
            log.exception("数据库没有应答，%s 条消息没有存储，已答复 AE", len(messages))
            connection.close()
            return [Verdict("error", "数据库暂时不能存储，请稍后重发")] * len(messages)
        except Exception:
            if len(messages) == 1:
                raise
            log.exception("%s 条消息不能一起存储，逐条再试", len(messages))
            return [self._alone(one) for one in messages]

    def _alone(self, message: Incoming) -> Verdict:
        try:
            return self.save([message])[0]
        except Exception:
            log.exception("消息 %r 没有存储", message.header.control_id[:60])
            return Verdict("error", "这条消息不能存储，请联系接收方的管理员")

    def _receive(self, messages: Sequence[Incoming]) -> None:
        with scoped(job_scope(self.institution_id, job="datasources.mllp")):
            feed = self._current()
            raw.check_room(sum(len(one.content) for one in messages))
            deliveries = [receiving.Delivery(one.content, one.header.identity, one.note) for one in messages]
            receive_messages(feed=feed, now=timezone.now(), deliveries=deliveries)

    def _current(self) -> Feed:
        """The feed as it was some seconds ago at most."""
        if self._feed is None or time.monotonic() - self._read_at > READ_AGAIN:
            self._feed, self._read_at = Feed.objects.get(pk=self.feed_id), time.monotonic()
        return self._feed

    def close(self) -> None:
        connection.close()
