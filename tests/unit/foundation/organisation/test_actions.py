"""Changes keep history: any day answers with the structure of its time."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from zhikong.foundation.access.scope import rescope
from zhikong.foundation.notices.models import Notice
from zhikong.foundation.organisation import actions, queries, rosters
from zhikong.foundation.organisation.rules import NotInOrder

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
BEFORE, DAY, AFTER = date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 1)


@pytest.fixture
def office(make_user):
    return make_user("quality_office")


@pytest.mark.proves("ORG-25", "X-23")
def test_a_renamed_department_keeps_its_old_name_for_old_days(hospital, office):
    card = hospital.departments["CARD"]
    actions.change_department(by=office, department_id=card.id, on=DAY, name="心血管病中心", open_beds=70)
    assert queries.department_on(department_id=card.id, on=BEFORE).name == "心血管内科"
    assert queries.department_on(department_id=card.id, on=BEFORE).open_beds == 60
    assert queries.department_on(department_id=card.id, on=DAY).name == "心血管病中心"
    assert queries.resolve(name_or_code="心血管内科", on=AFTER).id == card.id  # files keep the old name
    assert queries.names(on=BEFORE)[card.id] == "心血管内科"
    assert [v.name for v in queries.history(department_id=card.id)] == ["心血管病中心", "心血管内科"]


def test_a_correction_on_the_same_day_leaves_no_empty_version(hospital, office):
    card = hospital.departments["CARD"]
    actions.change_department(by=office, department_id=card.id, on=DAY, name="错字科")
    actions.change_department(by=office, department_id=card.id, on=DAY, name="心脏中心")
    assert len(queries.history(department_id=card.id)) == 2
    with pytest.raises(NotInOrder):
        actions.change_department(by=office, department_id=card.id, on=BEFORE, name="过去")


def test_a_merged_department_ends_and_its_head_is_succeeded(hospital, office, make_user):
    card, surgery = hospital.departments["CARD"], hospital.departments["GSUR"]
    head = make_user("department_head", card)
    actions.close_department(by=office, department_id=surgery.id, on=DAY, successor_id=card.id)
    assert surgery.id not in {d.id for d in queries.departments(on=DAY)}
    assert surgery.id in {d.id for d in queries.departments(on=BEFORE)}
    assert queries.resolve(name_or_code="普通外科", on=AFTER).id == card.id
    [grant] = head.grants(AFTER)
    assert grant.departments == {card.id, surgery.id}
    [before] = head.grants(BEFORE)
    assert before.departments == {card.id}
    with pytest.raises(NotInOrder, match="撤销"):
        actions.change_department(by=office, department_id=surgery.id, on=AFTER, name="x")


@pytest.mark.proves("X-23", "ORG-29")
def test_aliases_lead_to_one_department(hospital, office):
    med = hospital.departments["MED"]
    for alias in ("医教科", "医务处", "医务部"):
        actions.add_alias(by=office, department_id=med.id, alias=alias)
    for name in ("医务科", "医教科", " 医务处 ", "医务部", "MED"):
        assert queries.resolve(name_or_code=name, on=DAY).id == med.id
    assert queries.resolve(name_or_code="医务室", on=DAY) is None
    assert queries.resolve(name_or_code="", on=DAY) is None
    with pytest.raises(NotInOrder, match="已用于另一个科室"):
        actions.add_alias(by=office, department_id=hospital.departments["QC"].id, alias="医教科")


@pytest.mark.proves("X-18")
def test_the_level_of_an_old_month_stays(hospital, office):
    actions.change_institution(by=office, on=DAY, level="secondary", open_beds=120)
    assert queries.institution_on(on=BEFORE).level == "tertiary"
    assert queries.institution_on(on=DAY).level == "secondary"
    assert queries.institution().level == "secondary"


@pytest.mark.proves("X-05", "ORG-01")
def test_levels_bear_the_hospitals_own_names(hospital, office):
    assert [level.name for level in rosters.levels()] == ["院级", "科级", "个人"]
    actions.rename_level(by=office, code="hospital", name="质量管理领导小组", carried_by="院长")
    assert rosters.levels()[0].name == "质量管理领导小组"


@pytest.fixture
def group(hospital, office):
    """A complete group in cardiology: head, head nurse, a physician; one more nurse outside it."""
    card = hospital.departments["CARD"].id
    people = {}
    for number, (name, post) in enumerate(
        [
            ("赵主任", "department_head"),
            ("钱护士长", "head_nurse"),
            ("孙医师", "physician"),
            ("李护士", "nurse"),
        ]
    ):
        person = actions.register_person(by=office, staff_number=f"S{number}", name=name, profession="doctor")
        appointment = actions.appoint(
            by=office, person_id=person.pk, department_id=card, post=post, on=BEFORE
        )
        people[post] = (person, appointment)
    body = actions.open_body(
        by=office, kind="qc_group", name="心血管内科质控小组", on=BEFORE, department_id=card
    )
    seats = {people[p][0].pk: s for p, s in
             [("department_head", "chair"), ("head_nurse", "deputy"), ("physician", "member")]}  # fmt: skip
    actions.set_members(by=office, now=NOW, body_id=body.pk, on=BEFORE, seats=seats)
    return body, people, seats


@pytest.mark.proves("ORG-06")
def test_a_member_who_leaves_makes_an_alert(hospital, office, group):
    _, people, _ = group
    card = hospital.departments["CARD"].id
    assert rosters.groups(on=DAY, departments=[card])[0].complete
    assert not Notice.objects.filter(kind="organisation").exists()
    actions.end_appointment(by=office, now=NOW, appointment_id=people["physician"][1].pk, on=AFTER)
    [found] = rosters.groups(on=AFTER, departments=[card])
    assert "孙医师 已离开本科室" in found.problems
    assert "现有 2 人，少于 3 人" in found.problems
    assert rosters.groups(on=DAY, departments=[card])[0].complete  # the old day is as it was
    assert "孙医师" in Notice.objects.get(kind="organisation").text


def test_members_change_from_a_day_on(hospital, office, group):
    body, people, seats = group
    card = hospital.departments["CARD"].id
    physician, nurse = people["physician"][0].pk, people["nurse"][0].pk
    changed = {p: s for p, s in seats.items() if p != physician} | {nurse: "member"}
    actions.set_members(by=office, now=NOW, body_id=body.pk, on=DAY, seats=changed)
    before, after = (rosters.groups(on=on, departments=[card])[0] for on in (BEFORE, DAY))
    assert {m.person_id for m in before.members} == set(seats)
    assert {m.person_id for m in after.members} == set(changed)
    assert after.complete


def test_who_may_not_change(hospital, make_user):
    head = make_user("department_head", hospital.departments["CARD"])
    with pytest.raises(PermissionDenied, match="维护组织机构"):
        actions.change_department(by=head, department_id=hospital.departments["CARD"].id, on=DAY, name="我科")


def test_another_hospitals_department_cannot_be_changed(hospital, other_hospital, office):
    with pytest.raises(NotInOrder, match="没有找到"):
        actions.change_department(
            by=office, department_id=other_hospital.departments["CARD"].id, on=DAY, name="夺过来"
        )
    rescope(other_hospital.scope())
    assert (
        queries.department_on(department_id=other_hospital.departments["CARD"].id, on=DAY).name
        == "心血管内科"
    )
