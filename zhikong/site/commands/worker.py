"""``zhikong worker``: does the jobs that pages and schedules put into the database."""

import argparse
import asyncio
import contextlib
import logging
import os
from typing import Any

from zhikong.site import frame, home
from zhikong.site.monitoring import last_words
from zhikong.site.supervisor.following import end_with_parent

HELP = "执行后台任务（由 zhikong serve 自动启动）"
HEARTBEAT = 5  # seconds between two signs of life
STALLED = 20  # seconds without one: the worker is dead, its jobs are taken up again
FINISH_WITHIN = 10  # seconds that running jobs get when the worker is asked to stop
AT_ONCE = 2
GIVE_BACK_EVERY = 0.2  # seconds between two looks
log = logging.getLogger("zhikong.worker")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> None:
    if arguments.supervised:
        end_with_parent(within=FINISH_WITHIN + 5)
        _work()
        return
    with frame.database():
        _work()


def _work() -> None:
    frame.setup_django("worker")
    home.place("cache")
    last_words.install()
    asyncio.run(_until_stopped())


async def _until_stopped() -> None:
    """A job that has not ended by then is given up like one of a killed worker: its thread would keep the process."""
    await work()
    logging.shutdown()
    os._exit(0)


async def work(**options: Any) -> None:
    """Run jobs until asked to stop; beside them, take up again what a killed worker left behind."""
    from procrastinate.contrib.django import app

    from zhikong.site.monitoring import jobs

    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            beside = [
                asyncio.create_task(_resume(worker_app)),
                asyncio.create_task(_give_back(worker_app, jobs.running)),
            ]
            try:
                await worker_app.run_worker_async(worker_middleware=[jobs.noted], **_options(options))
            finally:
                for task in beside:
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await task


def _options(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "concurrency": AT_ONCE,
        "update_heartbeat_interval": HEARTBEAT,
        "stalled_worker_timeout": STALLED,
        "shutdown_graceful_timeout": FINISH_WITHIN,
        "delete_jobs": "successful",
    } | given


async def _resume(app: Any) -> None:
    """Every few seconds: jobs whose worker shows no sign of life go back into the queue."""
    while True:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
            log.warning("任务 %s（%s）的执行进程已不在，重新执行", job.id, job.task_name)
            await app.job_manager.retry_job(job)
        await asyncio.sleep(HEARTBEAT)


async def _give_back(app: Any, running: dict[int, Any]) -> None:
    """Asked to stop, jobs that did not end in time go back into the queue at once: their threads cannot be ended."""
    while not (left := [context for context in running.values() if _is_stopped(context)]):
        await asyncio.sleep(GIVE_BACK_EVERY)
    for context in left:
        with contextlib.suppress(Exception):  # it ended this moment: there is nothing to give back
            await app.job_manager.retry_job(context.job)
            log.warning("job given back", extra={"task": context.job.task_name, "job": context.job.id})
    logging.shutdown()
    os._exit(0)


def _is_stopped(context: Any) -> bool:
    """Whether the worker, asked to stop, has waited long enough for this job."""
    from procrastinate.job_context import AbortReason

    return context.abort_reason() == AbortReason.SHUTDOWN
