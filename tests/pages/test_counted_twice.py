"""The same thing counted by the systems and by departments: side by side, one counts, who decided it stays on record."""

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from openpyxl import load_workbook

from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators.models import CountedSource
from zhikong.hospital.functions.indicators.queries.counting import counting
from zhikong.hospital.functions.indicators.queries.targets import target_book

from .conftest import LAST, NOW, steady


def text(response):
    return response.content.decode()


@pytest.fixture
def pair(empty_figures):
    """Rescues: the systems say 90 of 100, the departments 80 of 100; the target is 85."""
    made, months = empty_figures, empty_figures.months
    actions.load_preset(by=None, now=NOW, name="000-P2", valid_from=date(2024, 1, 1))
    made.add("rescue_success", None, [*steady(90, 100)[:-1], (90, 100)], months=months)
    made.add("reported_rescue_success", None, [*steady(80, 100)[:-1], (80, 100)], months=months)
    made.add("equipment_in_order", None, steady(97, 100), months=months)
    made.finish()
    return made


def missed():
    return {item.miss.indicator_id for item in actions.state_of(LAST).items}


@pytest.mark.proves("IND-01")
def test_both_stand_side_by_side_with_their_source_and_the_difference(pair, office):
    page = text(office.get(f"/indicators/rescue_success/?month={LAST}"))
    assert "两个来源并列" in page
    assert "-10.00 个百分点" in page
    assert "没有另行设定，以系统计算为准" in page
    board = text(office.get(f"/indicators/?month={LAST}&q=抢救"))
    assert "填报 80.00，差 -10.00 个百分点" in board
    assert "系统计算" in board


def test_every_table_chart_and_export_says_that_a_number_was_reported(pair, office):
    page = text(office.get(f"/indicators/equipment_in_order/?month={LAST}"))
    assert "科室填报，经职能部门审核后计入" in page
    assert "医疗设备完好率（填报）" in page  # the chart's own title
    book = load_workbook(BytesIO(office.get(f"/indicators/export/?month={LAST}").content)).active
    said = {row[0]: row[11] for row in book.iter_rows(values_only=True)}
    assert (said["医疗设备完好率"], said["住院危重患者抢救成功率"]) == ("填报", "系统计算")


def test_the_half_that_does_not_count_is_not_judged_until_somebody_says_so(pair, office):
    assert "equipment_in_order" in missed()
    assert not missed() & {"rescue_success", "reported_rescue_success"}  # 90 of 100 is met; 80 is only shown
    office.post("/indicators/rescue_success/counted-source/", {
        "source": "reported", "valid_from": LAST, "reason": "首页抢救次数漏填，整改期间以登记本为准",
    })  # fmt: skip
    assert missed() & {"rescue_success", "reported_rescue_success"} == {"reported_rescue_success"}
    page = text(office.get(f"/indicators/rescue_success/?month={LAST}"))
    assert "首页抢救次数漏填" in page
    assert "王敏" in page
    book, known = target_book(), counting()
    assert known.source("rescue_success", "2026-09") == "computed"  # months before it are as they were
    reported = pair_definition("reported_rescue_success")
    assert (
        book.of(reported, None, LAST).target == book.of(reported, None, LAST).row.target
    )  # the pair's one target


@pytest.mark.parametrize(
    ("fallen", "told"), [("equipment_in_order", True), ("reported_rescue_success", False)]
)
def test_the_half_that_does_not_count_is_no_news(empty_figures, office, fallen, told):
    """Departments that are late make a month's reported sum fall; that is no signal while the other half counts."""
    for name in ("rescue_success", "reported_rescue_success", "equipment_in_order"):
        last = (40, 100) if name == fallen else (90, 100)
        empty_figures.add(name, None, [*steady(90, 100)[:-1], last], months=empty_figures.months)
    empty_figures.finish()
    assert ("新信号" in text(office.get("/"))) is told


def pair_definition(indicator_id):
    from zhikong.hospital.functions.indicators.catalogue import definitions

    return definitions()[indicator_id]


def test_who_may_decide_and_what_is_refused(pair, office, head):
    address, said = "/indicators/rescue_success/counted-source/", {
        "source": "reported", "valid_from": LAST, "reason": "以登记本为准",
    }  # fmt: skip
    assert head.post(address, said).status_code == 403
    office.post(address, {**said, "reason": ""})
    assert not CountedSource.objects.exists()
    with pytest.raises(ValidationError, match="只有一个来源"):
        actions.set_counted_source(
            by=office.user, now=NOW, indicator_id="equipment_in_order", source="reported",
            valid_from=date(2026, 10, 1), reason="试试",
        )  # fmt: skip


def test_a_closed_month_keeps_what_it_was_closed_with(pair, office):
    actions.analyse_month(
        by=office.user, now=NOW, month=LAST, misses=[item.miss for item in actions.state_of(LAST).items],
        cause="设备老化，备机不足。", measure="年底前更新监护仪，设备科负责。",
    )  # fmt: skip
    actions.close_month(by=office.user, now=NOW, month=LAST)
    with pytest.raises(ValidationError, match="已经结账"):
        actions.set_counted_source(
            by=office.user, now=NOW, indicator_id="rescue_success", source="reported",
            valid_from=date(2026, 10, 1), reason="以登记本为准",
        )  # fmt: skip
