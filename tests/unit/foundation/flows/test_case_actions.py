"""A case moves by roles, guards and deadlines that are data, and is never without an owner."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.unit.foundation.flows.conftest import DESK, NOW
from zhikong.foundation.flows import actions, queries
from zhikong.foundation.flows.models import Branch, Case
from zhikong.foundation.notices.models import Receipt
from zhikong.foundation.tasks.models import Task


def states(case):
    return [branch.state for branch in queries.open_branches(case)]


def owners(case):
    return [branch.owner for branch in queries.open_branches(case)]


def open_tasks(user):
    return list(Task.objects.filter(owner=user, state="open"))


@pytest.mark.proves("WF-10")
def test_a_new_case_has_number_owner_deadline_and_task(open_desk, people):
    case = open_desk()
    assert (case.number, case.state, case.owner) == ("TS-2026-0001", "received", people.officer)
    assert str(case.due_on) == "2026-11-25"
    assert case.due_reason.startswith(
        "医院规定：2 个工作日内转办。自 2026-11-23 10:00 进入“已受理”起 2 个工作日"
    )
    [task] = open_tasks(people.officer)
    assert (task.due_on, task.due_reason) == (case.due_on, case.due_reason)
    assert open_desk().number == "TS-2026-0002"


def test_several_owners_share_the_cases(open_desk, people):
    assert [open_desk(by=people.nurse).owner for _ in range(4)] == [
        people.officer, people.officer_two, people.officer, people.officer_two,
    ]  # fmt: skip


def test_who_may_not_open_is_told_who_may(open_desk, people):
    with pytest.raises(PermissionDenied, match="“投诉接待”由投诉专员、护士新建"):
        open_desk(by=people.head)


def test_a_nurse_may_report_about_another_department_and_follow_it(open_desk, people, hospital):
    from zhikong.foundation.access.queries import scope_of
    from zhikong.foundation.access.scope import scoped

    with scoped(scope_of(people.nurse, NOW.date())):
        case = open_desk(by=people.nurse)
        assert Case.objects.filter(pk=case.pk).exists()
        actions.withdraw(case, by=people.nurse, now=NOW, reason="已经和解")
        assert Case.objects.get(pk=case.pk).state == "withdrawn"


def test_a_step_of_others_is_refused_with_who_may_take_it(open_desk, people):
    with pytest.raises(PermissionDenied, match="“调查”由投诉专员办理，不在您的职责内"):
        actions.act(open_desk(), by=people.head, now=NOW, transition="investigate")


def test_a_step_out_of_turn_is_refused_with_where_the_case_is(open_desk, people):
    with pytest.raises(ValidationError, match="“答复并办结”要在“待答复”时办理，现在是“已受理”"):
        actions.act(open_desk(), by=people.officer, now=NOW, transition="reply", reason="答复")


def test_a_guard_speaks_its_own_sentence(open_desk, people):
    dear, cheap = open_desk(amount=1000), open_desk(amount=999)
    with pytest.raises(ValidationError, match="赔偿 1000 元以上不能当场解决"):
        actions.act(dear, by=people.officer, now=NOW, transition="simple", reason="已解释")
    actions.act(cheap, by=people.officer, now=NOW, transition="simple", reason="已解释")
    assert (cheap.state_title, cheap.closed_by) == ("已办结", people.officer)
    assert not Task.objects.filter(source_kind="flow_case", state="open", source_key=f"{cheap.pk}:0").exists()


def test_a_guard_that_cannot_be_judged_says_what_is_missing(open_desk, people):
    case = open_desk(amount=None)
    with pytest.raises(ValidationError, match="赔偿 1000 元以上不能当场解决（"):
        actions.act(case, by=people.officer, now=NOW, transition="simple", reason="已解释")


def test_a_reason_that_is_demanded_must_be_given(open_desk, people):
    with pytest.raises(ValidationError, match="请写明说明"):
        actions.act(open_desk(), by=people.officer, now=NOW, transition="simple", reason=" ")


def test_parallel_strands_have_their_own_owners_and_join_once(open_desk, people):
    case = open_desk()
    actions.act(case, by=people.officer, now=NOW, transition="investigate")
    assert (states(case), owners(case)) == (["asking", "checking"], [people.head, people.medical])
    assert [len(open_tasks(user)) for user in (people.officer, people.head, people.medical)] == [0, 1, 1]
    actions.act(case, by=people.medical, now=NOW, transition="checked")
    assert states(case) == ["asking"]
    actions.act(case, by=people.head, now=NOW, transition="stated", reason="当天急诊多")
    assert (states(case), owners(case)) == (["replying"], [people.officer])
    assert case.steps.filter(act="join").count() == 1


def test_going_back_from_a_strand_ends_the_others(open_desk, people):
    case = open_desk()
    actions.act(case, by=people.officer, now=NOW, transition="investigate")
    actions.act(case, by=people.medical, now=NOW, transition="back", reason="材料不全")
    assert states(case) == ["received"]
    assert (case.returned, len(open_tasks(people.head))) == (1, 0)
    actions.act(case, by=people.officer, now=NOW, transition="investigate")
    assert states(case) == ["asking", "checking"]


def test_whoever_opened_may_withdraw_from_anywhere(open_desk, people):
    case = open_desk(by=people.nurse)
    actions.act(case, by=people.officer, now=NOW, transition="investigate", branch=0)
    actions.withdraw(case, by=people.nurse, now=NOW, reason="患者已谅解")
    assert (case.state, states(case)) == ("withdrawn", [])
    assert not Task.objects.filter(source_kind="flow_case", state="open").exists()


def test_a_stale_page_is_told_so(open_desk, people):
    case = open_desk()
    seen = case.revision
    actions.act(case, by=people.officer, now=NOW, transition="investigate", revision=seen)
    with pytest.raises(ValidationError, match="刚刚有人办理过"):
        actions.act(case, by=people.officer, now=NOW, transition="back", reason="重查", revision=seen)


def test_delegation_moves_the_task_and_keeps_the_deadline(open_desk, people):
    case = open_desk()
    due = case.due_at
    actions.delegate(case, by=people.officer, now=NOW, to=people.officer_two, reason="休假")
    assert (case.owner, case.due_at) == (people.officer_two, due)
    assert (len(open_tasks(people.officer)), len(open_tasks(people.officer_two))) == (0, 1)
    with pytest.raises(PermissionDenied, match="只有当前责任人和质控科可以转办"):
        actions.delegate(case, by=people.officer, now=NOW, to=people.medical, reason="休假")
    actions.delegate(case, by=people.office, now=NOW, to=people.officer, reason="调整分工")


def test_a_deputy_who_has_the_task_may_take_the_owners_steps(open_desk, people):
    from zhikong.foundation.tasks import actions as tasks

    case = open_desk()
    actions.act(case, by=people.officer, now=NOW, transition="investigate")
    with pytest.raises(PermissionDenied):
        actions.act(case, by=people.officer, now=NOW, transition="back", reason="重查", branch=2)
    [task] = open_tasks(people.medical)
    tasks.delegate(task, by=people.medical, now=NOW, to=people.officer, reason="休假")
    actions.act(case, by=people.officer, now=NOW, transition="back", reason="重查", branch=2)
    assert states(case) == ["received"]


def test_a_role_that_nobody_holds_falls_to_the_quality_office_with_a_notice(open_desk, people):
    case = open_desk(department="GSUR")  # general surgery has no head with an account
    actions.act(case, by=people.officer, now=NOW, transition="investigate")
    assert owners(case) == [people.office, people.medical]
    titles = Receipt.objects.filter(user=people.office).values_list("notice__title", "notice__text")
    assert any("无人负责" in title and "普通外科没有科主任账号" in text for title, text in titles)


def test_a_case_comes_back_to_who_had_it(open_desk, people):
    case = open_desk(by=people.officer_two)
    assert case.owner == people.officer_two
    actions.act(case, by=people.officer, now=NOW, transition="investigate")
    actions.act(case, by=people.medical, now=NOW, transition="back", reason="材料不全")
    assert case.owner == people.officer_two


def test_the_story_reads_and_replays(open_desk, people):
    from zhikong.foundation.flows import story

    case = open_desk()
    actions.act(case, by=people.officer, now=NOW, transition="investigate")
    actions.act(
        case, by=people.medical, now=NOW + timedelta(hours=1), transition="checked", reason="病历属实"
    )
    told = [(line.heading, line.text, line.reason) for line in queries.told(case)][::-1]
    assert told == [
        ("新建", "刘投诉新建，进入“已受理”，由刘投诉办理", "等候时间过长"),
        ("调查", "从“已受理”到“科室陈述”，由李建国办理", ""),
        ("调查", "从“已受理”到“医务科核查”，由周医务办理", ""),
        ("核查完毕", "“医务科核查”这一支已办完，等其他分支", "病历属实"),
    ]
    replayed = story.replay(queries.flow_of(case), queries.lines(case))
    assert replayed.open == {branch.number: branch.state for branch in queries.open_branches(case)}


def test_facts_are_announced(open_desk, people):
    from zhikong.foundation.outbox.models import Announcement

    case = open_desk()
    actions.act(case, by=people.officer, now=NOW, transition="simple", reason="已解释")
    facts = list(
        Announcement.objects.filter(fact__startswith="case_")
        .order_by("pk")
        .values_list("fact", "payload__state")
    )
    assert facts == [("case_opened", None), ("case_closed", "closed"), ("case_moved", "closed")]


# ---- versions --------------------------------------------------------------------------------------------------------

NEWER = DESK.replace("version: 1", "version: 2").replace(
    "  - id: replying", "  - id: drafting\n    title: 起草答复\n    owner: {role: complaint_officer}\n"
    "    deadline: {hours: 24, from: entered, says: 医院规定：24 小时内起草}\n  - id: replying",
).replace(
    "  - {id: back,", "  - {id: drafted, title: 起草完毕, from: drafting, to: replying, owner: true}\n"
    "  - {id: draft, title: 先起草, from: received, to: drafting, roles: [complaint_officer]}\n  - {id: back,",
)  # fmt: skip


@pytest.mark.proves("F-04")
def test_a_flow_gets_a_new_state_while_fifty_cases_are_open(open_desk, people, packs):
    before = [open_desk() for _ in range(50)]
    packs(desk=NEWER)
    after = open_desk()
    assert after.flow_version == 2
    actions.act(after, by=people.officer, now=NOW, transition="draft")
    for case in before:
        case.refresh_from_db()
        assert (case.flow_version, case.state) == (1, "received")
    with pytest.raises(ValidationError, match="没有这一步"):
        actions.act(before[0], by=people.officer, now=NOW, transition="draft")
    actions.act(before[0], by=people.officer, now=NOW, transition="simple", reason="已解释")
    assert before[0].state == "closed"


def test_cases_move_to_the_new_version_only_by_a_deliberate_act(open_desk, people, packs):
    cases = [open_desk() for _ in range(3)]
    packs(desk=NEWER)
    plan = actions.plan_migration(flow_id="desk", now=NOW)
    assert (plan.cases, plan.moves, plan.missing) == (
        3,
        [("received", "已受理", "received", "已受理", 3)],
        [],
    )
    with pytest.raises(PermissionDenied):
        actions.migrate(by=people.officer, now=NOW, flow_id="desk", reason="统一做法")
    actions.migrate(by=people.office, now=NOW, flow_id="desk", reason="统一做法")
    case = Case.objects.get(pk=cases[0].pk)
    assert (case.flow_version, case.owner, case.due_at) == (2, cases[0].owner, cases[0].due_at)
    assert case.steps.get(act="migrate").reason == "统一做法"
    assert len(open_tasks(people.officer)) == 3
    actions.act(case, by=people.officer, now=NOW, transition="draft")


def test_a_migration_without_a_counterpart_is_refused_and_changes_nothing(open_desk, people, packs):
    case = open_desk()
    renamed = NEWER.replace("id: received", "id: registered").replace("from: received", "from: registered")
    packs(desk=renamed.replace("to: received", "to: registered"))
    with pytest.raises(ValidationError, match="没有对应“已受理”（1 件）的状态"):
        actions.migrate(by=people.office, now=NOW, flow_id="desk", reason="统一做法")
    case.refresh_from_db()
    assert case.flow_version == 1
    actions.migrate(
        by=people.office, now=NOW, flow_id="desk", reason="统一做法", mapping={"received": "registered"}
    )
    case.refresh_from_db()
    assert (case.flow_version, case.state) == (2, "registered")


# ---- a calendar that changes ------------------------------------------------------------------------------------------


def test_a_new_holiday_moves_the_deadlines(open_desk, people):
    from datetime import date

    from zhikong.foundation.calendar import actions as calendar

    case = open_desk()
    moved = calendar.set_day(by=people.office, now=NOW, day=date(2026, 11, 24), working=False, note="院庆")
    case.refresh_from_db()
    assert str(case.due_on) == "2026-11-26"
    assert "11-24" in case.due_reason
    assert any(case.number in one.what for one in moved)
    assert Branch.objects.get(case=case).due_at == case.due_at
