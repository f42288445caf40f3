"""Leave: what is open and what comes meanwhile goes to the deputy and comes back; scope is kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.foundation.notices.models import Notice
from zhikong.foundation.tasks import actions, queries
from zhikong.foundation.tasks.models import HandOver, Task

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def away(ward, who="head", deputy="doctor", first=TODAY, last=TODAY + timedelta(days=6), by=None):
    return actions.hand_over(
        by=ward[by or who], now=NOW, user=ward[who], deputy=ward[deputy], from_on=first, to_on=last, reason="年假"
    )  # fmt: skip


def owners():
    return {
        task.title: (str(task.owner), task.held_for and str(task.held_for)) for task in Task.objects.all()
    }


@pytest.mark.proves("F-10")
def test_open_and_new_tasks_go_to_the_deputy_and_come_back(ward, task_for):
    task_for("head", "原有的")
    _made, passed = away(ward)
    assert passed.moved == 1
    task_for("head", "新来的")
    assert owners() == {"原有的": ("周强", "李建国"), "新来的": ("周强", "李建国")}
    assert {t.title for t in queries.away_tasks(user=ward["head"])} == {"原有的", "新来的"}
    actions.complete(Task.objects.get(title="原有的"), by=ward["doctor"], now=NOW)
    actions.settle_hand_overs(now=NOW + timedelta(days=6))
    assert owners()["新来的"] == ("周强", "李建国")
    actions.settle_hand_overs(now=NOW + timedelta(days=7))
    assert owners()["新来的"] == ("李建国", None)
    assert Task.objects.get(title="原有的").owner == ward["doctor"]
    assert Notice.objects.filter(title__contains="代理").count() == 1


def test_leave_that_begins_later_moves_nothing_yet(ward, task_for):
    task_for("head")
    _made, passed = away(ward, first=TODAY + timedelta(days=1))
    assert passed.moved == 0
    assert owners()["一件事"] == ("李建国", None)
    assert actions.settle_hand_overs(now=NOW + timedelta(days=1)) == 1
    assert actions.settle_hand_overs(now=NOW + timedelta(days=1)) == 0
    assert owners()["一件事"] == ("周强", "李建国")


def test_the_same_thing_for_somebody_on_leave_is_still_given_once(ward, task_for):
    away(ward)
    assert task_for("head") == task_for("head")
    assert Task.objects.count() == 1


def test_what_the_deputy_may_not_see_stays(ward, task_for):
    task_for("head")
    _made, passed = away(ward, deputy="surgeon")
    assert (passed.moved, passed.stayed) == (0, ("一件事",))
    assert task_for("head", "新来的").owner == ward["head"]


def test_a_deputy_who_is_away_as_well_is_stood_in_for(ward, task_for):
    away(ward, who="doctor", deputy="nurse")
    away(ward)
    assert task_for("head").owner == ward["nurse"]
    assert Task.objects.get().held_for == ward["head"]


def test_two_who_stand_in_for_each_other_keep_what_is_theirs(ward, task_for):
    away(ward)
    away(ward, who="doctor", deputy="head")
    assert task_for("head").owner == ward["head"]


def test_what_the_deputy_delegated_on_does_not_come_back(ward, task_for):
    task_for("head")
    made, _passed = away(ward)
    actions.delegate(Task.objects.get(), by=ward["doctor"], now=NOW, to=ward["nurse"])
    assert actions.end_hand_over(made, by=ward["head"], now=NOW) == 0
    task = Task.objects.get()
    assert (task.owner, task.delegated_from) == (ward["nurse"], ward["head"])


def test_ending_early_brings_everything_back_and_may_be_done_by_few(ward, task_for):
    task_for("head")
    made, _passed = away(ward)
    with pytest.raises(PermissionDenied):
        actions.end_hand_over(made, by=ward["doctor"], now=NOW)
    assert actions.end_hand_over(made, by=ward["admin"], now=NOW) == 1
    assert task_for("head", "后来的").owner == ward["head"]


def test_only_oneself_or_the_administrator_sets_leave(ward):
    with pytest.raises(PermissionDenied):
        away(ward, by="office")
    assert away(ward, by="admin")[0].made_by == ward["admin"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"deputy": "head"}, "自己"),
        ({"last": TODAY - timedelta(days=1), "first": TODAY - timedelta(days=3)}, "今天"),
        ({"last": TODAY, "first": TODAY + timedelta(days=1)}, "早于开始"),
    ],
)
def test_leave_that_makes_no_sense_is_refused(ward, changes, said):
    with pytest.raises(ValidationError, match=said):
        away(ward, **changes)
    assert not HandOver.objects.exists()


def test_two_deputies_for_the_same_day_are_refused(ward):
    away(ward)
    with pytest.raises(ValidationError, match="先结束"):
        away(ward, deputy="nurse", first=TODAY + timedelta(days=6), last=TODAY + timedelta(days=9))
    away(ward, deputy="nurse", first=TODAY + timedelta(days=7), last=TODAY + timedelta(days=9))


def test_delegating_to_somebody_on_leave_reaches_the_deputy(ward, task_for):
    away(ward, who="nurse", deputy="head")
    task = task_for("doctor")
    actions.delegate(task, by=ward["doctor"], now=NOW, to=ward["nurse"])
    assert Task.objects.get().owner == ward["head"]
