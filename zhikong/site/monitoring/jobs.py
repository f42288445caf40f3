"""Around each job: what the log lines inside it say of it, how long it took, and whether it went well."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from zhikong.site.monitoring import context, counters

LONG = 5.0  # seconds; shorter jobs that went well leave no line: there are many each minute
QUIET = "incidents.anonymous"  # nothing says when an anonymous report was taken over
log = logging.getLogger("zhikong.jobs")
running: dict[int, Any] = {}


async def noted(call_next: Callable[[], Awaitable[Any]], job_context: Any, worker: Any) -> Any:
    """Middleware of the worker; the job's own error goes on."""
    job = job_context.job
    token = context.current.set({"task": job.task_name, "job": job.id})
    running[job.id] = job_context
    began, good = time.monotonic(), False
    try:
        result = await call_next()
        good = True
        return result
    finally:
        running.pop(job.id, None)
        seconds = time.monotonic() - began
        quiet = job.task_name.startswith(QUIET)
        counters.job_ended(task=job.task_name, good=good, seconds=0 if quiet else seconds)
        if seconds >= LONG and good and not quiet:
            log.info("job done", extra={"ms": round(seconds * 1000)})
        context.current.reset(token)
