"""Every ten minutes, and so also right after a start: open what came round, and climb the reminders' ladders.

A tick that the server slept through within its last ten minutes is made up for by the scheduler, so that a server that
was off over night opens the new day's duties when it comes up. Running again changes nothing.
"""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.duties import actions
from zhikong.foundation.organisation.queries import institution_ids


@app.periodic(cron="*/10 * * * *")
@app.task(name="duties.every_ten_minutes", queueing_lock="duties.every_ten_minutes", pass_context=False)
@fresh_connection
def every_ten_minutes(timestamp: int) -> None:
    # when the last one has not started yet, it will see everything that this one would
    for institution_id in institution_ids().values():
        with suppress(AlreadyEnqueued), transaction.atomic():
            come_round.configure(queueing_lock=f"duties.come_round.{institution_id}").defer(
                institution_id=institution_id
            )


@app.task(name="duties.come_round")
@scoped_job("duties.come_round")
def come_round() -> None:
    now = timezone.now()
    actions.open_occurrences(now=now)
    actions.remind(now=now)
