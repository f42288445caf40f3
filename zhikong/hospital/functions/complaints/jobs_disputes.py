"""Every ten minutes: clocks of disputes that run out are told of, for two hours are the shortest of them."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.complaints.actions.disputes import warning


@app.periodic(cron="*/10 * * * *")
@app.task(
    name="complaints.dispute_clocks",
    queueing_lock="complaints.dispute_clocks",
    pass_context=False,
)
@fresh_connection
def every_ten_minutes(timestamp: int) -> None:
    """Ask for each institution."""
    for institution_id in institution_ids().values():
        warn_of_clocks.defer(institution_id=institution_id)


@app.task(name="complaints.warn_of_dispute_clocks")
@scoped_job("complaints.warn_of_dispute_clocks")
def warn_of_clocks() -> None:
    warning.warn(now=timezone.now())
