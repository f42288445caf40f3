"""A canary writes anonymously: its account, session, address and device are looked for in everything that is kept.

Looked through: every file of the data folder and of the key folder (the database's pages and write-ahead log among
them, after a checkpoint), the spool, every table in text, and what was logged. That the search finds something is
shown by planting one trace.
"""

import logging
import mmap
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from tests.conftest import DATA_FOLDER, KEYS_FOLDER
from tests.speaking import Writer, report
from zhikong.hospital.functions.incidents import jobs_anonymous
from zhikong.hospital.functions.incidents.actions.anonymous import committing
from zhikong.hospital.functions.incidents.models.reporting import Incident

HEADERS = {
    "REMOTE_ADDR": "203.0.113.77",
    "HTTP_X_FORWARDED_FOR": "198.51.100.99",
    "HTTP_FORWARDED": "for=198.51.100.98",
    "HTTP_USER_AGENT": "CanaryDevice/7.7 (Canary OS 12)",
    "HTTP_REFERER": "http://localhost/canary-page-before",
    "HTTP_ACCEPT_LANGUAGE": "kl-CANARY",
    "HTTP_X_CANARY": "canary-header-value",
}
TRACES = (
    b"203.0.113.77", b"198.51.100.9", b"CanaryDevice", b"Canary OS 12", b"canary-page-before", b"kl-CANARY",
    b"canary-header-value", b"canary-file-name",
)  # fmt: skip


@pytest.fixture
def canary(make_user, settings, tmp_path, hospital):
    """A writer who is signed in elsewhere in the same browser."""
    user = make_user("nurse", hospital.departments["GSUR"], name="金丝雀")
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session.create()
    cookies = f"zhikong_session={session.session_key}; zhikong_csrf=canary-header-value"
    writer = Writer(settings, tmp_path, HTTP_COOKIE=cookies, **HEADERS)
    writer.user, writer.session, writer.folder = user, session.session_key, tmp_path
    return writer


def everything_is_done(writer):
    """Form, photo, receipt, the hour, the conversation, an addition, an error: each with the canary's headers."""
    import io

    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (60, 60), "red").save(picture, "JPEG", comment=b"CanaryDevice")
    fields = report(writer, h="A", seen="1")
    writer.get("/speak/?h=A&d=GSUR")
    page = writer.upload("/speak/", fields, [("photo", "canary-file-name.jpg", picture.getvalue())])
    number, key = page.secrets()
    jobs_anonymous.every_minute.func.__wrapped__(0)  # without closing the test's connection
    committing.commit(now=timezone.now() + timedelta(hours=25))
    opened = {"number": number, "key": key}
    assert writer.post("/speak/answer/", opened).status == 200
    writer.post("/speak/tell/", {**opened, "ticket": writer.ticket(), "text": "补充"})
    writer.post("/speak/answer/", {**opened, "key": "WRONG"})
    writer.upload("/speak/", report(writer, h="A"), [("photo", "canary-file-name.pdf", b"%PDF")])
    writer.get("/speak/canary-page-before/")
    committing.commit(now=timezone.now() + timedelta(hours=50))
    assert Incident.objects.count() == 1


def files_with(server, needles, *folders):
    """(file, trace) for every trace in every file, the database's files among them."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("CHECKPOINT")
        data = Path(admin.execute("SHOW data_directory").fetchone()[0])
    assert any((data / "pg_wal").iterdir()), "the write-ahead log is here to be searched"
    found = []
    for folder in {data, *folders}:
        for path in (p for p in folder.rglob("*") if p.is_file() and p.stat().st_size):
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                found += [(path.name, needle) for needle in needles if content.find(needle) >= 0]
    return found


def rows_with(words):
    """Table → rows in whose text one of the words stands."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])
            if not cursor.fetchone()[0]:
                continue  # the search of the files sees its pages
            condition = " OR ".join(["t::text LIKE %s"] * len(words))
            wanted = [f"%{word}%" for word in words]
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE {condition}', wanted)
            found[table] = cursor.fetchone()[0]
    return found


def test_nothing_of_the_canary_is_kept_anywhere(canary, database_server, caplog):
    caplog.set_level(logging.DEBUG)
    own = [canary.user.username, canary.session]
    before = rows_with(own)
    everything_is_done(canary)
    logged = [r.getMessage() for r in caplog.records if not r.name.startswith(("PIL", "asyncio"))]
    assert not [line for line in logged if "speak" in line or "anary" in line]
    assert rows_with(own) == before, "account and session stand where they stood before"
    assert set(rows_with([t.decode() for t in TRACES]).values()) == {0}
    folders = (DATA_FOLDER, KEYS_FOLDER, canary.folder)
    assert files_with(database_server, TRACES, *folders) == []


def test_the_search_finds_a_trace_that_was_planted(canary, database_server):
    """A word of its own: what was planted stays in the pages of a server that runs on."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES ('planted', 'PlantedDevice/7.7', now())")
    assert rows_with(["PlantedDevice"])["django_session"] == 1
    assert files_with(database_server, [b"PlantedDevice"], DATA_FOLDER)


def test_no_row_of_an_anonymous_report_has_a_person_or_a_moment(canary, hospital):
    """Whatever tables come to stand below an incident: no account in them, no time finer than the hour."""
    everything_is_done(canary)
    made = Incident.objects.get()
    for relation in made._meta.related_objects:
        for row in relation.related_model._base_manager.filter(**{relation.field.name: made}):
            for field in row._meta.concrete_fields:
                value = getattr(row, field.attname)
                if field.is_relation and field.related_model is type(canary.user):
                    assert value is None, field
                if field.get_internal_type() == "DateTimeField" and value is not None:
                    assert (value.minute, value.second, value.microsecond) == (0, 0, 0), field
