"""The pages of a closed month and of its indicators say what later data would change, and let somebody decide."""

from datetime import timedelta

import pytest

from tests.published_stays import NOW, publish, stay, stays
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators.models import MonthRevision

MONTH = "2026-10"
SENTENCE = "已发布 8.00 天，按 2026-11-23 补录 3 份首页（首页补录.csv）重新计算为 9.33 天。"


@pytest.fixture
def revised(hospital, make_user, tmp_path):
    publish(stays(), tmp_path)
    actions.recompute(by=None, now=NOW)
    actions.close_month(by=make_user("quality_office"), now=NOW, month=MONTH, override_reason="测试")
    later = NOW + timedelta(days=1)
    publish([stay(f"late{n}", days=20) for n in range(3)], tmp_path, now=later)
    actions.recompute(by=None, now=later)
    return MonthRevision.objects.get()


def text(response):
    return response.content.decode()


@pytest.mark.proves("F-09")
def test_the_indicator_shows_the_published_number_and_the_new_one_beside_it(as_role, revised):
    page = text(as_role("quality_office").get(f"/indicators/average_length_of_stay/?month={MONTH}"))
    assert SENTENCE in page
    assert "绩效不会因此自动重开" in page
    assert "<strong>8.00</strong>" in page or "8.00 天" in page


def test_other_months_say_nothing(as_role, revised):
    page = text(as_role("quality_office").get("/indicators/average_length_of_stay/?month=2026-09"))
    assert "已发布 " not in page


def test_the_month_lists_what_is_different_and_why(as_role, revised):
    page = text(as_role("quality_office").get(f"/indicators/months/{MONTH}/"))
    assert "公布之后的修订" in page
    assert "补录 3 份首页" in page
    assert "9.33 天" in page


def test_accepting_needs_a_reason(as_role, revised):
    client = as_role("quality_office")
    address = f"/indicators/months/{MONTH}/revise/"
    page = client.post(address, {"revision": revised.pk, "reason": ""}, follow=True)
    assert "采用修订须写明理由" in text(page)
    page = client.post(address, {"revision": revised.pk, "reason": "漏报已核实"}, follow=True)
    assert "已采用修订" in text(page)
    assert "采用修订：漏报已核实" in text(page)
    assert "9.33" in text(client.get(f"/indicators/average_length_of_stay/?month={MONTH}"))


def test_a_department_cannot_accept(as_role, hospital, revised):
    client = as_role("department_head", hospital.departments["CARD"])
    answer = client.post(f"/indicators/months/{MONTH}/revise/", {"revision": revised.pk, "reason": "x"})
    assert answer.status_code == 403
    revised.refresh_from_db()
    assert revised.state == "open"
    assert "采用这次修订" not in text(client.get(f"/indicators/months/{MONTH}/"))


def test_the_published_brief_says_it_too(as_role, hospital, revised, make_user):
    from zhikong.hospital.overviews.reports import actions as reports

    by = make_user("quality_office")
    reports.draft(by=by, now=NOW, month=MONTH)
    reports.publish(by=by, now=NOW, month=MONTH)
    page = text(as_role("hospital_leader").get(f"/reports/brief/{MONTH}/"))
    assert SENTENCE in page
    assert "简报的文字和数字不再改变" in page
    page = text(as_role("department_head", hospital.departments["CARD"]).get(f"/reports/brief/{MONTH}/"))
    assert "平均住院日（心血管内科）" in page
    assert SENTENCE not in page
