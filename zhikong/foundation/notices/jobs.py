"""Every minute: what is due goes out of the house."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.notices import outgoing
from zhikong.foundation.organisation.queries import institution_ids


@app.periodic(cron="* * * * *")
@app.task(name="notices.every_minute", queueing_lock="notices.every_minute", pass_context=False)
@fresh_connection
def every_minute(timestamp: int) -> None:
    for institution_id in institution_ids().values():
        push_soon(institution_id)


def push_soon(institution_id: int) -> None:
    """Queue the job unless it waits already; it will see everything that this one would."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        push.configure(queueing_lock=f"notices.push.{institution_id}").defer(institution_id=institution_id)


@app.task(name="notices.push")
@fresh_connection
def push(institution_id: int) -> None:
    outgoing.push(
        lambda: scoped(job_scope(institution_id, job="notices.push")),
        now=timezone.now(),
    )
