"""A question is answered in a job: no page waits for the service."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.suggestions import answering


def answer_soon(call) -> None:
    """Queue the question."""
    ask.defer(institution_id=call.institution_id, call_id=call.pk)


@app.task(name="suggestions.ask")
@fresh_connection
def ask(institution_id: int, call_id: int) -> None:
    answering.answer(
        call_id, lambda: scoped(job_scope(institution_id, job="suggestions.ask")), now=timezone.now
    )
