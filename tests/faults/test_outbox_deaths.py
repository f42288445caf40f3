"""kill -9 of a worker inside every registered handler of the outbox, and inside every channel of the notices.

After the restart a handler's effect is there exactly once; an effect outside the house at least once, and always
under the same idempotency key, which local stand-ins of the services count.
"""

import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .conftest import HOLD, PROJECT, new_data_folder
from .test_site_deaths import ONE_HOSPITAL, environment

# the worst moment is when the effect is made and nothing is committed; the others come with all fault points
ALL = bool(os.environ.get("ZHIKONG_TEST_ALL"))
POINTS = ("before", "after", "committed") if ALL else ("after",)
WAYS = ("packing", *POINTS) if ALL else POINTS


@pytest.fixture(scope="module")
def folder():
    """A data folder with one hospital whose server runs."""
    with new_data_folder() as made:
        env = environment(made, 8000)
        held = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(made)], stdout=subprocess.PIPE, cwd=PROJECT, env=env
        )
        try:
            assert held.stdout.readline() == b"ready\n"
            subprocess.run([sys.executable, "-c", ONE_HOSPITAL], cwd=PROJECT, env=env, check=True)
            yield made
        finally:
            held.kill()
            held.wait()
            held.stdout.close()


def driven(folder, driver, *words):
    """The records that a driver prints."""
    env = environment(folder, 8000)
    done = subprocess.run(
        [sys.executable, "-m", f"tests.faults.{driver}", *map(str, words)], cwd=PROJECT, env=env, capture_output=True, text=True, check=False, timeout=540
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def handlers(folder):
    return driven(folder, "handler_driver", *POINTS)


def named(record):
    return f"{record['fact']} → {record['subscriber']}, killed {record['point']}"


def test_every_registered_handler_was_killed_at_every_point(handlers):
    import django

    django.setup()
    from zhikong.foundation.outbox import registry

    ours = {(f.fact_name, n) for f, n in registry.subscriptions() if not f.fact_name.startswith("test_")}
    assert ours
    for record in handlers:
        assert record["killed_by"] == signal.SIGKILL, named(record)
        assert record["ended_by"] == 0, named(record)
    found = Counter((record["fact"], record["subscriber"]) for record in handlers)
    assert {key: found[key] for key in ours} == dict.fromkeys(ours, len(POINTS))


def test_real_effects_are_among_them(handlers):
    """The proof would be hollow if no handler did anything to the hospital of the test."""
    changed = {table for record in handlers for table in record["added_in_all"]}
    assert {"indicators_alert", "duties_occurrence"} <= changed


def test_a_handler_that_died_before_its_commit_has_done_nothing_but_count(handlers):
    for record in handlers:
        if record["point"] != "committed":
            assert record["added_by_the_dead"] == {}, named(record)
            dead = record["dead"]
            assert (dead["delivered"], dead["attempts"], dead["marks"]) == (False, 1, 0), named(record)


def test_after_the_restart_the_effect_is_there_exactly_once(handlers):
    for record in handlers:
        after, said = record["after"], named(record)
        if (
            "error" in record["undisturbed"]
        ):  # it refuses this fact: then it has refused it again, and done nothing
            assert (after["delivered"], after["marks"]) == (False, 0), said
            assert after["error"] == record["undisturbed"]["error"], said
            assert record["added_in_all"] == {}, said
            continue
        assert (after["delivered"], after["marks"]) == (True, 1), said
        assert record["added_in_all"] == record["undisturbed"]["added"], said
        assert after["attempts"] == (1 if record["point"] == "committed" else 2), said


# ---- outside the house ---------------------------------------------------------------------------------------------


class Web(BaseHTTPRequestHandler):
    """Any of the webhook services: takes everything and counts keys."""

    def do_GET(self):
        self._answer()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.keys[self.headers["Idempotency-Key"]] += 1
        self._answer()

    def _answer(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"errcode": 0, "code": 0, "access_token": "T"}')

    def log_message(self, *args):
        pass


class Mail(socketserver.StreamRequestHandler):
    """A mail server: takes everything and counts message ids."""

    def handle(self):
        self.say("220 test")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.say("354 go on")
                self.take()
            self.say("221 bye" if line.upper().startswith(b"QUIT") else "250 ok")
            if line.upper().startswith(b"QUIT"):
                return

    def take(self):
        while (line := self.rfile.readline()) != b".\r\n":
            if line.startswith(b"Message-ID: <"):
                self.server.keys[line.decode().split("<")[1].split("@")[0]] += 1

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


@pytest.fixture(scope="module")
def services():
    """The stand-ins: (web, mail), each with ``keys``."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Web), MailServer(("127.0.0.1", 0), Mail)]
    for server in servers:
        server.keys = Counter()
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.proves("F-06")
def test_a_message_goes_out_at_least_once_and_always_under_one_key(folder, services):
    web, mail = services
    records = driven(folder, "channel_driver", web.server_address[1], mail.server_address[1], *WAYS)
    seen = web.keys + mail.keys
    assert len(records) == 5 * len(WAYS)
    for record in records:
        said = f"{record['channel']}, killed {record['point']}: {record['errors']}"
        assert record["killed_by"] == signal.SIGKILL, said
        assert (record["messages"], record["sent"], record["announced"]) == (1, 1, 1), said
        (key,) = record["keys"]
        assert seen[key] == (2 if record["point"] == "after" else 1), said
    assert len(seen) == len(records)
