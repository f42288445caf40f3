"""The worker judges discharged records after each publication, and once a night in case the rules have changed."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.queries import institution_ids


def start(institution_id: int, *, month: str = "") -> None:
    """Ask the worker to judge a month, or (without one) all that changed; one that waits already is enough."""
    lock = f"records.screen.{institution_id}.{month}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        screen.configure(queueing_lock=lock).defer(institution_id=institution_id, month=month)


@app.periodic(cron="40 2 * * *")
@app.task(name="records.screen_every_night", queueing_lock="records.screen_every_night", pass_context=False)
@fresh_connection
def every_night(timestamp: int) -> None:
    """Start the screening of each institution; months whose rows and rules did not change are left alone."""
    for institution_id in institution_ids().values():
        start(institution_id)


@app.task(name="records.screen")
@scoped_job("records.screen")
def screen(month: str = "") -> None:
    from zhikong.hospital.functions.records.actions.results import screening

    screening.screen(by=None, now=timezone.now(), months=[month] if month else None)


def screen_after_publication(fact, *, now: datetime) -> None:
    """Handler of the fact “tables published”: the worker judges what is newest then; twice is harmless."""
    start(current_scope().institution_id)
