"""Which step of a finding may follow which, and what states, steps and checks are called.

Sources: CAP-01…04, CAP-08, WF-06 (000-P4 L224-226, 000-P3 L94 and L124, 001-P3 L321-325).
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    """The last step that was taken (WF-06)."""

    RAISED = "raised"
    CAUSE = "cause"
    MEASURE = "measure"
    DEPARTMENT_APPROVAL = "department_approval"
    ACCEPTED = "accepted"
    OBSERVATION = "observation"
    VERIFIED = "verified"
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"


STATE_NAMES = {
    State.RAISED: _("待科室答复"),
    State.CAUSE: _("已分析原因"),
    State.MEASURE: _("待科室审核"),
    State.DEPARTMENT_APPROVAL: _("待受理"),
    State.ACCEPTED: _("整改中"),
    State.OBSERVATION: _("观察中"),
    State.VERIFIED: _("已核实"),
    State.CLOSED: _("已关闭"),
    State.REOPENED: _("重新打开"),
    State.MERGED: _("已合并"),
}
WITH_DEPARTMENT = (State.RAISED, State.CAUSE, State.MEASURE, State.REOPENED, State.ACCEPTED)
"""States in which the clock of the due date runs against the department."""


class Severity(StrEnum):
    MINOR = "minor"
    MAJOR = "major"


SEVERITY_NAMES = {Severity.MINOR: _("一般"), Severity.MAJOR: _("严重")}


class Check(StrEnum):
    """By what a correction is verified."""

    EVIDENCE = "evidence"
    REINSPECTION = "reinspection"
    EFFECT = "effect"
    OVERRIDE = "override"


CHECK_NAMES = {
    Check.EVIDENCE: _("核对整改证据"),
    Check.REINSPECTION: _("复查若干份"),
    Check.EFFECT: _("看指标控制图"),
    Check.OVERRIDE: _("例外关闭"),
}


class Verdict(StrEnum):
    """What the numbers say about a measure."""

    IMPROVED = "improved"
    NOT_SHIFTED = "not_shifted"
    NOT_ENOUGH_DATA = "not_enough_data"


VERDICT_STATE = {
    Verdict.IMPROVED: State.VERIFIED,
    Verdict.NOT_SHIFTED: State.REOPENED,
    Verdict.NOT_ENOUGH_DATA: State.OBSERVATION,
}


class Act(StrEnum):
    RAISE = "raise"
    ANSWER_CAUSE = "answer_cause"
    PROPOSE_MEASURE = "propose_measure"
    APPROVE = "approve"
    RETURN = "return"
    ACCEPT = "accept"
    CORRECT = "correct"
    CORRECT_ON_THE_SPOT = "correct_on_the_spot"
    VERIFY = "verify"
    OBSERVE = "observe"
    REVIEW = "review"
    CLOSE = "close"
    REOPEN = "reopen"
    OVERRIDE = "override"
    EXTEND = "extend"
    ESCALATE = "escalate"
    COMMENT = "comment"
    PLAN = "plan"
    MEASURE_DONE = "measure_done"
    ASK_EXTENSION = "ask_extension"
    REFUSE_EXTENSION = "refuse_extension"
    DELEGATE = "delegate"
    MERGE = "merge"
    UNMERGE = "unmerge"
    REFER = "refer"
    DECIDE = "decide"
    MOVE = "move"
    ACCOUNT = "account"
    FOLLOW_UP = "follow_up"
    LEARN = "learn"
    DEMAND_PDCA = "demand_pdca"


ACT_NAMES = {
    Act.RAISE: _("提出问题"),
    Act.ANSWER_CAUSE: _("分析原因"),
    Act.PROPOSE_MEASURE: _("制定整改措施"),
    Act.APPROVE: _("科室审核通过"),
    Act.RETURN: _("退回科室"),
    Act.ACCEPT: _("职能部门受理"),
    Act.CORRECT: _("报告整改完成"),
    Act.CORRECT_ON_THE_SPOT: _("当场纠正"),
    Act.VERIFY: _("核实"),
    Act.OBSERVE: _("转入观察"),
    Act.REVIEW: _("观察到期复核"),
    Act.CLOSE: _("关闭"),
    Act.REOPEN: _("重新打开"),
    Act.OVERRIDE: _("例外关闭"),
    Act.EXTEND: _("延期"),
    Act.ESCALATE: _("逾期升级"),
    Act.COMMENT: _("意见"),
    Act.PLAN: _("填写整改方案"),
    Act.MEASURE_DONE: _("完成一项措施"),
    Act.ASK_EXTENSION: _("申请延期"),
    Act.REFUSE_EXTENSION: _("不同意延期"),
    Act.DELEGATE: _("转交经办"),
    Act.MERGE: _("合并"),
    Act.UNMERGE: _("撤销合并"),
    Act.REFER: _("提交委员会"),
    Act.DECIDE: _("委员会决议"),
    Act.MOVE: _("随科室合并转移"),
    Act.ACCOUNT: _("责任认定"),
    Act.FOLLOW_UP: _("跟踪评价"),
    Act.LEARN: _("形成制度"),
    Act.DEMAND_PDCA: _("要求立项改进"),
}

DONE_STATES = frozenset({State.CLOSED, State.MERGED})
"""Nothing is waited for: closed, or dealt with under another number."""
OPEN_STATES = frozenset(State) - DONE_STATES
PLANNED_IN = frozenset({State.RAISED, State.CAUSE, State.MEASURE, State.REOPENED})
MAY_START_FROM: dict[Act, frozenset[State]] = {
    Act.ANSWER_CAUSE: frozenset({State.RAISED, State.CAUSE, State.MEASURE, State.REOPENED}),
    Act.PROPOSE_MEASURE: frozenset({State.CAUSE, State.MEASURE}),
    Act.APPROVE: frozenset({State.MEASURE}),
    Act.RETURN: frozenset({State.MEASURE, State.DEPARTMENT_APPROVAL}),
    Act.ACCEPT: frozenset({State.DEPARTMENT_APPROVAL}),
    Act.CORRECT: frozenset({State.ACCEPTED}),
    Act.CORRECT_ON_THE_SPOT: frozenset({State.RAISED}),
    Act.VERIFY: frozenset({State.ACCEPTED, State.OBSERVATION}),
    Act.OBSERVE: frozenset({State.ACCEPTED, State.OBSERVATION}),
    Act.REVIEW: frozenset({State.OBSERVATION}),
    Act.CLOSE: frozenset({State.VERIFIED}),
    Act.REOPEN: frozenset({State.OBSERVATION, State.VERIFIED, State.CLOSED, State.ACCEPTED}),
    Act.OVERRIDE: OPEN_STATES,
    Act.EXTEND: frozenset({*WITH_DEPARTMENT, State.DEPARTMENT_APPROVAL}),
    Act.ESCALATE: frozenset({*WITH_DEPARTMENT, State.DEPARTMENT_APPROVAL}),
    Act.COMMENT: frozenset(State),
    Act.PLAN: PLANNED_IN,
    Act.MEASURE_DONE: frozenset({State.ACCEPTED}),
    Act.ASK_EXTENSION: frozenset({*WITH_DEPARTMENT, State.DEPARTMENT_APPROVAL}),
    Act.REFUSE_EXTENSION: OPEN_STATES,
    Act.DELEGATE: OPEN_STATES,
    Act.MERGE: frozenset({*PLANNED_IN, State.DEPARTMENT_APPROVAL, State.ACCEPTED}),
    Act.UNMERGE: frozenset({State.MERGED}),
    Act.REFER: OPEN_STATES,
    Act.DECIDE: frozenset(State),
    Act.MOVE: OPEN_STATES,
    Act.ACCOUNT: frozenset(State) - {State.MERGED},
    Act.FOLLOW_UP: frozenset({State.CLOSED}),
    Act.LEARN: frozenset({State.ACCEPTED, State.OBSERVATION, State.VERIFIED, State.CLOSED}),
    Act.DEMAND_PDCA: OPEN_STATES,
}
LEADS_TO: dict[Act, State] = {
    Act.ANSWER_CAUSE: State.CAUSE,
    Act.PROPOSE_MEASURE: State.MEASURE,
    Act.APPROVE: State.DEPARTMENT_APPROVAL,
    Act.RETURN: State.RAISED,
    Act.ACCEPT: State.ACCEPTED,
    Act.CORRECT: State.ACCEPTED,
    Act.CORRECT_ON_THE_SPOT: State.ACCEPTED,
    Act.VERIFY: State.VERIFIED,
    Act.OBSERVE: State.OBSERVATION,
    Act.CLOSE: State.CLOSED,
    Act.REOPEN: State.REOPENED,
    Act.OVERRIDE: State.CLOSED,
    Act.MERGE: State.MERGED,
}
"""Acts that are not here leave the state as it is."""


class NotAllowedNow(Exception):
    """A step that the finding's state does not allow; the text is for the screen."""


def next_state(state: State | str, act: Act) -> State:
    """The state after an act; raises NotAllowedNow with the sentence that says why not."""
    state = State(state)
    if state not in MAY_START_FROM[act]:
        raise NotAllowedNow(
            _("问题现在的状态是“%(state)s”，不能“%(act)s”。")
            % {"state": STATE_NAMES[state], "act": ACT_NAMES[act]}
        )
    return LEADS_TO.get(act, state)
