"""Reports and who made them: sealed, apart, found by the reporter alone, never of an anonymous report."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.hospital.functions.incidents.rules_reporting_report import Report

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
STORY = "患者夜间如厕时在卫生间滑倒，左髋着地。"


@pytest.fixture
def people(hospital, make_user):
    card = hospital.departments["CARD"]
    return SimpleNamespace(
        nurse=make_user("nurse", card, name="张护士"),
        other=make_user("nurse", card, name="李护士"),
        head=make_user("department_head", card, name="李主任"),
        surgeon=make_user("department_head", hospital.departments["GSUR"], name="钱主任"),
        office=make_user("quality_office", name="王敏"),
        affairs=make_user("medical_affairs", name="孙科长"),
    )


@pytest.fixture
def report(hospital):
    def make(privacy="confidential", **more):
        said = {
            "what": STORY,
            "occurred_on": date(2026, 11, 22),
            "department_id": hospital.departments["CARD"].id,
            "shift": "night",
            "harm": "E",
        }
        return Report(privacy=privacy, **said | more)

    return make


@pytest.fixture
def as_person(hospital):
    """as_person(user): the scope that a request of this person has."""
    from zhikong.foundation.access.queries import scope_of
    from zhikong.foundation.access.scope import scoped

    return lambda user: scoped(scope_of(user, date(2026, 11, 23)))


def _submit(by, report, **more):
    from zhikong.hospital.functions.incidents.actions import reporting

    return reporting.submit(by=by, now=NOW, report=report, **more)


def test_a_report_is_found_by_its_reporter_and_by_no_colleague(people, report, as_person):
    from zhikong.hospital.functions.incidents.models.reporting import Incident
    from zhikong.hospital.functions.incidents.queries import reporting

    with as_person(people.nurse):
        made = _submit(people.nurse, report())
        assert [one.code for one in reporting.own(people.nurse)] == [made.code]
        assert not Incident.objects.filter(
            pk=made.pk
        ).exists()  # the ward's nurses do not read the ward's incidents
    with as_person(people.other):
        assert reporting.own(people.other) == []
        with pytest.raises(Incident.DoesNotExist):
            reporting.own_incident(by=people.other, code=made.code)


@pytest.mark.proves("EVT-01")
def test_the_head_reads_the_incident_of_the_department_and_not_who_reported_it(people, report, as_person):
    from zhikong.hospital.functions.incidents.models.reporting import Incident, ReporterIdentity
    from zhikong.hospital.functions.incidents.queries import reporting

    with as_person(people.nurse):
        made = _submit(people.nurse, report("named"))
    with as_person(people.head):
        seen = reporting.incident(made.code)
        assert reporting.told(seen).what == STORY
        assert not ReporterIdentity.objects.exists()
        with pytest.raises(PermissionDenied):
            reporting.reporter_of(by=people.head, incident=seen, purpose="contact", now=NOW)
    with as_person(people.surgeon), pytest.raises(Incident.DoesNotExist):
        reporting.incident(made.code)


@pytest.mark.proves("X-09")
def test_a_confidential_reporter_is_known_to_the_quality_office_alone_and_the_look_is_logged(
    people, report, as_person
):
    from zhikong.foundation.audit.models import AuditEvent
    from zhikong.hospital.functions.incidents.models.reporting import ReporterIdentity
    from zhikong.hospital.functions.incidents.queries import reporting

    with as_person(people.nurse):
        made = _submit(people.nurse, report("confidential"))
    with as_person(people.affairs):
        assert not ReporterIdentity.objects.exists()
        with pytest.raises(PermissionDenied):
            reporting.reporter_of(by=people.affairs, incident=made, purpose="contact", now=NOW)
    with as_person(people.office):
        known = reporting.reporter_of(by=people.office, incident=made, purpose="contact", now=NOW)
        assert (known.account_id, known.name, known.department) == (people.nurse.pk, "张护士", "心血管内科")
        looks = AuditEvent.objects.filter(
            subject="incidents.reporter", action="read", user_id=people.office.pk
        )
        assert looks.count() == 1


def test_a_named_reporter_is_known_to_those_who_handle_it(people, report, as_person):
    from zhikong.hospital.functions.incidents.queries import reporting

    with as_person(people.nurse):
        made = _submit(people.nurse, report("named"))
    with as_person(people.affairs):
        known = reporting.reporter_of(by=people.affairs, incident=made, purpose="contact", now=NOW)
        assert known.name == "张护士"


def test_an_anonymous_report_has_no_reporter_even_for_who_writes_to_the_database(people, report):
    from django.db import IntegrityError, transaction

    from zhikong.hospital.functions.incidents.actions import reporting
    from zhikong.hospital.functions.incidents.models.reporting import Incident, ReporterIdentity
    from zhikong.hospital.functions.incidents.queries import reporting as reads

    made = reporting.place(now=NOW, report=report("anonymous"))
    assert reads.reporter_of(by=people.office, incident=made, purpose="contact", now=NOW) is None
    for privacy in ("anonymous", "confidential"):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReporterIdentity.objects.create(
                institution_id=made.institution_id, incident=made, privacy=privacy, owner="x", sealed=b""
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.filter(pk=made.pk).update(privacy="named")


def test_neither_way_takes_the_other_s_reports(people, report):
    from zhikong.hospital.functions.incidents.actions import reporting

    with pytest.raises(ValidationError):
        _submit(people.nurse, report("anonymous"))
    with pytest.raises(ValidationError):
        reporting.place(now=NOW, report=report("named"))


def test_nothing_that_a_reporter_writes_stands_in_the_trail(people, report, as_person):
    from zhikong.foundation.audit.models import AuditEvent
    from zhikong.hospital.functions.incidents.actions import reporting

    before = AuditEvent.objects.count()
    with as_person(people.nurse):
        made = _submit(people.nurse, report())
        reporting.add(by=people.nurse, now=NOW, incident=made, text="当时地面有水。")
        reporting.save_draft(by=people.nurse, now=NOW, fields={"what": "写了一半"})
    new = AuditEvent.objects.order_by("pk")[before:]
    assert [event for event in new if event.user_id == people.nurse.pk] == []


def test_the_database_holds_no_words_of_a_report(people, report, as_person):
    from django.db import connection

    with as_person(people.nurse):
        _submit(people.nurse, report(patient={"told": "12 床"}))
    with connection.cursor() as cursor:
        for table in ("incidents_incident", "incidents_incidentcontent", "incidents_reporteridentity"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            text = cursor.fetchone()[0]
            for secret in ("卫生间", "张护士", "12 床", STORY.encode().hex(), "张护士".encode().hex()):
                assert secret not in text


def test_a_form_sent_twice_is_one_report(people, report):
    first = _submit(people.nurse, report(), once="0b5f6b0e-1f0c-4c53-8f0d-5a8de9f0a111")
    again = _submit(people.nurse, report(), once="0b5f6b0e-1f0c-4c53-8f0d-5a8de9f0a111")
    assert first.pk == again.pk
    assert _submit(people.nurse, report()).pk != first.pk


def test_an_envelope_opens_in_no_other_row(people, report):
    from zhikong.hospital.functions.incidents.models.reporting import IncidentContent
    from zhikong.hospital.functions.incidents.queries import reporting
    from zhikong.hospital.functions.incidents.rules_reporting_sealing import Unreadable

    one, other = _submit(people.nurse, report()), _submit(people.nurse, report(what="另一件事"))
    sealed = IncidentContent.objects.get(incident=one).sealed
    IncidentContent.objects.filter(incident=other).update(sealed=sealed)
    with pytest.raises(Unreadable):
        reporting.told(other)


def test_additions_are_the_reporter_s_alone_and_are_never_edited(people, report, as_person):
    from django.db import DatabaseError, transaction

    from zhikong.hospital.functions.incidents.actions import reporting
    from zhikong.hospital.functions.incidents.models.reporting import Incident, IncidentAddition
    from zhikong.hospital.functions.incidents.queries import reporting as reads

    with as_person(people.nurse):
        made = _submit(people.nurse, report())
        row = reporting.add(by=people.nurse, now=NOW, incident=made, text=" 家属当时在场。 ")
    with as_person(people.other), pytest.raises(Incident.DoesNotExist):
        reporting.add(by=people.other, now=NOW, incident=made, text="冒名补充")
    assert [one.text for one in reads.additions(made)] == ["家属当时在场。"]
    with pytest.raises(DatabaseError), transaction.atomic():
        IncidentAddition.objects.filter(pk=row.pk).update(question=1)


def test_a_returned_report_is_sent_again_and_no_other(people, report, as_person):
    from zhikong.hospital.functions.incidents.actions import reporting
    from zhikong.hospital.functions.incidents.models.reporting import Incident

    with as_person(people.nurse):
        made = _submit(people.nurse, report())
        with pytest.raises(ValidationError):
            reporting.resubmit(by=people.nurse, now=NOW, incident=made, text="补充")
    Incident.objects.filter(pk=made.pk).update(state="returned")
    with as_person(people.nurse):
        reporting.resubmit(by=people.nurse, now=NOW, incident=made, text="发生在 3 号卫生间。")
    assert Incident.objects.get(pk=made.pk).state == "reported"


def test_drafts_are_found_by_their_writer_and_go_when_the_report_is_sent(people, report, as_person):
    from zhikong.hospital.functions.incidents.actions import reporting
    from zhikong.hospital.functions.incidents.queries.reporting import drafts

    with as_person(people.nurse):
        kept = reporting.save_draft(by=people.nurse, now=NOW, fields={"what": "写了一半", "password": "x"})
        reporting.save_draft(by=people.nurse, now=NOW, fields={"what": "写了更多"}, draft=kept)
        [found] = drafts.drafts(people.nurse)
        assert (found.pk, found.fields["what"]) == (kept, "写了更多")
        assert "password" not in found.fields
    with as_person(people.other):
        assert drafts.draft(by=people.other, pk=kept) is None
        reporting.drop_draft(by=people.other, draft=kept)
    with as_person(people.nurse):
        _submit(people.nurse, report(), draft=kept)
        assert drafts.drafts(people.nurse) == []
