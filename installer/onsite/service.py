"""Stopping and starting what runs, and the unit by which systemd does it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .layout import Layout, Set
from .words import Refused, say

UNIT = "zhikong.service"
UNITS = Path("/etc/systemd/system")
STOPS_WITHIN = 150  # seconds; the unit itself allows 120
GUARDIAN_WITHIN = 60  # seconds

TEXT = """\
[Unit]
Description=质控 医院质量与安全系统
After=network-online.target time-sync.target
Wants=network-online.target

[Service]
Type=simple
User={user}
ExecStart={prefix}/bin/zhikong serve
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=10
KillMode=mixed
TimeoutStartSec=infinity
TimeoutStopSec=120
LimitNOFILE=65536
UMask=0077
# 只写自己的目录；数据库用 /tmp 以外的套接字和自己的共享内存，所以不限制 IPC 与内存执行
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths={prefix}{backups}
ProtectHome={protect_home}
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
AmbientCapabilities={capabilities}
CapabilityBoundingSet={capabilities}

[Install]
WantedBy=multi-user.target
"""


def unit_text(layout: Layout, user: str, *, backups: str = "", low_port: bool = False) -> str:
    """The unit of an installation. backups: a further folder to write to; low_port: listens below 1024."""
    inside_home = layout.prefix.is_relative_to("/home") or layout.prefix.is_relative_to("/root")
    return TEXT.format(
        user=user,
        prefix=layout.prefix,
        backups=f" -{backups}" if backups else "",
        protect_home="no" if inside_home else "yes",
        capabilities="CAP_NET_BIND_SERVICE" if low_port else "",
    )


def has_systemd() -> bool:
    """Whether systemd runs this machine and we may tell it what to do."""
    return (
        os.geteuid() == 0 and Path("/run/systemd/system").is_dir() and shutil.which("systemctl") is not None
    )


def is_unit_installed() -> bool:
    """Whether our unit lies where systemd reads it."""
    return (UNITS / UNIT).exists()


def holder(of: Set) -> int | None:
    """Number of the process that serves this set's data; None when nobody does, whatever the file says."""
    path = of.data / ".running"
    try:
        with path.open("r+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read().strip())
    except (FileNotFoundError, ValueError):
        pass
    return None


def stop(of: Set) -> bool:
    """Stop what serves this set and wait for its end; gives whether something ran."""
    pid = holder(of)
    if pid is None:
        return False
    say("停止服务 …")
    if has_systemd() and is_unit_installed():
        subprocess.run(["systemctl", "stop", UNIT], check=False)
    else:
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + STOPS_WITHIN
    while holder(of) is not None:
        if time.monotonic() > end:
            raise Refused(f"服务（进程 {pid}）没有在 {STOPS_WITHIN} 秒内停止。没有改动任何东西。")
        time.sleep(0.2)
    return True


def start() -> bool:
    """Start the service by systemd; gives whether it could."""
    if not (has_systemd() and is_unit_installed()):
        return False
    return subprocess.run(["systemctl", "start", UNIT], check=False).returncode == 0


@contextmanager
def held(of: Set) -> Iterator[None]:
    """Nobody starts this set for the length of a block: what would be entered now would not be in the copy."""
    path = of.data / ".running"
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("服务又被启动了。请先停止它再升级。没有改动任何东西。") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        _give_to_owner(of, path)
        refuse_busy_database(of)
        yield


def _give_to_owner(of: Set, path: Path) -> None:
    """What root writes into the data folder stays readable for the account that serves it."""
    owner = of.data.stat()
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid)


def refuse_busy_database(of: Set) -> None:
    """A database that still runs, because of another command, must not be copied."""
    pid = database_pid(of)
    if pid is not None:
        raise Refused(
            f"数据库（进程 {pid}）仍在运行，可能有 zhikong 命令没有结束。请等它结束再试。没有改动任何东西。"
        )


def database_pid(of: Set) -> int | None:
    """Number of the embedded server of this set when it lives; a file that a power cut left names nobody."""
    cluster = of.data / "postgres" / "data"
    try:
        pid = int((cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        return pid if Path(f"/proc/{pid}/cwd").resolve() == cluster.resolve() else None
    except (OSError, ValueError, IndexError):
        return None


def wait_for_database(of: Set) -> bool:
    """Whether the embedded server of a set that nobody wants has ended; its guardian ends it when its owner died."""
    end = time.monotonic() + GUARDIAN_WITHIN
    while database_pid(of) is not None and time.monotonic() < end:
        time.sleep(0.2)
    return database_pid(of) is None
