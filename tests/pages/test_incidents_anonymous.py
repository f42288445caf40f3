"""What offices do about anonymous reports: rewards by codes that join with nothing, and the section on a case."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.speaking import Writer, report
from zhikong.hospital.functions.incidents.actions.anonymous import committing
from zhikong.hospital.functions.incidents.models.anonymous import AnonymousThread, PaidReward
from zhikong.hospital.functions.incidents.models.reporting import Incident

PAGE = "/incidents/anonymous/"


@pytest.fixture
def writer(settings, tmp_path, hospital):
    return Writer(settings, tmp_path)


@pytest.fixture
def told(writer):
    """(number, key) of a report that has arrived."""
    number, key = writer.post("/speak/", report(writer, h="A")).secrets()
    passes()
    return {"number": number, "key": key}


def passes():
    committing.commit(now=timezone.now() + timedelta(hours=25))


def test_a_reward_goes_from_the_office_to_the_desk_and_joins_nothing(writer, told, as_role, office):
    leader, desk = as_role("hospital_leader"), as_role("medical_affairs")
    assert "未启用" in leader.get(PAGE).content.decode()
    leader.post(f"{PAGE}amount/", {"yuan": "30"})
    case = Incident.objects.get()
    page = office.get(f"/incidents/cases/{case.code}/").content.decode()
    assert "谁也不知道报告人是谁" in page
    assert "30 元" in page
    office.post(f"{PAGE}{case.code}/reward/")
    assert "申请领取码" in writer.post("/speak/answer/", told).text
    writer.post("/speak/reward/", {**told, "ticket": writer.ticket()})
    passes()
    (code,) = [c for c in writer.post("/speak/answer/", told).secrets() if len(c) > 30]
    assert "可以兑付 30 元" in desk.post(f"{PAGE}pay/", {"code": code.lower()}).content.decode()
    again = desk.post(f"{PAGE}pay/", {"code": code}, follow=True).content.decode()
    assert "已经兑付过" in again
    assert PaidReward.objects.count() == 1
    plain = code.replace("-", "")
    thread, paid = AnonymousThread.objects.get(), PaidReward.objects.get()
    assert plain not in str({**thread.__dict__, **paid.__dict__})
    assert paid.month == f"{timezone.localtime():%Y-%m}"


def test_a_made_up_code_and_a_reward_that_is_off_are_refused(told, as_role, office):
    desk = as_role("medical_affairs")
    assert "领取码不对" in desk.post(f"{PAGE}pay/", {"code": "ABCD-EFGH"}, follow=True).content.decode()
    case = Incident.objects.get()
    refused = office.post(f"{PAGE}{case.code}/reward/", follow=True).content.decode()
    assert "没有设置匿名报告奖励" in refused
    assert AnonymousThread.objects.get().reward_fen == 0


def test_a_wish_without_a_grant_is_signed_by_nobody(writer, told):
    writer.post("/speak/reward/", {**told, "ticket": writer.ticket()})
    passes()
    assert AnonymousThread.objects.get().signature is None


@pytest.mark.parametrize("role", ["physician", "department_head"])
def test_others_have_no_business_there(as_role, hospital, role):
    other = as_role(role, hospital.departments["GSUR"])
    assert other.get(PAGE).status_code == 403
    assert other.post(f"{PAGE}amount/", {"yuan": "5"}).status_code == 403
    assert other.post(f"{PAGE}pay/", {"code": "X"}).status_code == 403


def test_the_office_answers_and_the_writer_reads_it(writer, told, office):
    from zhikong.hospital.functions.incidents.actions.handling import answering, receiving

    case = Incident.objects.get()
    receiving.catch_up(now=timezone.now())
    case = Incident.objects.select_related("handling").get()
    answering.say(case, by=office.user, now=timezone.now(), text="地面当时湿吗？", kind="question")
    page = writer.post("/speak/answer/", told).text
    assert "地面当时湿吗？" in page
    asked = page.partition('<option value="')[2].partition('"')[0]
    writer.post(
        "/speak/tell/", {**told, "ticket": writer.ticket(), "text": "湿，刚拖过。", "question": asked}
    )
    passes()
    assert "湿，刚拖过。" in office.get(f"/incidents/cases/{case.code}/").content.decode()
    assert "回答哪个问题" not in writer.post("/speak/answer/", told).text
