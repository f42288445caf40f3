"""Which members and groups hear of a notice outside the house, and when: wishes, quiet hours, digest."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from zhikong.foundation.notices import queries
from zhikong.foundation.notices.kinds import NoticeKind
from zhikong.foundation.notices.models import Channel, Dispatch, Notice
from zhikong.foundation.notices.policies import policy
from zhikong.foundation.notices.rules import How, chosen, due_at

DEFAULT = {"email": How.DIGEST, "wecom_app": How.AT_ONCE}


def plan(notice: Notice, *, readers: list[int], departments: Iterable[int], now: datetime) -> int:
    """Write one Dispatch for each member and group; nothing for kinds that stay in the house. Gives the number."""
    channels = queries.open_channels()
    if not channels:
        return 0
    kind = policy(notice.kind)
    if not kind.outside:
        return 0
    local = timezone.localtime(now)
    planned = [*_to_members(notice, kind, channels, readers, local)]
    planned += _to_groups(notice, kind, channels, set(departments), local)
    return len(Dispatch.objects.bulk_create(planned))


def _to_members(notice: Notice, kind: NoticeKind, channels, readers, now: datetime) -> Iterable[Dispatch]:
    personal = [channel for channel in channels if queries.is_personal(channel)]
    if not personal or not readers:
        return
    reach, house = queries.reach_of(readers, kind.code), queries.house_rules()
    for channel in personal:
        for reader in readers:
            person = reach[reader]
            if not person.addresses.get(channel.kind):
                continue
            how = chosen(
                person.wishes.get(channel.kind), DEFAULT.get(channel.kind, How.DIGEST),
                urgent=kind.urgent, mandatory=kind.mandatory,
            )  # fmt: skip
            if how is not How.OFF:
                quiet = person.quiet(house)
                at = due_at(now, how, urgent=kind.urgent, quiet=quiet, digest_at=house.digest_at)
                yield _dispatch(notice, channel, reader, at)


def _to_groups(notice: Notice, kind: NoticeKind, channels, departments, now: datetime) -> Iterable[Dispatch]:
    """A department's group hears what is addressed to the department; the hospital's group hears its kinds."""
    house = queries.house_rules()
    for channel in channels:
        if queries.is_personal(channel) or kind.code not in channel.kinds:
            continue
        if channel.department_id is None or channel.department_id in departments:
            at = due_at(
                now, How.AT_ONCE, urgent=kind.urgent, quiet=queries.house_quiet(house), digest_at=house.digest_at
            )  # fmt: skip
            yield _dispatch(notice, channel, None, at)


def _dispatch(notice: Notice, channel: Channel, user_id: int | None, at: datetime) -> Dispatch:
    return Dispatch(
        institution_id=notice.institution_id, notice=notice, channel=channel, user_id=user_id, due_at=at
    )
