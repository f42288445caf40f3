"""The state of a step: a person's word first, then the data."""

import pytest

from zhikong.hospital.overviews.starting.rules.steps import (
    STEPS,
    Found,
    Mark,
    State,
    Trouble,
    finished,
    listed,
    state_of,
    wanting,
)

WRONG = Trouble("3 个科室没有科主任")
HINT = Trouble("还没有病案管理委员会", blocks=False)


@pytest.mark.parametrize(
    ("found", "mark", "state"),
    [
        (Found(False), None, State.NOT_BEGUN),
        (Found(False, troubles=(WRONG,)), None, State.NOT_BEGUN),
        (Found(True, troubles=(WRONG,)), None, State.UNDER_WAY),
        (Found(True, troubles=(HINT,)), None, State.DONE),
        (Found(True, troubles=(WRONG,)), Mark("done"), State.DONE),
        (Found(False), Mark("left_out", "明年再建"), State.LEFT_OUT),
    ],
)
def test_state(found, mark, state):
    assert state_of(found, mark) == state


def test_a_step_names_what_it_needs_and_what_has_not_begun():
    states = dict.fromkeys(STEPS, State.DONE) | {"departments": State.NOT_BEGUN}
    assert [one.key for one in wanting(STEPS["committees"], states)] == ["departments"]
    assert wanting(STEPS["targets"], states) == []
    assert all(need in STEPS for step in STEPS.values() for need in step.needs)


def test_every_step_needs_only_earlier_ones():
    order = list(STEPS)
    assert all(order.index(need) < order.index(key) for key, one in STEPS.items() for need in one.needs)


def test_finished_only_with_the_month_itself():
    assert finished(dict.fromkeys(STEPS, State.DONE) | {"plan": State.LEFT_OUT})
    assert not finished(dict.fromkeys(STEPS, State.LEFT_OUT))
    assert not finished({})


def test_many_names_are_cut():
    assert listed(["心内", "呼吸"]) == "心内、呼吸"
    assert listed([str(n) for n in range(9)], 3) == "0、1、2等"
