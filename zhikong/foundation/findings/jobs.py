"""Every morning: climb the overdue ladder and review the observations whose date has come."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.findings import actions
from zhikong.foundation.organisation.queries import institution_ids


@app.periodic(cron="30 6 * * *")
@app.task(name="findings.every_morning", queueing_lock="findings.every_morning", pass_context=False)
@fresh_connection
def every_morning(timestamp: int) -> None:
    # when the last one has not started yet, it will see everything that this one would
    for institution_id in institution_ids().values():
        with suppress(AlreadyEnqueued), transaction.atomic():
            review.configure(queueing_lock=f"findings.review.{institution_id}").defer(
                institution_id=institution_id
            )


@app.task(name="findings.review")
@scoped_job("findings.review")
def review() -> None:
    now = timezone.now()
    actions.follow_departments(scope=current_scope(), now=now)
    actions.escalate_overdue(scope=current_scope(), now=now)
    actions.review_effects(scope=current_scope(), now=now)
