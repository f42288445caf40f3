"""The worker searches for clusters once a night."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids


@app.periodic(cron="20 4 * * *")
@app.task(
    name="incidents.search_every_night", queueing_lock="incidents.search_every_night", pass_context=False
)
@fresh_connection
def every_night(timestamp: int) -> None:
    """Start the search of each institution; one that waits already is enough."""
    for institution_id in institution_ids().values():
        lock = f"incidents.search.{institution_id}"
        with suppress(AlreadyEnqueued), transaction.atomic():
            search.configure(queueing_lock=lock).defer(institution_id=institution_id)


@app.task(name="incidents.search_clusters")
@scoped_job("incidents.search_clusters")
def search() -> None:
    from zhikong.hospital.functions.incidents.actions.learning import scanning

    scanning.scan(by=None, now=timezone.now())
