"""Every hour: closed stays become facts."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.foundation.patients import live

_TURN = 2_000  # stays; more wait for the next turn, which the full one orders itself


@app.periodic(cron="35 * * * *")
@app.task(name="patients.every_hour", queueing_lock="patients.every_hour", pass_context=False)
@fresh_connection
def every_hour(timestamp: int) -> None:
    """Start the settling of each institution; one that has not begun yet will see everything."""
    for institution_id in institution_ids().values():
        _start(institution_id)


def _start(institution_id: int) -> None:
    with suppress(AlreadyEnqueued), transaction.atomic():
        settle.configure(queueing_lock=f"patients.settle.{institution_id}").defer(
            institution_id=institution_id
        )


@app.task(name="patients.settle")
@scoped_job("patients.settle")
def settle() -> None:
    """One turn of the scope's institution, and the next one where this one was full."""
    from zhikong.foundation.access.scope import current_scope

    done = live.settle(by=None, now=timezone.now(), limit=_TURN)
    if done.stays >= _TURN:
        _start(current_scope().institution_id)
