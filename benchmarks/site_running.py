"""A demo hospital of its own for a measurement, and the CPU that its processes used."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[1]
START_WITHIN = 900  # seconds; the first start simulates, loads and computes two years
WEB = "zhikong.site.webserver"


@dataclass(frozen=True)
class Used:
    """CPU seconds, user and system, since the processes began."""

    web: float
    drawing: float
    database: float

    def since(self, before: Used) -> Used:
        return Used(self.web - before.web, self.drawing - before.drawing, self.database - before.database)


@dataclass(frozen=True)
class Site:
    """A running demo: its port, its data folder, its first process, its accounts' password."""

    port: int
    folder: Path
    process: psutil.Process
    password: str

    def used(self) -> Used:
        """Web: the server's worker processes. Drawing: what draws charts for them. Database: all of PostgreSQL."""
        workers = self._workers()
        drawing = {child for worker in workers for child in worker.children(recursive=True)}
        return Used(_cpu(workers), _cpu(drawing), sum(map(_with_children, self._postmasters())))

    def forget_charts(self) -> None:
        """As after an update or a restart on another machine: no chart is drawn yet."""
        shutil.rmtree(self.folder / "cache" / "charts", ignore_errors=True)

    def _workers(self) -> list[psutil.Process]:
        managers = [p for p in self.process.children(recursive=True) if WEB in p.cmdline()]
        found = [child for manager in managers for child in manager.children() if _serves(child)]
        if not found:
            raise RuntimeError("no process of the web server found")
        return found

    def _postmasters(self) -> list[psutil.Process]:
        every = [p for p in psutil.process_iter(["name", "cmdline"]) if p.info["name"] == "postgres"]
        return [p for p in every if any(str(self.folder) in part for part in p.info["cmdline"] or ())]


def _serves(process: psutil.Process) -> bool:
    return "resource_tracker" not in " ".join(process.cmdline())


def _cpu(processes: Iterable[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return sum(t.user + t.system for t in times)


def _with_children(postmaster: psutil.Process) -> float:
    """A server process with those that it started, ended ones too."""
    times = postmaster.cpu_times()
    return (
        _cpu([postmaster, *postmaster.children(recursive=True)]) + times.children_user + times.children_system
    )


@contextmanager
def demo(folder: Path | None = None) -> Iterator[Site]:
    """Starts ``zhikong demo`` on a free port; in a folder that is given the data stay for the next time."""
    with _folder(folder) as home:
        port = _free_port()
        log = home.with_name(f"{home.name}.log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "zhikong", "demo", "--port", str(port)],
                cwd=PROJECT,
                env={k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
                | {"ZHIKONG_HOME": str(home)},
                stdout=output,
                stderr=output,
            )
        try:
            password = _wait(process, log)
            yield Site(port, home, psutil.Process(process.pid), password)
        finally:
            process.terminate()
            process.wait(60)
        log.unlink()


@contextmanager
def _folder(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="zhikong-bench-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)  # as root, the database server runs under another account and must get in
        (home := Path(made) / "home").mkdir()
        yield home


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], log: Path) -> str:
    """Until the demo says that it answers; gives the password that it prints."""
    end = time.monotonic() + START_WITHIN
    while time.monotonic() < end and process.poll() is None:
        said = re.search(r"密码都是 (\S+?)）", log.read_text())
        if said:
            return said.group(1)
        time.sleep(0.5)
    raise RuntimeError(f"the demo did not start:\n{log.read_text()[-2000:]}")
