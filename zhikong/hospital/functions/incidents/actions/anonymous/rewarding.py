"""Rewards for anonymous reports: the amount, granting, signing blindly, paying once."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.anonymous import AnonymousReward, AnonymousThread, PaidReward
from zhikong.hospital.functions.incidents.queries.anonymous import rewards
from zhikong.hospital.functions.incidents.spool import claims
from zhikong.hospital.functions.incidents.spool.places import places
from zhikong.hospital.functions.incidents.spool.tickets import typed

LARGEST = 1_000_000  # fen


def set_amount(*, fen: int, by, now: datetime) -> AnonymousReward:
    """What an anonymous report that helped is worth; 0 switches rewards off. What was granted stays granted."""
    require(by, Permission.APPROVE_EVENT_QUOTAS, whole_hospital=True)
    if not 0 <= fen <= LARGEST:
        raise ValidationError(_("金额应在 0 到 10000 元之间。"))
    values = {"fen": fen, "set_at": now, "set_by": by}
    return AnonymousReward.objects.update_or_create(
        institution_id=current_scope().institution_id, defaults=values
    )[0]


def grant(*, thread: AnonymousThread, by, now: datetime) -> None:
    """The office finds that this report helped. Once, at today's amount."""
    require(by, Permission.HANDLE_INCIDENTS)
    fen = rewards.amount_fen()
    if not fen:
        raise ValidationError(_("本院没有设置匿名报告奖励。"))
    if thread.reward_fen:
        raise ValidationError(_("这件报告已经给过奖励。"))
    AnonymousThread.objects.filter(pk=thread.pk, reward_fen=0).update(reward_fen=fen)


def sign(*, thread_id, blinded: int) -> None:
    """Sign what the writer sent, once for a report; a second wish changes nothing."""
    thread = AnonymousThread.objects.select_for_update().get(pk=thread_id)
    if not thread.reward_fen or thread.signature is not None:
        return
    signed = claims.signer(places(), thread.reward_fen).sign(blinded)
    thread.signature = signed.to_bytes(claims.BYTES)
    thread.save(update_fields=["signature"])


def pay(*, code: str, by, now: datetime) -> int:
    """Accept a code at the desk; gives the amount in fen. Neither the report nor who came is written anywhere."""
    require(by, Permission.PLAN_EVENT_QUOTAS, whole_hospital=True)
    text = typed(code)
    fen = rewards.worth(text)
    if not fen:
        raise ValidationError(_("这个领取码不对，请核对后再输。"))
    try:
        with neutral.nobody(), transaction.atomic():
            PaidReward.objects.create(
                institution_id=current_scope().institution_id,
                digest=claims.digest(text),
                month=f"{now:%Y-%m}",
                fen=fen,
            )
    except IntegrityError:
        raise ValidationError(_("这个领取码已经兑付过。")) from None
    return fen
