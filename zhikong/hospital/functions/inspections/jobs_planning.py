"""The worker's mornings: programmes open by themselves, visits are called to mind, changed ones are put right."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.inspections.actions.planning import opening


@app.periodic(cron="10 6 * * *")
@app.task(
    name="inspections.open_every_morning", queueing_lock="inspections.open_every_morning", pass_context=False
)
@fresh_connection
def every_morning(timestamp: int) -> None:
    """Ask for each institution."""
    for institution_id in institution_ids().values():
        open_due.defer(institution_id=institution_id)


@app.task(name="inspections.open_due")
@scoped_job("inspections.open_due")
def open_due() -> None:
    now = timezone.now()
    opening.show_mended(now=now)
    opening.open_due(now=now)
    opening.remind(now=now)
