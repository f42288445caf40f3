"""Work in the background: uploaded files are loaded by the worker, leftovers are cleaned up at night."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection, scoped_job
from zhikong.foundation.access.scope import job_scope
from zhikong.foundation.facts import actions as facts
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.datasources import actions
from zhikong.hospital.functions.datasources.wizard import actions as wizard


@app.task(name="datasources.load_upload")
@fresh_connection
def load_upload(*, institution_id: int, load_id: int) -> None:
    """Load one uploaded file; sets its scope in each of its steps, so that each commits by itself."""
    scope = job_scope(institution_id, job="datasources.load_upload")
    actions.load_upload(load_id=load_id, scope=scope, now=timezone.now())


@app.periodic(cron="40 3 * * *")
@app.task(name="datasources.every_night", queueing_lock="datasources.every_night", pass_context=False)
@fresh_connection
def every_night(timestamp: int) -> None:
    """Start the cleaning of each institution's lake."""
    for institution_id in institution_ids().values():
        clean_up.configure(queueing_lock=f"datasources.clean_up.{institution_id}").defer(
            institution_id=institution_id
        )


@app.task(name="datasources.clean_up")
@scoped_job("datasources.clean_up")
def clean_up() -> None:
    """Delete what interrupted loads left in the lake, and uploads of the wizard that nobody came back to."""
    facts.clean_up(by=None)
    wizard.forget_old(now=timezone.now())
