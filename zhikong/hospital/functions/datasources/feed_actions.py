"""What a person does with a feed: set it up, change it, stop it, let it go on, have it run now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.datasources import feeds
from zhikong.hospital.functions.datasources.models import Feed

State = Feed.State
_GIVEN = {"code", "title", "kind", "mapping", "retention_days"}
_NOT_GIVEN = {field.name for field in Feed._meta.fields} - _GIVEN


@transaction.atomic
def create(
    *,
    by,
    now: datetime,
    code: str,
    title: str,
    kind: str,
    mapping: str = "",
    settings: Mapping | None = None,
    secrets: Mapping[str, str] | None = None,
    schedule: Mapping | None = None,
    retention_days: int = 365,
) -> Feed:
    """Set up a feed. secrets: passwords and tokens, kept sealed. Raises ValidationError when the code is taken."""
    require(by, feeds.kind_of(Feed(kind=kind)).permission)
    if Feed.objects.filter(code=code).exists():
        raise ValidationError({"code": _("代码“%(code)s”已经用过，请换一个。") % {"code": code}})
    feed = Feed(
        institution_id=current_scope().institution_id,
        code=code,
        title=title,
        kind=kind,
        mapping=mapping,
        settings=dict(settings or {}),
        schedule=dict(schedule or {}),
        retention_days=retention_days,
        created_at=now,
        created_by=by,
    )
    feeds.seal_secret(feed, dict(secrets or {}))
    feed.next_run_at = feeds.next_run(feed, timezone.localtime(now))
    feed.clean_fields(exclude=_NOT_GIVEN)
    feed.save()
    return feed


@transaction.atomic
def change(
    feed: Feed,
    *,
    by,
    now: datetime,
    title: str,
    mapping: str,
    settings: Mapping,
    schedule: Mapping,
    retention_days: int,
    secrets: Mapping[str, str] | None = None,
) -> Feed:
    """Change what a person may change; code and kind stay. secrets: those given replace, the others stay."""
    require(by, feeds.kind_of(feed).permission)
    found = _locked(feed)
    found.title, found.mapping, found.retention_days = title, mapping, retention_days
    found.settings, found.schedule = dict(settings), dict(schedule)
    given = {name: value for name, value in (secrets or {}).items() if value}
    if given:
        feeds.seal_secret(found, {**feeds.secret_of(found), **given})
    found.next_run_at = feeds.next_run(found, timezone.localtime(now))
    found.clean_fields(exclude=_NOT_GIVEN)
    found.save()
    return found


@transaction.atomic
def pause(feed: Feed, *, by, now: datetime) -> Feed:
    """Bring nothing in until it goes on; what is sent meanwhile is kept and waits."""
    require(by, Permission.MANAGE_DATA)
    found = _locked(feed)
    if found.state == State.PAUSED:
        raise ValidationError(_("这个来源已经暂停。"))
    found.state, found.message = State.PAUSED, ""
    found.save(update_fields=["state", "message"])
    return found


@transaction.atomic
def resume(feed: Feed, *, by, now: datetime) -> Feed:
    """Go on, also after too many failures; its turn is now."""
    require(by, Permission.MANAGE_DATA)
    found = _locked(feed)
    if found.state == State.ACTIVE:
        raise ValidationError(_("这个来源正在运行。"))
    found.state, found.failures, found.message, found.next_run_at = State.ACTIVE, 0, "", now
    found.save(update_fields=["state", "failures", "message", "next_run_at"])
    return found


@transaction.atomic
def run_now(feed: Feed, *, by, now: datetime) -> Feed:
    """Do not wait for the schedule, nor for the pause after a failure."""
    require(by, Permission.MANAGE_DATA)
    found = _locked(feed)
    if found.state != State.ACTIVE:
        raise ValidationError(_("这个来源已停用，请先恢复。"))
    found.next_run_at = now
    found.save(update_fields=["next_run_at"])
    from zhikong.hospital.functions.datasources import jobs  # which imports what works on feeds

    jobs.wake(found)
    return found


def _locked(feed: Feed) -> Feed:
    return Feed.objects.select_for_update().get(pk=feed.pk)
