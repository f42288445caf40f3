"""Obligations of open stays follow what feeds tell and the time, keep how they ended, and survive anything."""

import pytest

from tests.live_feed import at, send
from tests.unit.hospital.functions.records.running_stays import (
    admit,
    document,
    look,
    moment,
    obligation,
    others,
    section,
    tell,
)
from zhikong.intake.live import VERSION

NOTE, FIRST_NOTE = "first-progress-note-8h", "37"


def events(row):
    return list(row.events.order_by("pk").values_list("what", flat=True))


@pytest.mark.proves("REC-01", "WF-01")
def test_an_admission_demands_its_first_note_with_the_sentence_that_explains_it(hospital):
    _, done = tell(moment(20, 2), stays=[admit(1)], documents=others())
    assert done.stays == 1
    row = obligation(NOTE)
    assert (row.state, row.due_at, row.anchor_at) == ("pending", moment(20, 9), moment(20, 1))
    assert row.department_id == hospital.departments["CARD"].id
    assert "09:00" in row.explanation
    assert "8 小时" in row.explanation


@pytest.mark.proves("REC-01", "WF-01")
def test_it_warns_before_it_is_due_turns_overdue_and_ends_late_with_its_story(hospital):
    tell(moment(20, 2), stays=[admit(1)], documents=others())
    assert look(moment(20, 6, 59)).stays == 0, "no time has come"
    assert look(moment(20, 7, 1)).stays == 1
    assert obligation(NOTE).state == "warning"
    look(moment(20, 9, 0))
    assert obligation(NOTE).state == "warning", "the due minute itself is in time"
    look(moment(20, 9, 1))
    assert obligation(NOTE).state == "overdue"
    tell(moment(20, 10), documents=[document(1, "d1", FIRST_NOTE, at(20, 9, 45))])
    row = obligation(NOTE)
    assert (row.state, row.done_at) == ("late", moment(20, 9, 45))
    assert events(row) == ["warned", "overdue", "late"]


def test_it_is_done_in_time_when_the_note_is_signed_before(hospital):
    tell(moment(20, 2), stays=[admit(1)], documents=others())
    unsigned = document(1, "d1", FIRST_NOTE, at(20, 3), signed=False)
    tell(moment(20, 3, 5), documents=[unsigned])
    assert obligation(NOTE).state == "pending", "written but not signed"
    tell(moment(20, 9, 30), documents=[document(1, "d1", FIRST_NOTE, at(20, 9))])
    row = obligation(NOTE)
    assert (row.state, row.done_at) == ("done", moment(20, 9))


def test_the_same_again_changes_nothing(hospital):
    from zhikong.hospital.functions.records.models import CheckEvent, Obligation

    tell(moment(20, 9, 30), stays=[admit(1)], documents=others())
    before = list(Obligation.objects.order_by("pk").values())
    story = CheckEvent.objects.count()
    _, done = tell(moment(20, 9, 31), stays=[admit(1)], documents=others())
    assert (done.obligations, done.stays) == (0, 0), "nothing was told that was not known"
    assert list(Obligation.objects.order_by("pk").values()) == before
    assert CheckEvent.objects.count() == story


def test_a_corrected_admission_moves_the_due_time_of_the_same_obligation(hospital):
    from zhikong.hospital.functions.records.models import Obligation

    tell(moment(20, 2), stays=[admit(1)], documents=others())
    before = obligation(NOTE).pk
    corrected = {**admit(1, at(20, 1, 30)), VERSION: at(20, 2, 30)}
    tell(moment(20, 3), stays=[corrected])
    row = obligation(NOTE)
    assert (row.pk, row.due_at) == (before, moment(20, 9, 30))
    assert events(row) == ["moved"]
    assert not Obligation.objects.exclude(ended_at=None).exists()


def test_only_what_was_told_of_is_judged_again(hospital):
    tell(moment(20, 2), stays=[admit(1), admit(2), admit(3)], documents=others())
    _, done = tell(moment(20, 2, 30), documents=[document(2, "d2", FIRST_NOTE, at(20, 2, 20))])
    assert done.stays == 1
    assert [obligation(NOTE, n).state for n in (1, 2, 3)] == ["pending", "done", "pending"]


def test_what_is_told_while_a_check_runs_is_not_lost(hospital):
    from zhikong.hospital.functions.records.models import StayCheck

    tell(moment(20, 2), stays=[admit(1)], documents=others())
    check = StayCheck.objects.get(stay_id="s1")
    assert check.touches == check.seen
    send(
        received_at=moment(20, 3), now=moment(20, 3), documents=[document(1, "d1", FIRST_NOTE, at(20, 2, 50))]
    )
    check.refresh_from_db()
    assert check.touches == check.seen + 1
    look(moment(20, 3))
    assert obligation(NOTE).state == "done"


def test_a_note_that_is_taken_back_makes_the_obligation_wait_again(hospital):
    tell(moment(20, 2), stays=[admit(1)], documents=[*others(), document(1, "d1", FIRST_NOTE, at(20, 1, 50))])
    assert obligation(NOTE).state == "done"
    gone = {"document_id": "d1", "stay_id": "s1"}
    send(received_at=moment(20, 3), now=moment(20, 3), gone={"documents": [{**gone, VERSION: at(20, 2, 55)}]})
    look(moment(20, 3))
    row = obligation(NOTE)
    assert (row.state, events(row)) == ("pending", ["reopened"])


def test_without_documents_from_any_feed_nothing_is_demanded(hospital):
    """What is never delivered cannot be missed: no doctor is told that a note is late that nobody could send."""
    from zhikong.hospital.functions.records.models import Obligation

    tell(moment(21, 2), stays=[admit(1)])
    assert not Obligation.objects.filter(rule=NOTE).exists()


def test_a_stay_that_leaves_the_ward_ends_its_obligations(hospital):
    from zhikong.foundation.patients.models import LiveRow
    from zhikong.hospital.functions.records.models import StayCheck

    tell(moment(20, 12), stays=[admit(1)], documents=others())
    LiveRow.objects.filter(stay_id="s1").delete()  # as the settling does, which tells of it
    from zhikong.foundation.patients import listeners

    listeners.tell({"s1"}, now=moment(22, 1))
    look(moment(22, 1))
    row = obligation(NOTE)
    assert (row.state, row.ending, row.ended_at) == ("overdue", "settled", moment(22, 1))
    assert not StayCheck.objects.filter(stay_id="s1").exists()


def test_the_responsible_doctor_and_his_account_are_known(hospital, doctor):
    user = doctor("D7")
    tell(moment(20, 2), stays=[admit(1, doctor="D7")], documents=others())
    row = obligation(NOTE)
    assert (row.responsible, row.user) == ("D7", user)


def test_a_rule_that_breaks_takes_nothing_back(hospital, monkeypatch):
    """Its silence is no pass: the engine says that it could not judge, and what was known stays."""
    from zhikong.engine.record_rules.clock import needs
    from zhikong.engine.results import missing_table

    tell(moment(20, 9, 30), stays=[admit(1)], documents=others())
    monkeypatch.setattr(needs, "missing", lambda rule, source, undelivered: missing_table("documents"))
    tell(moment(20, 10), stays=[{**admit(1), "age_years": 61, VERSION: at(20, 9, 55)}])
    row = obligation(NOTE)
    assert (row.state, row.ended_at) == ("overdue", None)


BORROWED = "progress-notes-not-borrowed"


def test_what_is_found_by_comparing_patients_stays_until_all_are_compared_again(hospital):
    """A look at one stay cannot see the other patient's note: that takes nothing back."""
    from zhikong.hospital.functions.records.actions.running import refreshing
    from zhikong.hospital.functions.records.models import Defect
    from zhikong.hospital.functions.records.queries.running.judged import forget_undelivered

    words = "患者今日精神可，胸闷较前缓解，双下肢无水肿，复查肌钙蛋白较昨日下降，心电监护未见恶性心律失常，继续双联抗血小板治疗。"
    when = {1: at(21, 9), 2: at(21, 10)}
    send(
        received_at=moment(21, 11), now=moment(21, 11), stays=[admit(1, principal_diagnosis="I21.900"), admit(2, principal_diagnosis="I21.900")],
        documents=[*others(), *(document(n, f"p{n}", "38", when[n]) for n in when)],
        document_sections=[section(n, f"p{n}", "病程记录", words * 3, when[n]) for n in when],
    )  # fmt: skip
    forget_undelivered()
    refreshing.refresh_all(by=None, now=moment(21, 11), fingerprint="")
    found = Defect.objects.filter(rule=BORROWED)
    assert [row.state for row in found] == ["open"]
    (row,) = found
    number = row.stay_id.removeprefix("s")
    tell(moment(21, 12), documents=[document(number, "p9", "38", at(21, 11, 30))])
    row.refresh_from_db()
    assert row.state == "open"
