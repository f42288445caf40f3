"""Every night: a definition that holds from today on gets its figures. Every ten minutes: is the digest due?"""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators.actions.reviewing import ask_for_reviews


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
    ask_for_reviews(now=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(
    name="indicators.every_ten_minutes", queueing_lock="indicators.every_ten_minutes", pass_context=False
)
@fresh_connection
def every_ten_minutes(timestamp: int) -> None:
    """Ask each institution whether its digest of alerts is due."""
    for institution_id in institution_ids().values():
        with suppress(AlreadyEnqueued), transaction.atomic():
            alert_digest.configure(queueing_lock=f"indicators.digest.{institution_id}").defer(
                institution_id=institution_id
            )


@app.task(name="indicators.alert_digest")
@scoped_job("indicators.alert_digest")
def alert_digest() -> None:
    actions.tell_digest(now=timezone.now())
