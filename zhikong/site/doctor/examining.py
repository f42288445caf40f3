"""Asks everything in order. The database's questions are asked only when there is a database to ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from zhikong.site import connection, frame, home
from zhikong.site.doctor import access, backups, clock, folders, machine, roles
from zhikong.site.doctor.finding import Finding, asked, error
from zhikong.site.home import Explained

LOOK = "请看日志 logs/postgres.log；磁盘已满时先腾出空间，再运行一次 zhikong doctor。"


def examine(*, now: datetime) -> Iterator[Finding]:
    """Every finding, as it is found. now: with zone."""
    yield from asked(
        [
            ("Python", machine.python),
            ("内存", machine.memory),
            ("文件句柄", machine.handles),
            ("磁盘", machine.disk),
            ("时钟", clock.synchronised),
            ("字体", machine.fonts),
            (folders.NAME, folders.whole),
            (folders.NAME, folders.rights),
            (folders.NAME, folders.secrets),
        ]
    )
    if connection.read() is None:
        return  # nothing of what follows can be there
    yield from asked(
        [
            (folders.NAME, folders.recovery_key),
            (access.NAME, access.service),
            (access.NAME, lambda: access.certificate(now)),
            (access.NAME, access.proxy),
            (access.NAME, access.names),
            (backups.NAME, lambda: backups.backups(now)),
        ]
    )
    if _may_be_opened():
        yield from _with_database(now)


def _may_be_opened() -> bool:
    """Opening makes missing secrets anew, and files that belong to us: then it is better not opened."""
    return folders.is_ours() and not folders.missing_secrets() and not folders.restoring_broke_off()


def _with_database(now: datetime) -> Iterator[Finding]:
    """An embedded database that does not run is started for the questions and stopped after them."""
    try:
        with _running():
            found = list(asked([(roles.NAME, roles.reachable)]))
            yield from found
            if all(one.level != "error" for one in found):
                frame.setup_django()
                yield from _asked_of_database(now)
    except Explained as refused:
        yield error(roles.NAME, str(refused).splitlines()[0], LOOK)


@contextmanager
def _running() -> Iterator[None]:
    if not connection.read().get("embedded"):
        yield
        return
    from zhikong.site import supervisor

    with supervisor.embedded_server(home.folder()):
        yield


def _asked_of_database(now: datetime) -> Iterator[Finding]:
    from zhikong.site.doctor import database, matching

    yield from asked(
        [
            (database.NAME, database.server),
            (database.NAME, database.powers),
            (database.NAME, database.structure),
            (clock.NAME, lambda: database.same_clock(now)),
            (clock.NAME, lambda: database.zones(now)),
            (database.JOBS, lambda: database.worker(now)),
            (database.FACTS, database.lake),
            (database.AUDIT, lambda: database.seals(now)),
            (folders.NAME, matching.keys),
        ]
    )
