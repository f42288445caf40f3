"""Anonymous reports while the database restarts, and a job that is killed: none lost, none doubled.

The real site with kill -9 of the database runs with ZHIKONG_TEST_ALL=1. Always: 200 writers at once while every
question to the database fails, and a commit that dies at each of its steps.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from tests.speaking import Writer, report
from zhikong.hospital.functions.incidents.actions.anonymous import committing
from zhikong.hospital.functions.incidents.models.anonymous import AnonymousThread
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries import reporting
from zhikong.hospital.functions.incidents.queries.anonymous import choices
from zhikong.hospital.functions.incidents.spool import limits, slots, tickets
from zhikong.hospital.functions.incidents.spool.places import places

from .conftest import PROJECT, kill, postmaster
from .test_site_deaths import Site, environment, hospital_folder, site

__all__ = ["hospital_folder", "site"]  # fixtures
ALL = os.environ.get("ZHIKONG_TEST_ALL") == "1"
WRITERS = 200 if ALL else 40


@pytest.fixture
def writer(settings, tmp_path, hospital):
    settings.SPEAK_SLOTS = 256
    made = Writer(settings, tmp_path)
    choices.keep(places(), choices.gathered(on=timezone.localdate()))
    return made


def later():
    return timezone.now() + timedelta(hours=25)


def test_writers_at_once_need_no_database(writer, monkeypatch):
    """Every attempt to reach the database fails, as during its restart; each gets a receipt.

    300 may be sent at once, by all together; who comes later is asked to send again in a minute.
    """

    def away(*_args, **_more):
        raise OperationalError("the database system is starting up")

    answers = {}

    def write(n):
        fields = report(writer, h="A", what=f"报告{n}。")
        fields["sum"] = str(sum(tickets.peek(fields["ticket"]).sum))  # asked from the 129th report on
        for _again in range(2 if n % 3 == 0 else 1):  # every third taps twice
            answers.setdefault(n, set()).add(writer.post("/speak/", fields).secrets())

    monkeypatch.setattr(
        limits, "SENDING", limits.Bucket(burst=300, rate=0.5)
    )  # not what earlier tests left of it
    with monkeypatch.context() as cut:
        cut.setattr("django.db.backends.postgresql.base.DatabaseWrapper.get_new_connection", away)
        cut.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", away)
        threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert all(len(seen) == 1 and len(next(iter(seen))) == 2 for seen in answers.values())
    assert len(answers) == WRITERS
    assert committing.commit(now=later()).taken == WRITERS
    told = sorted(reporting.told(one).what for one in Incident.objects.all())
    assert told == sorted(f"报告{n}。" for n in range(WRITERS))


@pytest.mark.parametrize("step", ["place", "thread", "taken", "settle", "wipe"])
def test_a_job_that_dies_at_any_step_leaves_each_report_once(writer, monkeypatch, step):
    class Killed(BaseException):
        pass

    def dies(*_args, **_more):
        raise Killed

    for n in range(3):
        writer.post("/speak/", report(writer, h="A", what=f"报告{n}。"))
    with monkeypatch.context() as cut:
        where = {
            "place": (committing.placing, "place"),
            "thread": (AnonymousThread.objects, "create"),
            "taken": (committing.AnonymousTaken.objects, "create"),
            "settle": (committing, "_settle"),
            "wipe": (slots, "wipe"),
        }[step]
        cut.setattr(*where, dies)
        with pytest.raises(Killed):
            committing.commit(now=later())
    committing.commit(now=later())
    committing.commit(now=later())
    assert Incident.objects.count() == AnonymousThread.objects.count() == 3
    assert slots.waiting(places()) == []


CANARY = {
    "User-Agent": "CanaryDevice/7.7",
    "X-Forwarded-For": "198.51.100.99",
    "Cookie": "zhikong_session=canarysession",
}
TAKE = """
from datetime import timedelta
from zhikong.site import frame
frame.setup_django("worker")
from django.utils import timezone
from zhikong.hospital.functions.incidents.actions.anonymous import committing
print(committing.commit(now=timezone.now() + timedelta(hours=25)).taken)
"""
COUNT = """
import json
from zhikong.site import frame
frame.setup_django("worker")
with frame.in_scope("tests"):
    from zhikong.hospital.functions.incidents.models.reporting import Incident
    from zhikong.hospital.functions.incidents.queries import reporting
    print(json.dumps([reporting.told(one).what for one in Incident.objects.all()]))
"""


@pytest.mark.skipif(not ALL, reason="starts the whole site; ZHIKONG_TEST_ALL=1")
def test_two_hundred_reports_while_the_real_database_is_killed(site: Site):
    """Writers that get an error send again, as people do; the job is killed once on its way."""
    own = (site.folder / "secrets" / "speak").read_text().strip().encode()
    base = f"http://127.0.0.1:{site.port}/speak/"

    def write(n):
        import time

        ticket = tickets.issue(own, now=time.time() - 60)
        fields = {
            "ticket": ticket, "what": f"报告{n}。", "department": "-", "occurred_on": "2026-01-05", "harm": "C", "h": "F1",
            "sum": str(sum(tickets.peek(ticket).sum)),  # asked of everybody from the 129th report on
        }  # fmt: skip
        for _again in range(60):
            try:
                body = urllib.parse.urlencode(fields).encode()
                with urllib.request.urlopen(urllib.request.Request(base, body, CANARY), timeout=30) as answer:
                    if "已经加密收好" in answer.read().decode():
                        return
            except OSError:
                pass  # sent again
            time.sleep(0.5)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(200)]
    for number, thread in enumerate(threads):
        thread.start()
        if number == 60:
            kill(postmaster(site.folder))
    for thread in threads:
        thread.join()

    def run(code):
        command = [sys.executable, "-c", code]
        return subprocess.Popen(
            command, cwd=PROJECT, env=environment(site.folder, 8000), stdout=subprocess.PIPE
        )

    first = run(TAKE)
    try:
        first.wait(timeout=4)
    except subprocess.TimeoutExpired:
        first.send_signal(signal.SIGKILL)
        first.wait()
    first.stdout.close()
    second = run(TAKE)
    assert second.wait(timeout=120) == 0
    second.stdout.close()
    counted = run(COUNT)
    told = json.loads(counted.communicate(timeout=60)[0])
    assert sorted(told) == sorted(f"报告{n}。" for n in range(200))
    for trace in (b"CanaryDevice", b"198.51.100.99", b"canarysession"):
        kept = [p.name for p in site.folder.rglob("*") if p.is_file() and trace in p.read_bytes()]
        assert kept == [], f"{trace} in logs, database or write-ahead log"
