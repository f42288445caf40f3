"""kill -9 of web server, worker, database or supervisor while the site runs; Ctrl-C; where a demo may listen."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
import pytest

from zhikong.site import migrating

from .conftest import PROJECT, eventually, kill, new_data_folder, postmaster, processes_of

ONE_HOSPITAL = """
from zhikong.site import frame, migrating
with frame.database():
    frame.setup_django()
    migrating.migrate()
    from zhikong.foundation.organisation.actions import create_institution
    create_institution(code="F1", name="故障演练医院", level="tertiary", kind="general", open_beds=10)
"""


def environment(folder, port, **more):
    mine = {"ZHIKONG_HOME": str(folder), "ZHIKONG_PORT": str(port), "ZHIKONG_WEB_PROCESSES": "1", **more}
    kept = {k: v for k, v in os.environ.items() if k not in ("ZHIKONG_ROLE", "DATABASE_URL")}
    return {**kept, **mine}


def zhikong(folder, *words, port=8000, **more):
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "zhikong", *words],
        cwd=PROJECT,
        env=environment(folder, port, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """``zhikong serve`` as a process, on a data folder with one hospital."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()

    def start(self):
        self.log = (self.folder / "serve.log").open("wb")
        command = [sys.executable, "-m", "zhikong", "serve"]
        env = environment(self.folder, self.port)
        self.process = subprocess.Popen(
            command, cwd=PROJECT, env=env, stdout=self.log, stderr=self.log, start_new_session=True
        )
        assert eventually(self.signs_in, 90), self.said()

    def said(self):
        return (self.folder / "serve.log").read_text(encoding="utf-8")

    def signs_in(self):
        """Whether the login page is answered and asks the database (a wrong password is refused, not an error)."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/account/login/", timeout=5) as page:
                return page.status == 200 and self.asks_database()
        except (OSError, urllib.error.HTTPError):
            return False

    def asks_database(self):
        """A made-up session cookie has to be looked up."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/", headers={"Cookie": "zhikong_session=" + "x" * 32}
        )
        opener = urllib.request.build_opener(NoRedirect)
        try:
            with opener.open(request, timeout=5) as answer:
                return answer.status < 500
        except urllib.error.HTTPError as error:
            return error.code < 500

    def web(self):
        """The main process of the web server."""
        return self._child("zhikong.site.webserver")

    def worker(self):
        """The process that does the jobs."""
        return self._child("worker")

    def _child(self, word):
        children = psutil.Process(self.process.pid).children()
        return next((p for p in children if p.status() != psutil.STATUS_ZOMBIE and word in p.cmdline()), None)

    def end(self):
        """Whatever state it is in."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def stop(self, how=signal.SIGINT):
        self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        self.log.close()
        return code


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


@pytest.fixture(scope="module")
def hospital_folder():
    """A data folder with one hospital; static files count as collected, as compressing is not what is tested."""
    with new_data_folder() as folder:
        subprocess.run(
            [sys.executable, "-c", ONE_HOSPITAL], cwd=PROJECT, env=environment(folder, 8000), check=True
        )
        (folder / "static").mkdir()
        (folder / "static" / ".source").write_text(migrating._state(), encoding="ascii")
        yield folder


@pytest.fixture
def site(hospital_folder):
    """A running site, ended whatever state the test leaves it in."""
    running = Site(hospital_folder)
    try:
        running.start()
        yield running
    finally:
        running.end()


def test_the_site_survives_the_death_of_its_parts_and_ctrl_c_ends_everything(site):
    for find in (site.web, lambda: site.web().children()[-1], site.worker, lambda: postmaster(site.folder)):
        victim = find()
        kill(victim)
        assert eventually(site.signs_in, 60), f"after the death of {victim}: {site.said()}"
    assert eventually(lambda: site.worker() is not None, 60)
    assert site.stop(signal.SIGINT) == 0
    assert "已停止" in site.said()
    assert processes_of(site.folder) == []


def left_of(family):
    """What still runs of some processes, said so that a failure tells which and why."""
    return [said for process in family if (said := _said(process))]


def _said(process):
    try:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return f"{process.pid} {process.status()} {process.threads()} {' '.join(process.cmdline())[:200]}"
    except psutil.NoSuchProcess:  # it ended while we looked
        return ""


def test_nothing_outlives_a_supervisor_that_is_killed_and_the_next_start_works(site):
    family = psutil.Process(site.process.pid).children(recursive=True)
    assert len(family) >= 4, "database, web server, its process and the worker should run"
    site.process.kill()
    site.process.wait()
    site.log.close()
    eventually(lambda: left_of(family) == [], 60)
    assert left_of(family) == []
    assert eventually(lambda: processes_of(site.folder) == [], 60)
    site.start()
    second = zhikong(site.folder, "serve", port=free_port())
    assert second.returncode == 1
    assert f"进程 {site.process.pid}" in second.stderr
    assert site.stop(signal.SIGTERM) == 0


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7"])
def test_a_demo_refuses_a_public_address_before_it_touches_anything(data_folder, address):
    refused = zhikong(data_folder, "demo", ZHIKONG_ADDRESS=address)
    assert refused.returncode == 1
    assert "演示数据的账号和密码是公开的" in refused.stderr
    assert list(data_folder.iterdir()) == []


def test_demo_data_once_loaded_are_not_served_publicly_by_serve_either(data_folder):
    (data_folder / "site.json").write_text('{"demo": true}', encoding="utf-8")
    refused = zhikong(data_folder, "serve", "--address", "0.0.0.0")
    assert refused.returncode == 1
    assert "演示数据" in refused.stderr


def test_a_port_in_use_is_told_before_anything_starts(data_folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = zhikong(data_folder, "serve", port=port)
    assert refused.returncode == 1
    assert f"ZHIKONG_PORT={port + 1}" in refused.stderr
    assert list(data_folder.iterdir()) == []


def test_serving_an_empty_data_folder_says_how_to_begin(data_folder):
    refused = zhikong(data_folder, "serve", port=free_port())
    assert refused.returncode == 1
    assert "zhikong init" in refused.stderr
    assert processes_of(data_folder) == []


SLOW_WORKER = """
import asyncio, os, sys, time
from pathlib import Path
from zhikong.site import frame
from zhikong.site.commands import worker
frame.setup_django("worker")
from procrastinate.contrib.django import app

@app.task(name="faults.slow")
def slow(notes):
    with open(notes, "a") as file:
        file.write("began\\n")
    if Path(notes).read_text().count("began") == 1:
        time.sleep(600)
    with open(notes, "a") as file:
        file.write("done\\n")

if sys.argv[1] == "defer":
    slow.defer(notes=sys.argv[2])
else:
    asyncio.run(worker.work(queues=["default"]))
"""


def test_a_job_of_a_killed_worker_is_taken_up_again_within_a_minute(site):
    own = site.worker()
    own.suspend()  # it does not know the test's task
    notes = site.folder / "notes.txt"
    notes.touch()
    notes.chmod(0o666)

    def run(word):
        command = [sys.executable, "-c", SLOW_WORKER, word, str(notes)]
        return subprocess.Popen(command, cwd=PROJECT, env=environment(site.folder, 8000))

    first = second = None
    try:
        assert run("defer").wait(timeout=60) == 0
        first = run("work")
        assert eventually(lambda: "began" in notes.read_text(), 60)
        first.kill()
        killed = time.monotonic()
        second = run("work")
        assert eventually(lambda: "done" in notes.read_text(), 60), "the job was not taken up again"
        assert time.monotonic() - killed < 60
    finally:
        own.resume()
        for process in (first, second):
            if process:
                process.kill()
                process.wait()
