"""Each hour, so that it is done soon after midnight: leave that begins or ends moves its tasks."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.foundation.tasks import actions


@app.periodic(cron="5 * * * *")
@app.task(name="tasks.every_hour", queueing_lock="tasks.every_hour", pass_context=False)
@fresh_connection
def every_hour(timestamp: int) -> None:
    for institution_id in institution_ids().values():
        with suppress(AlreadyEnqueued), transaction.atomic():
            settle.configure(queueing_lock=f"tasks.settle.{institution_id}").defer(
                institution_id=institution_id
            )


@app.task(name="tasks.settle")
@scoped_job("tasks.settle")
def settle() -> None:
    actions.settle_hand_overs(now=timezone.now())
