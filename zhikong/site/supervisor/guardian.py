"""Stands between the supervisor and the database server, so that no server outlives its supervisor.

Runs as its own small process, by path and with the standard library only:
``guardian.py OWNER_PID LOG UID:GID|- COMMAND...``. When the owner disappears, even by kill -9, the server
is stopped in order; when the guardian itself is killed, the kernel tells the server to stop.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import Any

LOOK_EVERY = 0.2  # seconds between two looks at the owner
PATIENCE = (
    (signal.SIGINT, 60),
    (signal.SIGQUIT, 10),
    (signal.SIGKILL, 10),
)  # fast stop, then harder, seconds
PR_SET_PDEATHSIG = 1


class Guardian:
    """Watches one owner and one server."""

    def __init__(self, owner: int):
        self.owner = owner
        self.asked_to_stop = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def watch(self, server: subprocess.Popen[bytes]) -> int:
        """Returns the server's exit code, after stopping it when the owner is gone or asks for it."""
        while server.poll() is None:
            if self.asked_to_stop or os.getppid() != self.owner:
                return stop(server)
            time.sleep(LOOK_EVERY)
        return server.returncode


def stop(server: subprocess.Popen[bytes]) -> int:
    """Stop fast but in order; harder only when that does not end."""
    for number, seconds in PATIENCE:
        server.send_signal(number)
        try:
            return server.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            continue
    return 1


def tie_to_parent(number: signal.Signals) -> None:
    """Ask the kernel to send this process a signal when its parent dies. Only Linux can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def launch(command: list[str], log: str, account: str) -> subprocess.Popen[bytes]:
    """Start the server under its account, tied to the life of this process."""
    with open(log, "ab") as text:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=text,
            stderr=text,
            cwd="/",
            preexec_fn=lambda: tie_to_parent(signal.SIGINT),
            **identity(account),
        )


def identity(account: str) -> dict[str, Any]:
    if account == "-":
        return {}
    uid, gid = account.split(":")
    return {"user": int(uid), "group": int(gid), "extra_groups": []}


def main(arguments: list[str]) -> int:
    owner, log, account, *command = arguments
    guardian = Guardian(int(owner))
    return guardian.watch(launch(command, log, account))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
