"""What the triggers write down: every way of writing, who did it, and nothing sensitive in clear."""

import pytest
from django.db import ProgrammingError, connection, connections, transaction

from zhikong.foundation.access.models import User
from zhikong.foundation.access.scope import Scope, job_scope, rescope, scoped
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.audit.models import AuditEvent, AuditPending, AuditSeal
from zhikong.foundation.organisation.models import Person


def events(subject="organisation_person"):
    return list(AuditEvent.objects.filter(subject=subject).order_by("id"))


def person(hospital, number, name="李雷"):
    return Person(institution_id=hospital.id, staff_number=number, name=name)


def test_orm_bulk_update_raw_and_delete_are_all_recorded(hospital):
    one = person(hospital, "T1")
    one.save()
    Person.objects.bulk_create([person(hospital, "T2"), person(hospital, "T3")])
    Person.objects.filter(staff_number="T2").update(name="韩梅梅")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organisation_person SET name = %s WHERE staff_number = 'T3'", ["王五"])
    one.delete()
    found = [(e.action, (e.after or e.before or {}).get("name")) for e in events()]
    assert found == [
        ("insert", "李雷"),
        ("insert", "李雷"),
        ("insert", "李雷"),
        ("update", "韩梅梅"),
        ("update", "王五"),
        ("delete", "李雷"),
    ]
    changed = events()[3]
    assert changed.before == {"name": "李雷"}  # only what changed
    assert changed.institution_id == hospital.id
    assert changed.row_key == str(Person.objects.get(staff_number="T2").pk)


def test_a_write_that_changes_nothing_is_no_event(hospital):
    person(hospital, "T1").save()
    Person.objects.filter(staff_number="T1").update(name="李雷")
    assert len(events()) == 1


def test_actor_user_and_request_are_those_of_the_scope(hospital, make_user):
    user = make_user("quality_office", username="zhikong-test")
    rescope(Scope(hospital.id, None, user_id=user.pk, actor=user.username, request_id="req-1"))
    person(hospital, "T1").save()
    event = events()[0]
    assert (event.actor, event.user_id, event.request) == ("zhikong-test", user.pk, "req-1")
    assert event.database_role == "zhikong_app"


def test_a_job_is_named(hospital):
    with scoped(job_scope(hospital.id, job="load")):
        person(hospital, "T1").save()
    assert events()[0].actor == "job:load"


def test_password_hashes_are_not_copied(hospital, make_user):
    user = make_user("physician")
    user.set_password("Geheim-und-lang-2026")
    user.save()
    recorded = [e for e in events("access_user") if e.action == "update"][-1]
    assert recorded.after["password"] == "■"
    assert "pbkdf2" not in str([(e.before, e.after) for e in events("access_user")])
    assert User.objects.get(pk=user.pk).password.startswith(("pbkdf2", "md5"))


def test_a_look_is_recorded(hospital, make_user):
    reviewer = make_user("record_reviewer")
    log_read(by=reviewer, subject="patients", purpose="终末病历质控", count=3)
    event = AuditEvent.objects.get(action="read")
    assert event.after == {"count": 3, "purpose": "终末病历质控"}
    assert event.subject == "patients"


TRAIL = [
    "UPDATE audit_auditevent SET actor = 'nobody'",
    "DELETE FROM audit_auditevent",
    "TRUNCATE audit_auditevent",
    "INSERT INTO audit_auditevent (at, subject, row_key, action, actor, request, database_role)"
    " VALUES (now(), 'x', '', 'insert', '', '', '')",
    "SELECT zhikong_write('insert', 'x', NULL, NULL, '', NULL)",
    "UPDATE audit_auditseal SET digest = ''",
    "DELETE FROM audit_auditseal",
]
SEALING = [  # the sealer's own work: nothing for the web server
    "DELETE FROM audit_auditpending",
    "INSERT INTO audit_auditseal (number, sealed_at, events, previous, digest) VALUES (1, now(), '[]', '', '')",
]
ATTEMPTS = [(role, a) for role in ("default", "worker", "performance") for a in TRAIL]
ATTEMPTS += [(role, a) for role in ("default", "performance") for a in SEALING]


@pytest.mark.parametrize(("role", "attempt"), ATTEMPTS)
def test_nobody_edits_the_trail(committed, role, attempt):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(using=role):
        execute(role, attempt)


@pytest.mark.parametrize("table", ["audit_auditevent", "audit_auditseal"])
@pytest.mark.parametrize("attempt", ["DELETE FROM {}", "UPDATE {} SET id = 1", "TRUNCATE {}"])
def test_even_the_owner_is_refused(committed, table, attempt):
    statement = attempt.format(table).replace("SET id", "SET number" if "seal" in table else "SET id")
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(using="owner"):
        execute("owner", statement)


def execute(alias, statement):
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)


def test_every_event_waits_for_its_seal(committed_hospital):
    with transaction.atomic(using="superuser"):
        execute("superuser", "UPDATE organisation_institution SET open_beds = open_beds + 1")
        unknown = AuditEvent.objects.using("superuser").exclude(
            pk__in=AuditPending.objects.using("superuser").values("event_id")
        )
        sealed = {n for s in AuditSeal.objects.using("superuser") for n, _ in s.events}
        assert {e.pk for e in unknown} <= sealed
        transaction.set_rollback(True, using="superuser")
