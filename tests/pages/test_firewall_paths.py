"""One test per path: what an incident says, and who said it, comes out nowhere but in the incidents' own rooms.

A nurse with a name that occurs nowhere else reports, by the page itself, words that occur nowhere else; a handler
takes the report on. Then every table, page, export and log line of the product is searched for them.
"""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import CharField, JSONField, TextField

from zhikong.foundation.access.protection import declared, protected_models
from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.reporting import Incident

SECRET = "把氯化钾当生理盐水推注"
NAME = "卡纳瑞"
OWN = "zhikong.hospital.functions.incidents"


@pytest.fixture
def nurse(hospital, as_role):
    return as_role("nurse", hospital.departments["CARD"], name=NAME, username="kanarui-77")


@pytest.fixture
def told(hospital, nurse):
    """A report by the page, with its finding, as the incidents' rooms make it."""
    day = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    fields = {
        "privacy": "confidential", "what": SECRET, "done": SECRET, "department": "CARD", "occurred_on": day,
        "shift": "night", "harm": "F", "category": "medication",
    }  # fmt: skip
    answer = nurse.post("/incidents/report/", fields)
    assert answer.status_code == 302, answer.context and answer.context.get("errors")
    with neutral.nobody():
        found = Incident.objects.get()
    neutral.finding(
        by=nurse.user, now=datetime.now(UTC), department_id=hospital.departments["CARD"].id,
        owner_post="department_head", due_on=datetime.now(UTC).date() + timedelta(days=9),
    )  # fmt: skip
    return found


def text(response):
    assert response.status_code == 200
    return response.content.decode()


# ---- every table: the rows behind findings, tasks, notices, files, search, statistics, exports


def holding(words):
    """Tables with a row that holds the words: column statistics and dumps hold what tables hold."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [f'"{table}"'])
            if cursor.fetchone()[0]:
                cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE strpos(t::text, %s) > 0', [words])
                if number := cursor.fetchone()[0]:
                    found[table] = number
    return found


def test_the_words_stand_in_no_table(told):
    with neutral.nobody():
        assert holding(SECRET) == {}


def test_the_reporters_name_stands_where_accounts_stand_only(nurse, told):
    with neutral.nobody():
        tables = set(holding(NAME)) | set(holding("kanarui-77"))
    assert tables <= {"access_user", "audit_auditevent", "notices_receipt"}


# ---- audit row


def test_no_audit_row_of_the_report_names_the_reporter(nurse, told):
    with neutral.nobody(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject FROM audit_auditevent WHERE (user_id = %s OR actor IN (%s, 'kanarui-77'))"
            " AND action IN ('insert', 'update', 'delete')",
            [nurse.user.pk, NAME],
        )
        assert {row[0] for row in cursor.fetchall()} <= {"access_user", "django_session"}


WORDS = (CharField, TextField, JSONField)


@pytest.mark.parametrize(
    "model", [m for m in protected_models() if m._meta.app_label == "incidents"], ids=lambda m: m.__name__
)
def test_tables_of_incidents_leave_no_words_in_the_trail(model):
    protection = declared(model)
    words = {f.column for f in model._meta.local_fields if isinstance(f, WORDS)}
    assert not protection.audited or words <= set(protection.sensitive)
    assert not protection.performance


# ---- pages, home, search, exports

PAGES = (
    "/", "/findings/?show=all", "/findings/board/", "/tasks/", "/notices/", "/files/", "/audit/", "/search/?q=氯化钾",
    "/reports/", "/meetings/", "/improvements/", "/risks/", "/duties/",
)  # fmt: skip


def test_no_page_outside_the_incidents_shows_it(told, as_role, at_noon):
    clients = [as_role("quality_office", name="王敏"), as_role("hospital_leader", name="孙院")]
    for client in clients:
        shown = 0
        for page in PAGES:
            response = client.get(page, follow=True)
            body = response.content.decode()
            shown += response.status_code == 200
            assert SECRET not in body, page
            assert NAME not in body, page
        assert shown >= 8


def test_the_home_page_and_tasks_say_constant_words(told, as_role, at_noon):
    page = text(as_role("quality_office", name="王敏").get("/tasks/"))
    assert SECRET not in page
    assert "氯化钾" not in text(as_role("department_head", told.department, name="李建国").get("/"))


def test_the_search_finds_no_words_of_an_incident(told, as_role, at_noon):
    for role in ("quality_office", "medical_affairs", "hospital_leader"):
        page = text(as_role(role).get("/search/?q=氯化钾当生理盐水"))
        assert SECRET not in page
        assert told.code not in page


def test_the_list_of_findings_and_its_workbook_leave_the_stub_out(told, as_role, at_noon):
    office = as_role("quality_office")
    assert Finding.every.filter(source_kind="incident").count() == 1
    [stub] = Finding.every.filter(source_kind="incident")
    assert office.get(f"/findings/{stub.pk}/").status_code == 404
    workbook = office.get("/findings/board.xlsx")
    assert workbook.status_code == 200
    from io import BytesIO

    from openpyxl import load_workbook

    cells = [
        str(c.value) for s in load_workbook(BytesIO(workbook.content)) for row in s.iter_rows() for c in row
    ]
    assert not [cell for cell in cells if stub.number in cell or "不良事件" in cell]


def test_the_monthly_brief_and_a_departments_month_leave_it_out(told, hospital, at_noon):
    from zhikong.foundation.organisation import month_facts

    month, card = f"{datetime.now(UTC):%Y-%m}", hospital.departments["CARD"].id
    sections = month_facts.sections(department_id=card, month=month, now=datetime.now(UTC))
    said = "".join(f"{s.title}{s.summary}{[(line.text, line.note) for line in s.lines]}" for s in sections)
    assert sections
    assert "不良事件" not in said
    assert SECRET not in said


# ---- registries: nothing of the incidents is offered to counting, duties, committees, months or forms


def test_incidents_register_no_source_of_words():
    from zhikong.foundation.duties import evidence
    from zhikong.foundation.facts import countable
    from zhikong.foundation.findings import effects, onward, referring, sources
    from zhikong.foundation.organisation import month_facts

    registries = [evidence._kinds, countable._sources, effects._providers, onward._providers, referring._kinds,
                  sources._providers, month_facts._providers]  # fmt: skip
    for registry in registries:
        for one in registry.values() if isinstance(registry, dict) else registry:
            assert OWN not in f"{one!r}{getattr(one, '__module__', '')}", one


def test_no_stratum_and_no_table_of_figures_is_fed_by_incidents(told):
    """The data contract's adverse_events come from other systems by import; incidents write no fact."""
    import subprocess
    from pathlib import Path

    folder = Path(apps.get_app_config("incidents").path)
    found = subprocess.run(
        ["grep", "-rlE", r"facts\.(actions|reported|publishing|lake)|datasources|load_tables|write_deltalake", "--include=*.py", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.stdout == ""


# ---- log lines, comments of the database


def test_no_log_line_says_it(hospital, nurse, caplog, request):
    caplog.set_level(logging.DEBUG)
    request.getfixturevalue("told")
    assert nurse.get("/incidents/mine/").status_code == 200
    said = "\n".join(f"{r.getMessage()} {r.args}" for r in caplog.records if r.name != "django.db.backends")
    assert SECRET not in said
    assert NAME not in said


def test_no_comment_of_the_database_and_no_value_in_a_constraint(told):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_description WHERE strpos(description, %s) > 0", [SECRET])
        assert cursor.fetchone() == (0,)
