"""Keeps the web server and the worker running, and ends everything in order."""

import json
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
from zhikong.site.supervisor.logfiles import LogFile, Pump, cut, keeping, sweep, watched

log = logging.getLogger("zhikong_supervisor")  # beside "zhikong": loading Django would take its handler away
LOOK_EVERY = 0.3  # seconds
STOP_WITHIN = 15  # seconds that a process gets to finish what it does
SWEEP_EVERY = 600  # seconds between two looks at old logs
REST = 600  # seconds for which one that is not essential is left alone
MOST_RESTARTS = 5  # within a minute; more means that restarting does not help
ASK_EVERY = 10  # seconds between two questions whether a process is wanted


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
    stop_within: float = STOP_WITHIN
    essential: bool = True  # without the others the site is none; what is not essential may fail alone
    rests_until: float = float("-inf")
    renewed_by: signal.Signals | None = (
        None  # it renews itself on this signal; None: it ends and is started again
    )
    is_renewable: bool = True  # False: what it does for an hour is worth more than new code
    leave_until: float = 0.0  # it was asked to end, to be started again; by then at the latest
    output: LogFile | None = None
    pump: Pump | None = None

    def is_wanted(self) -> bool:
        """Whether it should run; while nobody can say, what was said last holds."""
        if time.monotonic() < self.rests_until:
            return False
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
        self.output = self.output or LogFile(self.log)
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **self.environment},
            start_new_session=True,  # Ctrl-C reaches the supervisor only, which then ends things in order
            preexec_fn=lambda: tie_to_parent(signal.SIGTERM),
        )
        self.pump = watched(self.process, self.output)
        self.leave_until = 0.0
        log.info("process started", extra={"child": self.log.stem})

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def revive(self) -> None:
        """Start again after a death, without what the dead one left running, unless it dies all the time."""
        self._clear()
        if self.leave_until:
            self.start()
            return
        log.warning("process died", extra={"child": self.log.stem})
        now = time.monotonic()
        self.deaths = [*(t for t in self.deaths if now - t < 60), now]
        if len(self.deaths) > MOST_RESTARTS and not self.essential:
            self.process, self.rests_until = None, now + REST
            log.error("process dies again and again and is left alone", extra={"child": self.log.stem})
            return
        if len(self.deaths) > MOST_RESTARTS:
            raise GaveUp(f"{self.name}一分钟内多次退出，已停止。请查看日志 {self.log}：\n{tail(self.log)}")
        self.start()

    def stop(self) -> None:
        """End in order, then by force, and whatever it had started with it."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=self.stop_within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._clear()
        self.process = None
        log.info("process ended", extra={"child": self.log.stem})

    def renew(self) -> None:
        """Take up new code and settings: by itself without a pause, or by ending in order and starting again."""
        if not self.alive() or not self.is_renewable:
            return
        log.info("process is renewed", extra={"child": self.log.stem})
        if self.renewed_by is not None:
            self.process.send_signal(self.renewed_by)
        else:
            self.process.terminate()
            self.leave_until = time.monotonic() + self.stop_within

    def hurry(self) -> None:
        """End by force what was asked to end and does not."""
        if self.leave_until and time.monotonic() > self.leave_until and self.alive():
            self.process.kill()

    def _clear(self) -> None:
        """What a process left running, and its last words."""
        if self.process is not None:
            _end_session(self.process.pid)
            self.process.wait()
        if self.pump is not None:
            self.pump.finish()


class Supervisor:
    """Runs children until it is asked to stop; ``database`` is called often and revives a dead server."""

    def __init__(self, children: list[Child], database: Callable[[], None]):
        self.children = children
        self.database = database
        self.asked_to_stop = False
        self.asked_to_renew = False
        self.swept_at = float("-inf")

    def listen(self) -> None:
        """Ctrl-C, a closed terminal and a service manager's stop all mean: end in order. SIGHUP without a terminal,
        as service managers send it, and SIGUSR1 mean: renew the processes.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)
        for number in (signal.SIGUSR1, *(() if has_terminal() else (signal.SIGHUP,))):
            signal.signal(number, self._note_renewal)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def _note_renewal(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_renew = True

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
        if self.asked_to_renew:
            self.asked_to_renew = False
            for child in self.children:
                child.renew()
        self._sweep()
        for child in self.children:
            child.hurry()
            if not child.is_wanted():
                child.stop()
            elif child.process is None:
                child.start()
            elif not child.alive():
                child.revive()

    def _sweep(self) -> None:
        """Old logs go; the disk of a hospital's server is not ours alone."""
        if time.monotonic() - self.swept_at < SWEEP_EVERY:
            return
        self.swept_at = time.monotonic()
        for folder in {child.log.parent for child in self.children}:
            cut(folder / "postgres.log", now=time.time())
            sweep(folder, now=time.time(), keep=keeping())


def has_terminal() -> bool:
    """Whether somebody started us by hand: a terminal that closes then means the end."""
    return any(os.isatty(number) for number in (0, 1, 2))


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log as a person reads them, for the message that names it."""
    if not log.exists():
        return ""
    return "\n".join(_readable(line) for line in log.read_text("utf-8", "replace").splitlines()[-lines:])


def _readable(line: str) -> str:
    try:
        found = json.loads(line)
        return f"{found['time']} {found['event']}"
    except (ValueError, TypeError, KeyError):
        return line


def _end_session(leader: int) -> None:
    """What a killed process left running in its own session; the leader has been waited for."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return  # nothing was left
