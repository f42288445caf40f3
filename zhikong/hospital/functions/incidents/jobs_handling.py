"""Every five minutes: the ladder of reminders of the clocks that run."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.incidents.actions.handling import receiving, telling


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="incidents.clocks_every_five_minutes",
    queueing_lock="incidents.clocks_every_five_minutes",
    pass_context=False,
)
@fresh_connection
def every_five_minutes(timestamp: int) -> None:
    """Ask for each institution."""
    for institution_id in institution_ids().values():
        remind.defer(institution_id=institution_id)


@app.task(name="incidents.remind")
@scoped_job("incidents.remind")
def remind() -> None:
    now = timezone.now()
    receiving.catch_up(now=now)
    telling.remind(now=now)
