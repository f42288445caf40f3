"""Every minute: remind, escalate, take timeouts, pass on the cases of those who left."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.flows import actions
from zhikong.foundation.organisation.queries import institution_ids


@app.periodic(cron="* * * * *")
@app.task(name="flows.every_minute", queueing_lock="flows.every_minute", pass_context=False)
@fresh_connection
def every_minute(timestamp: int) -> None:
    # when the last one has not started yet, it will see everything that this one would
    for institution_id in institution_ids().values():
        with suppress(AlreadyEnqueued), transaction.atomic():
            sweep.configure(queueing_lock=f"flows.sweep.{institution_id}").defer(
                institution_id=institution_id
            )


@app.task(name="flows.sweep")
@scoped_job("flows.sweep")
def sweep() -> None:
    actions.sweep(now=timezone.now())
