"""Small numbers are hidden from the roles that a rule names, on every path: HTML, Excel, JSON, pictures (F-14)."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.pages.conftest import NOW
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators.models import MonthAct, SmallCellRule

DEATHS = "inpatient_mortality"
PAGE = f"/indicators/{DEATHS}/"
SETTING = "/indicators/small-cells/"
SECRET = "4317"  # the denominators of the small cells: they occur nowhere else
BESIDE = "5923"


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def small(empty_figures, make_user):
    """Three deaths of 4317 in one department, 21 of 5923 in the other, the hospital's total beside them."""
    made, departments = empty_figures, empty_figures.hospital.departments
    last = (int(SECRET), int(BESIDE))
    before = {
        "CARD": [(n, 4000) for n in (6, 5, 7, 6) * 6],
        "GSUR": [(n, 5000) for n in (30, 28, 29, 31) * 6],
    }
    for (code, series), (top, bottom) in zip(before.items(), ((3, last[0]), (21, last[1])), strict=True):
        made.add(DEATHS, departments[code].id, [*series[:23], (top, bottom)])
    made.add(DEATHS, None, [*[(36, 9000)] * 23, (24, sum(last))])
    made.finish()
    return made


@pytest.fixture
def ruled(small, make_user):
    actions.set_small_cell_rule(
        by=make_user("quality_office", name="赵敏"), now=NOW, smallest=5, roles=["hospital_leader"],
        reason="伦理委员会 2026 年第 3 次会议",
    )  # fmt: skip
    return small


@pytest.fixture
def leader(as_role):
    return as_role("hospital_leader", name="郑院长")


def paths(small):
    card, gsur = (small.hospital.departments[code].id for code in ("CARD", "GSUR"))
    for place in (card, gsur):
        yield f"/indicators/?department={place}"
        yield f"/indicators/export/?department={place}"
        yield f"{PAGE}?department={place}"
        yield f"{PAGE}cases/?department={place}&part=denominator"
        yield f"{PAGE}cases/export/?department={place}"
    yield PAGE
    yield f"{PAGE}cases/"
    yield "/indicators/months/2026-10/"
    yield "/"


def written(answer) -> str:
    """Everything that a page or a workbook says."""
    if "spreadsheet" in answer.headers.get("Content-Type", ""):
        book = load_workbook(BytesIO(answer.content))
        return " ".join(str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row)
    return text(answer).replace(",", "")


@pytest.mark.proves("F-14")
def test_no_path_shows_a_small_number_or_what_gives_it_away(leader, ruled):
    secrets = re.compile(rf"{SECRET}|{BESIDE}|\b0\.69|\b3\.5[45]")  # 3 / 4317 and 21 / 5923 in per mille
    for path in paths(ruled):
        assert secrets.findall(written(leader.get(path, follow=True))) == [], path


def test_the_same_search_finds_them_for_the_office(office, ruled):
    card = ruled.hospital.departments["CARD"].id
    for path in (f"{PAGE}?department={card}", f"/indicators/export/?department={card}"):
        said = written(office.get(path))
        assert SECRET in said
        assert "0.69" in said


@pytest.mark.proves("F-14")
def test_the_pictures_do_not_show_it_either(leader, ruled):
    card = ruled.hospital.departments["CARD"].id
    page = text(leader.get(f"{PAGE}?department={card}"))
    assert "0.69" not in page[page.index("chart-spec") :]
    picture = leader.get(f"{PAGE}chart.svg?department={card}")
    assert picture.status_code == 200
    assert "0.69" not in text(picture).split("<text")[-1]


def test_the_limits_of_the_chart_do_not_contain_the_hidden_month(leader, office, ruled):
    """With the hidden month in them, the centre line times the months would give it back."""
    card = ruled.hospital.departments["CARD"].id
    everything, told = (text(c.get(f"{PAGE}?department={card}")) for c in (office, leader))
    centre = re.compile(r'"centre": ([0-9.]+)')
    assert set(centre.findall(everything)) != set(centre.findall(told))
    assert set(centre.findall(told)) == {"1.5"}  # 138 of 92,000; with the hidden month 141 of 96,317


@pytest.mark.proves("F-14")
def test_the_page_says_what_is_hidden_and_why(leader, ruled):
    card = ruled.hospital.departments["CARD"].id
    page = text(leader.get(f"{PAGE}?department={card}"))
    assert "例数少于 5 例，按规定不显示" in page
    assert "&lt;5" in page
    listed = text(leader.get(f"{PAGE}cases/"))
    assert "按规定不向您列出病例" in listed


def test_the_office_and_unruled_leaders_see_everything(office, leader, small):
    card = small.hospital.departments["CARD"].id
    assert "3 / 4,317" in text(office.get(f"{PAGE}?department={card}"))
    assert "3 / 4,317" in text(leader.get(f"{PAGE}?department={card}"))


def test_the_office_sees_everything_beside_the_rule(office, ruled):
    assert "3 / 4,317" in text(office.get(f"{PAGE}?department={ruled.hospital.departments['CARD'].id}"))


def test_the_hospitals_own_total_stays(leader, ruled):
    assert f"24 / {int(SECRET) + int(BESIDE):,}" in text(leader.get(PAGE))


def test_only_the_named_indicators_are_hidden(leader, small, make_user):
    actions.set_small_cell_rule(
        by=make_user("quality_office", name="赵敏"), now=NOW, smallest=5, roles=["hospital_leader"],
        indicators=["average_length_of_stay"], reason="测试",
    )  # fmt: skip
    assert "3 / 4,317" in text(leader.get(f"{PAGE}?department={small.hospital.departments['CARD'].id}"))


@pytest.mark.proves("F-14")
def test_the_rule_is_set_with_a_reason_and_its_history_stays(office, ruled):
    refused = office.post(SETTING, {"smallest": 3, "roles": ["physician"], "reason": ""})
    assert refused.status_code == 422
    office.post(SETTING, {"smallest": 0, "roles": [], "reason": "试点结束"})
    page = text(office.get(SETTING))
    assert "现行：不隐藏" in page
    assert "伦理委员会 2026 年第 3 次会议" in page
    assert SmallCellRule.objects.count() == 2


def test_others_do_not_set_the_rule(leader, ruled):
    assert leader.get(SETTING).status_code == 403
    assert leader.post(SETTING, {"smallest": 0, "reason": "我要看"}).status_code == 403


def test_a_month_closes_on_all_figures_whoever_closes_it(office, small, make_user):
    """A rule hides numbers from eyes; what a close records it records in full."""
    card, other = small.hospital.departments["CARD"].id, make_user("quality_office", name="赵敏")
    actions.set_target(
        by=other, now=NOW, indicator_id=DEATHS, department_id=card, valid_from=date(2026, 1, 1),
        at_least=None, at_most=Decimal("0.01"), source="测试",
    )  # fmt: skip
    actions.set_small_cell_rule(by=other, now=NOW, smallest=5, roles=["quality_office"], reason="测试")
    assert "3 / 4,317" not in text(office.get(f"{PAGE}?department={card}"))
    office.post("/indicators/months/2026-10/close/", {"reason": "测试结账"})
    missed = MonthAct.objects.get().open_misses
    assert any(DEATHS in str(miss) and str(card) in str(miss) for miss in missed)
