"""Publishing from a day on, and withdrawing."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.outbox.actions import announce
from zhikong.foundation.packstore import kinds, queries
from zhikong.foundation.packstore.actions.keeping import keep
from zhikong.foundation.packstore.actions.steps import begin, check_sound, moment_over, record, required
from zhikong.foundation.packstore.facts import VersionPublished
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.rules import Act, State


@transaction.atomic
def publish(version: Version, *, by, now: datetime, effective_from: date) -> None:
    """Let a reviewed version hold from a day on, today or later; what was used before keeps its old version.

    Raises ValidationError for a day in the past, and when another version begins on the same day.
    """
    require(by, Permission.EDIT_DEFINITIONS)
    begin(version, State.REVIEWED)
    check_sound(version)
    if effective_from < timezone.localdate(now):
        raise ValidationError("生效日期不能早于今天：过去已按原版本执行，不能改写。")
    if check := kinds.get(version.kind).before_publish:
        check(version, by=by)
    keep(queries.of_version(version), now=now)
    version.state, version.effective_from = State.PUBLISHED, effective_from
    version.published_at, version.published_by = now, by
    try:
        with transaction.atomic():
            version.save(update_fields=["state", "effective_from", "published_at", "published_by"])
    except IntegrityError as error:
        raise ValidationError(
            f"已有一个版本从 {effective_from} 起生效，请换一天，或先撤回那一版。"
        ) from error
    record(version, Act.PUBLISH, by=by, now=now, text=f"{effective_from} 起生效")
    moment_over()
    announce_version(version, now=now)


@transaction.atomic
def withdraw(version: Version, *, by, now: datetime, reason: str, ends_on: date | None = None) -> None:
    """Take a published version out of force from a day on (today when not given); before its first day, wholly.

    From then on the packaged definition holds again, or none; the older version does not come back by itself.
    """
    require(by, Permission.EDIT_DEFINITIONS)
    begin(version, State.PUBLISHED)
    reason = required(reason, "请写明撤回的理由。")
    today = timezone.localdate(now)
    ends_on = max(ends_on or today, today, version.effective_from)
    version.state, version.ends_on = State.WITHDRAWN, ends_on
    version.withdrawn_at, version.withdrawn_by = now, by
    version.save(update_fields=["state", "ends_on", "withdrawn_at", "withdrawn_by"])
    record(version, Act.WITHDRAW, by=by, now=now, text=f"{ends_on} 起失效：{reason}")
    moment_over()
    announce_version(version, now=now)


def announce_version(version: Version, *, now: datetime) -> None:
    """Tell whoever keeps something made from definitions, such as figures."""
    fact = VersionPublished(version_id=version.pk, kind=version.kind, definition_id=version.definition_id)
    announce(fact, now=now)
