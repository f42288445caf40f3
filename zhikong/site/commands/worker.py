"""``zhikong worker``: does the jobs that pages and schedules put into the database."""

import argparse
import asyncio
import contextlib
import logging
import os
from typing import Any

from zhikong.site import frame, home

HELP = "执行后台任务（由 zhikong serve 自动启动）"
HEARTBEAT = 5  # seconds between two signs of life
STALLED = 20  # seconds without one: the worker is dead, its jobs are taken up again
FINISH_WITHIN = 10  # seconds that running jobs get when the worker is asked to stop
AT_ONCE = 2
log = logging.getLogger("zhikong.worker")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> None:
    if arguments.supervised:
        _work()
        return
    with frame.database():
        _work()


def _work() -> None:
    frame.setup_django("worker")
    home.place("cache")
    asyncio.run(_until_stopped())


async def _until_stopped() -> None:
    """A job that has not ended by then is given up like one of a killed worker: its thread would keep the process."""
    await work()
    logging.shutdown()
    os._exit(0)


async def work(**options: Any) -> None:
    """Run jobs until asked to stop; beside them, take up again what a killed worker left behind."""
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            resuming = asyncio.create_task(_resume(worker_app))
            try:
                await worker_app.run_worker_async(**_options(options))
            finally:
                resuming.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await resuming


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
