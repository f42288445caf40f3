"""Whether the installation can do its work: /ready, `zhikong alive --ready` and the doctor ask the same questions."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from zhikong.site.monitoring.rules import is_older

CODES = _DATABASE, _MIGRATIONS, _WORKER, _LAKE, _DISK = "database", "migrations", "worker", "lake", "disk"
SEEN_WITHIN = timedelta(seconds=60)  # the worker shows itself every five seconds


def problems(*, now: datetime | None = None) -> list[str]:
    """Codes of what stands in the way, in the order in which to mend it; empty when all is well.

    Without a database nothing that lies in it is asked.
    """
    moment = now or timezone.now()
    found = [code for code, fine in ((_DISK, has_room), (_LAKE, lake_is_readable)) if not fine()]
    if not database_answers():
        return [_DATABASE, *found]
    behind = [code for code, fine in _asked(moment) if not _fine(fine)]
    return [*behind, *found]


def _asked(now: datetime) -> tuple[tuple[str, Callable[[], bool]], ...]:
    return ((_MIGRATIONS, migrations_are_done), (_WORKER, lambda: worker_was_seen(now=now)))


def _fine(question: Callable[[], bool]) -> bool:
    """A question that the database does not answer is answered with no; a transaction around it goes on."""
    try:
        with transaction.atomic():
            return question()
    except DatabaseError:
        return False


def database_answers() -> bool:
    """Whether the database takes a question from this process."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return True
    except DatabaseError:
        return False


def migrations_are_done() -> bool:
    """Whether the database knows every migration of this code; a newer database than the code is not ready either."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    ours = {app for app, _name in known_migrations()}
    return {one for one in applied if one[0] in ours} == known_migrations()


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """App and name of every migration that lies on the disk beside this code; read once in a process."""
    from django.db.migrations.loader import MigrationLoader

    return frozenset(MigrationLoader(None).disk_migrations)


def worker_was_seen(*, now: datetime) -> bool:
    """Whether a worker has shown itself lately."""
    return not is_older(last_sign_of_worker(), SEEN_WITHIN, now=now)


def last_sign_of_worker() -> datetime | None:
    """When a worker last said that it lives; None: never."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        row = cursor.fetchone()
    return row[0] if row else None


def lake_is_readable() -> bool:
    """Whether every table's log of every institution can be listed; a hospital without facts has none."""
    root = Path(settings.ZHIKONG_HOME) / "lake"
    try:
        logs = [table / "_delta_log" for folder in _folders(root) for table in _folders(folder)]
        return all(next(iter(log.iterdir()), None) is not None for log in logs if log.exists())
    except OSError:
        return False


def _folders(root: Path) -> list[Path]:
    if not root.exists():
        return []
    return [folder for folder in root.iterdir() if folder.is_dir() and not folder.name.startswith((".", "_"))]


def has_room() -> bool:
    """Whether the disk has more room than what uploads leave to the database."""
    return free_bytes() > settings.FILES_RESERVE_BYTES


def free_bytes() -> int:
    """Room on the disk of the data folder, for us (not for root alone)."""
    return shutil.disk_usage(settings.ZHIKONG_HOME).free
