"""Every minute: hand announced facts to those who subscribed."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.foundation.outbox import actions, queries


@app.periodic(cron="* * * * *")
@app.task(name="outbox.every_minute", queueing_lock="outbox.every_minute", pass_context=False)
@fresh_connection
def every_minute(timestamp: int) -> None:
    # when the last one has not started yet, it will see everything that this one would
    for institution_id in institution_ids().values():
        with suppress(AlreadyEnqueued), transaction.atomic():
            deliver.configure(queueing_lock=f"outbox.deliver.{institution_id}").defer(
                institution_id=institution_id
            )


@app.task(name="outbox.deliver")
@fresh_connection
def deliver(institution_id: int) -> None:
    deliver_due(institution_id, now=timezone.now())


def deliver_due(institution_id: int, *, now: datetime, limit: int = 200) -> int:
    """Deliver what is due, each in transactions of its own: one attempt is counted, then the handler runs.

    A worker that dies in a handler loses that handler's work only; the attempt is counted all the same.
    """
    arrived, tried = 0, set()
    while len(tried) < limit:
        with _scope(institution_id):
            pk = queries.due(now=now).exclude(pk__in=tried).values_list("pk", flat=True).first()
            claimed = pk is not None and actions.claim(pk, now=now)
        if pk is None:
            break
        tried.add(pk)
        if claimed:
            with _scope(institution_id):
                arrived += actions.run(pk, now=now)
    return arrived


def _scope(institution_id: int):
    return scoped(job_scope(institution_id, job="outbox.deliver"))
