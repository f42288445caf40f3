"""One supervisor per data folder, and a port that is free."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zhikong.site.home import Explained


class AlreadyRunning(Explained):
    """Another supervisor runs this data folder."""


class PortTaken(Explained):
    """Something else listens where we want to."""


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the data folder; the kernel lets go of it when this process dies, however it dies."""
    home.mkdir(parents=True, exist_ok=True)
    with open(home / ".running", "a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(f"质控已经在运行（进程 {lock.read().strip()}，数据目录 {home}）。") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def holder(home: Path) -> int | None:
    """Number of the process that holds the data folder; None when nobody does, whatever the file says."""
    try:
        with open(home / ".running", "r+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read().strip())
    except (FileNotFoundError, ValueError):
        pass
    return None


def check_port(address: str, port: int) -> None:
    """Say clearly that a port is taken, before anything long begins."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.strip("[]"), port))
        except OSError as error:
            raise PortTaken(
                f"端口 {address}:{port} 不能使用（{error.strerror}）。"
                f"请换一个端口，例如：ZHIKONG_PORT={port + 1} make run"
            ) from error
