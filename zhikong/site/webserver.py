"""The web server's main process: ``python -m zhikong.site.webserver ADDRESS PORT PROCESSES``. SIGHUP renews its processes."""

import multiprocessing
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.log import LogLevels

from zhikong.site import home
from zhikong.site.listening import SharedServer

THREADS = 4  # per process; each holds one database connection
DRAIN_WITHIN = 25  # seconds that requests get which were begun before a stop or a renewal
LINES = {
    "formatters": {"lines": {"()": "zhikong.site.monitoring.lines.JsonFormatter"}},
    "handlers": {"console": {"formatter": "lines", "class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}, "zhikong": {"level": "INFO"}},
}


def main(arguments: Sequence[str]) -> None:
    """Serve until told to stop. Workers are spawned: DuckDB and the chart library do not survive a fork."""
    address, port, processes = arguments
    multiprocessing.set_start_method("spawn")
    SharedServer(
        "zhikong.site.wsgi:application",
        address=address,
        port=int(port),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # guessing the version, a connection that was only just opened is dropped on a renewal
        websockets=False,
        workers=int(processes),
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=DRAIN_WITHIN,
        log_level=LogLevels.warning,
        log_dictconfig=LINES,
        **_encrypted(),
    ).serve()


def _encrypted() -> dict[str, Any]:
    """The certificate of site.json, read by each renewal; TLS 1.2 for the older browsers of a hospital."""
    kept = home.options()
    if not kept.get("certificate"):
        return {}
    paths = {"ssl_cert": Path(kept["certificate"]), "ssl_key": Path(kept["certificate_key"])}
    return paths | {"ssl_protocol_min": SSLProtocols.tls12}


if __name__ == "__main__":
    main(sys.argv[1:])
