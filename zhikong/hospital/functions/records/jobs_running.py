"""The worker keeps the running check in step: at once when feeds tell something, and every minute for the time."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids

_TURN = 1_000  # stays; more wait for the next turn, which the full one orders itself


def start(institution_id: int) -> None:
    """Ask the worker for a check of what is due; one that waits already will see everything."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        refresh.configure(queueing_lock=f"records.refresh.{institution_id}").defer(
            institution_id=institution_id
        )


@app.periodic(cron="* * * * *")
@app.task(name="records.every_minute", queueing_lock="records.every_minute", pass_context=False)
@fresh_connection
def every_minute(timestamp: int) -> None:
    """Time passes for every open stay: warnings begin, obligations become overdue."""
    for institution_id in institution_ids().values():
        start(institution_id)


@app.periodic(cron="20 * * * *")
@app.task(name="records.every_hour", queueing_lock="records.every_hour", pass_context=False)
@fresh_connection
def every_hour(timestamp: int) -> None:
    """Everything once an hour, in case a stay was never told of to this function."""
    for institution_id in institution_ids().values():
        with suppress(AlreadyEnqueued), transaction.atomic():
            refresh_everything.configure(queueing_lock=f"records.refresh_all.{institution_id}").defer(
                institution_id=institution_id
            )


@app.task(name="records.refresh")
@scoped_job("records.refresh")
def refresh() -> None:
    """One turn of the scope's institution, and the next one where this one was full."""
    from zhikong.foundation.access.scope import current_scope
    from zhikong.hospital.functions.records.actions.running import refreshing
    from zhikong.hospital.functions.records.queries.running.rule_prints import fingerprint

    now = timezone.now()
    done = refreshing.refresh_due(by=None, now=now, fingerprint=fingerprint(now=now), limit=_TURN)
    if done.stays >= _TURN:
        start(current_scope().institution_id)


@app.task(name="records.refresh_all")
@scoped_job("records.refresh_all")
def refresh_everything() -> None:
    from zhikong.hospital.functions.records.actions.running import refreshing
    from zhikong.hospital.functions.records.queries.running.rule_prints import fingerprint

    now = timezone.now()
    refreshing.refresh_all(by=None, now=now, fingerprint=fingerprint(now=now))
