"""The rules of findings as tables: every row is one decision that a hospital can read."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.foundation.findings import rules
from zhikong.foundation.findings.rules import Act, Check, Closing, Severity, State, Verified

TODAY = date(2026, 11, 23)
HEAD, NURSE, OFFICE = 1, 2, 3


def way(*acts: Act, start: State = State.RAISED) -> State:
    state = start
    for act in acts:
        state = rules.next_state(state, act)
    return state


def test_the_whole_way_leads_from_raised_to_closed():
    acts = (
        Act.ANSWER_CAUSE,
        Act.PROPOSE_MEASURE,
        Act.APPROVE,
        Act.ACCEPT,
        Act.CORRECT,
        Act.VERIFY,
        Act.CLOSE,
    )
    states = [way(*acts[: n + 1]) for n in range(len(acts))]
    assert states == ["cause", "measure", "department_approval", "accepted", "accepted", "verified", "closed"]


@pytest.mark.parametrize(
    ("state", "act"),
    [
        (State.RAISED, Act.CLOSE),
        (State.RAISED, Act.PROPOSE_MEASURE),
        (State.RAISED, Act.ACCEPT),
        (State.CAUSE, Act.APPROVE),
        (State.MEASURE, Act.ACCEPT),
        (State.DEPARTMENT_APPROVAL, Act.CORRECT),
        (State.ACCEPTED, Act.CLOSE),
        (State.ACCEPTED, Act.CORRECT_ON_THE_SPOT),
        (State.OBSERVATION, Act.CLOSE),
        (State.CLOSED, Act.VERIFY),
        (State.CLOSED, Act.OVERRIDE),
        (State.CLOSED, Act.ESCALATE),
        (State.VERIFIED, Act.VERIFY),
        (State.REOPENED, Act.CLOSE),
    ],
)
def test_steps_cannot_be_skipped(state, act):
    with pytest.raises(rules.NotAllowedNow) as refused:
        rules.next_state(state, act)
    assert str(rules.STATE_NAMES[state]) in str(refused.value)
    assert str(rules.ACT_NAMES[act]) in str(refused.value)


@pytest.mark.parametrize("state", list(State))
def test_only_closing_and_override_lead_to_closed(state):
    leading = {act for act, reached in rules.LEADS_TO.items() if reached is State.CLOSED}
    assert leading == {Act.CLOSE, Act.OVERRIDE}
    if state not in (State.VERIFIED, State.CLOSED):
        with pytest.raises(rules.NotAllowedNow):
            rules.next_state(state, Act.CLOSE)


def test_every_act_and_state_has_a_name_and_a_place():
    assert set(rules.STATE_NAMES) == set(State)
    assert set(rules.ACT_NAMES) == set(Act)
    assert set(rules.MAY_START_FROM) == set(Act) - {Act.RAISE}


@pytest.mark.parametrize("start", [State.OBSERVATION, State.VERIFIED, State.CLOSED])
def test_a_reopened_finding_starts_with_the_cause(start):
    assert way(Act.REOPEN, Act.ANSWER_CAUSE, start=start) is State.CAUSE


# ---- due dates


def test_minor_counts_working_days_and_major_days():
    calendar = WorkingCalendar({})
    minor = rules.default_due("minor", start=TODAY, calendar=calendar)
    major = rules.default_due("major", start=TODAY, calendar=calendar)
    assert minor.on == date(2026, 12, 11)
    assert "14 个工作日" in minor.reason
    assert "2026-11-23" in minor.reason
    assert major.on == date(2026, 12, 23)
    assert "30 天" in major.reason


def test_a_due_date_in_a_year_that_is_not_announced_says_so():
    due = rules.default_due("minor", start=date(2031, 1, 6), calendar=WorkingCalendar({}))
    assert due.on > date(2031, 1, 6)
    assert "尚未公布" in due.reason


@pytest.mark.parametrize(
    ("state", "days", "late"),
    [
        (State.RAISED, -1, True),
        (State.RAISED, 0, False),
        (State.REOPENED, -1, True),
        (State.ACCEPTED, -1, True),
        (State.DEPARTMENT_APPROVAL, -1, False),
        (State.OBSERVATION, -100, False),
        (State.VERIFIED, -1, False),
        (State.CLOSED, -1, False),
    ],
)
def test_overdue_only_while_the_department_has_to_act(state, days, late):
    assert rules.is_overdue(state, TODAY + timedelta(days=days), TODAY) is late


@pytest.mark.parametrize(("late", "rung"), [(-3, 0), (0, 0), (1, 1), (2, 1), (3, 2), (6, 2), (7, 3), (60, 3)])
def test_the_overdue_ladder(late, rung):
    assert rules.ladder_rung(TODAY - timedelta(days=late), TODAY) == rung


@pytest.mark.parametrize(
    ("closed_days_ago", "recurrent"), [(None, False), (0, True), (1, True), (365, True), (366, False)]
)
def test_recurrent_within_twelve_months(closed_days_ago, recurrent):
    closed = None if closed_days_ago is None else TODAY - timedelta(days=closed_days_ago)
    assert rules.is_recurrent(closed, TODAY) is recurrent


# ---- closing

MINOR = Closing(
    severity=Severity.MINOR,
    recurrent=False,
    corrected_by=HEAD,
    evidence_by=frozenset({HEAD}),
    verified=Verified(Check.EVIDENCE, True, OFFICE),
    closed_by=OFFICE,
)
MAJOR = replace(MINOR, severity=Severity.MAJOR)
RECURRENT = replace(MINOR, recurrent=True)
TEN = Verified(Check.REINSPECTION, True, OFFICE, items_checked=10)
CHART = Verified(Check.EFFECT, True, None)
BY_NURSE = Verified(Check.EVIDENCE, True, NURSE)
BY_DECISION = Verified(Check.OVERRIDE, True, OFFICE)
OVERRIDDEN = replace(MAJOR, corrected_by=None, evidence_by=frozenset(), verified=BY_DECISION)


@pytest.mark.proves("CAP-04", "CAP-08")
@pytest.mark.parametrize(
    "case",
    [
        MINOR,
        replace(MINOR, verified=TEN, items_required=10),
        replace(MINOR, verified=CHART),
        replace(MAJOR, verified=TEN, items_required=10),
        replace(MAJOR, verified=CHART),
        replace(RECURRENT, verified=CHART),
        replace(RECURRENT, verified=TEN),
        replace(
            MAJOR, corrected_by=None, evidence_by=frozenset(), verified=Verified(Check.OVERRIDE, True, OFFICE)
        ),
    ],
)
def test_may_close(case):
    assert rules.closing_problem(case) is None


@pytest.mark.proves("CAP-04", "CAP-08")
@pytest.mark.parametrize(
    ("case", "words"),
    [
        (replace(MINOR, verified=None), "没有通过的核实记录"),
        (replace(MINOR, verified=Verified(Check.EVIDENCE, False, OFFICE)), "没有通过的核实记录"),
        (replace(MINOR, evidence_by=frozenset()), "证据"),
        (replace(MINOR, corrected_by=None), "整改完成"),
        (replace(MINOR, closed_by=None), "具体的人"),
        (replace(MINOR, verified=Verified(Check.EVIDENCE, True, HEAD)), "换一位"),
        (
            replace(MINOR, evidence_by=frozenset({NURSE}), verified=Verified(Check.EVIDENCE, True, NURSE)),
            "换一位",
        ),
        (MAJOR, "复查或指标控制图"),
        (RECURRENT, "复查或指标控制图"),
        (replace(MAJOR, verified=replace(TEN, items_checked=9), items_required=10), "复查份数不足"),
        (replace(MAJOR, verified=replace(TEN, items_checked=0)), "复查份数不足"),
        (replace(MAJOR, verified=CHART, closed_by=HEAD), "换一位"),
        (replace(MAJOR, verified=Verified(Check.OVERRIDE, True, HEAD)), "换一位"),
    ],
)
def test_may_not_close(case, words):
    assert words in str(rules.closing_problem(case))


@pytest.mark.parametrize(
    ("severity", "recurrent", "indicator", "checks"),
    [
        ("minor", False, False, ["evidence", "reinspection"]),
        ("minor", False, True, ["evidence", "reinspection", "effect"]),
        ("minor", True, True, ["effect", "reinspection"]),
        ("major", False, False, ["reinspection"]),
        ("major", False, True, ["effect", "reinspection"]),
    ],
)
def test_by_what_a_finding_is_verified(severity, recurrent, indicator, checks):
    assert list(rules.checks_allowed(severity, recurrent, indicator)) == checks
