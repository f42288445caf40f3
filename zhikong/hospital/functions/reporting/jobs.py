"""Every morning: when a month is over, every department gets its sheets; harmless on all other days."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.reporting import actions
from zhikong.hospital.functions.reporting.queries import shifted


@app.periodic(cron="15 6 * * *")
@app.task(name="reporting.every_morning", queueing_lock="reporting.every_morning", pass_context=False)
@fresh_connection
def every_morning(timestamp: int) -> None:
    # when the last one has not started yet, it will see everything that this one would
    for institution_id in institution_ids().values():
        with suppress(AlreadyEnqueued), transaction.atomic():
            open_sheets.configure(queueing_lock=f"reporting.open.{institution_id}").defer(
                institution_id=institution_id
            )


@app.task(name="reporting.open_sheets")
@scoped_job("reporting.open_sheets")
def open_sheets() -> None:
    """The sheets and records of the month that is over; what exists stays as it is."""
    now = timezone.now()
    month = shifted(f"{timezone.localdate(now):%Y-%m}", -1)
    actions.open_month(by=None, now=now, month=month)
    actions.open_records(by=None, now=now, month=month)
