"""Every night: unblurred originals that were kept long enough go, and what was never uploaded whole."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids


@app.periodic(cron="40 2 * * *")
@app.task(name="inspections.clear_night", queueing_lock="inspections.clear_night", pass_context=False)
@fresh_connection
def every_night(timestamp: int) -> None:
    for institution_id in institution_ids().values():
        with suppress(AlreadyEnqueued), transaction.atomic():
            clear.configure(queueing_lock=f"inspections.clear.{institution_id}").defer(
                institution_id=institution_id
            )


@app.task(name="inspections.clear")
@scoped_job("inspections.clear")
def clear() -> None:
    """Unblurred originals and half-sent media of the scope's institution."""
    from zhikong.hospital.functions.inspections.actions.visiting import clearing

    now = timezone.now()
    clearing.delete_old_originals(now=now)
    clearing.drop_half_sent(now=now)
