"""Planning on its pages: programmes, a round from setup to confirmed, the visit, places with codes; and who may not."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday
FORM = "core_system_supervision_check"


@pytest.fixture(autouse=True)
def monday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def office(as_role):
    return as_role("quality_office", name="王敏")


@pytest.fixture
def officers(hospital, as_role):
    return {
        code: as_role("qc_officer", hospital.departments[code], name=f"质{code}")
        for code in ("CARD", "GSUR", "PAED")
    }


def url(name, *args):
    return reverse(f"inspections:{name}", args=args)


def text(answer):
    assert answer.status_code == 200, answer
    return answer.content.decode()


@pytest.fixture
def cross(office):
    """The cross inspection is taken into use on its page, with one checklist of the hospital's choice."""
    from zhikong.hospital.functions.inspections.models.planning import Programme

    assert "启用：科室交叉检查" in text(office.get(url("programme_adopt", "cross_department")))
    answer = office.post(url("programme_adopt", "cross_department"), {"starts_on": "2026-11-23"}, follow=True)
    assert "12 个月内在该科任过职的回避" in text(answer)
    return Programme.objects.get()


@pytest.mark.proves("INS-04", "INS-13")
def test_a_round_from_setup_to_the_inspectors_list(office, officers, cross, hospital):
    from zhikong.hospital.functions.inspections.models.planning import Round

    page = text(office.get(url("plan", cross.pk)))
    assert 'value="2026-11-30"' in page  # next week, as long as its occasion is not near
    ids = [hospital.departments[code].id for code in ("CARD", "GSUR", "PAED")]
    setup = {
        "first_on": "2026-11-30",
        "last_on": "2026-12-04",
        "each": 1,
        "departments": ids,
        "forms": [FORM],
    }
    answer = office.post(url("plan", cross.pk), setup, follow=True)
    made = Round.objects.get()
    assert "草拟中，还没有通知任何人" in text(answer)
    assert "不是本科室，近 12 个月没有在该科" in answer.content.decode()
    assert "要回避" in answer.content.decode()
    assert "没有安排给您的检查" in text(officers["CARD"].get(url("mine")))
    lines = made.proposal["lines"]
    given = {f"on-{n}": line["on"] for n, line in enumerate(lines)}
    given |= {f"who-{n}": line["inspectors"][0]["user"] for n, line in enumerate(lines)}
    answer = office.post(url("round", made.pk), {**given, "confirm": "1"}, follow=True)
    assert "已安排 3 处检查，3 位检查人已收到待办和通知。" in text(answer)
    mine = text(officers["CARD"].get(url("mine")))
    assert "科室交叉检查" in mine
    assert "心血管内科" not in mine.split("<main")[1].split("要去检查")[1]


def test_an_own_department_is_refused_on_the_page(office, officers, cross, hospital):
    from zhikong.hospital.functions.inspections.models.planning import Round

    setup = {
        "first_on": "2026-11-30", "last_on": "2026-12-04", "each": 1, "forms": [FORM],
        "departments": [hospital.departments["CARD"].id],
    }  # fmt: skip
    office.post(url("plan", cross.pk), setup)
    made = Round.objects.get()
    answer = office.post(
        url("round", made.pk), {"who-0": officers["CARD"].user.pk, "confirm": "1"}, follow=True
    )
    assert "不能查本科室" in text(answer)
    assert Round.objects.get().state == "draft"
    assert "已取消" in text(office.post(url("round_cancel", made.pk), follow=True))


@pytest.fixture
def visit(office, officers, cross, hospital):
    """Planned for cardiology by the surgeon, announced."""
    from zhikong.hospital.functions.inspections.actions.planning import plan_visits
    from zhikong.hospital.functions.inspections.rules_planning_visits import Named, VisitPlan

    plan = VisitPlan(
        planned_on=date(2026, 11, 25), inspectors=(Named(officers["GSUR"].user.pk, lead=True, reason="轮到他"),),
        department_id=hospital.departments["CARD"].id, title="科室交叉检查", kind="cross", form_ids=(FORM,),
    )  # fmt: skip
    return plan_visits(by=office.user, now=NOW, plans=[plan], programme=cross)[0]


def test_the_visit_is_moved_reassigned_begun_and_seen_by_both_sides(office, officers, visit):
    page = text(officers["GSUR"].get(url("visit", visit.pk)))
    assert "开始检查" in page
    assert "轮到他" in page
    inspected = text(officers["CARD"].get(url("visit", visit.pk)))
    assert "开始检查</button>" not in inspected
    assert officers["PAED"].get(url("visit", visit.pk)).status_code == 404
    moved = office.post(
        url("visit_move", visit.pk), {"planned_on": "2026-11-26", "reason": "当天停电"}, follow=True
    )
    assert "2026-11-25 → 2026-11-26：当天停电" in text(moved)
    page = text(office.get(url("visit_reassign", visit.pk)))
    assert "是这个科室的人，不能查本科室" in page
    at_home = {
        "users": [officers["CARD"].user.pk],
        "lead": officers["CARD"].user.pk,
        "reason": "他熟悉",
    }
    assert "不能查本科室" in text(office.post(url("visit_reassign", visit.pk), at_home, follow=True))
    chosen = {"users": [officers["PAED"].user.pk], "lead": officers["PAED"].user.pk, "reason": "外出开会"}
    assert "退出：质GSUR；加入：质PAED" in text(
        office.post(url("visit_reassign", visit.pk), chosen, follow=True)
    )
    assert officers["GSUR"].get(url("visit", visit.pk)).status_code == 404
    begun = text(officers["PAED"].post(url("visit_start", visit.pk), follow=True))
    assert "检查已开始" in begun
    assert "已填 0 /" in begun
    refused = officers["CARD"].post(url("visit_cancel", visit.pk), {"reason": "不想被查"})
    assert refused.status_code in (302, 403)
    visit.refresh_from_db()
    assert visit.state == "open"


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", True), ("?view=week&day=2026-11-25", True), ("?day=2026-09-01", False), ("?kind=night", False)],
)
def test_the_calendar(office, visit, query, shown):
    page = text(office.get(url("calendar") + query))
    assert (f'href="{url("visit", visit.pk)}"' in page) == shown


def test_a_place_has_a_code_that_begins_a_check(office, officers, hospital):
    from zhikong.hospital.functions.inspections.models.planning import Place

    department = hospital.departments["CARD"].id
    given = {"department": department, "name": "一病区治疗室", "kind": "room", "building": "内科楼", "floor": 5, "route_order": 20, "weight": 3, "forms": [FORM]}  # fmt: skip
    assert "一病区治疗室" in text(office.post(url("place_new"), given, follow=True))
    place = Place.objects.get()
    sheet = text(office.get(url("place_codes")))
    assert "<svg" in sheet
    assert place.code in sheet
    scanned = text(officers["CARD"].get(url("place", place.code.lower())))
    assert "在这里开始检查" in scanned
    assert "内科楼 5 层" in scanned
    begun = officers["CARD"].post(
        url("start"), {"place": place.code, "department": department, "forms": [FORM]}, follow=True
    )
    assert "检查已开始" in text(begun)
    elsewhere = {"department": hospital.departments["GSUR"].id, "forms": [FORM]}
    assert "请选择科室" in text(officers["CARD"].post(url("start"), elsewhere, follow=True))
    office.post(url("place_end", place.code))
    assert "停用，二维码请撤下" in text(officers["CARD"].get(url("place", place.code)))


@pytest.mark.proves("CLN-04", "CLN-27")
def test_key_points_are_kept_on_their_page(office, officers, hospital):
    department = {"what": "department", "item": "危重患者多", "weight": 3, "source": "000-P3 L102"}
    assert "重点部门要选科室" in text(office.post(url("key_points"), department))
    made = office.post(
        url("key_points"), {**department, "department": hospital.departments["CARD"].id}, follow=True
    )
    assert "权重 3" in text(made)
    assert "列入重点" in text(office.get(url("key_points")))


def test_settings_and_end_of_a_programme(office, cross):
    given = {"title": "季度交叉检查", "each": 2, "months_apart": 6, "at_once": 4, "window": 5, "notice": "announced", "ends_on": "2026-12-31", "forms": [FORM]}  # fmt: skip
    page = text(office.post(url("programme", cross.pk), given, follow=True))
    assert "季度交叉检查" in page
    assert "6 个月内在该科任过职的回避" in page
    assert "活动期间" in text(office.get(url("programmes")))
    ended = office.post(url("programme_end", cross.pk), {"reason": "活动结束"}, follow=True)
    assert "停用：活动结束" in text(ended)


def test_a_nurse_plans_nothing(as_role, hospital, cross):
    nurse = as_role("nurse", hospital.departments["CARD"])
    for name, args in (("programmes", ()), ("plan", (cross.pk,)), ("calendar", ()), ("place_new", ())):
        assert nurse.get(url(name, *args)).status_code == 403
    assert "要去检查" in text(nurse.get(url("mine")))
