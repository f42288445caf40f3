"""Tracers: along a patient who was drawn, along a system; the departments on the way see it once it has begun."""

from datetime import UTC, date, datetime

import pytest

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def office(make_user):
    make_user("medical_affairs", name="欧阳安")
    make_user("pharmacy", name="任蓉")
    return make_user("quality_office", name="王敏")


def planned(office, definition_id, hospital):
    from zhikong.hospital.functions.inspections.actions.planning import programmes, rounds
    from zhikong.hospital.functions.inspections.queries.planning.proposing import Setup

    programme = programmes.adopt(by=office, now=NOW, definition_id=definition_id)
    made = rounds.draft_round(
        programme, by=office, now=NOW, setup=Setup(date(2026, 11, 24), date(2026, 11, 27))
    )
    return made, rounds


def sees(user, visit):
    from zhikong.foundation.access.queries import scope_of
    from zhikong.foundation.access.scope import scoped
    from zhikong.hospital.functions.inspections.queries.planning import visits

    with scoped(scope_of(user, NOW.date())):
        return visits.visit(visit.pk) is not None


def test_a_system_is_traced_through_the_departments_that_exist(office, hospital, make_user):
    from zhikong.hospital.functions.inspections.actions import planning

    head = make_user("department_head", hospital.departments["CARD"], name="陈一")
    stranger = make_user("department_head", hospital.departments["GSUR"], name="李刚")
    made, rounds = planned(office, "medication_system_tracer", hospital)
    (line,) = made.proposal["lines"]
    assert [(stop["title"], stop["department_name"]) for stop in line["stops"]] == [("给药", "心血管内科")]
    assert any("追踪点“药库”在本院没有找到对应的科室" in one for one in made.proposal["said"])
    (visit,) = rounds.confirm_round(made, by=office, now=NOW)
    assert visit.department_id is None
    assert sees(head, visit)  # it was announced: the heads along the way know
    assert not sees(stranger, visit)
    planning.start_visit(visit, by=office, now=NOW)
    sheet = visit.visit_sheets.get()
    assert (sheet.form_id, sheet.sheet.department_id) == (
        "high_alert_drug_check",
        hospital.departments["CARD"].id,
    )


@pytest.mark.proves("INS-18")
def test_a_patient_who_was_drawn_is_traced_by_bed_and_without_a_name(office, hospital):
    from zhikong.foundation.patients.models import Bed, LiveRow, Stay
    from zhikong.hospital.functions.inspections.actions import planning

    here, before = hospital.departments["CARD"], hospital.departments["GSUR"]
    bed = Bed.objects.create(
        institution_id=hospital.id, department_id=here.id, number="12", valid_from=date(2026, 1, 1)
    )
    Stay.objects.create(
        institution_id=hospital.id, stay_id="s1", patient_key="p1", department_id=here.id, bed=bed,
        admitted_at=NOW, updated_at=NOW,
    )  # fmt: skip
    LiveRow.objects.create(
        institution_id=hospital.id, table="stays", key='["s1"]', stay_id="s1", department_id=here.id,
        row={"stay_id": "s1", "admission_department": before.code}, version=1, feed="t", received_at=NOW,
    )  # fmt: skip
    made, rounds = planned(office, "patient_tracer", hospital)
    (line,) = made.proposal["lines"]
    assert [(stop["department_name"], stop["reason"]) for stop in line["stops"]] == [
        ("普通外科", "入院科室"),
        ("心血管内科", "现在的科室"),
    ]
    (visit,) = rounds.confirm_round(made, by=office, now=NOW)
    planning.start_visit(visit, by=office, now=NOW)
    drawn = visit.sample.get()
    assert (drawn.label, drawn.patient_key, drawn.chance) == ("12 床", "p1", 1.0)
    assert {one.sheet.department_id for one in visit.visit_sheets.all()} == {here.id}


def test_without_patients_the_tracer_says_so(office, hospital):
    made, _rounds = planned(office, "patient_tracer", hospital)
    assert made.proposal["lines"] == []
    assert "没有可追踪的在院患者" in made.proposal["said"][0]
