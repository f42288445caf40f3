"""Every night: a definition that holds from today on gets its figures."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.indicators import actions


@app.periodic(cron="15 0 * * *")
@app.task(name="indicators.every_night", queueing_lock="indicators.every_night", pass_context=False)
@fresh_connection
def every_night(timestamp: int) -> None:
    """Start the recomputation of each institution; it finds nothing to do unless a definition changed."""
    for institution_id in institution_ids().values():
        with suppress(AlreadyEnqueued), transaction.atomic():
            recompute.configure(queueing_lock=f"indicators.recompute.{institution_id}").defer(
                institution_id=institution_id
            )


@app.task(name="indicators.recompute")
@scoped_job("indicators.recompute")
def recompute() -> None:
    actions.recompute(by=None, now=timezone.now())
