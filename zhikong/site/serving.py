"""Runs web server and worker under one supervisor until somebody stops it."""

import http.client
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from zhikong.site import frame, home
from zhikong.site.backup import nightly
from zhikong.site.monitoring import asking
from zhikong.site.supervisor.logfiles import LinesHandler, LogFile
from zhikong.site.supervisor.processes import Child, Supervisor
from zhikong.site.training import places

if TYPE_CHECKING:
    from zhikong.site.supervisor import Server

PORT = 8000
ADDRESS = "127.0.0.1"
DRAIN_WITHIN = 25  # seconds; the web server's own patience with requests that were begun


def address_and_port() -> tuple[str, int]:
    """Where to listen: $ZHIKONG_ADDRESS and $ZHIKONG_PORT, else site.json; this machine only, unless said otherwise."""
    kept = home.options()
    address = os.environ.get("ZHIKONG_ADDRESS") or kept.get("address", ADDRESS)
    port = str(os.environ.get("ZHIKONG_PORT") or kept.get("port", PORT))
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise home.OptionsBroken(
            f"端口“{port}”应是 1 到 65535 的整数。请改正 ZHIKONG_PORT 或 site.json 的 port。"
        )
    return address, int(port)


def site_address(address: str, port: int, *, direct: bool = False) -> str:
    """What to open in a browser: the first name that the site answers to, with the scheme that visitors use.

    direct: past a proxy, at the port itself.
    """
    kept = home.options()
    names = kept.get("allowed_hosts") or []
    scheme = "https" if kept.get("https") else "http"
    if names and kept.get("trusted_proxy") and not direct:
        return f"{scheme}://{names[0]}/"
    shown = names[0] if names else address
    return f"{'https' if kept.get('certificate') else 'http'}://{shown}:{port}/"


def run(server: "Server | None", address: str, port: int, on_ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C or a stop signal; ``on_ready`` is called once pages are answered."""
    home.check_bind(address)
    _count_from_nothing()
    supervisor = Supervisor([web(address, port), worker(), mllp(), backups(), training()], _keeper(server))
    supervisor.listen()
    _keep_lines()
    supervisor.run(lambda: answers(address, port), on_ready)


def web(address: str, port: int) -> Child:
    """The web server with as many processes as there are processors, at most four."""
    processes = os.environ.get("ZHIKONG_WEB_PROCESSES", str(min(4, os.cpu_count() or 1)))
    command = [sys.executable, "-m", "zhikong.site.webserver", address, str(port), processes]
    return Child(
        "网页服务",
        command,
        _log("web"),
        {"ZHIKONG_ROLE": "web", **_counted()},
        stop_within=DRAIN_WITHIN + 5,
        renewed_by=signal.SIGHUP,
    )


def worker() -> Child:
    """The process that does the jobs."""
    command = [sys.executable, "-m", "zhikong", "worker", "--supervised"]
    return Child("后台任务", command, _log("worker"), {"ZHIKONG_ROLE": "worker", **_counted()})


def mllp() -> Child:
    """The process that listens for HL7 messages, as long as a feed asks for it."""
    command = [sys.executable, "-m", "zhikong", "mllp", "--supervised"]
    return Child("HL7 接收", command, _log("mllp"), {"ZHIKONG_ROLE": "worker"}, wanted=_hl7_is_wanted)


def backups() -> Child:
    """The process that takes a backup every night, as long as a place for backups is set."""
    command = [sys.executable, "-m", "zhikong", "backup", "--watch"]
    return Child(
        "例行备份",
        command,
        _log("backup"),
        {"ZHIKONG_ROLE": "operator"},
        wanted=nightly.is_wanted,
        is_renewable=False,
    )


def training() -> Child:
    """The training hospital: a site of its own in its own folders, as long as it is switched on."""
    command = [sys.executable, "-m", "zhikong", "serve"]
    return Child(
        "演练医院",
        command,
        _log("training"),
        places.environment(inherit=False),
        stop_within=2 * DRAIN_WITHIN + 30,
        essential=False,
        wanted=places.is_wanted,
    )


def _hl7_is_wanted() -> bool:
    """Asked by the supervisor, which by itself knows neither settings nor database."""
    frame.setup_django("worker")
    from zhikong.hospital.functions.datasources.mllp.service import is_wanted

    return is_wanted()


def answers(address: str, port: int) -> bool:
    """Whether the web server answers."""
    try:
        asking.ask(address, port, "/alive")
    except (OSError, http.client.HTTPException):
        return False
    return True  # whatever it says; a host name that is not allowed is told to the visitor


def _keep_lines() -> None:
    """The supervisor's own log, beside those of its processes."""
    own = logging.getLogger("zhikong_supervisor")
    own.setLevel(logging.INFO)
    own.propagate = False
    own.addHandler(LinesHandler(LogFile(_log("supervisor"))))


def _counted() -> dict[str, str]:
    """Where a process keeps what it counts, for /metrics."""
    return {"PROMETHEUS_MULTIPROC_DIR": str(home.place("cache", "metrics"))}


def _count_from_nothing() -> None:
    """What the processes of the last start counted: their numbers may be given to others by now."""
    for file in home.place("cache", "metrics").glob("*.db"):
        file.unlink(missing_ok=True)


def _log(name: str) -> Path:
    return home.place("logs") / f"{name}.log"


def _keeper(server: "Server | None") -> Callable[[], None]:
    """Starts the embedded database again when it died under us."""

    def keep() -> None:
        if server is not None and not server.alive():
            server.revive()

    return keep
