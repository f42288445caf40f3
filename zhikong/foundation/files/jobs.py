"""Every night: destruction, sweep, sealing. Every ten minutes: what waits for the virus scanner."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.files import actions, scanner
from zhikong.foundation.organisation.queries import institution_ids


@app.periodic(cron="20 2 * * *")
@app.task(name="files.every_night", queueing_lock="files.every_night", pass_context=False)
@fresh_connection
def every_night(timestamp: int) -> None:
    _for_all(nightly, "files.nightly")
    _for_all(reseal, "files.reseal")


@app.periodic(cron="*/10 * * * *")
@app.task(name="files.every_ten_minutes", queueing_lock="files.every_ten_minutes", pass_context=False)
@fresh_connection
def every_ten_minutes(timestamp: int) -> None:
    if scanner.address():
        _for_all(rescan, "files.rescan")


def _for_all(task, name: str) -> None:
    # when the last one has not started yet, it will see everything that this one would
    for institution_id in institution_ids().values():
        with suppress(AlreadyEnqueued), transaction.atomic():
            task.configure(queueing_lock=f"{name}.{institution_id}").defer(institution_id=institution_id)


@app.task(name="files.nightly")
@scoped_job("files.nightly")
def nightly() -> None:
    now = timezone.now()
    actions.destroy_due(now=now)
    actions.sweep(now=now)


@app.task(name="files.reseal")
@scoped_job("files.reseal")
def reseal() -> None:
    actions.reseal()


@app.task(name="files.rescan")
@scoped_job("files.rescan")
def rescan() -> None:
    actions.rescan(now=timezone.now())
