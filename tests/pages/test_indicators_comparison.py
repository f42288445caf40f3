"""Comparison of periods: sums, intervals, words, sheet, and who may see it (IND-48, F-35)."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.pages.conftest import NOW
from zhikong.hospital.functions.indicators import actions

PAGE = "/indicators/compare/"
RATE = "diagnosis_within_three_days"


def text(response) -> str:
    return response.content.decode()


def row(page, name):
    return page.split(f"{name}</a>")[1].split("</tr>")[0]


@pytest.mark.proves("IND-48", "F-14")
def test_a_fall_is_beyond_chance_and_says_it_is_worse(office, figures):
    page = text(office.get(f"{PAGE}?span=month&against=previous"))
    told = row(page, "入院三日确诊率") if "入院三日确诊率</a>" in page else row(page, "三日确诊率")
    assert "120 / 200" in told
    assert "变化超出偶然，变差" in told
    assert "在偶然波动之内" in row(page, "平均住院日")


def test_a_quarter_adds_up_its_months(office, figures):
    page = text(office.get(f"{PAGE}?span=year&against=year&indicator=average_length_of_stay"))
    assert "1,200" in page  # ten months of 120
    assert "全院</a>" in page
    assert "心血管内科</a>" in page


def test_only_what_got_worse(office, figures):
    page = text(office.get(f"{PAGE}?span=month&against=previous&show=worse")).split("<tbody>")[-1]
    assert "确诊率" in page
    assert "平均住院日" not in page


def test_the_export_has_numbers_and_meanings(office, figures):
    book = load_workbook(BytesIO(office.get(f"{PAGE}export/?against=previous").content))
    lines, meanings = book.worksheets
    head = [cell.value for cell in lines[4]]
    assert [r[0].value for r in meanings.iter_rows(min_row=2)] == head
    found = next(
        r for r in lines.iter_rows(values_only=True) if r[head.index("变化判断")] == "变化超出偶然，变差"
    )
    assert isinstance(found[head.index("区间上限")], float)
    assert found[head.index("区间上限")] < 0


def test_too_few_cases_are_not_judged(office, figures):
    page = text(office.get(f"{PAGE}?department=CARD&against=previous&indicator=grade_a_records"))
    assert "例数少，不作判断" in row(page, "心血管内科")


@pytest.mark.proves("F-14")
def test_a_period_with_a_hidden_month_is_hidden(as_role, figures, make_user):
    actions.set_small_cell_rule(
        by=make_user("quality_office", name="周洁"), now=NOW, smallest=8, roles=["hospital_leader"],
        indicators=["grade_a_records"], reason="测试",
    )  # fmt: skip
    leader = as_role("hospital_leader", name="郑院长")
    page = text(leader.get(f"{PAGE}?span=year&indicator=grade_a_records"))
    assert "50 / 60" not in page
    assert "按规定不显示" in row(page, "心血管内科")
    book = load_workbook(BytesIO(leader.get(f"{PAGE}export/?span=year&indicator=grade_a_records").content))
    assert 60 not in [cell for r in book.worksheets[0].iter_rows(values_only=True) for cell in r]


def test_before_anything_is_computed_the_page_says_so(office, hospital, at_noon):
    assert "还没有可比的结果" in text(office.get(PAGE))


def test_the_page_is_made_of_few_queries(office, figures):
    office.get(PAGE)
    with CaptureQueriesContext(connection) as seen:
        office.get(PAGE)
    assert len(seen) <= 22, [q["sql"][:90] for q in seen]


def test_refused_and_unknown(as_role, office, figures, head):
    assert as_role("administrator").get(PAGE).status_code == 403
    assert as_role("administrator").get(f"{PAGE}export/").status_code == 403
    assert office.get(f"{PAGE}?span=decade").status_code == 404
    other = figures.hospital.departments["GSUR"].id
    assert head.get(f"{PAGE}?department={other}").status_code == 404
