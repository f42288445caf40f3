"""Web processes are renewed one after the other: every request is answered, by the old process or by the new one."""

import http.client
import os
import signal
import subprocess
import sys
import threading

import psutil
import pytest

from .test_processes import PROJECT, eventually

APPLICATION = """
import os, time
from pathlib import Path
import signal
from zhikong.site import listening
from zhikong.site.supervisor.guardian import tie_to_parent

tie_to_parent(signal.SIGKILL)
HERE = Path(__file__).parent
if (HERE / "broken").exists():
    raise SystemExit("new code that cannot be loaded")
time.sleep(1)  # loading takes its time, as ours does
listening.tell_ready()

def application(environ, start_response):
    (HERE / "begun" / environ["QUERY_STRING"]).touch()
    time.sleep(float((HERE / "slow").read_text()))
    body = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""
SERVER = """
import multiprocessing, socket, sys
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from zhikong.site.listening import SharedServer

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    SharedServer("application:application", port=int(sys.argv[1]), interface=Interfaces.WSGI, websockets=False,
        http=HTTPModes.http1, blocking_threads=2, respawn_failed_workers=True, respawn_interval=0.5, workers_kill_timeout=20,
        log_level=LogLevels.error).serve()
"""


class Service:
    """A small application behind our server."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        (folder / "application.py").write_text(APPLICATION)
        (folder / "server.py").write_text(SERVER)
        (folder / "begun").mkdir()
        self.slow(0)
        env = {**os.environ, "ZHIKONG_HOME": str(folder / "home"), "PYTHONPATH": f"{folder}:{PROJECT}"}
        self.process = subprocess.Popen(
            [sys.executable, "server.py", str(port)], cwd=folder, env=env, stderr=subprocess.DEVNULL
        )

    def slow(self, seconds):
        (self.folder / "slow").write_text(str(seconds))

    def begun(self):
        return len(list((self.folder / "begun").iterdir()))

    def ask(self, name="once"):
        """Number of the process that answered; anything but an answer is an error."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request("POST", f"/?{name}", b"x" * 100)
            answer = line.getresponse()
            assert answer.status == 200
            return int(answer.read())
        finally:
            line.close()

    def family(self):
        return {child.pid for child in psutil.Process(self.process.pid).children()}

    def answers(self):
        try:
            return bool(self.ask())
        except OSError:
            return False


@pytest.fixture
def service(tmp_path, socket_enabled):
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Service(tmp_path, port)
    try:
        assert eventually(made.answers, 60)
        yield made
    finally:
        made.process.kill()
        made.process.wait()


CLOSED = (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected)
MOST_AGAIN = 4  # of eighty, on a machine that lets a sender wait between connecting and sending


def at_once(service, number, then, times=1):
    """So many senders, each asking ``times``; ``then()`` when the first of them was begun.

    A line that was opened but not yet used may be closed under the sender, which was seen on a crowded machine;
    nothing was begun then, and it may ask again. What was begun is never sent again.
    """
    answers, errors, again = [], [], []

    def ask(name):
        try:
            return service.ask(name)
        except CLOSED:
            if (service.folder / "begun" / name).exists() or len(again) >= MOST_AGAIN:
                raise
            again.append(name)
            return service.ask(name)

    def send(name):
        try:
            answers.extend(ask(f"{name}-{n}") for n in range(times))
        except (OSError, AssertionError, http.client.HTTPException) as error:
            errors.append(repr(error))

    threads = [threading.Thread(target=send, args=(f"sender{n}",)) for n in range(number)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: service.begun() > 1)
    then()
    for thread in threads:
        thread.join()
    return answers, errors


def test_no_request_is_lost_when_the_process_is_renewed(service):
    old = service.ask()
    service.slow(0.1)
    answers, errors = at_once(service, 20, lambda: service.process.send_signal(signal.SIGHUP), times=4)
    assert errors == []
    assert len(answers) == 80
    assert eventually(lambda: service.ask() != old)


def test_new_code_that_cannot_be_loaded_leaves_the_old_process_at_work(service):
    old = service.ask()
    (service.folder / "broken").touch()
    before = service.family()
    service.process.send_signal(signal.SIGHUP)
    assert eventually(lambda: service.family() - before)  # the new process came
    assert eventually(lambda: not service.family() - before)  # and went
    assert service.ask() == old
    (service.folder / "broken").unlink()
    service.process.send_signal(signal.SIGHUP)
    assert eventually(lambda: service.ask() != old, 30)


def test_stopping_answers_what_was_begun(service):
    service.slow(1)
    begun_before_stop = []

    def stop():
        eventually(lambda: service.begun() >= 3)  # the two that run, and the first question of all
        begun_before_stop.append(service.begun() - 1)
        service.process.terminate()

    answers, _errors = at_once(service, 2, stop)
    assert len(answers) == begun_before_stop[0] == 2
    assert service.process.wait(timeout=30) == 0
