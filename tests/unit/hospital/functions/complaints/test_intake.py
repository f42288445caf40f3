"""A complaint from the telephone to its end: who carries it, what is due, what each may see, what keeps it open."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from tests.unit.hospital.functions.complaints.conftest import MONDAY
from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.audit.models import AuditEvent
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.complaints.actions.intake import (
    accepting,
    answering,
    deciding,
    handing,
    keeping,
    verifying,
)
from zhikong.hospital.functions.complaints.models.intake import Complainant, Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintLink, ComplaintStatement
from zhikong.hospital.functions.complaints.queries.intake import guards, persons
from zhikong.hospital.functions.complaints.rules_intake import State

REPORT = {
    "course": "阑尾切除术后第 5 天。", "condition": "切口愈合。", "measures_now": "每日换药。", "demand": "说明原因。",
    "responsibility": "flaw", "responsibility_words": "周末交接遗漏。", "cause": "communication", "cause_words": "没有解释换药安排。",
    "prevention": "建立换药交接单。", "suggestion": "致歉。", "discussed_on": "2026-11-24", "present": "李建国、孙护士",
}  # fmt: skip
ANSWER = "已核实周末换药交接遗漏，科室已建立交接单并当面致歉。"


def later(days=0, hours=1):
    return MONDAY + timedelta(days=days, hours=hours)


def accepted(made, staff, hospital, departments=("CARD",), **more):
    accepting.accept(
        made.complaint, by=staff.officer, now=later(), category=more.pop("category", "treatment"),
        departments=[hospital.departments[one].id for one in departments], **more,
    )  # fmt: skip
    return Complaint.objects.get(pk=made.complaint.pk)


def hand_in(complaint, staff):
    for row in complaint.concerneddepartments.all():
        sheet = Sheet.objects.get(pk=row.sheet_id)
        forms.save_answers(sheet, by=sheet.filler, now=later(1), raw=REPORT)
        sheet.refresh_from_db()
        forms.submit(sheet, by=sheet.filler, now=later(1))
        verifying.reported(sheet.pk, now=later(1))


def to_decision(complaint, staff):
    verifying.note_facts(complaint, by=staff.officer, now=later(), found="换药记录缺两次。")
    verifying.tell_departments(complaint, by=staff.officer, now=later())
    hand_in(complaint, staff)
    complaint.refresh_from_db()
    assert complaint.state == State.DECIDING
    return complaint


def decide(complaint, by, **more):
    told = {
        "verdict": "partly", "branch": "measure", "communication": True, "cause": "交接没有书面记录。", "decision": "科室致歉并整改。",
    } | more  # fmt: skip
    deciding.decide(complaint, by=by, now=later(2), **told)
    complaint.refresh_from_db()
    return complaint


def answered(complaint, staff):
    answering.answer(complaint, by=staff.officer, now=later(2), text=ANSWER, way="phone")
    complaint.refresh_from_db()
    return complaint


@pytest.mark.proves("CMP-01", "CMP-02", "CMP-04", "CMP-05", "CMP-06", "CMP-07", "WF-10")
def test_from_the_telephone_to_the_end(come_in, staff, hospital):
    made = come_in()
    complaint = accepted(made, staff, hospital)
    statement = verifying.ask_statement(
        complaint,
        by=staff.officer,
        now=later(),
        writer=staff.nurse,
        matter="术后换药",
        questions=["周末为什么没有换药？"],
    )
    verifying.submit_statement(
        statement,
        by=staff.nurse,
        now=later(1),
        course="周六交接时遗漏了换药安排。",
        answers=["交接单没有这一项。"],
    )
    complaint = decide(to_decision(complaint, staff), staff.officer)
    complaint = answered(complaint, staff)
    assert complaint.department_told_at
    with pytest.raises(ValidationError, match="回访"):
        keeping.close(complaint, by=staff.officer, now=later(3))
    answering.call(complaint, by=staff.officer, now=later(3), reached=True, satisfaction=4, words="接受")
    with pytest.raises(ValidationError, match="整改"):
        keeping.close(complaint, by=staff.officer, now=later(3))
    keeping.raise_measure(
        complaint, by=staff.medical, now=later(3), department_id=hospital.departments["CARD"].id, title="换药交接",
        detail="建立换药交接单，周末也交接。", severity="minor",
    )  # fmt: skip
    keeping.close(complaint, by=staff.officer, now=later(3))
    complaint.refresh_from_db()
    assert (complaint.state, complaint.retain_until) == (State.CLOSED, date(2031, 12, 31))
    assert not Task.objects.filter(source_kind="complaint", state="open").exists()
    assert not complaint.complaintclocks.filter(done_at=None).exists()


@pytest.mark.proves("CMP-03", "X-24")
def test_who_took_it_first_carries_it_until_somebody_accepts(come_in, staff):
    complaint = come_in(by=staff.nurse).complaint
    assert (complaint.first_recipient, complaint.handler) == (staff.nurse, staff.nurse)
    handing.hand_over(complaint, by=staff.nurse, now=later(), note="家属在护士站")
    complaint.refresh_from_db()
    assert complaint.handler == staff.nurse
    with pytest.raises(ValidationError, match="正在等对方接收"):
        handing.hand_over(complaint, by=staff.nurse, now=later())
    handing.take(complaint, by=staff.officer, now=later())
    complaint.refresh_from_db()
    assert (complaint.handler, complaint.first_recipient) == (staff.officer, staff.nurse)
    open_ones = Task.objects.filter(source_kind="complaint", state="open")
    assert [task.owner for task in open_ones] == [staff.officer]


def test_only_who_handles_complaints_takes_one_over(come_in, staff):
    complaint = come_in(by=staff.nurse).complaint
    with pytest.raises(PermissionDenied):
        handing.take(complaint, by=staff.head, now=later())
    with pytest.raises(ValidationError, match="不能接收"):
        handing.hand_over(complaint, by=staff.nurse, now=later(), to=staff.head)


def test_who_complains_is_sealed_and_read_by_handlers_only(come_in, staff):
    complaint = come_in().complaint
    row = Complainant.objects.get()
    assert "陈家属".encode() not in bytes(row.sealed)
    seen = persons.complainant_of(by=staff.officer, complaint=complaint, purpose="回访")
    assert (seen.name, seen.phone, seen.clear) == ("陈家属", "138 0013 8000", True)
    masked = persons.complainant_of(by=staff.head, complaint=complaint, purpose="看")
    assert (masked.name, masked.phone, masked.clear) == ("陈**", "", False)
    reads = AuditEvent.objects.filter(action="read", subject=persons.SUBJECT)
    assert reads.count() == 1


def test_nothing_that_people_wrote_is_in_the_trail(come_in):
    come_in(content="护士小胡当众训斥我母亲。", name="独孤家属")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_auditevent WHERE after::text LIKE %s OR after::text LIKE %s",
            ["%小胡%", "%独孤%"],
        )
        assert cursor.fetchone() == (0,)


def test_an_anonymous_complaint_keeps_nobody(come_in):
    made = come_in(who="anonymous")
    assert not Complainant.objects.filter(complaint=made.complaint).exists()


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("officer", True),
        ("head", True),
        ("other_head", False),
        ("nurse", False),
        ("physician", False),
        ("leader", True),
    ],
)
def test_who_sees_a_complaint_in_code_and_in_the_database(come_in, staff, hospital, who, sees):
    complaint = come_in().complaint
    with scoped(scope_of(getattr(staff, who), timezone.localdate(MONDAY))):
        assert Complaint.objects.filter(pk=complaint.pk).exists() is sees
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM complaints_complaint WHERE id = %s", [complaint.pk])
            assert cursor.fetchone() == (int(sees),)


def test_a_head_who_is_complained_of_himself_stays_out(come_in, staff, hospital):
    complaint = accepted(come_in(), staff, hospital, withheld=True)
    with scoped(scope_of(staff.head, timezone.localdate(MONDAY))):
        assert not Complaint.objects.filter(pk=complaint.pk).exists()
    verifying.note_facts(complaint, by=staff.officer, now=later(), found="有录音为证。")
    verifying.tell_departments(complaint, by=staff.officer, now=later())
    assert Sheet.objects.get(source_kind=verifying.SHEET_SOURCE).filler == staff.officer


def test_who_states_sees_his_questions_and_not_the_complaint(come_in, staff, hospital):
    complaint = accepted(come_in(), staff, hospital)
    with pytest.raises(ValidationError, match="投诉人的姓名或电话"):
        verifying.ask_statement(
            complaint,
            by=staff.officer,
            now=later(),
            writer=staff.physician,
            matter="陈家属投诉换药",
            questions=["经过？"],
        )
    made = verifying.ask_statement(
        complaint,
        by=staff.officer,
        now=later(),
        writer=staff.physician,
        matter="术后换药",
        questions=["经过？", "谁交接？"],
    )
    with scoped(scope_of(staff.physician, timezone.localdate(MONDAY))):
        mine = ComplaintStatement.objects.get(pk=made.pk)
        assert not Complaint.objects.exists()
        with pytest.raises(ValidationError, match="逐条"):
            verifying.submit_statement(
                mine,
                by=staff.physician,
                now=later(1),
                course="周六查房后开了换药医嘱。",
                answers=["医嘱在。", " "],
            )
        verifying.submit_statement(
            mine,
            by=staff.physician,
            now=later(1),
            course="周六查房后开了换药医嘱。",
            answers=["医嘱在。", "不清楚。"],
        )
    assert complaint.complaintsteps.filter(text__contains="提交了书面陈述").exists()
    with scoped(scope_of(staff.nurse, timezone.localdate(MONDAY))):
        assert not ComplaintStatement.objects.exists()


@pytest.mark.proves("CMP-08")
def test_what_cannot_be_judged_goes_to_the_committee(come_in, staff, hospital):
    complaint = to_decision(accepted(come_in(), staff, hospital), staff)
    with pytest.raises(ValidationError, match="要提交委员会"):
        decide(complaint, staff.officer, verdict="unclear")
    with pytest.raises(ValidationError, match="哪个委员会"):
        decide(complaint, staff.officer, verdict="unclear", branch="committee")


@pytest.mark.proves("CMP-08")
def test_discipline_leaves_by_its_number_only(come_in, staff, hospital):
    complaint = decide(
        to_decision(accepted(come_in(), staff, hospital), staff), staff.officer, branch="discipline"
    )
    link = complaint.complaintlinks.get()
    assert (link.kind, link.reference) == (ComplaintLink.Kind.DISCIPLINE, complaint.number)
    assert complaint.state == State.ANSWERING


def test_of_a_serious_complaint_the_leader_decides(come_in, staff, hospital):
    complaint = to_decision(accepted(come_in(), staff, hospital, serious=True), staff)
    assert Task.objects.get(source_key=f"{complaint.pk}:decide").owner == staff.leader
    with pytest.raises(PermissionDenied, match="重大投诉"):
        decide(complaint, staff.officer)
    decide(complaint, staff.leader)


def test_light_matters_are_explained_directly_and_others_are_not(come_in, staff, hospital):
    grave = accepted(come_in(), staff, hospital)
    with pytest.raises(ValidationError, match="要交科室"):
        deciding.explain_directly(grave, by=staff.officer, now=later(), reason="电话里说清了")
    light = accepted(come_in(), staff, hospital, category="fee")
    deciding.explain_directly(light, by=staff.officer, now=later(), reason="费用清单逐项说明，投诉人认可")
    light.refresh_from_db()
    assert light.state == State.ANSWERING


def test_deadlines_are_rows_with_their_mark(come_in, staff, hospital):
    made = come_in()
    first = {clock.clock: clock for clock in made.complaint.complaintclocks.all()}
    assert timezone.localdate(first["accept"].due_at) == date(2026, 11, 24)
    assert (timezone.localdate(first["answer"].due_at), first["answer"].statutory) == (
        date(2026, 11, 30),
        True,
    )
    complaint = accepted(made, staff, hospital, departments=("CARD", "GSUR"))
    clocks = {clock.clock: clock for clock in complaint.complaintclocks.all()}
    assert "answer" not in clocks
    assert timezone.localdate(clocks["answer_several"].due_at) == date(2026, 12, 7)
    assert clocks["answer_several"].mark == "memory"
    assert clocks["accept"].done_at


def test_a_letter_of_the_authority_brings_its_own_day(come_in):
    made = come_in(channel="line_12345", letter_number="12345-0877", letter_due_on=date(2026, 11, 26))
    assert timezone.localdate(made.complaint.complaintclocks.get(clock="letter").due_at) == date(2026, 11, 26)


@pytest.mark.proves("CMP-20")
def test_a_founded_charge_needs_its_refund(come_in, staff, hospital):
    complaint = accepted(come_in(category="fee"), staff, hospital, category="fee")
    complaint = answered(decide(to_decision(complaint, staff), staff.officer), staff)
    assert any("退费" in said for said in guards.missing(complaint))
    keeping.note_refund(
        complaint,
        by=staff.officer,
        now=later(3),
        amount_fen=12_050,
        paid_on=date(2026, 11, 25),
        voucher="T-1",
        reason="重复收费",
    )
    assert not any("退费" in said for said in guards.missing(complaint))
    with pytest.raises(ValidationError, match="已经登记过"):
        keeping.note_refund(
            complaint,
            by=staff.officer,
            now=later(3),
            amount_fen=1,
            paid_on=date(2026, 11, 25),
            voucher="T-1",
            reason="重复收费",
        )


def test_a_measure_names_neither_complainant_nor_patient(come_in, staff, hospital):
    complaint = decide(to_decision(accepted(come_in(), staff, hospital), staff), staff.officer)
    with pytest.raises(ValidationError, match="投诉人的姓名或电话"):
        keeping.raise_measure(
            complaint, by=staff.medical, now=later(3), department_id=hospital.departments["CARD"].id, title="换药",
            detail="陈家属反映周末没有换药。", severity="minor",
        )  # fmt: skip


def test_a_held_complaint_stays_and_a_dispute_takes_it_on(come_in, staff, hospital):
    complaint = accepted(come_in(), staff, hospital)
    with pytest.raises(PermissionDenied):
        keeping.set_hold(complaint, by=staff.head, now=later(), held=True, reason="患方已咨询律师")
    keeping.mark_as_dispute(complaint, by=staff.medical, now=later(), note="患方要求赔偿")
    complaint.refresh_from_db()
    assert (complaint.state, complaint.held) == (State.DISPUTE, True)
    assert not Task.objects.filter(source_kind="complaint", state="open").exists()


def test_the_same_telephone_within_a_year_is_a_repeat(come_in):
    first = come_in().complaint
    again = come_in(phone="13800138000", content="换药的事还没有人回话。").complaint
    assert again.repeats == first
    assert come_in(phone="13900139000", content="停车场没有车位。").complaint.repeats is None


def test_cases_of_the_earlier_flow_are_taken_over_once_and_go_on_where_they_stood(staff, hospital):
    from zhikong.foundation.flows import actions as flows
    from zhikong.hospital.functions.complaints.actions.intake import adopting

    told = {
        "received_at": "2026-11-20T09:30", "channel": "phone", "category": "treatment", "content": "换药不及时。", "demand": "说明。",
        "amount": "3000", "who": "family", "name": "陈某", "contact": "13800138000", "told": ["days"],
    }  # fmt: skip
    opened = [
        flows.open_case(
            by=staff.officer, now=MONDAY, flow_id="complaint_desk", title="换药", department_id=hospital.departments["CARD"].id,
            answers=told,
        )
        for _ in range(2)
    ]  # fmt: skip
    verified = {"sources": ["record"], "found": "缺两次。", "informed_on": "2026-11-23"}
    flows.act(opened[0], by=staff.officer, now=later(), transition="verify", answers=verified)
    flows.act(opened[1], by=staff.officer, now=later(), transition="withdraw", reason="来电撤回")
    assert adopting.adopt_all(by=staff.officer, now=later(1)) == 2
    assert adopting.adopt_all(by=staff.officer, now=later(1)) == 0
    going, gone = (Complaint.objects.get(case_id=case.pk) for case in opened)
    assert (going.state, going.found, going.asked_fen) == (State.VERIFYING, "缺两次。", 300_000)
    assert persons.complainant_of(by=staff.officer, complaint=going, purpose="看").name == "陈某"
    assert gone.state == State.WITHDRAWN
    opened[0].refresh_from_db()
    assert not opened[0].is_open
    assert Task.objects.get(source_kind="complaint", state="open").owner == staff.officer


def test_what_is_late_is_told_once_and_to_the_leader_where_a_rule_is_broken(come_in, staff):
    from zhikong.foundation.notices.models import Receipt
    from zhikong.hospital.functions.complaints.actions.intake import minding

    complaint = come_in().complaint
    assert minding.remind_of_late(now=later(2)) == 1
    assert minding.remind_of_late(now=later(3)) == 0
    assert not Receipt.objects.filter(user=staff.leader).exists()
    assert minding.remind_of_late(now=later(10)) == 1
    told = Receipt.objects.get(user=staff.leader).notice
    assert complaint.number in told.title
    assert "换药" not in told.title


def test_past_its_time_a_complaint_keeps_no_person_unless_it_is_held(come_in, staff):
    from zhikong.hospital.functions.complaints.actions.intake import minding

    free, held = come_in().complaint, come_in(phone="13900139000").complaint
    keeping.set_hold(held, by=staff.medical, now=later(), held=True, reason="患方已起诉")
    for one in (free, held):
        accepting.withdraw(one, by=staff.officer, now=later(), reason="来电撤回")
    assert minding.forget_persons(now=later(365 * 4)) == 0
    assert minding.forget_persons(now=later(365 * 6)) == 1
    assert [row.complaint_id for row in Complainant.objects.all()] == [held.pk]


def test_quality_tools_count_complaints_without_a_word_of_them(come_in, staff, hospital):
    from zhikong.foundation.facts import countable

    come_in()
    come_in(category="fee", department_id=hospital.departments["GSUR"].id, phone="13900139000")
    source = countable.source("complaints")
    wanted = countable.Wanted("2026-11", "2026-11", departments=(hospital.departments["CARD"].id,))
    row = source.rows(wanted).rows[0]
    assert len(source.rows(wanted).rows) == 1
    assert (row.values["category"], row.values["communication"], row.name) == ("诊疗质量", "未认定", "")
    assert "换药" not in str(row)
    assert source.may(staff.head)
    assert not source.may(staff.nurse)
