"""Each hour: anonymous reports that are due. Each minute: those that go at once, and the spool's upkeep."""

import logging
from datetime import UTC, datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.incidents.actions.anonymous import committing
from zhikong.hospital.functions.incidents.queries.anonymous import choices
from zhikong.hospital.functions.incidents.spool import keys, problems, slots
from zhikong.hospital.functions.incidents.spool.places import places

SOON = 50  # before the long jobs that wait: the hour is a promise, and "at once" more so
log = logging.getLogger(__name__)


@app.periodic(cron="0 * * * *")
@app.task(
    name="incidents.anonymous_hourly",
    queueing_lock="incidents.anonymous_hourly",
    lock="incidents.anonymous",
    priority=SOON,
)
@fresh_connection
def every_hour(timestamp: int) -> None:
    """Take over what is due; new keys when they are a day old; say what went wrong, as counts."""
    now = timezone.now()
    outcome = committing.commit(now=now)
    keys.renew(places(), now=now, needed=committing.needed_keys())
    for institution_id in institution_ids().values():
        with scoped(job_scope(institution_id, job=committing.JOB)):
            committing.forget_old(today=now.date())
    for what, count in problems.collect(places()).items():
        log.warning("匿名上报：%s，%s 次", what, count)
    if outcome.failed or outcome.unreadable:
        log.warning("匿名上报：%s 条暂时不能写入，%s 条打不开", outcome.failed, outcome.unreadable)


@app.periodic(cron="* * * * *")
@app.task(
    name="incidents.anonymous_upkeep",
    queueing_lock="incidents.anonymous_upkeep",
    lock="incidents.anonymous",
    priority=SOON,
)
@fresh_connection
def every_minute(timestamp: int) -> None:
    """Take over what goes at once; keep the file's times and the form's choices fresh."""
    prepare()
    slots.stir(places())
    committing.commit(now=timezone.now(), urgent_only=True)
    choices.keep(places(), choices.gathered(on=timezone.localdate()))


def prepare() -> None:
    """Slots and a first key, when there are none: done by the worker, which alone holds private keys."""
    where = places()
    slots.prepare(where)
    if not where.public.exists():
        keys.renew(where, now=datetime.now(UTC))
