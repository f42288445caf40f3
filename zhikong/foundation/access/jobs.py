"""How a background job gets its scope: named, for one institution, in one transaction.

@app.task(name="calendar.recalculate")
@scoped_job("calendar.recalculate")
def recalculate_job(): ...

recalculate_job.defer(institution_id=3)
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import close_old_connections

from zhikong.foundation.access.scope import job_scope, scoped


def fresh_connection(function: Callable[..., Any]) -> Callable[..., Any]:
    """A job's thread lives long: it drops a connection that the server has closed meanwhile."""

    @wraps(function)
    def wrapper(*args, **kwargs):
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return wrapper


def scoped_job(name: str) -> Callable:
    """Run a function as the job ``name``: it takes ``institution_id``, and sees that institution only."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @fresh_connection
        @wraps(function)
        def wrapper(*, institution_id: int, **kwargs):
            with scoped(job_scope(institution_id, job=name)):
                return function(**kwargs)

        return wrapper

    return decorate
