"""Each morning: late complaints are told, and names whose time of keeping is over are let go."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.complaints.actions.intake import minding


@app.periodic(cron="40 6 * * *")
@app.task(
    name="complaints.intake_every_morning",
    queueing_lock="complaints.intake_every_morning",
    pass_context=False,
)
@fresh_connection
def every_morning(timestamp: int) -> None:
    """Ask for each institution."""
    for institution_id in institution_ids().values():
        mind.defer(institution_id=institution_id)


@app.task(name="complaints.mind_intake")
@scoped_job("complaints.mind_intake")
def mind() -> None:
    minding.remind_of_late(now=timezone.now())
    minding.forget_persons(now=timezone.now())
