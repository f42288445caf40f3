"""Every hour: did a new package change what the hospital's versions are based on?"""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.foundation.packstore import actions


@app.periodic(cron="7 * * * *")
@app.task(name="packstore.every_hour", queueing_lock="packstore.every_hour", pass_context=False)
@fresh_connection
def every_hour(timestamp: int) -> None:
    """Start the detection of each institution; it finds nothing unless a new release was installed."""
    for institution_id in institution_ids().values():
        with suppress(AlreadyEnqueued), transaction.atomic():
            detect.configure(queueing_lock=f"packstore.detect.{institution_id}").defer(
                institution_id=institution_id
            )


@app.task(name="packstore.detect")
@scoped_job("packstore.detect")
def detect() -> None:
    actions.detect_upgrades(now=timezone.now())
