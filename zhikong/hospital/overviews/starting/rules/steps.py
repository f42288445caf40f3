"""The steps in their advised order, and the state of one: what is there, what is wrong, what a person said of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class State(StrEnum):
    """Nothing is there; something is, and something is missing; nothing is missing; left out on purpose."""

    NOT_BEGUN = "not_begun"
    UNDER_WAY = "under_way"
    DONE = "done"
    LEFT_OUT = "left_out"


STATE_WORDS: dict[State, Words] = {
    State.NOT_BEGUN: _("未开始"),
    State.UNDER_WAY: _("进行中"),
    State.DONE: _("已完成"),
    State.LEFT_OUT: _("不做"),
}
TONES = {State.NOT_BEGUN: "none", State.UNDER_WAY: "warn", State.DONE: "ok", State.LEFT_OUT: "info"}


@dataclass(frozen=True)
class Step:
    """One step. needs: the steps without which its work cannot succeed; the order itself is only advised."""

    key: str
    title: Words
    purpose: Words
    needs: tuple[str, ...] = ()


STEPS: dict[str, Step] = {
    step.key: step
    for step in (
        Step(
            "departments",
            _("科室与别名"),
            _("让数据里的每个科室名称都找得到对应的科室；别名是首页、HIS 里的其他叫法。"),
        ),
        Step(
            "staff",
            _("人员与岗位"),
            _("让每个科室有科主任、护士长和质控员，问题和待办才有人接。"),
            ("departments",),
        ),
        Step(
            "roles",
            _("角色与首次密码"),
            _("让每个人用自己的账号、按自己的职责看到该看的数据。"),
            ("staff",),
        ),
        Step(
            "committees",
            _("委员会与质控小组"),
            _("建立院科两级质控组织：每个临床科室一个 3–5 人的质控小组。"),
            ("departments", "staff"),
        ),
        Step(
            "targets",
            _("目标值"),
            _("让每个指标能判断达标与否；没有目标值的指标只监测、不判断。"),
        ),
        Step(
            "history",
            _("两年病案首页"),
            _("导入近两年的首页，才有首月数据、同比和控制图的界限。"),
            ("departments",),
        ),
        Step(
            "plan",
            _("年度工作计划"),
            _("把医院的质控计划读成目标、周期职责和全年日历。"),
            ("departments",),
        ),
        Step(
            "month",
            _("首月"),
            _("计算第一个月的指标，能结账就结账，并起草第一期医疗质量简报。"),
            ("history",),
        ),
    )
}


@dataclass(frozen=True)
class Trouble:
    """Something that is wrong or missing. blocks: the step is not done while it lasts."""

    text: str
    url: str = ""
    blocks: bool = True


@dataclass(frozen=True)
class Mark:
    """What a person said of a step last: done, left out with a reason, or open again."""

    kind: str
    reason: str = ""
    by: str = ""
    at: object = None


@dataclass(frozen=True)
class Found:
    """What stands in the database of one step: whether anything is there, in words, and what is wrong."""

    begun: bool
    lines: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()


def state_of(found: Found, mark: Mark | None) -> State:
    """A person's word comes first; without one the data tell."""
    if mark is not None and mark.kind == "left_out":
        return State.LEFT_OUT
    if mark is not None and mark.kind == "done":
        return State.DONE
    if not found.begun:
        return State.NOT_BEGUN
    return State.UNDER_WAY if any(one.blocks for one in found.troubles) else State.DONE


def wanting(step: Step, states: dict[str, State]) -> list[Step]:
    """The needed steps of a step that have not begun, in order."""
    return [STEPS[key] for key in step.needs if states.get(key) == State.NOT_BEGUN]


def finished(states: dict[str, State]) -> bool:
    """Every step is done or left out; the first month itself cannot be left out."""
    over = {State.DONE, State.LEFT_OUT}
    return all(states.get(key) in over for key in STEPS) and states.get("month") == State.DONE


def listed(names: list[str], most: int = 5) -> str:
    """Names as a Chinese list; of many the first few and how many there are."""
    shown = "、".join(names[:most])
    return shown if len(names) <= most else f"{shown}等"
