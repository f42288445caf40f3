"""What the installation is like now, as numbers with labels. Each source alone: one that fails hides no other."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from zhikong import __version__
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.site import home
from zhikong.site.backup import state
from zhikong.site.monitoring import certificate, hospital, processes, readiness
from zhikong.site.monitoring.numbers import Number
from zhikong.site.monitoring.rules import seconds_since

log = logging.getLogger("zhikong.metrics")
Source = Callable[[datetime], Iterable[Number]]


def numbers(*, now: datetime) -> Iterator[Number]:
    """Every number that can be had; ``zhikong_metrics_failed`` counts by source those that cannot."""
    yield Number("zhikong_info", "版本", 1, {"version": __version__})
    for source in SOURCES:
        found, failed = _asked(source, now)
        yield from found
        name = source.__name__.strip("_")
        yield Number("zhikong_metrics_failed", "取不到的指标（1 为取不到）", failed, {"source": name})


def _asked(source: Source, now: datetime) -> tuple[list[Number], int]:
    try:
        return list(source(now)), 0
    except Exception:  # a number that is missing must not take the others with it
        log.warning("numbers are missing", exc_info=True)
        return [], 1


def _ready(now: datetime) -> Iterator[Number]:
    found = set(readiness.problems(now=now))
    for code in readiness.CODES:
        yield Number("zhikong_ready", "是否就绪（1 为正常）", code not in found, {"check": code})


def _disk(now: datetime) -> Iterator[Number]:
    yield Number("zhikong_disk_free_bytes", "数据目录所在磁盘的可用空间", readiness.free_bytes())


def _certificate(now: datetime) -> Iterator[Number]:
    path = home.options().get("certificate")
    left = certificate.days_left(Path(path), now=now) if path else None
    if left is not None:
        yield Number("zhikong_certificate_days", "网站证书剩余天数", left)


def _backup(now: datetime) -> Iterator[Number]:
    """What the backups note beside the data; nothing while there is none. kind: last, good, verified."""
    told = state.read(Path(settings.ZHIKONG_HOME))
    for kind, one in told.items():
        labels = {"kind": kind}
        age = seconds_since(state.moment(one), now=now)
        yield Number("zhikong_backup_age_seconds", "最近一次备份（成功的、已核验的）距今的时间", age, labels)
        yield Number("zhikong_backup_ok", "最近一次备份（核验）是否成功", bool(one["ok"]), labels)


JOBS = """
SELECT j.queue_name, j.status::text, count(*),
       extract(epoch FROM %s - min(greatest(e.at, j.scheduled_at)) FILTER (WHERE j.status = 'todo'))
FROM procrastinate_jobs j LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
WHERE j.status IN ('todo', 'doing', 'failed') AND (j.scheduled_at IS NULL OR j.scheduled_at <= %s)
GROUP BY 1, 2
"""


def _jobs(now: datetime) -> Iterator[Number]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(JOBS, [now, now])
        rows = cursor.fetchall()
        seen = readiness.last_sign_of_worker()
    for queue, status, count, age in rows:
        yield Number("zhikong_jobs", "后台任务（按队列和状态）", count, {"queue": queue, "status": status})
        if age is not None:
            text = "最早一个等待中的后台任务已等待的时间"
            yield Number("zhikong_jobs_oldest_seconds", text, max(0.0, float(age)), {"queue": queue})
    if seen is not None:
        yield Number(
            "zhikong_worker_seen_seconds", "后台任务进程最近一次出现距今", seconds_since(seen, now=now)
        )


def _hospitals(now: datetime) -> Iterator[Number]:
    for code, number in institution_ids().items():
        with scoped(job_scope(number, job="metrics")):
            yield from hospital.numbers(code, now=now)


def _processes(now: datetime) -> Iterable[Number]:
    return processes.numbers(Path(settings.ZHIKONG_HOME))


SOURCES: tuple[Source, ...] = (_ready, _disk, _certificate, _backup, _jobs, _hospitals, _processes)
