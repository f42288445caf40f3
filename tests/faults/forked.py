"""Processes that a test kills: forked, each with database connections of its own, ended by SIGKILL at a chosen point.

Imported by the drivers only: it sets Django up as the worker of the data folder that ZHIKONG_HOME names.
"""

import json
import os
import signal
import traceback
from contextlib import suppress
from datetime import UTC, datetime

from zhikong.site import frame

frame.setup_django("worker")

from zhikong.foundation.access.scope import job_scope, scoped  # noqa: E402

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def in_process(function, *arguments):
    """(signal that ended it or 0, what it returned): run in a forked process with connections of its own."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        with suppress(BaseException):  # whatever happens, a fork must not go on as a second driver
            try:
                os.write(writing, json.dumps(function(*arguments)).encode())
                code = 0
            except BaseException:  # noqa: BLE001 — printed, and the driver stops
                traceback.print_exc()
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _pid, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError(f"{function.__name__} failed, see above")
    return (os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0), json.loads(said or "null")


def institution():
    from zhikong.foundation.organisation.queries import institution_ids

    return next(iter(institution_ids().values()))


def scope():
    return scoped(job_scope(institution(), job="tests"))
