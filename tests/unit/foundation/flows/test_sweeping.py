"""One sweep reminds, escalates, takes timeouts and passes on what people left behind; a second one does nothing."""

from datetime import date, timedelta

import pytest

from tests.unit.foundation.flows.conftest import NOW
from zhikong.foundation.access.models import RoleAssignment
from zhikong.foundation.flows import actions, queries
from zhikong.foundation.flows.models import Branch, Case, CaseStep
from zhikong.foundation.notices.models import Notice, Receipt
from zhikong.foundation.tasks.models import Task

DUE = NOW.replace(day=25, hour=16, minute=0)  # midnight at the end of 2026-11-25 in the hospital


def notices_of(user):
    return list(Receipt.objects.filter(user=user).order_by("pk").values_list("notice__title", flat=True))


def told(case, act):
    return list(case.steps.filter(act=act).order_by("pk").values_list("to_words", flat=True))


def test_before_its_time_a_sweep_does_nothing(open_desk):
    open_desk()
    assert not actions.sweep(now=NOW + timedelta(hours=1))


def test_the_owner_is_reminded_once_before_the_deadline(open_desk, people):
    case = open_desk(by=people.nurse)
    before = len(notices_of(case.owner))
    assert actions.sweep(now=DUE - timedelta(hours=24)).warned == 1
    assert not actions.sweep(now=DUE - timedelta(hours=24))
    assert notices_of(case.owner)[before:] == ["投诉接待：TS-2026-0001 等候时间过长 快到期"]


@pytest.mark.proves("F-06")
def test_the_ladder_is_climbed_rung_by_rung_each_told_once(open_desk, people):
    case = open_desk()
    assert actions.sweep(now=DUE).escalated == 1
    assert (told(case, "escalate"), notices_of(people.leader)) == (["李建国"], [])
    assert not actions.sweep(now=DUE + timedelta(hours=23))
    assert actions.sweep(now=DUE + timedelta(hours=24)).escalated == 1
    assert told(case, "escalate") == ["李建国", "孙院"]
    assert notices_of(people.leader) == ["投诉接待：TS-2026-0001 等候时间过长 已逾期"]
    assert not actions.sweep(now=DUE + timedelta(days=365))


def test_a_worker_that_slept_climbs_all_rungs_at_once(open_desk, people):
    case = open_desk()
    assert actions.sweep(now=DUE + timedelta(days=10)).escalated == 1
    assert told(case, "escalate") == ["李建国", "孙院"]
    assert not actions.sweep(now=DUE + timedelta(days=10))


def test_many_cases_make_one_notice_for_each_person(open_desk, people):
    for _ in range(30):
        open_desk()
    notices = Notice.objects.count()
    assert actions.sweep(now=DUE).escalated == 30
    assert Notice.objects.count() == notices + 1
    text = Notice.objects.latest("pk").text
    assert (text.count("TS-2026-"), text.endswith("……共 30 件")) == (20, True)


def test_a_timeout_takes_the_flows_own_step(open_desk, people):
    case = open_desk()
    actions.act(case, by=people.officer, now=NOW, transition="investigate")
    done = actions.sweep(now=NOW + timedelta(hours=48))
    assert done.timed_out == 1
    assert [branch.state for branch in queries.open_branches(case)] == ["checking"]
    actions.act(case, by=people.medical, now=NOW + timedelta(hours=49), transition="checked")
    case.refresh_from_db()
    assert case.state == "replying"
    assert not actions.sweep(now=NOW + timedelta(hours=50))


def test_acting_in_time_ends_the_ladder(open_desk, people):
    case = open_desk()
    actions.act(case, by=people.officer, now=NOW, transition="simple", reason="已解释")
    assert not actions.sweep(now=DUE + timedelta(days=30))


def test_the_cases_of_who_left_go_to_whom_the_flow_names(open_desk, people):
    case = open_desk()
    people.officer.is_active = False
    people.officer.save()
    assert actions.sweep(now=NOW + timedelta(minutes=1)).reassigned == 1
    case.refresh_from_db()
    assert case.owner == people.officer_two
    assert Task.objects.get(owner=people.officer_two, state="open").due_on == case.due_on
    assert not Task.objects.filter(owner=people.officer, state="open").exists()
    assert not actions.sweep(now=NOW + timedelta(minutes=2))


def test_who_lost_every_role_loses_the_cases_and_the_quality_office_has_them(open_desk, people):
    case = open_desk()
    RoleAssignment.objects.filter(user__in=[people.officer, people.officer_two]).update(
        valid_to=date(2026, 11, 23)
    )
    assert actions.sweep(now=NOW).reassigned == 1
    case.refresh_from_db()
    assert case.owner == people.office
    assert "没有投诉专员账号" in case.steps.get(act="reassign").reason


def test_many_batches_are_one_sweep(open_desk, people, monkeypatch):
    from zhikong.foundation.flows.actions import sweeping

    monkeypatch.setattr(sweeping, "BATCH", 4)
    for _ in range(10):
        open_desk()
    assert actions.sweep(now=DUE).escalated == 10
    assert CaseStep.objects.filter(act="escalate").count() == 10
    assert set(Branch.objects.values_list("level", flat=True)) == {1}
    assert Case.objects.filter(due_at__lte=DUE).count() == 10
