"""The planner: figures against beds, two people, off until switched on; the sheet in Word."""

from io import BytesIO

import pytest
from django.db import connection
from docx import Document

from zhikong.hospital.functions.event_quotas import queries

from .conftest import NOW

YEAR = NOW.year


def text(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def quotas(hospital, **numbers):
    posted = {"per_100_beds": "20", "short": "50", "over": "20"}
    for code, place in hospital.departments.items():
        if code in ("CARD", "GSUR", "PAED", "LAB"):
            posted[f"group_{place.id}"] = "medtech" if code == "LAB" else "major"
            posted[f"quota_{place.id}"] = str(numbers.get(code, 10))
    return posted


@pytest.mark.proves("EVT-05", "EVT-06", "EVT-07", "X-10")
def test_the_planner_holds_quotas_against_beds(as_role, hospital, at_noon):
    page = text(as_role("medical_affairs").get(f"/event_quotas/{YEAR}/"))
    for words in (
        "150 张开放床位 × 每百张 20 例",
        "按本院科室，只够 160 张床位",
        "5×10＋6×5＋5×2＝90 例，只满足 450 张床位",
        "未启用（默认）",
    ):
        assert words in page


@pytest.mark.proves("EVT-08", "X-09")
def test_a_year_is_planned_simulated_approved_and_settled(as_role, hospital, at_noon):
    planner, leader = as_role("medical_affairs"), as_role("hospital_leader")
    last = YEAR - 1
    for year in (last, YEAR):
        url = f"/event_quotas/{year}/"
        text(planner.post(url, quotas(hospital), follow=True))
        assert "请先用上一年的报告数试算" in text(planner.post(f"{url}submit/", follow=True))
        assert "试算：假如按" in text(planner.post(f"{url}simulate/", follow=True))
        text(planner.post(f"{url}submit/", follow=True))
        assert "您没有权限" in text(planner.post(f"{url}approve/", follow=True), 403)
        assert "已批准" in text(leader.post(f"{url}approve/", follow=True))
    assert "没有启用" in text(planner.post(f"/event_quotas/{last}/settle/", follow=True))
    text(leader.post("/event_quotas/switch/", {"on": "1", "reason": "院长办公会决定"}, follow=True))
    text(planner.post(f"/event_quotas/{last}/settle/", follow=True))
    assert "未批准" in sheet(planner, last)
    assert "结算已批准" in text(leader.post(f"/event_quotas/{last}/confirm/", follow=True))
    said = sheet(planner, last)
    assert "−500" in said  # ten short at 50 yuan
    assert "未批准" not in said
    assert "不得据此对任何个人奖惩" in said


def sheet(client, year):
    response = client.get(f"/event_quotas/{year}/sheet.docx")
    assert response.status_code == 200
    document = Document(BytesIO(response.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_a_wrong_number_is_said_at_its_cell(as_role, hospital, at_noon):
    page = text(as_role("medical_affairs").post(f"/event_quotas/{YEAR}/", quotas(hospital, CARD=-1)))
    assert "请改正标出的格子" in page
    assert queries.plan_of(YEAR) is None


@pytest.mark.parametrize("role", ["department_head", "nurse", "quality_office", "auditor"])
def test_others_do_not_see_it(as_role, hospital, at_noon, role):
    place = hospital.departments["CARD"] if role in ("department_head", "nurse") else None
    assert as_role(role, place).get(f"/event_quotas/{YEAR}/").status_code == 403


def test_a_year_far_away_is_not_found(as_role, hospital, at_noon):
    assert as_role("medical_affairs").get("/event_quotas/1999/").status_code == 404
    assert as_role("medical_affairs").get(f"/event_quotas/{YEAR}/sheet.docx").status_code == 404


def test_switching_off_takes_the_view_away_at_once(as_role, hospital, at_noon):
    leader = as_role("hospital_leader")
    text(leader.post("/event_quotas/switch/", {"on": "0", "reason": "停用"}, follow=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('zhikong_performance', 'event_quotas_counts', 'SELECT')")
        assert cursor.fetchone() == (False,)
