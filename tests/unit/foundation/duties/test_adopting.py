"""A duty of an adopted plan: new, changed, offered before, already there, impossible; and the way back."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.unit.foundation.duties.conftest import MONDAY
from tests.unit.foundation.duties.samples import written
from zhikong.foundation.duties import actions, queries
from zhikong.foundation.duties.actions.adopting import CHANGED, IMPOSSIBLE, NEW, SAME
from zhikong.foundation.duties.descriptions import Description, PlanSource
from zhikong.foundation.duties.models import Occurrence
from zhikong.foundation.packstore import shelf
from zhikong.foundation.packstore.models import Version

TODAY = date(2026, 11, 16)
PLAN = PlanSource("2027 年医疗质量工作计划", "第三条", "plan_item:7", "/plans/1/")
ROUNDS = Description(
    "院领导参加业务查房", "hospital", count=2, per="month", says="院领导每月参加业务查房不少于两次"
)


@pytest.fixture
def office(hospital, make_user, pack):
    return make_user("quality_office", name="王敏")


def adopt(by, description, now=MONDAY):
    return actions.adopt_duty(by=by, now=now, description=description, source=PLAN)


def preview(description):
    return actions.preview_duty(description=description, source=PLAN, on=TODAY)


def test_a_new_duty_is_in_force_from_the_day_and_says_where_it_is_written(office):
    made = adopt(office, ROUNDS)
    assert (made.outcome, made.title) == (NEW, "院领导参加业务查房")
    found = next(one.obj for one in queries.duties(on=TODAY) if one.id == made.duty_id)
    assert (found.times, found.every, str(found.source)) == (2, "month", "2027 年医疗质量工作计划 第三条")
    version = Version.objects.get(pk=made.version_id)
    assert (version.author, version.reviewed_by, version.published_by) == (None, office, office)
    actions.open_occurrences(now=MONDAY)
    opened = Occurrence.objects.get(duty_id=made.duty_id)
    assert (opened.needed, opened.due_on) == (2, date(2026, 11, 30))
    assert "院领导每月参加业务查房不少于两次（2027 年医疗质量工作计划）" in opened.due_reason


def test_the_same_sentence_again_changes_nothing(office):
    first = adopt(office, ROUNDS)
    again = adopt(office, ROUNDS)
    assert (again.outcome, again.version_id, again.duty_id) == (SAME, None, first.duty_id)


def test_what_exists_is_found_by_its_words_and_changed_where_the_plan_differs(office):
    asked = Description(
        "质控自查", "department", per="month", says="科室应每月自查、总结、上报", within=(8, "workday")
    )
    seen = preview(asked)
    assert (seen.outcome, seen.duty_id) == (CHANGED, "monthly_self_check")
    assert seen.changes == ["期限由次月第 5 个工作日前改为当月第 8 个工作日前"]
    made = adopt(office, asked)
    found = next(one for one in queries.duties(on=TODAY) if one.id == made.duty_id)
    assert (found.is_own, found.version, found.obj.due.number) == (True, 2, 8)


def test_what_exists_and_asks_the_same_is_left_alone(office):
    asked = Description("科室每月自查", "department", per="month", says="科室应每月自查、总结、上报")
    assert preview(asked).outcome == SAME


def test_an_offered_duty_comes_into_force_by_a_plan(office, pack):
    (pack / "article.yaml").write_text(
        written(
            id="article", title="{zh: 每月投稿一篇}", says="各科室每月向院办投稿不能少于一篇", preset="true"
        ),
        "utf-8",
    )
    shelf.forget()
    assert not queries.in_force("article", on=TODAY)
    assert [one.id for one in queries.offered(on=TODAY)] == ["article"]
    made = adopt(office, Description("投稿", "department", per="month", says="每个月向院办投稿不能少于一篇"))
    assert (made.duty_id, made.outcome) == ("article", NEW)
    assert queries.in_force("article", on=TODAY)


@pytest.mark.parametrize(
    ("description", "word"),
    [
        (Description("查房", "department", per="day"), "每天"),
        (Description("开会", "committee"), "哪个委员会"),
        (Description("查房", "hospital", count=99), "1 到 60"),
        (Description("查房", ""), "科室、委员会还是全院"),
        (Description("查房", "hospital", role="nobody"), "岗位"),
    ],
)
def test_what_cannot_be_a_duty_is_said_in_a_sentence(office, description, word):
    seen = preview(description)
    assert seen.outcome == IMPOSSIBLE
    assert word in seen.why
    with pytest.raises(ValidationError, match=word):
        adopt(office, description)


def test_taking_back_brings_what_was_before(office):
    made = adopt(office, Description("自查", "department", per="week", says="科室应每周自查、总结、上报"))
    assert next(o.obj.every for o in queries.duties(on=TODAY) if o.id == made.duty_id) == "week"
    actions.open_occurrences(now=MONDAY)
    actions.withdraw_duty(by=office, now=MONDAY, version_id=made.version_id, reason="读错了")
    found = next(one for one in queries.duties(on=TODAY) if one.id == made.duty_id)
    assert (found.obj.every, found.is_own) == ("month", False)
    weekly = Occurrence.objects.filter(duty_id=made.duty_id, every="week")
    assert {one.excused_reason for one in weekly} == {"撤销采纳：读错了"}


def test_taking_back_the_second_brings_the_first(office):
    asked = Description(
        "自查", "department", per="month", says="科室应每月自查、总结、上报", within=(8, "workday")
    )
    adopt(office, asked)
    second = adopt(office, Description("自查", "department", per="week", says="科室应每周自查、总结、上报"))
    actions.withdraw_duty(by=office, now=MONDAY, version_id=second.version_id, reason="读错了")
    found = next(one for one in queries.duties(on=TODAY) if one.id == "monthly_self_check")
    assert (found.obj.every, found.obj.due.number, found.is_own) == ("month", 8, True)


def test_what_was_kept_with_evidence_is_not_taken_back(office):
    made = adopt(office, ROUNDS)
    actions.open_occurrences(now=MONDAY)
    opened = Occurrence.objects.get(duty_id=made.duty_id)
    actions.add_proof(opened, by=office, now=MONDAY, kind="report", title="查房记录", dated_on=TODAY)
    assert actions.used_as(version_id=made.version_id) == [
        "“院领导参加业务查房”2026 年 11 月（全院）已有证据"
    ]
    with pytest.raises(ValidationError, match="已有证据"):
        actions.withdraw_duty(
            by=office, now=MONDAY + timedelta(days=1), version_id=made.version_id, reason="读错了"
        )


def test_only_who_adopts_plans_may(hospital, make_user, pack):
    doctor = make_user("physician", hospital.departments["CARD"], name="赵医师")
    with pytest.raises(PermissionDenied):
        adopt(doctor, ROUNDS)
