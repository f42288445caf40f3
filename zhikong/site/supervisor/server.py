"""Starting and stopping the embedded database server of one data folder."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from zhikong.site import connection, home
from zhikong.site.supervisor import binaries, cluster, guardian, places, roles
from zhikong.site.supervisor.account import Account, server_account

PORT = 5432  # part of the socket's name; the server listens to no network
READY_WITHIN = 60  # seconds; replaying the log after a crash can take a while
LARGEST_LOG = 10 * 1024 * 1024
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # the log must not carry patients: neither statements with their values nor the rows of an error
    "log_min_messages": "log",  # no errors: they repeat what somebody typed; our own log says which rule was broken
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # for tests only


@dataclass
class Server:
    """A running server. ``guardian`` is None when another process started it; then stop() leaves it alone."""

    home: Path
    data: Path
    socket_dir: Path
    password: str
    port: int = PORT
    guardian: subprocess.Popen[bytes] | None = None

    @property
    def admin_dsn(self) -> str:
        """Address for the superuser, for set-up only; the product itself never connects with it."""
        return (
            f"postgresql://{cluster.ADMIN}:{quote(self.password, safe='')}@/postgres"
            f"?host={quote(str(self.socket_dir), safe='')}&port={self.port}"
        )

    def alive(self) -> bool:
        """Whether the server still runs."""
        if self.guardian is None:
            return cluster.running(self.data) is not None
        return self.guardian.poll() is None

    def revive(self) -> None:
        """Start again after a death, whoever had started it, unless it came back already."""
        again = start(self.home)
        self.guardian, self.socket_dir = again.guardian, again.socket_dir

    def stop(self) -> None:
        """Stop in order and wait for the end."""
        if self.guardian is not None:
            self.guardian.terminate()
            self.guardian.wait(timeout=sum(seconds for _, seconds in guardian.PATIENCE) + 10)


def start(home_folder: Path, *, durable: bool = True) -> Server:
    """Start the server of a data folder, or join the one that runs already.

    durable=False trades safety for speed and is for tests. Works after a kill -9 of anything.
    """
    account = server_account()
    found = places.find(home_folder, account)
    password = _admin_password(home_folder)
    with _one_at_a_time(home_folder):
        server = _join(home_folder, found, password) or _launch(
            home_folder, found, account, password, durable
        )
    _refresh_connection(server)
    return server


@contextmanager
def embedded_server(home_folder: Path, *, durable: bool = True) -> Iterator[Server]:
    """A server for the length of a block."""
    server = start(home_folder, durable=durable)
    try:
        yield server
    finally:
        server.stop()


def ensure_database(server: Server, name: str) -> None:
    """The four roles and a database on this server; its data folder learns the connection."""
    roles.prepare(server.admin_dsn, database=name, home=server.home)


def _join(home_folder: Path, found: places.Places, password: str) -> Server | None:
    pid = cluster.running(found.data)
    if pid is None:
        return None
    server = Server(home_folder, found.data, found.socket, password)
    end = time.monotonic() + READY_WITHIN
    while cluster.running(found.data) and time.monotonic() < end:
        if _answers(server):
            return server
        time.sleep(0.1)
    cluster.wait_until_gone(pid, found.data)
    return None


def _launch(
    home_folder: Path, found: places.Places, account: Account | None, password: str, durable: bool
) -> Server:
    programs = binaries.folder(account)
    if not found.data.exists():
        cluster.initialise(found, programs, account, password)
    cluster.check_version(found, programs)
    cluster.clear_remains(found.data)
    _shorten(found.log)
    command = _command(programs, found, durable)
    watched = subprocess.Popen(
        [
            sys.executable,
            "-I",
            guardian.__file__,
            str(os.getpid()),
            str(found.log),
            _identity(account),
            *command,
        ],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    server = Server(home_folder, found.data, found.socket, password, guardian=watched)
    _wait_until_ready(server, found.log)
    return server


def _command(programs: Path, found: places.Places, durable: bool) -> list[str]:
    chosen = (
        SETTINGS
        | {"unix_socket_directories": str(found.socket), "port": str(PORT)}
        | ({} if durable else HASTY)
    )
    switches = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
    return [str(programs / "postgres"), "-D", str(found.data), *switches]


def _wait_until_ready(server: Server, log: Path) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        if not server.alive():
            raise cluster.ServerFailed(f"数据库没有启动。日志 {log} 的最后几行：\n{_tail(log)}")
        if _answers(server):
            return
        time.sleep(0.05)
    server.stop()
    raise cluster.ServerFailed(f"数据库在 {READY_WITHIN} 秒内没有就绪。日志：{log}\n{_tail(log)}")


def _answers(server: Server) -> bool:
    try:
        psycopg.connect(server.admin_dsn, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise cluster.ServerFailed(
                "数据目录中的密码与数据库不符：secrets 文件夹被换过或删除过。"
            ) from error
        return False
    return True


def _refresh_connection(server: Server) -> None:
    """The socket may lie elsewhere than last time, when the data folder was moved."""
    known = connection.read(server.home)
    if known and known.get("embedded") and known["host"] != str(server.socket_dir):
        connection.write(server.home, {**known, "host": str(server.socket_dir), "port": server.port})


def _admin_password(home_folder: Path) -> str:
    return home.secret("database-admin", home_folder)


@contextmanager
def _one_at_a_time(home_folder: Path) -> Iterator[None]:
    with open(home_folder / ".start.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _identity(account: Account | None) -> str:
    return f"{account.uid}:{account.gid}" if account else "-"


def _shorten(log: Path) -> None:
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))


def _tail(log: Path, lines: int = 8) -> str:
    return (
        "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        if log.exists()
        else ""
    )
