"""Log files of the processes: written by the supervisor alone, so that turning a page loses no line.

Each process writes into a pipe; a thread here reads it line by line. A file is put aside when it is large or a day
old; files put aside are removed when they are old or too many. A full disk loses lines, never a process.
"""

import logging
import os
import shutil
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from zhikong.site import home
from zhikong.site.monitoring import lines

LARGEST = 20 * 1024 * 1024  # bytes of a file before it is put aside
OLDEST = 24 * 60 * 60  # seconds
LONGEST_LINE = 64 * 1024
DAYS, MEGABYTES = 30, 500  # how long and how much of what was put aside is kept


@dataclass(frozen=True)
class Keeping:
    """How much is kept of what was put aside; site.json: ``"logs": {"days": 30, "megabytes": 500}``."""

    days: float = DAYS
    megabytes: float = MEGABYTES


def keeping() -> Keeping:
    """What the hospital set; anything but two positive numbers is the default."""
    asked = home.options().get("logs")
    found = asked if isinstance(asked, dict) else {}
    chosen = {name: found.get(name) for name in ("days", "megabytes")}
    return Keeping(**{k: float(v) for k, v in chosen.items() if isinstance(v, int | float) and v > 0})


class LogFile:
    """One log that is appended to and put aside from time to time; one writer only."""

    def __init__(self, path: Path):
        self.path = path
        self.file: IO[bytes] | None = None
        self.size, self.began = 0, 0.0

    def write(self, line: str, *, now: float) -> None:
        """Append one line; a disk that takes none costs the line."""
        try:
            if self.file is None or self.size > LARGEST or now - self.began > OLDEST:
                self._turn(now)
            content = line.encode("utf-8", "replace") + b"\n"
            self.file.write(content)
            self.size += len(content)
        except OSError:
            self.close()

    def close(self) -> None:
        """What is written next opens the file again."""
        if self.file is not None:
            with suppress(OSError):
                self.file.close()
        self.file = None

    def _turn(self, now: float) -> None:
        self.close()
        put_aside(self.path, now=now)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.file = os.fdopen(handle, "ab", buffering=0)
        self.size, self.began = os.fstat(handle).st_size, _began(self.path, now)


def put_aside(path: Path, *, now: float) -> Path | None:
    """Rename a log that is large or old to ``web-20261123T021500.log``; None when it may go on."""
    if not path.exists() or not path.stat().st_size:
        return None
    if path.stat().st_size <= LARGEST and now - _began(path, now) <= OLDEST:
        return None
    aside = _free(path, now)
    path.replace(aside)
    return aside


def sweep(folder: Path, *, now: float, keep: Keeping) -> list[Path]:
    """Remove what was put aside long ago, and the oldest while there is too much; returns what went."""
    aside = sorted(folder.glob("*-????????T??????*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    room, gone = keep.megabytes * 1024 * 1024, []
    for file in aside:
        room -= file.stat().st_size
        if room < 0 or now - file.stat().st_mtime > keep.days * 24 * 60 * 60:
            with suppress(OSError):
                file.unlink()
                gone.append(file)
    return gone


class Pump:
    """Reads what a process writes and puts it into its log, until the process and its children are gone."""

    def __init__(self, source: IO[bytes], log: LogFile, process: str):
        self.source, self.log, self.process = source, log, process
        self.thread = threading.Thread(target=self._run, name=f"log {process}", daemon=True)
        self.thread.start()

    def finish(self, within: float = 2.0) -> None:
        """Wait until the last words are in the file."""
        self.thread.join(within)

    def _run(self) -> None:
        """Never ends before the pipe does: a process whose pipe nobody reads would stand still."""
        while line := self._next():
            with suppress(Exception):
                text = line.decode("utf-8", "replace").rstrip("\r\n")
                now = time.time()
                self.log.write(lines.wrapped(text, process=self.process, at=now), now=now)
        self.log.close()
        self.source.close()

    def _next(self) -> bytes:
        try:
            return self.source.readline(LONGEST_LINE)
        except (OSError, ValueError):
            return b""


def watched(process: "subprocess.Popen[bytes]", log: LogFile) -> Pump:
    """Let a thread carry what a process writes into a log."""
    assert process.stdout is not None
    return Pump(process.stdout, log, log.path.stem)


def _began(path: Path, now: float) -> float:
    """When a log's first line was written, as it says itself; a file's times tell of its last line only."""
    try:
        with path.open("rb") as file:
            head = file.readline(400).decode("utf-8", "replace")
        return datetime.fromisoformat(head.split('"time":"', 1)[1].split('"', 1)[0]).timestamp()
    except (OSError, IndexError, ValueError):
        return path.stat().st_mtime if path.exists() and path.stat().st_size else now


def _free(path: Path, now: float) -> Path:
    stamp = datetime.fromtimestamp(now).astimezone().strftime("%Y%m%dT%H%M%S")
    names = (f"{path.stem}-{stamp}{'' if not n else f'-{n}'}{path.suffix}" for n in range(1000))
    return next(found for found in map(path.with_name, names) if not found.exists())


def cut(path: Path, *, now: float) -> None:
    """Put aside the log of a program that keeps its file open: copied, then emptied. It appends, so it goes on."""
    with suppress(OSError):
        if path.stat().st_size > LARGEST:
            shutil.copyfile(path, _free(path, now))
            os.truncate(path, 0)


class LinesHandler(logging.Handler):
    """The supervisor's own lines, in a file beside those of its processes."""

    def __init__(self, log: LogFile):
        super().__init__()
        self.log = log
        self.setFormatter(lines.JsonFormatter(log.path.stem))

    def emit(self, record: logging.LogRecord) -> None:
        self.log.write(self.format(record), now=record.created)
