"""Signed-in people report at once while the database restarts: no report is lost, none is there twice.

Always: many senders in this process while the database ends every session and refuses new ones for a moment. With
ZHIKONG_TEST_ALL=1: 200 senders at the real site whose database is killed with kill -9.
"""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid
from collections import Counter
from datetime import date

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone

from zhikong.foundation.access.scope import scoped
from zhikong.hospital.functions.incidents.actions.handling import receiving
from zhikong.hospital.functions.incidents.models.handling import Handling
from zhikong.hospital.functions.incidents.models.reporting import Incident, IncidentContent, ReporterIdentity
from zhikong.hospital.functions.incidents.queries import reporting

from .conftest import PROJECT, kill, postmaster
from .test_site_deaths import Site, environment, hospital_folder, site

__all__ = ["hospital_folder", "site"]  # fixtures
ALL = os.environ.get("ZHIKONG_TEST_ALL") == "1"
SENDERS, TRIES = 40, 80
ADDRESS = "/incidents/report/"
END = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TABLES = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND (tablename LIKE 'incidents\\_%%'
OR tablename LIKE 'tasks\\_%%' OR tablename LIKE 'notices\\_%%' OR tablename LIKE 'outbox\\_%%')
"""


def told(mark, number, department):
    """What the form sends; ``once`` was made with the empty form."""
    return {
        "privacy": "confidential", "what": f"报告{number}。", "department": department,
        "occurred_on": timezone.localdate().isoformat(), "shift": "night", "harm": "D", "category": "fall",
        "once": mark,
    }  # fmt: skip


def at_once(number_of, send, down):
    """Every sender repeats its form until it has a receipt, every third once more; ``down()`` comes in the middle."""
    repeats, errors, under_way = Counter(), [], threading.Semaphore(0)
    ready = threading.Barrier(number_of)

    def run(number, mark):
        try:
            ready.wait(120)
            under_way.release()
            for tried in range(TRIES):
                if send(number, mark):
                    break
                repeats[number] += 1
                time.sleep(0.1 + tried % 5 / 10)
            else:
                raise AssertionError(f"report {number} was never kept")
            if number % 3 == 0:
                send(number, mark)
        except Exception as error:  # noqa: BLE001 — a thread's error must reach the test
            errors.append(repr(error))

    threads = [threading.Thread(target=run, args=(n, str(uuid.uuid4()))) for n in range(number_of)]
    for thread in threads:
        thread.start()
    under_way.acquire(timeout=120)
    down()
    for thread in threads:
        thread.join(400)
    assert not errors, errors[:3]
    return repeats


@pytest.fixture
def people(committed_hospital):
    """Four committed nurses; everything that they leave behind is taken back."""
    from zhikong.foundation.access.models import RoleAssignment, User

    with scoped(committed_hospital.scope()):
        made = [
            User.objects.create(username=f"faults-nurse-{n}", institution_id=committed_hospital.id)
            for n in range(4)
        ]
        for user in made:
            RoleAssignment.objects.create(
                institution_id=committed_hospital.id, user=user, role="nurse",
                department_id=committed_hospital.departments["CARD"].id, valid_from=date(2020, 1, 1),
            )  # fmt: skip
    try:
        yield made
    finally:
        _forget([user.pk for user in made])


def _forget(pks):
    connections.close_all()
    with connections["superuser"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(TABLES, [])
        for (table,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{table}"')
        cursor.execute("DELETE FROM django_session")
        cursor.execute("DELETE FROM access_roleassignment WHERE user_id = ANY(%s)", [pks])
        cursor.execute("DELETE FROM access_user WHERE id = ANY(%s)", [pks])
        cursor.execute("SET session_replication_role = origin")
    connections.close_all()


def sessions_end(database_server, name):
    """What a restart is to its clients: every session ends, new ones are refused, then all is well again."""
    from psycopg.conninfo import make_conninfo

    with psycopg.connect(make_conninfo(database_server, dbname="postgres"), autocommit=True) as admin:
        waited = time.monotonic() + 60
        while not (ended := admin.execute(END, [name]).fetchone()[0]) and time.monotonic() < waited:
            time.sleep(0.01)  # on a quiet machine the first sender has not reached the database yet
        admin.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        try:
            ended += admin.execute(END, [name]).fetchone()[0]
            time.sleep(1)
        finally:
            admin.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
    return ended


@pytest.mark.proves("EVT-01")
def test_reports_at_once_during_a_restart_are_there_once_each(committed_hospital, people, database_server):
    cookies = []
    for user in people:
        client = Client()
        client.force_login(user, backend=BACKEND)
        cookies.append(client.cookies)
    name = connections["default"].settings_dict["NAME"]
    connections.close_all()
    ended = []

    def send(number, mark):
        client = Client(raise_request_exception=False)
        client.cookies.update(cookies[number % len(cookies)])
        try:
            answer = client.post(ADDRESS, told(mark, number, "CARD"))
            return answer.status_code == 302 and answer.url.startswith("/incidents/mine/")
        finally:
            connections.close_all()

    repeats = at_once(SENDERS, send, lambda: ended.append(sessions_end(database_server, name)))
    assert ended[0] > 0, "nobody was talking to the database when it went away"
    assert repeats, "the restart hit no sender: the test would prove nothing"
    with scoped(committed_hospital.scope()):
        assert sorted(reporting.told(one).what for one in Incident.objects.all()) == sorted(
            f"报告{n}。" for n in range(SENDERS)
        )
        counts = {model.objects.count() for model in (Incident, IncidentContent, ReporterIdentity)}
        assert counts == {SENDERS}
        receiving.catch_up(now=timezone.now())
        receiving.catch_up(now=timezone.now())
        assert Handling.objects.count() == SENDERS


SIGN_IN = """
import json
from datetime import date
from zhikong.site import frame
frame.setup_django("worker")
with frame.in_scope("tests"):
    from django.test import Client
    from zhikong.foundation.access.models import RoleAssignment, User
    from zhikong.foundation.organisation.queries import institution_ids
    institution = next(iter(institution_ids().values()))
    user = User.objects.create(username="faults-nurse", institution_id=institution)
    RoleAssignment.objects.create(institution_id=institution, user=user, role="nurse", valid_from=date(2020, 1, 1))
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    print(json.dumps({name: one.value for name, one in client.cookies.items()}))
"""
COUNT = """
import json
from zhikong.site import frame
frame.setup_django("worker")
with frame.in_scope("tests"):
    from zhikong.hospital.functions.incidents.models.reporting import Incident, ReporterIdentity
    from zhikong.hospital.functions.incidents.queries import reporting
    told = [reporting.told(one).what for one in Incident.objects.all()]
    print(json.dumps([told, ReporterIdentity.objects.count()]))
"""


def answered(folder, program):
    env = environment(folder, 8000)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.skipif(not ALL, reason="starts the whole site; ZHIKONG_TEST_ALL=1")
def test_two_hundred_reports_while_the_real_database_is_killed(site: Site):
    cookies = answered(site.folder, SIGN_IN)
    token = "a" * 32
    header = "; ".join(
        f"{name}={value}" for name, value in {**cookies, settings.CSRF_COOKIE_NAME: token}.items()
    )

    def send(number, mark):
        body = urllib.parse.urlencode({**told(mark, number, "-"), "csrfmiddlewaretoken": token})
        line = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        try:
            line.request(
                "POST", ADDRESS, body, {"Cookie": header, "Content-Type": "application/x-www-form-urlencoded"}
            )
            answer = line.getresponse()
            return answer.status == 302 and answer.headers["Location"].startswith("/incidents/mine/")
        except OSError:
            return False
        except http.client.HTTPException:
            return False
        finally:
            line.close()

    repeats = at_once(200, send, lambda: kill(postmaster(site.folder)))
    assert repeats
    found, identities = answered(site.folder, COUNT)
    assert sorted(found) == sorted(f"报告{n}。" for n in range(200))
    assert identities == 200
