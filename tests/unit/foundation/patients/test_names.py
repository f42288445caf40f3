"""Who sees a patient's name, what everybody else sees, and what is kept of the look."""

from datetime import date

import psycopg
import pytest

from tests.loads import NOW, line, loading_hospital, write_csv  # noqa: F401


@pytest.fixture
def patient(loading, tmp_path):
    """王小乙, treated in CARD: the pseudonym."""
    loading.load(write_csv(tmp_path / "a.csv", [line(1, 病案号="10000076", 姓名="王小乙")]))
    return loading.rows()[0]["patient_key"]


@pytest.fixture
def sign_in(loading):
    """sign_in("physician", "CARD") → the account, whose scope the caller sets with `seeing`."""
    from zhikong.foundation.access.models import RoleAssignment, User
    from zhikong.foundation.organisation.models import Department

    def make(role, department=None):
        with loading.scoped():
            user = User(username=f"{role}-{department}-{loading.code}", institution_id=loading.id)
            user.set_unusable_password()
            user.save()
            RoleAssignment.objects.create(
                institution_id=loading.id,
                user=user,
                role=role,
                department=Department.objects.get(code=department) if department else None,
                valid_from=date(2020, 1, 1),
            )
        return user

    return make


def seeing(user):
    """The scope of a request: first the user's own, in which the roles are read."""
    from zhikong.foundation.access.queries import scope_of
    from zhikong.foundation.access.scope import Scope, scoped

    with scoped(Scope(user.institution_id, user_id=user.pk, actor=user.username)):
        scope = scope_of(user, NOW.date(), request_id="r1")
    return scoped(scope)


def name_for(user, key):
    from zhikong.foundation.patients.queries import names_for

    with seeing(user):
        return names_for(by=user, patient_keys=[key, "nobody"], purpose="查看病例", now=NOW)


def looks(loading):
    """Recorded looks at identities: (actor, purpose, count)."""
    from zhikong.foundation.audit.models import AuditEvent

    with loading.scoped():
        events = AuditEvent.objects.filter(
            institution_id=loading.id, subject="patients.identity", action="read"
        ).order_by("pk")
        return [(event.actor, event.after["purpose"], event.after["count"]) for event in events]


@pytest.mark.parametrize(
    ("role", "department", "name"),
    [
        ("physician", "CARD", "王小乙"),
        ("department_head", "CARD", "王小乙"),
        ("record_reviewer", None, "王小乙"),
        ("complaint_officer", None, "王小乙"),
        ("physician", "GSUR", "王**"),
        ("quality_office", None, "王**"),
        ("hospital_leader", None, "王**"),
        ("auditor", None, "王**"),
        ("administrator", None, "王**"),
    ],
)
@pytest.mark.proves("F-03")
def test_names_are_for_the_treating_department_reviewers_and_complaint_officers(
    loading, patient, sign_in, role, department, name
):
    user = sign_in(role, department)
    shown = name_for(user, patient)
    assert shown[patient].name == name
    assert shown["nobody"].name == "***"
    clear = name == "王小乙"
    assert shown[patient].record_number == ("10000076" if clear else "****76")
    assert looks(loading) == ([(user.username, "查看病例", 1)] if clear else [])


def test_all_identifiers_are_opened_for_the_entitled_only_and_the_look_is_kept(loading, patient, sign_in):
    from zhikong.foundation.patients.queries import identity_of

    reviewer, office = sign_in("record_reviewer"), sign_in("quality_office")
    with seeing(reviewer):
        assert identity_of(by=reviewer, patient_key=patient, purpose="封存病历").record_number == "10000076"
    with seeing(office):
        assert identity_of(by=office, patient_key=patient, purpose="封存病历") is None
    assert looks(loading) == [(reviewer.username, "封存病历", 1)]


def test_the_trail_of_the_store_holds_no_name_and_no_envelope(loading, patient):
    from zhikong.foundation.audit.models import AuditEvent

    with loading.scoped():
        events = list(
            AuditEvent.objects.filter(institution_id=loading.id, subject="patients_patientidentity")
        )
    assert [event.action for event in events] == ["insert"]
    assert events[0].after["sealed"] == "■"
    assert "王小乙" not in str(events[0].after)
    assert "10000076" not in str(events[0].after)


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("performance", "SELECT sealed FROM patients_patientidentity"),
        ("app", "UPDATE patients_patientidentity SET sealed = ''"),
        ("app", "DELETE FROM patients_patientidentity"),
    ],
)
def test_the_store_has_its_own_grants(loading, patient, role, statement):
    from zhikong.site import connection

    found = connection.read()
    account = found["roles"][role]
    server = {"host": found["host"], "port": found["port"], "dbname": found["name"]}
    with (
        psycopg.connect(**server, user=account["user"], password=account["password"]) as one,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        one.execute(statement)


def test_a_correction_replaces_the_identity_and_a_repetition_does_not(loading, patient, tmp_path):
    from zhikong.foundation.patients.models import PatientIdentity

    with loading.scoped():
        first = PatientIdentity.objects.get().digest
    loading.load(write_csv(tmp_path / "b.csv", [line(1, 病案号="10000076", 姓名="王小乙", 住院次数="2")]))
    with loading.scoped():
        assert PatientIdentity.objects.get().digest == first
    loading.load(write_csv(tmp_path / "c.csv", [line(1, 病案号="10000076", 姓名="汪小乙", 住院次数="3")]))
    with loading.scoped():
        assert PatientIdentity.objects.get().digest != first


def test_what_a_message_does_not_say_of_a_person_stays_known(loading):
    from zhikong.foundation.patients import actions, queries
    from zhikong.foundation.patients.models import PatientIdentity
    from zhikong.foundation.patients.rules import Identity

    def tell(**parts):
        return actions.store_identities(by=None, now=NOW, identities={"p1": Identity(**parts)}, partial=True)

    with loading.scoped():
        assert tell(name="王小明", phone="13900000000") == 1
        assert tell(name="王晓明") == 1
        assert tell(name="王晓明") == 0
        found = queries._opened(PatientIdentity.objects.get(patient_key="p1"))
    assert (found.name, found.phone) == ("王晓明", "13900000000")
