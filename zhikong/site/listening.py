"""The web server's processes behind one listening socket, renewed one after the other without losing a request.

The library gives each process a socket of its own; when one closes, connections that wait there are refused, and
while the new one still loads nobody listens (measured: 2,397 of 3,101 attempts failed during three renewals). Here
the main process opens one socket and keeps it: what arrives waits for whoever is ready.
"""

import logging
import os
import socket
import time
from pathlib import Path
from typing import Any

from granian._granian import SocketHolder
from granian.server.mp import MPServer, WorkerProcess

from zhikong.site import home

READY_WITHIN = 90  # seconds that a new process gets to load everything
LOOK_EVERY = 0.05
log = logging.getLogger("zhikong.web")


def _marks() -> Path:
    return home.place("cache", "web-ready")


def tell_ready() -> None:
    """Called by a web process once it has loaded everything."""
    (_marks() / str(os.getpid())).touch()


class SharedServer(MPServer):
    """The library's server with one socket for all processes and a renewal that waits for the new process."""

    def _init_shared_socket(self) -> None:
        for mark in _marks().iterdir():
            mark.unlink(missing_ok=True)
        family = socket.AF_INET6 if ":" in self.bind_addr else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self.bind_addr.strip("[]"), self.bind_port))
        listener.listen(self.backlog)
        listener.setblocking(False)
        listener.set_inheritable(True)
        self._ssp, self._sso, self._sfd = None, listener, listener.fileno()
        self._shd = SocketHolder(self._sfd, False, self.backlog)

    def _respawn_workers(self, workers, spawn_target, target_loader, delay: float = 0) -> None:
        """New process first; the old one ends when the new one is ready, and stays when it never is."""
        for index in list(workers):
            if not self._renew(index, spawn_target, target_loader):
                return

    def _renew(self, index: int, spawn_target: Any, target_loader: Any) -> bool:
        """False when the server was asked to stop meanwhile: then everything ends together."""
        old = self.wrks[index]
        new = self._spawn_worker(idx=index, target=spawn_target, callback_loader=target_loader)
        new.interrupt_by_parent = True  # until it is ready its death is no reason to start another
        self.respawned_wrks[index] = time.monotonic()
        new.start()
        ready = self._is_ready(new)
        if self.interrupt_signal:
            self.wrks.append(new)
            return False
        if ready:
            new.interrupt_by_parent = False
            self.wrks[index] = new
            self._metrics.incr_spawn(1)
            self._end(old)
        else:
            self._keep(old, new)
        return True

    def _is_ready(self, process: WorkerProcess) -> bool:
        mark, end = _marks() / str(process.inner.pid), time.monotonic() + READY_WITHIN
        while time.monotonic() < end and not self.interrupt_signal:
            if mark.exists():
                mark.unlink(missing_ok=True)
                return process.is_alive()
            if not process.is_alive():
                return False
            time.sleep(LOOK_EVERY)
        return False

    def _keep(self, old: WorkerProcess, new: WorkerProcess) -> None:
        """The new process cannot be used: pages go on with the old code, or, when there is none, the server ends."""
        log.error("a new web process did not become ready; the old one stays")
        new.kill()
        if not old.is_alive():
            self.interrupt_children.append(old.idx)
            self.main_loop_interrupt.set()

    def _end(self, old: WorkerProcess) -> None:
        """Requests that were begun are answered; what does not end in time is ended."""
        old.terminate()
        old.join(self.workers_kill_timeout)
        if old.is_alive():
            log.warning("a request took longer than a renewal waits; its process was ended")
            old.kill()
            old.join()
