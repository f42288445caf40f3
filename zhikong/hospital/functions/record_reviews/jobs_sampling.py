"""The worker draws unannounced samples: each morning it looks whether this is one of the days that only seeds know."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.record_reviews.actions.sampling import surprising


@app.periodic(cron="20 7 * * *")
@app.task(
    name="record_reviews.surprise_every_morning",
    queueing_lock="record_reviews.surprise_every_morning",
    pass_context=False,
)
@fresh_connection
def every_morning(timestamp: int) -> None:
    """Ask for each institution."""
    for institution_id in institution_ids().values():
        surprise.defer(institution_id=institution_id)


@app.task(name="record_reviews.surprise")
@scoped_job("record_reviews.surprise")
def surprise() -> None:
    surprising.draw_due(now=timezone.now())
