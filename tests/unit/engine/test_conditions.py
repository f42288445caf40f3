"""Conditions of forms and flows: the indicators' language over the caller's own names."""

from datetime import date

import pytest

from zhikong.engine.conditions import Name, read
from zhikong.engine.definitions.problems import ExpressionError
from zhikong.engine.tables import Type

NAMES = {
    "locked": Name(Type.BOOL, "上锁"),
    "state": Name(Type.TEXT, "状况", choices=("good", "broken")),
    "pressure": Name(Type.FLOAT, "压力"),
    "amount": Name(Type.INT, "金额"),
    "opened_on": Name(Type.DATE, "开始"),
    "today": Name(Type.DATE, "今天"),
}


@pytest.mark.parametrize(
    ("source", "values", "verdict"),
    [
        ("locked", {"locked": True}, True),
        ("not locked", {}, None),
        ("state = 'broken' and not locked", {"state": "broken", "locked": False}, True),
        ("state = 'broken' or locked", {"state": "good"}, None),
        ("state in ('good', 'broken')", {"state": "good"}, True),
        ("state is null", {}, True),
        ("pressure < 0.4", {"pressure": 0.39}, True),
        ("amount >= 10000", {"amount": 9999}, False),
        (
            "days_between(opened_on, today) > 7",
            {"opened_on": date(2026, 1, 1), "today": date(2026, 1, 9)},
            True,
        ),
    ],
)
def test_verdicts(source, values, verdict):
    condition = read(source, NAMES)
    assert condition.verdict(values) is verdict
    assert condition.holds(values) is (verdict is True)


def test_a_condition_names_what_it_depends_on():
    assert read("state = 'good' or amount > 1", NAMES).names == {"state", "amount"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("lockd", "这里没有 lockd"),
        ("state = 'goood'", "没有取值 'goood'"),
        ("state in ('good', 'bad')", "没有取值 'bad'"),
        ("amount", "需要是/否条件"),
        ("__import__('os')", "没有函数"),
        ("has(operations, true)", "子表"),
        ("cast(amount as text) = '1'", "没有"),
        ("stay.days > 1", "不能写 stay.days"),
    ],
)
def test_refused(source, said):
    with pytest.raises(ExpressionError) as caught:
        read(source, NAMES)
    assert said in caught.value.message
