"""The worker inspects the newest facts after a publication, and once a night in case the rules have changed."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.data_quality import actions


def start(institution_id: int) -> None:
    """Ask the worker for an inspection; one that waits already will see the newest facts by itself."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        inspect.configure(queueing_lock=f"data_quality.inspect.{institution_id}").defer(
            institution_id=institution_id
        )


@app.periodic(cron="30 1 * * *")
@app.task(name="data_quality.every_night", queueing_lock="data_quality.every_night", pass_context=False)
@fresh_connection
def every_night(timestamp: int) -> None:
    """Start the inspection of each institution; the same state by the same rules was inspected already."""
    for institution_id in institution_ids().values():
        start(institution_id)


@app.task(name="data_quality.inspect")
@scoped_job("data_quality.inspect")
def inspect() -> None:
    actions.inspect(by=None, now=timezone.now())
