"""Keeps the web server and the worker running, and ends everything in order."""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from zhikong.site.home import Explained
from zhikong.site.supervisor.guardian import tie_to_parent

log = logging.getLogger("zhikong.supervisor")
LOOK_EVERY = 0.3  # seconds
STOP_WITHIN = 15  # seconds that a process gets to finish what it does
MOST_RESTARTS = 5  # within a minute; more means that restarting does not help
ASK_EVERY = 10  # seconds between two questions whether a process is wanted
LARGEST_LOG = 10 * 1024 * 1024


class GaveUp(Explained):
    """A process keeps dying."""


@dataclass
class Child:
    """One process of ours: restarted when it dies, ended with us even after a kill -9."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    wanted: Callable[[], bool] | None = None  # asked now and then; None: always
    asked_at: float = float("-inf")
    was_wanted: bool = False

    def is_wanted(self) -> bool:
        """Whether it should run; while nobody can say, what was said last holds."""
        if self.wanted is None:
            return True
        if time.monotonic() - self.asked_at >= ASK_EVERY:
            self.asked_at = time.monotonic()
            try:
                self.was_wanted = self.wanted()
            except Exception:  # noqa: BLE001 - the database is away: it is asked again
                log.warning("%s：暂时不知道是否需要运行", self.name)
        return self.was_wanted

    def start(self) -> None:
        """Must be called in the main thread: the kernel watches the thread that starts a process."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
                start_new_session=True,  # Ctrl-C reaches the supervisor only, which then ends things in order
                preexec_fn=lambda: tie_to_parent(signal.SIGTERM),
            )

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def revive(self) -> None:
        """Start again after a death, without what the dead one left running, unless it dies all the time."""
        if self.process is not None:
            _end_session(self.process.pid)
        now = time.monotonic()
        self.deaths = [*(t for t in self.deaths if now - t < 60), now]
        if len(self.deaths) > MOST_RESTARTS:
            raise GaveUp(f"{self.name}一分钟内多次退出，已停止。请查看日志 {self.log}：\n{tail(self.log)}")
        self.start()

    def stop(self) -> None:
        """End in order, then by force, and whatever it had started with it."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _end_session(self.process.pid)
        self.process = None


class Supervisor:
    """Runs children until it is asked to stop; ``database`` is called often and revives a dead server."""

    def __init__(self, children: list[Child], database: Callable[[], None]):
        self.children = children
        self.database = database
        self.asked_to_stop = False

    def listen(self) -> None:
        """Ctrl-C, a closed terminal and a service manager's stop all mean: end in order."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def run(self, ready: Callable[[], bool], on_ready: Callable[[], None]) -> None:
        """Start the children, call ``on_ready`` once ``ready`` is true, watch until asked to stop."""
        try:
            for child in self.children:
                if child.is_wanted():
                    child.start()
            told = False
            while not self.asked_to_stop:
                self._look()
                if not told and ready():
                    told = True
                    on_ready()
                time.sleep(LOOK_EVERY)
        finally:
            for child in self.children:
                child.stop()

    def _look(self) -> None:
        self.database()
        for child in self.children:
            if not child.is_wanted():
                child.stop()
            elif child.process is None:
                child.start()
            elif not child.alive():
                child.revive()


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, for the message that names it."""
    return (
        "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        if log.exists()
        else ""
    )


def _end_session(leader: int) -> None:
    """What a killed process left running in its own session; the leader has been waited for."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return  # nothing was left
