"""What people do about obligations and defects: remind, excuse, mend, recheck, appeal, override; each leaves its story."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.live_feed import at
from tests.unit.hospital.functions.records.running_stays import (
    admit,
    document,
    look,
    moment,
    obligation,
    others,
    tell,
)
from zhikong.intake.live import VERSION

NOTE, FIRST_NOTE = "first-progress-note-8h", "37"
NOW = moment(20, 9, 30)


@pytest.fixture
def officer(make_user, hospital):
    return make_user("qc_officer", hospital.departments["CARD"], name="质控员")


@pytest.fixture
def overdue(hospital, doctor):
    """Two doctors of cardiology, each with an overdue first note; gives the doctors."""
    made = doctor("D1"), doctor("D2")
    tell(NOW, stays=[admit(1), admit(2, doctor="D2")], documents=others())
    return made


def tasks_of(user):
    from zhikong.foundation.tasks.models import Task

    return list(Task.objects.filter(owner=user, state="open").values_list("title", "source_key"))


@pytest.mark.proves("REC-08", "REC-17")
def test_a_reminder_is_a_task_with_its_reason_and_one_notice(officer, overdue):
    from zhikong.foundation.notices.models import Notice
    from zhikong.foundation.tasks.models import Task
    from zhikong.hospital.functions.records.actions.running import reminding

    rows = [obligation(NOTE, 1), obligation(NOTE, 2)]
    before = Notice.objects.count()
    done = reminding.remind(rows, by=officer, now=NOW)
    assert done.people == {str(user): 1 for user in overdue}
    assert [len(tasks_of(user)) for user in overdue] == [1, 1]
    assert Task.objects.get(owner=overdue[0]).due_reason == rows[0].explanation
    assert Notice.objects.count() == before + 2
    again = reminding.remind(rows, by=officer, now=moment(20, 10))
    assert (again.things, len(again.refused)) == (0, 2)


def test_the_task_ends_with_the_note_itself(officer, overdue):
    from zhikong.hospital.functions.records.actions.running import reminding

    reminding.remind([obligation(NOTE, 1)], by=officer, now=NOW)
    tell(moment(20, 10), documents=[document(1, "d1", FIRST_NOTE, at(20, 9, 50))])
    assert tasks_of(overdue[0]) == []


def test_a_writer_without_an_account_is_reminded_through_the_head(hospital, make_user, officer):
    from zhikong.hospital.functions.records.actions.running import reminding

    head = make_user("department_head", hospital.departments["CARD"], name="科主任")
    tell(NOW, stays=[admit(1, doctor="D9")], documents=others())
    assert reminding.remind([obligation(NOTE)], by=officer, now=NOW).people == {str(head): 1}


def test_who_has_no_business_in_the_department_reminds_nobody(hospital, make_user, overdue):
    from zhikong.hospital.functions.records.actions.running import reminding

    stranger = make_user("qc_officer", hospital.departments["GSUR"])
    with pytest.raises(PermissionDenied):
        reminding.remind([obligation(NOTE)], by=stranger, now=NOW)
    with pytest.raises(PermissionDenied):
        reminding.remind([obligation(NOTE)], by=overdue[0], now=NOW)


def test_what_is_excused_by_a_person_stays_excused(officer, overdue):
    from zhikong.hospital.functions.records.actions.running import reminding

    reminding.remind([obligation(NOTE)], by=officer, now=NOW)
    with pytest.raises(ValidationError, match="理由"):
        reminding.excuse(obligation(NOTE), by=officer, now=NOW, why="not_applicable", reason=" ")
    reminding.excuse(obligation(NOTE), by=officer, now=NOW, why="not_applicable", reason="转外院会诊途中")
    tell(moment(20, 11), stays=[{**admit(1, at(20, 1, 5)), VERSION: at(20, 10)}])
    row = obligation(NOTE)
    assert (row.state, row.excused_by, row.excused_reason) == ("excused", officer, "转外院会诊途中")
    assert tasks_of(overdue[0]) == []
    reminding.take_back_excuse(row, by=officer, now=moment(20, 12), reason="登记错了病人")
    assert obligation(NOTE).state == "overdue"


@pytest.mark.proves("X-13")
def test_an_appeal_has_a_number_and_its_outcome_reaches_the_obligation_and_the_rule(make_user, overdue):
    from zhikong.foundation.flows import actions as flows
    from zhikong.foundation.outbox.actions import deliver_pending
    from zhikong.hospital.functions.records.actions.running import appealing
    from zhikong.hospital.functions.records.queries.running.policy import precision_of

    reviewer = make_user("record_reviewer")
    case = appealing.appeal(
        obligation(NOTE), by=overdue[0], now=NOW, reason="入院时间登记错误，实际 06:00 到病房"
    )
    assert case.number.startswith("BS-2026-")
    with pytest.raises(ValidationError, match=case.number):
        appealing.appeal(obligation(NOTE), by=overdue[0], now=NOW, reason="再申诉一次")
    flows.act(case, by=reviewer, now=moment(20, 15), transition="refute", reason="经核对属实")
    deliver_pending(now=moment(20, 15))
    assert obligation(NOTE).state == "excused"
    assert (precision_of(NOTE).refuted, precision_of(NOTE).upheld) == (1, 0)
    deliver_pending(now=moment(20, 16))
    assert precision_of(NOTE).judged == 1, "told twice it counts once"


def test_only_the_responsible_doctor_appeals(overdue):
    from zhikong.hospital.functions.records.actions.running import appealing

    with pytest.raises(PermissionDenied, match="本人"):
        appealing.appeal(obligation(NOTE), by=overdue[1], now=NOW, reason="不是我写的也申诉")


@pytest.fixture
def defect(officer, overdue):
    from zhikong.foundation.patients.models import Stay
    from zhikong.hospital.functions.records.actions.running import mending

    stay = Stay.objects.get(stay_id="s1")
    return mending.report_defect(by=officer, now=NOW, stay=stay, text="现病史缺少有鉴别意义的阴性症状")


def fresh(row):
    row.refresh_from_db()
    return row


@pytest.mark.proves("REC-07", "REC-08", "WF-01")
def test_a_found_defect_goes_to_the_writer_is_mended_rechecked_and_sent_back(officer, overdue, defect):
    from zhikong.hospital.functions.records.actions.running import mending

    assert (defect.user, len(tasks_of(overdue[0]))) == (overdue[0], 1)
    mending.report_mended(defect, by=overdue[0], now=NOW, note_text="已补")
    assert (fresh(defect).state, tasks_of(overdue[0])) == ("mended", [])
    with pytest.raises(ValidationError, match="还缺什么"):
        mending.recheck(defect, by=officer, now=NOW, mended=False)
    mending.recheck(defect, by=officer, now=NOW, mended=False, reason="仍缺胸痛的阴性描述")
    assert (fresh(defect).state, len(tasks_of(overdue[0]))) == ("returned", 1)
    mending.report_mended(defect, by=overdue[0], now=NOW)
    mending.recheck(defect, by=officer, now=NOW, mended=True)
    assert (fresh(defect).state, defect.checked_by) == ("confirmed", officer)
    story = list(defect.events.values_list("what", flat=True))
    assert story == ["appeared", "mended", "returned", "mended", "confirmed"]


def test_a_defect_that_is_appealed_with_success_is_refuted(make_user, overdue, defect):
    from zhikong.foundation.flows import actions as flows
    from zhikong.foundation.outbox.actions import deliver_pending
    from zhikong.hospital.functions.records.actions.running import appealing

    reviewer = make_user("record_reviewer")
    case = appealing.appeal(defect, by=overdue[0], now=NOW, reason="阴性症状写在第二段")
    assert fresh(defect).state == "appealed"
    flows.act(case, by=reviewer, now=NOW, transition="uphold", reason="第二段没有")
    deliver_pending(now=NOW)
    assert fresh(defect).state == "open", "the defect stands and waits to be mended"


def test_going_past_a_hard_stop_is_recorded_and_wrong_rules_lose_precision(overdue):
    from zhikong.hospital.functions.records.actions.running.stopping import override
    from zhikong.hospital.functions.records.queries.running.policy import precision_of

    given = {"stay_id": "s1", "rule": NOTE, "version": 1, "author": "D1"}
    with pytest.raises(ValidationError, match="理由"):
        override(now=NOW, **given, why="urgent", reason="")
    made, again = override(now=NOW, **given, why="urgent", reason="正在抢救，先保存")
    assert (made.user, made.department.code, again) == (overdue[0], "CARD", False)
    assert override(now=NOW, **given, why="urgent", reason="正在抢救，先保存") == (made, True)
    assert precision_of(NOTE).judged == 0
    override(now=NOW, **(given | {"author": "D2"}), why="wrong", reason="规则把复印件当原件")
    assert precision_of(NOTE).refuted == 1
    with pytest.raises(ValidationError, match="s77"):
        override(now=NOW, **(given | {"stay_id": "s77"}), why="urgent", reason="没有这个病人")


@pytest.mark.proves("REC-01")
def test_interruptions_stop_at_the_budget_and_for_imprecise_rules(hospital, doctor, make_user):
    from zhikong.foundation.notices.models import Notice
    from zhikong.hospital.functions.records.actions.running import watching
    from zhikong.hospital.functions.records.actions.running.outcomes import count_verdict
    from zhikong.hospital.functions.records.models import Interruption

    doctor("D1")
    office = make_user("quality_office")
    watching.set_policy(
        by=office,
        now=NOW,
        interruptions=2,
        shift_starts=["08:00", "17:30"],
        least_judged=2,
        least_precision=50,
    )
    tell(moment(20, 2), stays=[admit(n, at(20, 1, n)) for n in range(1, 5)], documents=others())
    for minute in range(2, 6):
        look(moment(20, 9, minute))
    kinds = list(Notice.objects.filter(source_kind="record").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["record_alert", "record_alert", "record", "record"]
    assert set(Interruption.objects.values_list("shift", flat=True)) == {"2026-11-20 08:00"}
    for n in range(2):
        count_verdict(NOTE, 1, f"x{n}", "refuted", source="appeal", name=f"x{n}", now=NOW)
    tell(moment(20, 18), stays=[admit(9, at(20, 12))])
    look(moment(20, 20, 1))
    assert Notice.objects.filter(source_kind="record").latest("pk").kind == "record", (
        "a new shift, but imprecise"
    )


def test_a_key_record_is_marked_once_and_unmarked_on_record(officer, overdue):
    from zhikong.foundation.patients.models import Stay
    from zhikong.hospital.functions.records.actions.running import watching
    from zhikong.hospital.functions.records.models import KeyRecord

    stay = Stay.objects.get(stay_id="s1")
    mark = watching.pick(stay, by=officer, now=NOW, reason="有纠纷倾向")
    assert watching.pick(stay, by=officer, now=NOW, reason="再标一次") == mark
    watching.unpick(mark, by=officer, now=NOW)
    assert KeyRecord.objects.get().ended_by == officer
