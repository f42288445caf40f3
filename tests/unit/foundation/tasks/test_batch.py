"""Acts on many tasks: each by itself, with the reason where it is refused; giving tasks by hand."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.foundation.notices.models import Notice
from zhikong.foundation.tasks import actions, queries, sources
from zhikong.foundation.tasks.models import Task

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LATER = date(2027, 1, 5)


@pytest.fixture
def by_hand(ward, hospital):
    def make(title="擦窗", owner="doctor", by="head", **changes):
        values = {"owner": ward[owner], "title": title, "text": "", "due_on": date(2026, 12, 1)}
        place = {"department_id": hospital.departments["CARD"].id}
        return actions.give(by=ward[by], now=NOW, **{**values, **place, **changes})

    return make


@pytest.mark.proves("F-10")
def test_three_succeed_and_one_says_why_not(ward, task_for, by_hand):
    tasks = [by_hand(f"事 {n}") for n in range(3)] + [task_for("doctor", "问题", source_kind="finding")]
    outcomes = actions.in_batch(tasks, act="done", by=ward["doctor"], now=NOW)
    assert [one.ok for one in outcomes] == [True, True, True, False]
    assert "问题整改" in outcomes[3].reason
    assert Task.objects.filter(state="done").count() == 3


def test_ticking_is_the_owners(ward, by_hand):
    (outcome,) = actions.in_batch([by_hand()], act="done", by=ward["nurse"], now=NOW)
    assert outcome.reason == "这不是您的待办。"


def test_delegating_many_stops_at_none(ward, task_for):
    tasks = [task_for("head", "一"), task_for("nurse", "不是我的"), task_for("head", "二")]
    outcomes = actions.in_batch(tasks, act="delegate", by=ward["head"], now=NOW, to=ward["doctor"], reason="")
    assert [one.ok for one in outcomes] == [True, False, True]
    assert queries.open_count(user=ward["doctor"]) == 2


@pytest.mark.parametrize(
    ("who", "ok"), [("head", True), ("office", True), ("nurse", True), ("surgeon", False)]
)
def test_who_leads_or_gave_it_reminds(ward, task_for, who, ok):
    (outcome,) = actions.in_batch([task_for("doctor")], act="remind", by=ward[who], now=NOW, text="请尽快")
    assert outcome.ok == ok
    assert Notice.objects.filter(title__startswith="催办").exists() == ok


def test_nobody_reminds_oneself(ward, by_hand):
    (outcome,) = actions.in_batch([by_hand()], act="remind", by=ward["doctor"], now=NOW, text="")
    assert "自己" in outcome.reason


@pytest.mark.parametrize(
    ("giver", "by", "ok"),
    [
        ("head", "head", True),  # who gave it
        ("office", "head", False),  # a department may not move what an office has set
        ("head", "office", True),  # the office stands above
        (None, "head", True),  # the system gave it: who leads the department
        (None, "doctor", False),  # never the owner
        (None, "surgeon", False),
    ],
)
def test_who_may_extend(ward, task_for, giver, by, ok):
    task = task_for("doctor", by=ward[giver] if giver else None)
    (outcome,) = actions.in_batch([task], act="extend", by=ward[by], now=NOW, due_on=LATER, reason="等设备")
    assert outcome.ok == ok
    assert (Task.objects.get().due_on == LATER) == ok


def test_a_date_that_belongs_to_the_thing_itself_is_not_moved_here(ward, task_for):
    task = task_for("doctor", source_kind="finding")
    (outcome,) = actions.in_batch([task], act="extend", by=ward["office"], now=NOW, due_on=LATER, reason="忙")
    assert "问题整改" in outcome.reason


def test_an_act_that_nobody_knows_is_refused(ward):
    with pytest.raises(ValidationError):
        actions.in_batch([], act="eat", by=ward["head"], now=NOW)


def test_giving_by_hand_tells_the_colleague_and_explains_the_date(ward, by_hand):
    task = by_hand(text="节前")
    assert task.due_reason == "李建国 布置时指定：节前"
    assert task.url == f"/tasks/{task.pk}/"
    assert Notice.objects.get().title == "李建国 布置了一项待办：擦窗"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"by": "doctor"}, PermissionDenied),
        ({"owner": "surgeon"}, ValidationError),
        ({"due_on": date(2026, 11, 22)}, ValidationError),
        ({"title": " "}, ValidationError),
        ({"department_id": None}, PermissionDenied),
    ],
)
def test_giving_beyond_ones_reach_is_refused(by_hand, changes, refusal):
    with pytest.raises(refusal):
        by_hand(**changes)
    assert not Task.objects.exists()


def test_sources_are_registered_once():
    with pytest.raises(ValueError, match="finding"):
        sources.register(sources.Source("finding", "别的"))
    assert sources.source("odd").title == "odd"
