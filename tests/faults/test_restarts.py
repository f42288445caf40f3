"""The service renews its processes while people work: no request is lost, none is done twice.

`zhikong reload` at the real site: 200 signed-in senders, each sending once and never again, 200 anonymous ones, a job
that takes too long. What is planted into requests, errors and jobs is then looked for in every log.
"""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid

import psutil
import pytest

from .conftest import PROJECT, eventually
from .test_incidents_restart import ADDRESS, COUNT, SIGN_IN, answered, told
from .test_incidents_speaking import TAKE
from .test_site_deaths import Site, environment, hospital_folder, site, zhikong

__all__ = ["hospital_folder", "site"]  # fixtures
pytestmark = pytest.mark.skipif(
    os.environ.get("ZHIKONG_TEST_ALL") != "1", reason="starts the whole site; ZHIKONG_TEST_ALL=1"
)
FORM = "application/x-www-form-urlencoded"
NAME, NUMBER, LATIN = "王秀英", "510100194910010012", "wangxiuying"


def post(site, path, fields, headers=None):
    """Status and answer's address of one try on a line of its own; an error is an error."""
    line = http.client.HTTPConnection("127.0.0.1", site.port, timeout=120)
    try:
        line.request("POST", path, urllib.parse.urlencode(fields), {"Content-Type": FORM, **(headers or {})})
        answer = line.getresponse()
        return answer.status, answer.headers.get("Location", ""), answer.read().decode("utf-8", "replace")
    finally:
        line.close()


def each_once(number, send, then):
    """So many senders, each sending once; ``then()`` when the tenth is answered. Returns what went wrong."""
    wrong, answers = [], []

    def run(n):
        try:
            answers.append(send(n))
        except Exception as error:  # noqa: BLE001 - a thread's error must reach the test
            wrong.append(repr(error))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: len(answers) + len(wrong) >= 10, 120)
    then()
    for thread in threads:
        thread.join()
    return wrong, answers


def renewed(site):
    """Ask for a renewal; gives a question that is true once web process and worker are others than now."""
    before = {site.worker().pid, *web_processes(site)}

    def is_done():
        worker, found = site.worker(), web_processes(site)
        return worker is not None and found and before.isdisjoint({worker.pid, *found})

    done = zhikong(site.folder, "reload")
    assert done.returncode == 0, done.stderr
    return is_done


def web_processes(site):
    """Those that answer; the library's helper beside them stays."""
    found = set()
    for one in site.web().children():
        with contextlib.suppress(psutil.Error):  # it ended while we looked
            if "spawn_main" in " ".join(one.cmdline()):
                found.add(one.pid)
    return found


def sign_in(site):
    """Once for a data folder: the account is there afterwards."""
    token, kept = "a" * 32, site.folder / "cookies.json"
    if not kept.exists():
        kept.write_text(json.dumps(answered(site.folder, SIGN_IN)))
    cookies = {**json.loads(kept.read_text()), "csrftoken": token, "zhikong_csrf": token}
    return token, {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def lines_of(site, name):
    files = sorted((site.folder / "logs").glob(f"{name}*.log"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def test_two_hundred_signed_in_reports_during_a_renewal_are_there_once_each(site: Site):
    token, headers = sign_in(site)

    def send(n):
        fields = {**told(str(uuid.uuid4()), n, "-"), "csrfmiddlewaretoken": token}
        status, where, _text = post(site, ADDRESS, fields, headers)
        assert status == 302, status
        assert where.startswith("/incidents/mine/")
        return n

    question = []
    wrong, answers = each_once(200, send, lambda: question.append(renewed(site)))
    assert wrong == []
    assert len(answers) == 200
    assert eventually(question[0], 120), "nothing was renewed: the test would prove nothing"
    found, identities = answered(site.folder, COUNT)
    assert sorted(found) == sorted(f"报告{n}。" for n in range(200))
    assert identities == 200
    assert not [line for line in lines_of(site, "web") if "incidents" in line.get("view", "")]


def test_two_hundred_anonymous_reports_during_a_renewal_are_there_once_each(hospital_folder, site: Site):
    from zhikong.hospital.functions.incidents.spool import tickets

    own = (site.folder / "secrets" / "speak").read_text().strip().encode()
    before = len(answered(site.folder, COUNT)[0])

    def send(n):
        ticket = tickets.issue(own, now=time.time() - 60)
        fields = {
            "ticket": ticket, "what": f"匿名{n}。", "department": "-", "occurred_on": "2026-01-05", "harm": "C", "h": "F1",
            "sum": str(sum(tickets.peek(ticket).sum)),
        }  # fmt: skip
        status, _where, text = post(site, "/speak/", fields)
        assert status == 200, status
        assert "已经加密收好" in text, text[-600:]
        return n

    assert eventually(lambda: (site.folder / "speak").exists(), 60)
    question = []
    wrong, answers = each_once(200, send, lambda: question.append(renewed(site)))
    assert wrong == []
    assert len(answers) == 200
    assert eventually(question[0], 120)
    run(site, TAKE)
    found = [text for text in answered(site.folder, COUNT)[0] if text.startswith("匿名")]
    assert sorted(found) == sorted(f"匿名{n}。" for n in range(200))
    assert len(answered(site.folder, COUNT)[0]) == before + 200
    assert not [line for line in lines_of(site, "web") if "speak" in str(line)]


def run(site, program, *words):
    command = [sys.executable, "-c", program, *words]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment(site.folder, 8000), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


LONG_JOB = """
import asyncio, sys, time
from pathlib import Path
from zhikong.site import frame
from zhikong.site.commands import worker
frame.setup_django("worker")
from procrastinate.contrib.django import app

@app.task(name="faults.long")
def long(notes):
    with open(notes, "a") as file:
        file.write("began\\n")
    if Path(notes).read_text().count("began") == 1:
        time.sleep(600)
    with open(notes, "a") as file:
        file.write("done\\n")

@app.task(name="faults.fails")
def fails(who):
    raise ValueError(f"{who} cannot be read")

if sys.argv[1] == "defer":
    long.defer(notes=sys.argv[2])
    fails.defer(who="王秀英 510100194910010012 wangxiuying")
else:
    worker.FINISH_WITHIN = 1
    worker.last_words.install()
    asyncio.run(worker._until_stopped())
"""


def test_a_worker_that_is_renewed_gives_a_long_job_back_at_once_and_a_failed_one_names_nobody(site: Site):
    own = site.worker()
    own.suspend()  # it does not know the test's tasks
    notes, log = site.folder / "long.txt", site.folder / "logs" / "test.log"
    notes.touch()
    notes.chmod(0o666)

    def work():
        with log.open("ab") as file:
            env = environment(site.folder, 8000, ZHIKONG_ROLE="worker")
            return subprocess.Popen(
                [sys.executable, "-c", LONG_JOB, "work"], cwd=PROJECT, env=env, stderr=file, stdout=file
            )

    first = second = None
    try:
        run(site, LONG_JOB, "defer", str(notes))
        first = work()
        assert eventually(lambda: "began" in notes.read_text(), 60)
        first.terminate()
        assert first.wait(timeout=20) == 0
        second = work()
        assert eventually(lambda: "done" in notes.read_text(), 15), (
            "it was not given back: it waited to be missed"
        )
        assert eventually(lambda: "job_error" in log.read_text(), 30)
    finally:
        own.resume()
        for process in (first, second):
            if process:
                process.kill()
                process.wait()
    text = log.read_text("utf-8")
    assert "job given back" in text
    assert not [word for word in (NAME, NUMBER, LATIN) if word in text], text


def test_what_is_planted_into_requests_is_in_no_log(site: Site):
    token, headers = sign_in(site)
    planted = f"{NAME}-{NUMBER}-{LATIN}"
    quoted = urllib.parse.quote(planted)
    for path in (
        f"/nowhere/{quoted}/",
        f"/search/?q={quoted}",
        f"/patients/{quoted}/",
        f"/{quoted}?q={quoted}",
    ):
        post(site, path, {"name": planted, "csrfmiddlewaretoken": token}, headers)
    post(
        site,
        "/account/login/",
        {"login": planted, "password": planted, "csrfmiddlewaretoken": token},
        headers,
    )
    post(site, "/", {}, {"Host": f"{LATIN}.invalid", "X-Request-ID": LATIN, "User-Agent": LATIN})
    assert eventually(lambda: lines_of(site, "web"))
    for file in (site.folder / "logs").iterdir():
        text = file.read_text("utf-8", "replace")
        assert not [word for word in (NAME, NUMBER, LATIN, quoted) if word in text], file.name
    assert all(
        {"time", "level", "event"} <= line.keys()
        for name in ("web", "worker", "supervisor")
        for line in lines_of(site, name)
    )
