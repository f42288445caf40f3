"""Each morning: bodies whose cycle is over without a meeting."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.meetings import actions_sitting


@app.periodic(cron="35 6 * * *")
@app.task(name="meetings.every_morning", queueing_lock="meetings.every_morning", pass_context=False)
@fresh_connection
def every_morning(timestamp: int) -> None:
    """Ask for each institution."""
    for institution_id in institution_ids().values():
        warn_late.defer(institution_id=institution_id)


@app.task(name="meetings.warn_late")
@scoped_job("meetings.warn_late")
def warn_late() -> None:
    actions_sitting.warn_late(now=timezone.now())
