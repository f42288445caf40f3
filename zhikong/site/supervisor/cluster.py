"""The cluster's files: made once, and made startable again after any kind of death."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

from zhikong.site import home
from zhikong.site.home import Explained
from zhikong.site.supervisor.account import Account, give, run_as
from zhikong.site.supervisor.places import Places

ADMIN = "zhikong_admin"
SETTLE = 60  # seconds that a server gets to finish stopping


class ServerFailed(Explained):
    """The database server did not do what was asked; the message says where to look."""


def initialise(places: Places, programs: Path, account: Account | None, password: str) -> None:
    """Make the cluster with scram passwords for everybody; an interrupted attempt leaves nothing behind."""
    draft, secret = places.base / "data.new", places.base / "password.new"
    shutil.rmtree(draft, ignore_errors=True)
    secret.unlink(missing_ok=True)
    home.write_private(secret, password)
    give(account, secret)
    try:
        _initdb(draft, secret, programs, account)
    finally:
        secret.unlink()
    draft.rename(places.data)


def _initdb(draft: Path, secret: Path, programs: Path, account: Account | None) -> None:
    command = [programs / "initdb", "-D", draft, "-U", ADMIN, f"--pwfile={secret}", "--auth=scram-sha-256"]
    command += ["--encoding=UTF8", "--locale=C", "--no-instructions"]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **run_as(account))
    if done.returncode:
        raise ServerFailed(f"建立数据库失败：{done.stderr.strip()}")


def check_version(places: Places, programs: Path) -> None:
    """A cluster of another major version must be converted first; a start would fail obscurely."""
    answer = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True, cwd="/"
    )
    ours = answer.stdout.split()[-1].partition(".")[0]
    theirs = (places.data / "PG_VERSION").read_text(encoding="ascii").strip()
    if ours != theirs:
        raise ServerFailed(f"数据库文件是 PostgreSQL {theirs} 的，程序是 {ours} 的。请先用原版本导出数据。")


def running(data: Path) -> int | None:
    """Process id of the living server that holds this cluster, or None."""
    pid = _noted_pid(data)
    return pid if pid is not None and _is_server_of(pid, data) else None


def clear_remains(data: Path) -> None:
    """After a kill -9 of the server: end its orphaned backends and remove a process id that is not its own.

    PostgreSQL refuses to start while old backends hold the shared memory, or when the noted number was
    given to another process meanwhile, as happens in containers.
    """
    for process in _server_processes(data):
        with suppress(psutil.NoSuchProcess):  # it ended between the look and the signal
            process.send_signal(signal.SIGQUIT)
    orphans = _server_processes(data)
    _, stubborn = psutil.wait_procs(orphans, timeout=2)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    (data / "postmaster.pid").unlink(missing_ok=True)


def wait_until_gone(pid: int, data: Path) -> None:
    """Wait for a server that is stopping."""
    end = time.monotonic() + SETTLE
    while _is_server_of(pid, data):
        if time.monotonic() > end:
            raise ServerFailed(f"数据库进程 {pid} 正在停止，但 {SETTLE} 秒后仍未结束。")
        time.sleep(0.1)


def _noted_pid(data: Path) -> int | None:
    try:
        first = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]
    except FileNotFoundError:
        return None
    return int(first) if first.strip().lstrip("-").isdigit() else None


def _is_server_of(pid: int, data: Path) -> bool:
    try:
        return _works_in(psutil.Process(pid), data)
    except psutil.NoSuchProcess:
        return False


def _server_processes(data: Path) -> list[psutil.Process]:
    """Processes named postgres whose working folder is the cluster: the server changes into it at start."""
    return [process for process in psutil.process_iter() if _works_in(process, data)]


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith("postgres"):
            return False
        return os.path.realpath(process.cwd()) == os.path.realpath(data)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
