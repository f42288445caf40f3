"""Each morning: risks whose day of review has come go to their owners."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.risks.actions.register import writing


@app.periodic(cron="35 6 * * *")
@app.task(
    name="risks.reviews_every_morning",
    queueing_lock="risks.reviews_every_morning",
    pass_context=False,
)
@fresh_connection
def every_morning(timestamp: int) -> None:
    """Ask for each institution."""
    for institution_id in institution_ids().values():
        ask_for_reviews.defer(institution_id=institution_id)


@app.task(name="risks.ask_for_reviews")
@scoped_job("risks.ask_for_reviews")
def ask_for_reviews() -> None:
    writing.ask_for_reviews(now=timezone.now())
