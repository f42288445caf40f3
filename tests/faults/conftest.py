"""Data folders of their own for tests that kill things, and the processes to kill."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

PROJECT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from zhikong.site import supervisor
server = supervisor.start(Path(sys.argv[1]))
supervisor.ensure_database(server, "zhikong")
print("ready", flush=True)
time.sleep(600)
"""


@contextmanager
def new_data_folder():
    """A data folder that the server's account can enter, removed with everything that still runs in it."""
    folder = Path(tempfile.mkdtemp(prefix="zhikong-fault-"))
    folder.chmod(0o755)
    yield folder
    for process in processes_of(folder):
        with suppress(psutil.NoSuchProcess):  # it ended while we looked
            process.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def data_folder():
    """A new data folder."""
    with new_data_folder() as folder:
        yield folder


@pytest.fixture
def holder(data_folder):
    """A process that started the database server of ``data_folder`` and holds it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data_folder)],
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        env={**os.environ, "ZHIKONG_HOME": str(data_folder)},
    )
    assert process.stdout.readline() == b"ready\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def processes_of(folder):
    """Every process whose command, working folder or ZHIKONG_HOME is in a data folder."""
    return [p for p in psutil.process_iter() if p.pid != os.getpid() and _belongs(p, str(folder))]


def servers_of(folder):
    """Database servers, their backends and guardians that run in a data folder."""
    return [p for p in processes_of(folder) if _is_server(p)]


def _is_server(process):
    try:
        return process.name() == "postgres" or "guardian.py" in "".join(process.cmdline())
    except psutil.NoSuchProcess:  # it ended while we looked
        return False


def _belongs(process, folder):
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        named = any(folder in part for part in process.cmdline()) or process.cwd().startswith(folder)
        return named or process.environ().get("ZHIKONG_HOME") == folder
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def postmaster(folder):
    """The main process of the database server."""
    return psutil.Process(int((folder / "postgres/data/postmaster.pid").read_text().split()[0]))


def guardian(folder):
    """The process that watches over the database server."""
    return next(p for p in processes_of(folder) if any("guardian.py" in part for part in p.cmdline()))


def kill(process):
    """kill -9, and wait until it is gone."""
    os.kill(process.pid, signal.SIGKILL)
    assert eventually(lambda: not _lives(process.pid)), f"{process} survived kill -9"


def _lives(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def eventually(condition, seconds=20):
    """Whether a condition becomes true within some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False
