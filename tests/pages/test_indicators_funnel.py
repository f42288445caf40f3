"""Departments in a funnel: limits that allow for small numbers; small ones marked, never judged (F-14)."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.pages.conftest import NOW
from zhikong.foundation.organisation import actions as organisation
from zhikong.hospital.functions.indicators import actions

RATE = "diagnosis_within_three_days"
PAGE = f"/indicators/{RATE}/funnel/"


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def wards(empty_figures, make_user):
    """Five departments: three alike, one far below, one with four cases."""
    made, hospital = empty_figures, empty_figures.hospital
    keeper = make_user("quality_office", name="赵敏")
    places = {
        code: department.id
        for code, department in hospital.departments.items()
        if department.kind == "clinical"
    }
    for code, name in (("NEUR", "神经内科"), ("RESP", "呼吸内科"), ("TINY", "小科室")):
        if code not in places:
            department = organisation.open_department(
                by=keeper,
                code=code,
                name=name,
                kind="clinical",
                valid_from=date(2020, 1, 1),
            )
            places[code] = department.id
    parts = dict.fromkeys(places, (180, 200)) | {"RESP": (90, 200), "TINY": (2, 4)}
    for code, place in places.items():
        made.add(RATE, place, [parts[code]] * 24)
    made.add(RATE, None, [(722, 804)] * 24)
    made.finish()
    return places


@pytest.mark.proves("F-14", "F-35")
def test_the_funnel_marks_who_is_outside_and_does_not_judge_the_small(office, wards):
    page = text(office.get(f"{PAGE}?span=1"))
    row = page.split("小科室</a>")[1].split("</tr>")[0]
    assert "例数少" in row
    assert "超出" not in row
    assert "超出 95% 界限" in page.split("呼吸内科</a>")[1].split("</tr>")[0]
    assert "chart-spec" in page


def test_months_are_added_up(office, wards):
    assert "1,080 / 2,400" in text(office.get(f"{PAGE}?span=12"))
    assert "90 / 200" in text(office.get(f"{PAGE}?span=1"))


def test_the_picture_is_drawn(office, wards):
    answer = office.get(f"/indicators/{RATE}/funnel.svg?span=1")
    assert answer["Content-Type"] == "image/svg+xml"
    assert "呼吸内科" in text(answer)


def test_the_export_has_the_table_and_its_meanings(office, wards):
    book = load_workbook(BytesIO(office.get(f"{PAGE}export/?span=1").content))
    lines, meanings = book.worksheets
    assert any(row[0] == "呼吸内科" and row[1] == 90 for row in lines.iter_rows(values_only=True))
    assert any(row[0] == "漏斗判断" for row in meanings.iter_rows(values_only=True))


def test_a_mean_has_no_funnel_and_says_so(office, figures):
    page = text(office.get("/indicators/average_length_of_stay/funnel/"))
    assert "漏斗图只用于率" in page
    assert office.get("/indicators/average_length_of_stay/funnel.svg").status_code == 404


@pytest.mark.proves("F-14")
def test_hidden_departments_are_not_in_the_funnel(as_role, wards, make_user):
    actions.set_small_cell_rule(
        by=make_user("quality_office", name="周洁"),
        now=NOW,
        smallest=5,
        roles=["hospital_leader"],
        reason="测试",
    )
    leader = as_role("hospital_leader", name="郑院长")
    page = text(leader.get(f"{PAGE}?span=1"))
    assert "2 / 4" not in page
    assert "已隐藏" in page
    picture = text(leader.get(f"/indicators/{RATE}/funnel.svg?span=1"))
    assert "小科室" not in picture
    book = load_workbook(BytesIO(leader.get(f"{PAGE}export/?span=1").content))
    row = next(r for r in book.worksheets[0].iter_rows(values_only=True) if r[0] == "小科室")
    assert row[2] is None


def test_who_sees_no_indicators_sees_no_funnel(as_role, wards):
    administrator = as_role("administrator")
    for address in (PAGE, f"{PAGE}export/", f"/indicators/{RATE}/funnel.svg"):
        assert administrator.get(address).status_code == 403
