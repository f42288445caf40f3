"""Each morning: who has not read an alert after the policy's days is reminded, in constant words."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.incidents.actions.analysis import lessons


@app.periodic(cron="20 7 * * *")
@app.task(
    name="incidents.alerts_every_morning", queueing_lock="incidents.alerts_every_morning", pass_context=False
)
@fresh_connection
def every_morning(timestamp: int) -> None:
    """Ask for each institution."""
    for institution_id in institution_ids().values():
        remind_unread.defer(institution_id=institution_id)


@app.task(name="incidents.remind_unread")
@scoped_job("incidents.remind_unread")
def remind_unread() -> None:
    lessons.remind_all(now=timezone.now())
