"""The rules of findings: which step may follow which, when a finding is due, when it may close.

Sources: CAP-01…04, CAP-08, WF-06 (000-P4 L224-226, 000-P3 L94 and L124, 001-P3 L321-325).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

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
}

OPEN_STATES = frozenset(State) - {State.CLOSED}
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


class Calendar(Protocol):
    """What the due date needs of the working calendar."""

    def add_working_days(self, day: date, count: int) -> date: ...

    def is_provisional(self, day: date) -> bool: ...


@dataclass(frozen=True)
class Due:
    """A due date and the sentence that explains it.

    start, working_days: what it was computed from, when it counts working days; a new calendar moves it.
    """

    on: date
    reason: str
    start: date | None = None
    working_days: int | None = None


PROVISIONAL = "；该年放假安排尚未公布，日期暂按周末和固定节日推算"
MINOR_WORKING_DAYS = 14
MAJOR_DAYS = 30
ACCEPT_WORKING_DAYS = 3
VERIFY_WORKING_DAYS = 5
REOPENED_WORKING_DAYS = 10


def default_due(severity: Severity | str, *, start: date, calendar: Calendar) -> Due:
    """The due date that is proposed: minor 14 working days, major 30 days after the day of raising."""
    if Severity(severity) is Severity.MAJOR:
        on = start + timedelta(days=MAJOR_DAYS)
        return Due(on, f"严重问题自提出之日（{start}）起 {MAJOR_DAYS} 天内完成整改")
    return working_days_due(
        start,
        MINOR_WORKING_DAYS,
        f"一般问题自提出之日（{start}）起 {MINOR_WORKING_DAYS} 个工作日内完成整改",
        calendar,
    )


def working_days_due(start: date, days: int, reason: str, calendar: Calendar) -> Due:
    """A due date some working days after a day; says so when that year is not announced yet."""
    on = calendar.add_working_days(start, days)
    if calendar.is_provisional(on):
        reason += PROVISIONAL
    return Due(on, reason, start, days)


def is_overdue(state: State | str, due_on: date, today: date) -> bool:
    """Past the due date while the department has to act; observation and later are never overdue."""
    return State(state) in WITH_DEPARTMENT and due_on < today


LADDER = ((1, "owner"), (3, "department_head"), (7, "hospital_leader"))
"""Days overdue → whom to tell: responsible person, department head, leader in charge (CAP-03)."""


def ladder_rung(due_on: date, today: date) -> int:
    """How many rungs of the ladder are reached; 0 when not overdue."""
    late = (today - due_on).days
    return sum(late >= days for days, _whom in LADDER)


def is_strict(severity: Severity | str, recurrent: bool) -> bool:
    """Major or recurrent: evidence alone does not close it."""
    return recurrent or Severity(severity) is Severity.MAJOR


def checks_allowed(severity: Severity | str, recurrent: bool, has_indicator: bool) -> tuple[Check, ...]:
    """By what a finding may be verified, the proposed way first."""
    effect = (Check.EFFECT,) if has_indicator else ()
    if is_strict(severity, recurrent):
        return (*effect, Check.REINSPECTION)
    return (Check.EVIDENCE, Check.REINSPECTION, *effect)


@dataclass(frozen=True)
class Verified:
    """A verification as the closing rule sees it. by is None when a job read the chart."""

    check: Check
    passed: bool
    by: int | None
    items_checked: int = 0


@dataclass(frozen=True)
class Closing:
    """Everything the closing rule looks at; people are user ids."""

    severity: Severity
    recurrent: bool
    corrected_by: int | None
    evidence_by: frozenset[int]
    verified: Verified | None
    closed_by: int | None
    items_required: int = 0


def closing_problem(case: Closing) -> str | None:
    """Why a finding may not be closed, as a sentence, or None when it may (CAP-04, CAP-08)."""
    if case.verified is None or not case.verified.passed:
        return _("没有通过的核实记录，不能关闭。")
    if case.closed_by is None:
        return _("关闭必须由具体的人作出。")
    if case.verified.check is Check.OVERRIDE:
        return _same_person(case)
    if case.corrected_by is None or not case.evidence_by:
        return _("没有整改完成的记录和证据，不能关闭。")
    return _same_person(case) or _weak_check(case)


def _same_person(case: Closing) -> str | None:
    workers = {case.corrected_by, *case.evidence_by} - {None}
    judge = case.verified.by if case.verified.by is not None else case.closed_by
    if judge in workers:
        return _("核实的人不能是报告整改完成的人，请换一位核实。")
    return None


def _weak_check(case: Closing) -> str | None:
    strict = is_strict(case.severity, case.recurrent)
    if strict and case.verified.check is Check.EVIDENCE:
        return _("严重或重复发生的问题，要由复查或指标控制图证明有效，仅凭证据不能关闭。")
    if case.verified.check is Check.REINSPECTION and case.verified.items_checked < max(
        case.items_required, 1
    ):
        return _("复查份数不足：要求 %(need)d 份，实际 %(got)d 份。") % {
            "need": max(case.items_required, 1),
            "got": case.verified.items_checked,
        }
    return None


RECURRENCE_DAYS = 365


def is_recurrent(closed_on: date | None, raised_on: date) -> bool:
    """The same matter in the same department was closed within the twelve months before."""
    return closed_on is not None and timedelta(0) <= raised_on - closed_on <= timedelta(days=RECURRENCE_DAYS)
