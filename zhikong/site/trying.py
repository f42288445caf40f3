"""Tries this version on the copy of a hospital's data: migrates it, counts its rows, starts the site on it.

The web server alone is started: a worker would send the hospital's messages a second time.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from zhikong.site import frame, home, migrating, serving
from zhikong.site.backup import database
from zhikong.site.home import Explained
from zhikong.site.monitoring import asking
from zhikong.site.progress import Progress

STARTS_WITHIN = 120  # seconds
NOT_TRIED = {"worker", "disk"}  # no worker runs here; the copy itself takes the room
ADDRESS = "127.0.0.1"


class NotGood(Explained):
    """This version does not work on these data; the sentence says why."""


def count() -> dict[str, int]:
    """Rows of every table of this data folder; empty when they lie on a server that does not show them all."""
    with frame.database() as server:
        return _counted(server)


def upgrade_and_try(progress: Progress) -> dict[str, dict[str, int]]:
    """Migrate, count before and after, start the site and ask whether it is ready. Raises NotGood."""
    with frame.database() as server:
        before = _counted(server)
        with progress.step("更新数据库结构"):
            frame.setup_django()
            migrating.migrate()
        after = _counted(server)
        refuse_losses(before, after)
        with progress.step("准备网页文件"):
            migrating.collect_static(progress)
        with progress.step("试运行"), _site() as port:
            _wait(lambda: hindrances(port))
    return {"before": before, "after": after}


def refuse_losses(before: dict[str, int], after: dict[str, int]) -> None:
    """No table that both versions know may have lost a row."""
    lost = {name: rows - after[name] for name, rows in before.items() if after.get(name, rows) < rows}
    if lost:
        named = "、".join(f"{name} 少 {rows} 行" for name, rows in sorted(lost.items()))
        raise NotGood(f"升级后行数变少：{named}。")


def hindrances(port: int) -> list[str]:
    """Codes of /ready that count here; ``answer`` while nobody answers."""
    try:
        _status, text = asking.ask(ADDRESS, port, "/ready")
    except (OSError, http.client.HTTPException):
        return ["answer"]
    return [code for code in text.strip().split(",") if code not in {"ready", *NOT_TRIED}]


def _counted(server: Any) -> dict[str, int]:
    try:
        return database.counted(database.powerful_address(server))
    except database.DumpFailed:
        if server is None:
            return {}
        raise


@contextmanager
def _site() -> Iterator[int]:
    """The web server on a free port of this machine; it dies with us."""
    port = _free_port()
    child = serving.web(ADDRESS, port)
    command = [*child.command[:-1], "1"]
    with (home.place("logs") / "trial.log").open("ab") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, **child.environment}
        )
        try:
            yield port
        finally:
            process.terminate()
            process.wait(timeout=child.stop_within + 10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def _wait(asked: Callable[[], list[str]]) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while found := asked():
        if time.monotonic() > end:
            raise NotGood(
                f"网页服务在 {STARTS_WITHIN} 秒内没有就绪（{'、'.join(found)}），日志：logs/trial.log。"
            )
        time.sleep(0.3)
