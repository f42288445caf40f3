"""The organisation as of a day; edits by who may."""

from datetime import date

import pytest
from django.utils import timezone

from zhikong.foundation.organisation import actions, queries, rosters


@pytest.mark.proves("ORG-25", "ORG-02")
def test_the_page_shows_the_structure_of_a_day(as_role, hospital):
    client = as_role("quality_office")
    card = hospital.departments["CARD"].id
    answer = client.post(
        f"/organisation/departments/{card}/change/",
        {"name": "心脏中心", "kind": "clinical", "open_beds": "66", "on": "2026-03-01"},
        follow=True,
    )
    assert "心脏中心" in answer.content.decode()
    now = client.get("/organisation/?on=2026-03-01").content.decode()
    assert 'value="2026-03-01"' in now  # browsers read a date field in this form only
    then = client.get("/organisation/?on=2026-02-28").content.decode()
    assert ">心脏中心</a>" in now
    assert ">心脏中心</a>" not in then
    assert ">心血管内科</a>" in then


def test_a_change_before_the_present_version_is_refused_in_the_form(as_role, hospital):
    client = as_role("administrator")
    card = hospital.departments["CARD"].id
    answer = client.post(
        f"/organisation/departments/{card}/change/",
        {"name": "心脏中心", "kind": "clinical", "open_beds": "66", "on": "2019-03-01"},
    )
    assert answer.status_code == 200
    assert "历史不改写" in answer.content.decode()
    assert queries.department_on(department_id=card, on=date(2026, 1, 1)).name == "心血管内科"


def test_alias_added_and_removed(as_role, hospital):
    client = as_role("quality_office")
    med = hospital.departments["MED"].id
    page = client.post(f"/organisation/departments/{med}/alias/", {"alias": "医教科"}, follow=True)
    assert "医教科" in page.content.decode()
    client.post(f"/organisation/departments/{med}/alias/remove/", {"alias": "医教科"})
    assert queries.resolve(name_or_code="医教科", on=date(2026, 1, 1)) is None


def test_merging(as_role, hospital):
    client = as_role("quality_office")
    card, surgery = hospital.departments["CARD"].id, hospital.departments["GSUR"].id
    answer = client.post(
        f"/organisation/departments/{surgery}/merge/", {"successor": card, "on": "2026-05-01"}, follow=True
    )
    assert "起撤销" in answer.content.decode()
    assert queries.department_on(department_id=surgery, on=date(2026, 5, 1)) is None


@pytest.mark.proves("ORG-06")
def test_an_incomplete_group_is_alerted_and_completed_on_the_page(as_role, hospital):
    client = as_role("quality_office")
    card = hospital.departments["CARD"].id
    for number, post in enumerate(["department_head", "head_nurse", "qc_officer"]):
        person = actions.register_person(
            by=None, staff_number=f"S{number}", name=f"人{number}", profession="doctor"
        )
        actions.appoint(by=None, person_id=person.pk, department_id=card, post=post, on=date(2026, 1, 1))
    body = actions.open_body(
        by=None, kind="qc_group", name="心内质控小组", on=date(2026, 1, 1), department_id=card
    )
    assert "少于 3 人" in client.get("/organisation/").content.decode()
    people = rosters.people_of(department_id=card, on=date(2026, 11, 1))
    seats = dict(zip((f"seat_{p.pk}" for p in people), ("chair", "deputy", "member"), strict=True))
    client.post(f"/organisation/bodies/{body.pk}/members/", {"on": "2026-11-01", **seats})
    page = client.get(f"/organisation/departments/{card}/").content.decode()
    assert "人2" in page
    assert "少于" not in page


@pytest.mark.proves("ORG-06")
def test_an_incomplete_group_stands_on_the_home_page_of_those_whom_it_concerns(as_role, hospital):
    """A member's leaving makes the alert; the office and the own head see it, another department's head does not."""
    card, today = hospital.departments["CARD"], timezone.localdate()
    posts = {"department_head": "chair", "head_nurse": "deputy", "physician": "member"}
    seats, appointments = {}, []
    for number, (post, seat) in enumerate(posts.items()):
        person = actions.register_person(
            by=None, staff_number=f"S{number}", name=f"人{number}", profession="doctor"
        )
        seats[person.pk] = seat
        appointments.append(
            actions.appoint(
                by=None, person_id=person.pk, department_id=card.id, post=post, on=date(2026, 1, 1)
            )
        )
    body = actions.open_body(
        by=None, kind="qc_group", name="心内质控小组", on=date(2026, 1, 1), department_id=card.id
    )
    actions.set_members(by=None, now=timezone.now(), body_id=body.pk, on=date(2026, 1, 1), seats=seats)
    office, head = as_role("quality_office"), as_role("department_head", card)
    surgeon = as_role("department_head", hospital.departments["GSUR"])

    def alerted():
        return [
            "质控小组不完整" in reader.get("/later/").content.decode() for reader in (office, head, surgeon)
        ]

    assert alerted() == [False, False, False]
    office.post(f"/organisation/appointments/{appointments[2].pk}/end/", {"on": today.isoformat()})
    assert alerted() == [True, True, False]


@pytest.mark.proves("ORG-29", "X-23")
def test_functional_departments_are_known_by_all_their_names_and_own_their_indicators(as_role, hospital):
    client = as_role("quality_office")
    med = hospital.departments["MED"].id
    for alias in ("医教科", "医务处"):
        client.post(f"/organisation/departments/{med}/alias/", {"alias": alias})
    register = client.get("/organisation/").content.decode()
    assert "职能部门" in register
    assert "医务处、医教科" in register or "医教科、医务处" in register
    assert queries.resolve(name_or_code="医务处", on=date(2026, 1, 1)).id == med
    indicator = client.get("/indicators/average_length_of_stay/").content.decode()
    assert "<dt>责任</dt><dd>医务科</dd>" in indicator


@pytest.mark.proves("X-05")
def test_the_levels_of_control_are_the_hospitals_own(as_role, hospital):
    office = as_role("quality_office")
    assert [level.name for level in office.get("/organisation/").context["levels"]] == [
        "院级",
        "科级",
        "个人",
    ]
    actions.rename_level(by=office.user, code="hospital", name="质量管理领导小组", carried_by="院长")
    page = office.get("/organisation/").content.decode()
    assert "1 · 质量管理领导小组" in page
    assert "院级" not in page


@pytest.mark.proves("X-18")
def test_an_old_day_shows_the_level_that_the_hospital_had(as_role, hospital):
    office = as_role("quality_office")
    actions.change_institution(by=office.user, on=date(2026, 3, 1), level="secondary", open_beds=120)
    assert "开放床位 150 张" in office.get("/organisation/?on=2026-02-28").content.decode()
    now = office.get("/organisation/?on=2026-03-01").content.decode()
    assert "二级" in now
    assert "开放床位 120 张" in now


@pytest.mark.parametrize("page", ["change", "merge", "alias"])
def test_a_department_head_looks_but_does_not_change(as_role, hospital, page):
    card = hospital.departments["CARD"]
    client = as_role("department_head", card)
    assert client.get("/organisation/").status_code == 200
    assert client.get(f"/organisation/departments/{card.id}/").status_code == 200
    refused = client.get(f"/organisation/departments/{card.id}/{page}/")
    assert refused.status_code == 403
    assert "维护组织机构" in refused.content.decode()


def test_another_hospitals_department_is_not_found(as_role, hospital, other_hospital):
    client = as_role("quality_office")
    foreign = other_hospital.departments["CARD"].id
    assert client.get(f"/organisation/departments/{foreign}/").status_code == 404
    assert client.get(f"/organisation/departments/{foreign}/change/").status_code == 404


def test_a_hospital_can_be_built_on_the_pages(as_role, hospital):
    """New department, its head and a QC group, as after a first set-up without a people file."""
    client = as_role("quality_office")
    day = "2026-11-01"
    form = {"code": "DERM", "name": "皮肤科", "kind": "clinical", "open_beds": "20", "on": day}
    client.post("/organisation/departments/open/", form)
    made = queries.resolve(name_or_code="DERM", on=date(2026, 11, 1))
    assert made.name == "皮肤科"
    assert "已经用过" in client.post("/organisation/departments/open/", form).content.decode()
    post = {
        "staff_number": "D900",
        "name": "周医师",
        "profession": "doctor",
        "post": "department_head",
        "on": day,
    }
    client.post(f"/organisation/departments/{made.id}/appoint/", post)
    wrong = client.post(f"/organisation/departments/{made.id}/appoint/", {**post, "name": "吴某"})
    assert "属于 周医师" in wrong.content.decode()
    client.post(f"/organisation/departments/{made.id}/group/", {"name": "皮肤科质控小组", "on": day})
    page = client.get(f"/organisation/departments/{made.id}/").content.decode()
    assert "皮肤科质控小组" in page
    assert "周医师" in page
    [appointment] = rosters.staff(department_id=made.id, on=date(2026, 11, 22))
    client.post(f"/organisation/appointments/{appointment.pk}/end/", {"on": "2026-11-20"})
    assert rosters.staff(department_id=made.id, on=date(2026, 11, 20)) == []


@pytest.mark.proves("ORG-03", "ORG-09", "X-06")
def test_a_committee_is_opened_named_and_filled(as_role, hospital):
    client = as_role("quality_office")
    for number, name in (("L1", "院长甲"), ("L2", "秘书乙")):
        actions.register_person(by=None, staff_number=number, name=name, profession="manager")
    form = {
        "kind": "quality_committee",
        "name": "医疗质量管理组织",
        "cycle_months": "3",
        "remit": "决策",
        "on": "2026-11-01",
    }
    client.post("/organisation/bodies/open/", form)
    [committee] = rosters.committees(on=date(2026, 11, 2))
    assert "缺主任委员" in committee.problems
    members = f"/organisation/bodies/{committee.body.pk}/members/"
    assert "没有这些工号：X9" in client.post(members, {"on": "2026-11-01", "join": "X9"}).content.decode()
    client.post(members, {"on": "2026-11-01", "join": "L1、L2"})
    people = {m.person.staff_number: m.person_id for m in rosters.committees(on=date(2026, 11, 2))[0].members}
    seats = {f"seat_{people['L1']}": "chair", f"seat_{people['L2']}": "secretary"}
    client.post(members, {"on": "2026-11-10", "join": "", **seats})
    [committee] = rosters.committees(on=date(2026, 11, 10))
    assert committee.chair == "院长甲"
    change = {"name": "医疗质量管理委员会", "cycle_months": "6", "remit": "决策与监督"}
    client.post(f"/organisation/bodies/{committee.body.pk}/", change)
    page = client.get("/organisation/").content.decode()
    assert "医疗质量管理委员会" in page
    assert "每 6 个月" in page
