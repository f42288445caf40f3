"""Every morning: has a year's table arrived since due dates were computed?"""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.calendar import actions
from zhikong.foundation.organisation.queries import institution_ids


@app.periodic(cron="10 5 * * *")
@app.task(name="calendar.every_morning", queueing_lock="calendar.every_morning", pass_context=False)
@fresh_connection
def every_morning(timestamp: int) -> None:
    """Start the recalculation of each institution."""
    for institution_id in institution_ids().values():
        recalculate.configure(queueing_lock=f"calendar.recalculate.{institution_id}").defer(
            institution_id=institution_id
        )


@app.task(name="calendar.recalculate")
@scoped_job("calendar.recalculate")
def recalculate() -> None:
    actions.recalculate(now=timezone.now())
