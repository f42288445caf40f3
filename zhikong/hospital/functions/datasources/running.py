"""One turn of a feed: fetch what is new, bring in what waits, note how it went and when it is next."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import Scope, job_scope, scoped
from zhikong.foundation.facts import locks, raw, raw_keys
from zhikong.foundation.facts.models import Load
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.datasources import feeds, processing
from zhikong.hospital.functions.datasources.models import Feed, Receipt
from zhikong.hospital.functions.datasources.receiving import process
from zhikong.hospital.functions.datasources.rules import MOST_FAILURES, pause_after
from zhikong.intake.reasons import FileRefused

log = logging.getLogger("zhikong.datasources")
_EXPLAINED = (feeds.PullFailed, FileRefused, raw.RawProblem, raw_keys.KeyMissing)


def turn(*, institution_id: int, feed_id: int, now: datetime) -> list[Load]:
    """Fetch, bring in, note. Raises nothing that the feed's page can say instead: see ``Feed.message``."""
    scope = job_scope(institution_id, job="datasources.turn")
    with scoped(scope):
        feed = Feed.objects.get(pk=feed_id)
    if feed.state != Feed.State.ACTIVE:
        return []
    loads: list[Load] = []
    pull = feeds.kind_of(feed).pull
    pulls = pull is not None and is_due(feed, now)
    try:
        if pulls:
            pull(feed=feed, now=now)
        loads = process(feed=feed, now=now)
    except _EXPLAINED as error:
        _failed(feed, scope, now, str(error))
    except Exception as error:
        log.exception("feed %s failed", feed.code)
        _failed(feed, scope, now, _("意外错误（%(kind)s），请查看日志。") % {"kind": type(error).__name__})
    else:
        failed = [load for load in loads if load.state == Load.State.FAILED]
        if failed:
            _failed(feed, scope, now, failed[-1].message)
        elif pulls or loads:
            _went_well(feed, scope, now)  # otherwise another process was at it
    return loads


def is_due(feed: Feed, now: datetime) -> bool:
    return feed.next_run_at is None or feed.next_run_at <= now


def _failed(feed: Feed, scope: Scope, now: datetime, message: str) -> None:
    """Wait longer after each failure in a row; after many, a person has to look."""
    with scoped(scope):
        feed.refresh_from_db()
        feed.failures += 1
        feed.next_run_at = now + pause_after(feed.failures)
        feed.message = message
        if feed.failures >= MOST_FAILURES:
            feed.state = Feed.State.BROKEN
        feed.save(update_fields=["failures", "next_run_at", "message", "state"])


def _went_well(feed: Feed, scope: Scope, now: datetime) -> None:
    with scoped(scope):
        feed.refresh_from_db()
        feed.failures, feed.message = 0, ""
        feed.next_run_at = feeds.next_run(feed, timezone.localtime(now))
        feed.last_success_at = max(filter(None, (feed.last_success_at, now)))
        feed.save(update_fields=["failures", "message", "next_run_at", "last_success_at"])


# ---- what is to be done now ------------------------------------------------------------------------------------------


def due_feeds(now: datetime) -> QuerySet[Feed]:
    """Feeds in the scope's institution whose turn it is: they fetch and their time has come, or something waits."""
    fetching = [code for code, kind in feeds.kinds().items() if kind.pull is not None]
    waits = Receipt.objects.filter(state=Receipt.State.WAITING, load=None).values("feed")
    due = Feed.objects.filter(state=Feed.State.ACTIVE).filter(Q(next_run_at=None) | Q(next_run_at__lte=now))
    return due.filter(Q(kind__in=fetching) | Q(pk__in=waits)).order_by("pk")


def left_behind() -> bool:
    """Whether loads with kept input are unfinished and nobody is at them: their processes have died."""
    paused = Feed.objects.exclude(state=Feed.State.ACTIVE).values("code")
    loads = Load.objects.filter(state__in=processing.UNFINISHED, receipts__isnull=False)
    if not loads.exclude(feed__in=paused).exists():
        return False
    try:
        with locks.loading(institution().code, wait=False):
            return True
    except locks.Busy:
        return False
