"""这个数怎么来的: stored trail, and the number counted anew on the same data (F-32)."""

import pytest

from tests.published_stays import NOW, publish, stays
from zhikong.hospital.functions.indicators import actions

PAGE = "/indicators/average_length_of_stay/explain/?month=2026-10"


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def computed(hospital, at_noon, tmp_path):
    publish(stays(), tmp_path)
    actions.recompute(by=None, now=NOW)
    return hospital


@pytest.mark.proves("F-32")
def test_the_trail_of_a_stored_number(office, computed):
    page = text(office.get(PAGE))
    for said in ("192", "24", "数据版本", "指纹", "综合医院分级管理标准", "按原数据重新清点"):
        assert said in page


@pytest.mark.proves("F-32")
def test_counting_anew_gives_the_same_and_names_the_files(office, computed):
    page = text(office.get(f"{PAGE}&recount=1"))
    assert "分子和分母与保存的结果相同" in page
    assert "逐项计数" in page
    assert ".parquet" in page


def test_a_department_sees_its_own_trail_only(head, computed):
    assert "120" in text(head.get(f"{PAGE}&recount=1"))
    other = computed.departments["GSUR"].id
    assert head.get(f"{PAGE}&department={other}").status_code == 404


@pytest.mark.proves("F-14")
def test_a_hidden_number_has_no_trail(as_role, office, computed, make_user):
    actions.set_small_cell_rule(
        by=make_user("quality_office", name="周洁"),
        now=NOW,
        smallest=20,
        roles=["hospital_leader"],
        reason="测试",
    )
    leader, card = as_role("hospital_leader", name="郑院长"), computed.departments["CARD"].id
    page = text(leader.get(f"{PAGE}&department={card}&recount=1"))
    assert "逐项计数" not in page
    assert ">120<" not in page
    assert "按规定不显示" in page


def test_a_month_without_a_result_says_what_to_do(office, computed):
    assert "没有结果" in text(office.get(PAGE.replace("2026-10", "2020-01")))


def test_who_sees_no_indicators_is_refused(as_role, computed):
    assert as_role("administrator").get(PAGE).status_code == 403
