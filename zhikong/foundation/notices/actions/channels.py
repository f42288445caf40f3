"""What the administrator does about the ways out of the house."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.notices import kinds
from zhikong.foundation.notices.adapters import ADAPTERS
from zhikong.foundation.notices.models import Channel, HouseRules, KindPolicy, Message
from zhikong.foundation.notices.rules import MOST_ATTEMPTS
from zhikong.foundation.notices.sealing import Unreadable, seal, unseal


@transaction.atomic
def save_channel(
    *,
    by,
    now: datetime,
    channel: Channel | None = None,
    kind: str = "",
    title: str,
    values: Mapping[str, Any],
    department=None,
    announced: list[str] | None = None,
    enabled: bool = True,
) -> Channel:
    """Make or change a channel. A secret that is left empty keeps its old value; no page ever shows one.

    values: setting → value, for the fields of the adapter. announced: kinds of notices that a robot announces.
    """
    require(by, Permission.MANAGE_MESSAGES, whole_hospital=True)
    adapter = ADAPTERS.get(channel.kind if channel else kind)
    if adapter is None:
        raise ValidationError("请选择一种通知方式。")
    made = channel or Channel(institution_id=current_scope().institution_id, kind=adapter.code)
    secrets = {**_old_secrets(made), **_given(values, adapter, secret=True)}
    made.config = _given(values, adapter, secret=False)
    _check_complete(adapter, {**made.config, **secrets})
    made.title, made.department, made.enabled = title.strip()[:60], department, enabled
    made.kinds = (
        [] if adapter.personal else sorted(set(announced or ()) & {k.code for k in kinds.all_kinds()})
    )
    made.sealed = seal(secrets, bound_to=made.bound_to)
    made.last_error = ""
    made.save()
    return made


def _old_secrets(channel: Channel) -> dict[str, str]:
    try:
        return unseal(channel.sealed, bound_to=channel.bound_to)
    except Unreadable:
        return {}  # sealed on another machine: they have to be entered again, which the check says


def _given(values: Mapping[str, Any], adapter, *, secret: bool) -> dict[str, Any]:
    fields = [field for field in adapter.fields if (field.kind == "secret") == secret]
    return {field.name: str(values[field.name]).strip() for field in fields if values.get(field.name)}


def _check_complete(adapter, known: Mapping[str, Any]) -> None:
    if missing := [
        str(field.label) for field in adapter.fields if field.required and not known.get(field.name)
    ]:
        raise ValidationError(f"还缺：{'、'.join(missing)}。")


def switch_channel(*, by, now: datetime, channel: Channel, enabled: bool) -> None:
    """Stop or resume a channel; what waits for a stopped one waits on."""
    require(by, Permission.MANAGE_MESSAGES, whole_hospital=True)
    Channel.objects.filter(pk=channel.pk).update(enabled=enabled)


def send_test(*, by, now: datetime, channel: Channel, address: str = "") -> Message:
    """Put a test message on its way; its outcome stands on the page of channels."""
    require(by, Permission.MANAGE_MESSAGES, whole_hospital=True)
    if ADAPTERS[channel.kind].personal and not address.strip():
        raise ValidationError("请填写把测试消息发到哪个地址。")
    return Message.objects.create(
        institution_id=channel.institution_id, channel=channel, title="测试消息", address=address.strip()[:200],
        lines=["收到这条消息，说明通道已经接通。"], path="/notices/", made_at=now,
    )  # fmt: skip


def retry_message(*, by, now: datetime, message: Message) -> None:
    """Give a message that was given up all its attempts again."""
    require(by, Permission.MANAGE_MESSAGES, whole_hospital=True)
    dead = Message.objects.filter(pk=message.pk, sent_at=None, attempts__gte=MOST_ATTEMPTS)
    if not dead.update(attempts=0, next_at=now):
        raise ValidationError("它已经发出或正在重试，不用再做什么。")


def save_house_rules(
    *, by, now: datetime, base_url: str, digest_at: time, quiet_from: time | None, quiet_to: time | None
) -> None:
    """The hospital's own digest, quiet hours, and the address that links start with."""
    require(by, Permission.MANAGE_MESSAGES, whole_hospital=True)
    if (quiet_from is None) != (quiet_to is None):
        raise ValidationError("免打扰的开始和结束要么都填，要么都不填。")
    values = {
        "base_url": base_url.rstrip("/"), "digest_at": digest_at, "quiet_from": quiet_from, "quiet_to": quiet_to
    }  # fmt: skip
    HouseRules.objects.update_or_create(institution_id=current_scope().institution_id, defaults=values)


def decide_kind(*, by, now: datetime, kind: str, urgent: bool, mandatory: bool, outside: bool) -> None:
    """What holds for a kind of notice in this hospital."""
    require(by, Permission.MANAGE_MESSAGES, whole_hospital=True)
    if not kinds.known(kind):
        raise ValidationError("没有这样的通知类别。")
    KindPolicy.objects.update_or_create(
        institution_id=current_scope().institution_id, kind=kind,
        defaults={"urgent": urgent, "mandatory": mandatory, "outside": outside},
    )  # fmt: skip
