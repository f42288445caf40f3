"""The web server's main process: ``python -m zhikong.site.webserver ADDRESS PORT PROCESSES``."""

import multiprocessing
import sys
from collections.abc import Sequence

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

THREADS = 4  # per process; each holds one database connection


def main(arguments: Sequence[str]) -> None:
    """Serve until told to stop. Workers are spawned: DuckDB and the chart library do not survive a fork."""
    address, port, processes = arguments
    multiprocessing.set_start_method("spawn")
    Granian(
        "zhikong.site.wsgi:application",
        address=address,
        port=int(port),
        interface=Interfaces.WSGI,
        websockets=False,
        workers=int(processes),
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=8,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
