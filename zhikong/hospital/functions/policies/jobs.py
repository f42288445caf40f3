"""Each morning: yearly reviews come to their owners, and what must be read to those who have not."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.policies import actions_asking


@app.periodic(cron="40 6 * * *")
@app.task(name="policies.every_morning", queueing_lock="policies.every_morning", pass_context=False)
@fresh_connection
def every_morning(timestamp: int) -> None:
    """Ask for each institution."""
    for institution_id in institution_ids().values():
        ask.defer(institution_id=institution_id)


@app.task(name="policies.ask")
@scoped_job("policies.ask")
def ask() -> None:
    now = timezone.now()
    actions_asking.ask_for_reviews(now=now)
    actions_asking.press_readers(now=now)
