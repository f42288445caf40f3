"""The way out: what is due is packed into messages within the service's limits, then sent, each step committed.

Packing takes everything that is due for one member or group into one message: what found no token waits and is
merged with what comes later, so that nothing is dropped. Sending counts the attempt first, calls without holding a
transaction, and notes the outcome; a worker that dies in between sends again with the same key.
"""

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from zhikong.foundation.notices import limits, queries
from zhikong.foundation.notices.adapters import ADAPTERS, Outgoing, SendFailed
from zhikong.foundation.notices.models import Bucket, Channel, Dispatch, Message
from zhikong.foundation.notices.policies import policies
from zhikong.foundation.notices.rules import pause_after
from zhikong.foundation.notices.sealing import Unreadable, unseal

logger = logging.getLogger(__name__)

MOST = 500  # dispatches packed and messages sent in one run; the next run takes the rest
Step = Callable[[], AbstractContextManager]


def push(step: Step, *, now: datetime) -> int:
    """Pack and send what is due for one institution; ``step`` opens a transaction with its scope. Gives the number sent."""
    with step():
        pack(now=now)
    sent, tried = 0, set()
    while len(tried) < MOST:
        with step():
            job = _claim(now, tried)
        if job is None:
            return sent
        tried.add(job.pk)
        failure = _call(job, now)
        with step():
            _note(job, failure, now)
        sent += failure is None
    return sent


# ---- packing -----------------------------------------------------------------------------------------------------


def pack(*, now: datetime) -> int:
    """Make messages of what is due, one for each member or group whose limits allow one; gives how many."""
    waiting = (
        Dispatch.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(message=None, due_at__lte=now, channel__enabled=True)
        .select_related("notice", "channel")
        .order_by("due_at", "pk")[:MOST]
    )
    groups: dict[tuple[int, int | None], list[Dispatch]] = {}
    for dispatch in waiting:
        groups.setdefault((dispatch.channel_id, dispatch.user_id), []).append(dispatch)
    return sum(_pack_one(group, now) for group in groups.values())


def _pack_one(group: list[Dispatch], now: datetime) -> bool:
    first = group[0]
    if not take_token(first.channel, str(first.user_id or ""), now=now):
        return False
    title, lines = words(group)
    single = len(group) == 1 and first.user_id
    message = Message.objects.create(
        institution_id=first.institution_id,
        channel=first.channel,
        user_id=first.user_id,
        title=title,
        lines=lines,
        path=f"/notices/{first.notice_id}/" if single else "/notices/?show=unread",
        made_at=now,
    )
    Dispatch.objects.filter(pk__in=[dispatch.pk for dispatch in group]).update(message=message)
    return True


def words(group: list[Dispatch]) -> tuple[str, list[str]]:
    """Title and lines: categories and numbers, grouped by function; never a notice's own title or text."""
    holding = policies()
    notices = {dispatch.notice_id: dispatch.notice for dispatch in group}.values()
    counted = Counter(str(holding.get(n.kind, holding["general"]).category) for n in notices)
    if len(notices) == 1:
        return f"【质控】{next(iter(counted))}：您有 1 条新通知", []
    lines = [f"{category} {number} 条" for category, number in sorted(counted.items())]
    return f"【质控】您有 {len(notices)} 条新通知", lines


def take_token(channel: Channel, member: str, *, now: datetime) -> bool:
    """Take one token from every bucket that a message to this member has to pass; False leaves all as they were."""
    wanted = limits.names(channel.kind, member)
    for name, limit in wanted.items():
        Bucket.objects.get_or_create(
            institution_id=channel.institution_id, channel=channel, name=name,
            defaults={"tokens": float(limit.burst), "filled_at": now},
        )  # fmt: skip
    buckets = list(
        Bucket.objects.select_for_update().filter(channel=channel, name__in=wanted).order_by("name")
    )
    for bucket in buckets:
        bucket.tokens = limits.refilled(wanted[bucket.name], bucket.tokens, bucket.filled_at, now)
        bucket.filled_at = max(bucket.filled_at, now)
    if any(bucket.tokens < 1 for bucket in buckets):
        return False
    for bucket in buckets:
        bucket.tokens -= 1
    Bucket.objects.bulk_update(buckets, ["tokens", "filled_at"])
    return True


# ---- sending -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Job:
    """All that a call needs, read before it, so that no transaction is open during it."""

    pk: int
    channel_id: int
    kind: str
    config: dict
    outgoing: Outgoing
    attempts: int
    trouble: str = ""


def _claim(now: datetime, tried: set[int]) -> Job | None:
    due = queries.due_messages(now=now).exclude(pk__in=tried)
    message = due.select_for_update(skip_locked=True, of=("self",)).select_related("channel", "user").first()
    if message is None:
        return None
    message.attempts += 1
    message.next_at = now + pause_after(message.attempts)
    message.save(update_fields=["attempts", "next_at"])
    return _job(message)


def _job(message: Message) -> Job:
    channel, trouble, secrets = message.channel, "", {}
    try:
        secrets = unseal(channel.sealed, bound_to=channel.bound_to)
    except Unreadable as error:
        trouble = str(error)
    address = message.address or _address(message)
    if queries.is_personal(channel) and not address:
        trouble = "这个人没有填写地址。"
    return Job(
        message.pk, channel.pk, channel.kind, {**channel.config, **secrets}, _outgoing(message, address),
        message.attempts, trouble,
    )  # fmt: skip


def _address(message: Message) -> str:
    if message.user is None:
        return ""
    return queries.person_rules(user=message.user).addresses.get(message.channel.kind, "")


def _outgoing(message: Message, address: str) -> Outgoing:
    """The key stands in the link as well: services that compare contents then see which ones are the same."""
    base = queries.house_rules().base_url
    joint = "&" if "?" in message.path else "?"
    url = f"{base}{message.path}{joint}m={message.key.hex}" if base and message.path else ""
    lines = tuple(message.lines) if url else (*message.lines, "请登录质控系统查看。")
    return Outgoing(message.title, lines, url, str(message.key), address)


def _call(job: Job, now: datetime) -> SendFailed | None:
    if settings.TRAINING:
        return SendFailed("这是演练医院，不发出任何消息。")
    if job.trouble:
        return SendFailed(job.trouble)
    try:
        ADAPTERS[job.kind].send(job.config, job.outgoing, now)
    except SendFailed as failure:
        return failure
    except (
        Exception
    ) as error:  # a setting that the service's format cannot hold: the administrator must see it
        logger.exception("message %s could not be sent", job.pk)
        return SendFailed(f"发送时出错（{type(error).__name__}），请检查通道设置。")
    return None


def _note(job: Job, failure: SendFailed | None, now: datetime) -> None:
    message, channel = Message.objects.filter(pk=job.pk), Channel.objects.filter(pk=job.channel_id)
    if failure is None:
        message.update(sent_at=now, last_error="")
        channel.update(last_ok_at=now, last_error="")
        return
    said = str(failure)[:200]
    pause = max(failure.pause, pause_after(job.attempts)) if failure.pause else pause_after(job.attempts)
    message.update(last_error=said, next_at=now + pause)
    channel.update(last_error=said, last_error_at=now)
