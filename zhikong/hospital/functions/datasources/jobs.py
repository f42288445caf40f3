"""Work in the background: uploads, the turns of feeds, what dead processes left, and the cleaning at night."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.facts import actions as facts
from zhikong.foundation.facts import raw_retention
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.datasources import actions, processing, running
from zhikong.hospital.functions.datasources.models import Feed
from zhikong.hospital.functions.datasources.wizard import actions as wizard


@app.task(name="datasources.load_upload")
@fresh_connection
def load_upload(*, institution_id: int, load_id: int) -> None:
    """Load one uploaded file; sets its scope in each of its steps, so that each commits by itself."""
    scope = job_scope(institution_id, job="datasources.load_upload")
    actions.load_upload(load_id=load_id, scope=scope, now=timezone.now())


@app.periodic(cron="* * * * * */10")
@app.task(name="datasources.look", queueing_lock="datasources.look", pass_context=False)
@fresh_connection
def look(timestamp: int) -> None:
    """Every ten seconds: whose turn is it, and did a process die with a load unfinished?"""
    now = timezone.now()
    for institution_id in institution_ids().values():
        with scoped(job_scope(institution_id, job="datasources.look")):
            for feed in running.due_feeds(now):
                wake(feed)
            if running.left_behind():
                _once(finish_all, f"datasources.finish_all.{institution_id}", institution_id=institution_id)


def wake(feed: Feed) -> None:
    """Give a feed its turn as soon as the worker is free; harmless when one is queued already."""
    _once(turn, f"datasources.turn.{feed.pk}", institution_id=feed.institution_id, feed_id=feed.pk)


def _once(task, lock: str, **arguments: int) -> None:
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.configure(queueing_lock=lock).defer(**arguments)


@app.task(name="datasources.turn")
@fresh_connection
def turn(*, institution_id: int, feed_id: int) -> None:
    """One turn of a feed; its steps commit by themselves."""
    running.turn(institution_id=institution_id, feed_id=feed_id, now=timezone.now())


@app.task(name="datasources.finish_all")
@fresh_connection
def finish_all(*, institution_id: int) -> None:
    """Finish the loads that dead processes left."""
    processing.finish_all(job_scope(institution_id, job="datasources.finish_all"), now=timezone.now())


@app.periodic(cron="40 3 * * *")
@app.task(name="datasources.every_night", queueing_lock="datasources.every_night", pass_context=False)
@fresh_connection
def every_night(timestamp: int) -> None:
    """Start the cleaning of each institution's lake and raw input."""
    for institution_id in institution_ids().values():
        _once(clean_up, f"datasources.clean_up.{institution_id}", institution_id=institution_id)
        _once(delete_due, f"datasources.delete_due.{institution_id}", institution_id=institution_id)


@app.task(name="datasources.clean_up")
@scoped_job("datasources.clean_up")
def clean_up() -> None:
    """Delete what interrupted loads left in the lake, and uploads of the wizard that nobody came back to."""
    facts.clean_up(by=None)
    wizard.forget_old(now=timezone.now())
    processing.give_up_lost(now=timezone.now())


@app.task(name="datasources.delete_due")
@fresh_connection
def delete_due(*, institution_id: int) -> None:
    """Delete raw input whose retention is over; each part commits by itself, then the files go."""
    scope = job_scope(institution_id, job="datasources.delete_due")
    while True:
        with scoped(scope):
            if not raw_retention.delete_due(now=timezone.now()):
                break
    with scoped(scope):
        raw_retention.sweep()
