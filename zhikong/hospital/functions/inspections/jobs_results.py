"""The worker notes what a concluded visit came to, and brings the counts into the facts; once a night what is left."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.queries import institution_ids


def start(institution_id: int) -> None:
    """Ask the worker to publish what was noted; one that waits already takes all of it."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        publish.configure(queueing_lock=f"inspections.publish.{institution_id}").defer(
            institution_id=institution_id
        )


@app.periodic(cron="15 1 * * *")
@app.task(
    name="inspections.publish_every_night",
    queueing_lock="inspections.publish_every_night",
    pass_context=False,
)
@fresh_connection
def every_night(timestamp: int) -> None:
    """For each institution what an interrupted job may have left."""
    for institution_id in institution_ids().values():
        start(institution_id)


@app.task(name="inspections.publish")
@scoped_job("inspections.publish")
def publish() -> None:
    from zhikong.hospital.functions.inspections.actions.results import noting

    noting.publish_noted(by=None, now=timezone.now())


def after_conclusion(fact, *, now: datetime) -> None:
    """Handler of the fact “a visit was concluded”: note its answers, draft its notice; twice is harmless."""
    from zhikong.hospital.functions.inspections.actions.results import drafting, noting
    from zhikong.hospital.functions.inspections.models.planning import Visit

    visit = Visit.objects.filter(pk=fact.visit_id).first()
    if visit is None:
        return
    noting.note_answers(visit)
    drafting.draft_of_visit(visit, by=None, now=now)
    start(current_scope().institution_id)
