"""Reads of notices: one's own box, who has read a notice, channels and wishes, what is on its way out."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from zhikong.foundation.access.models import User
from zhikong.foundation.notices.adapters import ADAPTERS
from zhikong.foundation.notices.models import (
    Channel,
    HouseRules,
    Message,
    Notice,
    PersonRules,
    Preference,
    Receipt,
)
from zhikong.foundation.notices.rules import MOST_ATTEMPTS, How, Quiet


@dataclass(frozen=True)
class ReadCount:
    """How many received a notice and how many have opened it."""

    sent: int
    read: int


def inbox(*, user, unread_only: bool = False) -> QuerySet[Receipt]:
    """A person's notices, newest first; a notice that its sender reminded of counts as new as the reminder."""
    receipts = Receipt.objects.filter(user=user).select_related("notice", "notice__sent_by")
    if unread_only:
        receipts = receipts.filter(read_at=None)
    urged = Q(read_at=None, reminded_at__isnull=False)
    return receipts.annotate(urged=urged).order_by("-urged", "-notice__sent_at", "-pk")


def unread_count(*, user) -> int:
    return Receipt.objects.filter(user=user, read_at=None).count()


def read_count(notice: Notice) -> ReadCount:
    times = list(notice.receipts.values_list("read_at", flat=True))
    return ReadCount(len(times), sum(t is not None for t in times))


def receipts(notice: Notice) -> QuerySet[Receipt]:
    """Who received the notice; those who have not read it first."""
    return notice.receipts.select_related("user").order_by(
        F("read_at").asc(nulls_first=True), "user__username"
    )


def sent(*, user) -> QuerySet[Notice]:
    """What a person has sent, newest first, with ``addressed`` and ``opened``."""
    counted = {
        "addressed": Count("receipts"),
        "opened": Count("receipts", filter=Q(receipts__read_at__isnull=False)),
    }
    return Notice.objects.filter(sent_by=user).annotate(**counted).order_by("-sent_at", "-pk")


# ---- the ways out ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """How one person is reached: addresses and wishes by kind of channel, own quiet hours or None."""

    addresses: dict[str, str] = field(default_factory=dict)
    wishes: dict[str, How] = field(default_factory=dict)
    own_quiet: Quiet | None = None

    def quiet(self, house: HouseRules) -> Quiet | None:
        return self.own_quiet or house_quiet(house)


def channels() -> QuerySet[Channel]:
    """All channels of the hospital."""
    return Channel.objects.select_related("department").order_by("kind", "title", "pk")


def open_channels() -> list[Channel]:
    return list(Channel.objects.filter(enabled=True).order_by("pk"))


def is_personal(channel: Channel) -> bool:
    return channel.kind in ADAPTERS and ADAPTERS[channel.kind].personal


def personal_kinds() -> list[str]:
    """Kinds of channels by which the hospital reaches single members, each once."""
    kinds = Channel.objects.filter(enabled=True).values_list("kind", flat=True)
    return [code for code, adapter in ADAPTERS.items() if adapter.personal and code in set(kinds)]


def house_rules() -> HouseRules:
    """The hospital's own times, or the house's when it has set none."""
    found = HouseRules.objects.first()
    if found is None:
        found = HouseRules()
        found.clean_fields(exclude=["institution"])  # turns the defaults into times
    return found


def house_quiet(house: HouseRules) -> Quiet | None:
    return _quiet(house.quiet_from, house.quiet_to)


def _quiet(start, end) -> Quiet | None:
    return None if start is None or end is None else Quiet(start, end)


def person_rules(*, user) -> PersonRules:
    """One's own settings; the account's mail address until one has said something else."""
    found = PersonRules.objects.filter(user=user).first()
    return found or PersonRules(user=user, addresses={"email": user.email} if user.email else {})


def wishes_of(*, user) -> dict[tuple[str, str], How]:
    rows = Preference.objects.filter(user=user).values_list("kind", "channel_kind", "how")
    return {(kind, channel): How(how) for kind, channel, how in rows}


def reach_of(users: list[int], kind: str) -> dict[int, Reach]:
    """How each of these people is reached about one kind, in three queries for all."""
    mails = dict(User.objects.filter(pk__in=users).values_list("pk", "email"))
    rules = {row.user_id: row for row in PersonRules.objects.filter(user_id__in=users)}
    wishes: dict[int, dict[str, How]] = {}
    rows = Preference.objects.filter(user_id__in=users, kind=kind)
    for user_id, channel, how in rows.values_list("user_id", "channel_kind", "how"):
        wishes.setdefault(user_id, {})[channel] = How(how)
    return {user: _reach(mails.get(user), rules.get(user), wishes.get(user, {})) for user in users}


def _reach(mail: str | None, row: PersonRules | None, wishes: dict[str, How]) -> Reach:
    if row is None:
        return Reach({"email": mail} if mail else {}, wishes)
    return Reach(row.addresses, wishes, _quiet(row.quiet_from, row.quiet_to))


def unsent() -> QuerySet[Message]:
    return Message.objects.filter(sent_at=None)


def due_messages(*, now: datetime) -> QuerySet[Message]:
    """Messages that may be tried now, oldest first."""
    ready = Q(next_at=None) | Q(next_at__lte=now)
    return unsent().filter(ready, attempts__lt=MOST_ATTEMPTS, channel__enabled=True).order_by("pk")


def given_up() -> QuerySet[Message]:
    """Messages that no attempt brought out, the latest first."""
    dead = unsent().filter(attempts__gte=MOST_ATTEMPTS).select_related("channel", "user")
    return dead.order_by("-pk")


def latest_messages(channel: Channel, number: int = 5) -> list[Message]:
    return list(channel.messages.select_related("user").order_by("-pk")[:number])
