"""Every minute: hand announced facts to those who subscribed."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.foundation.outbox import actions


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
@scoped_job("outbox.deliver")
def deliver() -> None:
    actions.deliver_pending(now=timezone.now())
