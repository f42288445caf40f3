"""A complaint goes through officer, head and leader; back, out, late; and the year's closing rate is counted."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.foundation.flows import actions, figures
from zhikong.foundation.notices.models import Receipt

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, 10:00 in the hospital
INTAKE = {
    "received_at": "2026-11-23T09:30",
    "channel": "phone",
    "category": "treatment",
    "content": "术后伤口感染，换药不及时。",
    "demand": "说明原因，减免费用。",
    "amount": "3000",
    "who": "family",
    "name": "陈某",
    "contact": "138",
    "told": ["days", "paths"],
}
VERIFIED = {"sources": ["complainant", "record"], "found": "换药记录缺两次。", "informed_on": "2026-11-23"}
DECIDED = {"way": "refund", "agreed": "500", "opinion": "退还换药费用并致歉。"}
REPLIED = {
    "replied_on": "2026-11-25",
    "replied_by": "phone",
    "words": "已说明原因，退还 500 元。",
    "view": "accepts",
    "told_department_on": "2026-11-25",
}


@pytest.fixture
def people(hospital, make_user):
    return {
        "officer": make_user("complaint_officer", name="吴专员"),
        "head": make_user("department_head", hospital.departments["GSUR"], name="郑主任"),
        "leader": make_user("hospital_leader", name="郑国安"),
        "medical": make_user("medical_affairs", name="赵医务"),
        "office": make_user("quality_office", name="王敏"),
    }


@pytest.fixture
def stated(people):
    return {
        "staff": "钱医师 D900",
        "statement": "周末换药交接遗漏。",
        "course": "阑尾切除术后第 5 天。",
        "responsibility": "flaw",
        "cause": "rules",
        "cause_words": "周末换药没有书面交接。",
        "measures": "建立换药交接单。",
        "suggestion": "致歉并退还费用。",
    }


def open_one(people, hospital, **changes):
    return actions.open_case(
        by=people["officer"], now=NOW, flow_id="complaint_desk", title="术后换药不及时",
        department_id=hospital.departments["GSUR"].id, answers={**INTAKE, **changes},
    )  # fmt: skip


def step(case, by, transition, hours=1, **given):
    return actions.act(case, by=by, now=NOW + timedelta(hours=hours), transition=transition, **given)


@pytest.mark.proves("CMP-01", "CMP-02", "CMP-04", "CMP-05", "CMP-06", "CMP-07", "WF-10")
def test_through_three_roles_to_the_reply(people, hospital, stated):
    case = open_one(people, hospital)
    assert case.number == "TS-2026-0001"
    step(case, people["officer"], "verify", 1, answers=VERIFIED)
    assert case.owner == people["head"]
    step(case, people["head"], "state", 2, answers=stated)
    assert case.owner == people["leader"]
    step(case, people["leader"], "decide", 3, answers=DECIDED)
    assert case.owner == people["officer"]
    step(case, people["officer"], "reply", 50, answers=REPLIED)
    assert (case.state, case.is_open) == ("closed", False)
    assert [s.step for s in case.steps.order_by("pk") if s.step] == ["verify", "state", "decide", "reply"]


def test_a_reply_needs_its_form_and_each_step_its_person(people, hospital):
    case = open_one(people, hospital)
    with pytest.raises(PermissionDenied):
        step(case, people["head"], "verify", answers=VERIFIED)
    with pytest.raises(ValidationError, match="填写"):
        step(case, people["officer"], "verify")
    with pytest.raises(ValidationError):
        step(case, people["officer"], "reply", answers=REPLIED)


def test_what_is_about_treatment_is_not_explained_away(people, hospital):
    with pytest.raises(ValidationError, match="要交科室"):
        step(open_one(people, hospital), people["officer"], "explain", reason="电话里说清了")
    light = open_one(people, hospital, category="fee")
    step(light, people["officer"], "explain", reason="费用清单逐项说明")
    assert light.state == "reply"


def test_back_to_the_officer_and_back_to_the_department(people, hospital, stated):
    case = open_one(people, hospital)
    step(case, people["officer"], "verify", answers=VERIFIED)
    step(case, people["head"], "not_ours", reason="患者已转骨科")
    assert (case.state, case.owner, case.returned) == ("received", people["officer"], 1)
    step(case, people["officer"], "verify", answers=VERIFIED)
    step(case, people["head"], "state", answers=stated)
    step(case, people["leader"], "unclear", reason="换药频次没有写")
    assert (case.state, case.owner, case.returned) == ("department", people["head"], 2)


def test_the_complainant_withdraws(people, hospital):
    case = open_one(people, hospital)
    step(case, people["officer"], "withdraw", reason="家属来电撤回")
    assert (case.state, case.is_open) == ("withdrawn", False)


def test_a_late_department_is_escalated_to_office_and_leader(people, hospital):
    case = open_one(people, hospital)
    step(case, people["officer"], "verify", answers=VERIFIED)
    actions.sweep(now=NOW + timedelta(days=12))
    titles = list(Receipt.objects.filter(user=people["leader"]).values_list("notice__title", flat=True))
    assert any("TS-2026-0001" in title for title in titles)
    assert not any("术后换药" in title for title in titles)  # confidential: by its number only


@pytest.mark.proves("CMP-15")
def test_the_years_closing_rate(people, hospital):
    for category in ("fee", "treatment", "process", "manner"):
        case = open_one(people, hospital, category=category)
        if category in ("fee", "process"):
            step(case, people["officer"], "explain", reason="已逐项说明")
            step(case, people["officer"], "reply", answers=REPLIED)
    found = figures.year(flow_id="complaint_desk", year=2026)
    assert (found.opened, found.closed, found.share) == (4, 2, 50)
    assert figures.year(flow_id="complaint_desk", year=2025).share is None
