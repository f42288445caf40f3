"""From the last answer to the findings: what is missing, views exchanged, objections answered, corrections closed."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.visits import NOW, Phone, make_round, photo
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.inspections.actions.visiting import deciding, ending, exchanging, proposing
from zhikong.hospital.functions.inspections.models.ending import Proposal
from zhikong.hospital.functions.inspections.models.visiting import Exchange, Op
from zhikong.hospital.functions.inspections.queries.visiting import exchange, ops

FAILED = ("towel", "soap", "one_needle")


@pytest.fixture
def visited(hospital, make_user):
    return make_round(hospital, make_user)


@pytest.fixture
def phone(visited):
    return Phone(visited.lead)


@pytest.fixture
def inspected(visited, phone):
    """All answered, three items failed: two minor ones, one veto; one of them mended on the spot."""
    visited.sends(phone, *visited.all_yes(phone, but=FAILED))
    visited.sends(phone, *(visited.answer(phone, item, "no") for item in FAILED))
    media_id = visited.brings(phone, photo())
    value = {"what": "当场换上干手纸", "who": "李建国", "after": [media_id]}
    visited.sends(phone, phone.op("fixed", sheet=visited.sheet.pk, item="towel", value=value))
    return visited


@pytest.fixture
def finished(inspected, phone):
    result = inspected.sends(phone, phone.op("finish", value={"note": "总体较好"}))
    assert str(result[0]["status"]) == "stored", result
    inspected.visit.refresh_from_db()
    return inspected


def conclude(visited, **more):
    with visited.as_user(visited.lead):
        visited.visit.refresh_from_db()
        return ending.conclude(visited.visit, by=visited.lead, now=NOW, **more)


def test_finishing_proposes_what_failed_and_asks_the_head(finished):
    assert finished.visit.state == "comment"
    assert {one.item for one in exchange.proposals(finished.visit)} == set(FAILED)
    assert Proposal.objects.get(item="one_needle").severity == "major"
    task = Task.objects.get(source_kind="visit_comment")
    assert task.owner == finished.head
    assert "2 个工作日" in task.due_reason


@pytest.mark.proves("INS-23")
def test_nothing_is_concluded_before_the_inspected_side_was_heard(finished):
    with pytest.raises(ValidationError, match="还没有发表意见"):
        conclude(finished)


@pytest.mark.proves("INS-23")
def test_an_objection_is_answered_first(finished):
    with finished.as_user(finished.head):
        made = exchanging.say(
            finished.visit, by=finished.head, now=NOW, voice="object", text="固体肥皂是家属自带的"
        )
    assert Task.objects.get(source_kind="visit_comment").state == "done"
    with pytest.raises(ValidationError, match="异议"):
        conclude(finished)
    with finished.as_user(finished.member):
        exchanging.reply(finished.visit, by=finished.member, now=NOW, to=made, text="已核对，仍按固体肥皂记")
    assert conclude(finished).state == "concluded"


def test_inspectors_do_not_speak_for_the_inspected_side(finished):
    with pytest.raises(PermissionDenied):
        exchanging.say(finished.visit, by=finished.lead, now=NOW, voice="agree", text="")


def test_after_the_window_it_may_be_concluded_without_a_comment(finished):
    with finished.as_user(finished.lead):
        ending.conclude(finished.visit, by=finished.lead, now=NOW + timedelta(days=5))
    assert finished.visit.state == "concluded"


@pytest.mark.proves("CAP-04")
def test_the_conclusion_raises_findings_and_closes_what_was_mended(finished):
    conclude(finished, waive="科室主任当场口头同意，人在手术")
    found = {one.clause_key: one for one in Finding.objects.all()}
    assert set(found) == {f"infection_ward_check:{item}" for item in FAILED}
    mended = found["infection_ward_check:towel"]
    assert mended.on_the_spot
    assert mended.corrected_by == finished.head
    assert mended.evidence.get().files.count() == 1
    assert finished.sheet.state == "submitted"
    assert found["infection_ward_check:one_needle"].severity == "major"


def test_what_was_dropped_is_not_raised_and_says_why(finished):
    soap = Proposal.objects.get(item="soap")
    with pytest.raises(ValidationError, match="理由"):
        proposing.decide(soap, by=finished.lead, now=NOW, decision="drop")
    proposing.decide(soap, by=finished.lead, now=NOW, decision="drop", reason="家属自带，已劝离")
    conclude(finished, waive="科室主任当场口头同意，人在手术")
    assert not Finding.objects.filter(clause_key="infection_ward_check:soap").exists()


def test_only_the_lead_concludes(finished):
    with finished.as_user(finished.member), pytest.raises(PermissionDenied):
        ending.conclude(finished.visit, by=finished.member, now=NOW)


def test_a_conflict_stands_against_finishing(inspected, phone):
    other = Phone(inspected.member)
    inspected.sends(other, inspected.answer(other, "tap_ok", "no"))
    result = inspected.sends(phone, phone.op("finish", value={}))
    assert str(result[0]["status"]) == "refused"
    assert "两个不同的答案" in result[0]["why"]


def test_an_answer_after_the_end_waits_for_the_lead(finished):
    late = Phone(finished.member)
    result = finished.sends(late, finished.answer(late, "tap_ok", "no", base=99))
    assert str(result[0]["status"]) == "set_aside"
    with pytest.raises(ValidationError, match="搁置"):
        conclude(finished, waive="口头同意，不再等待")
    op = ops.undecided(finished.visit)[0]
    with pytest.raises(PermissionDenied):
        deciding.take(op, by=finished.member, now=NOW)
    deciding.take(op, by=finished.lead, now=NOW)
    assert finished.answers["tap_ok"] == "no"
    assert Op.objects.get(pk=op.pk).status == "set_aside"  # the line itself stays as it was


def test_what_is_not_used_stays_in_the_log_with_the_reason(finished):
    late = Phone(finished.member)
    finished.sends(late, finished.answer(late, "tap_ok", "no", base=99))
    op = ops.undecided(finished.visit)[0]
    deciding.drop(op, by=finished.lead, now=NOW, reason="复看水龙头完好")
    assert ops.undecided(finished.visit) == []
    assert finished.answers["tap_ok"] == "yes"


def test_words_on_the_spot_count_as_heard(inspected, phone):
    said = {"text": "无异议", "by_name": "孙玲", "post": "护士长", "agrees": True}
    inspected.sends(phone, phone.op("comment", value=said))
    inspected.sends(phone, phone.op("finish", value={}))
    assert not Task.objects.filter(source_kind="visit_comment").exists()
    assert conclude(inspected).state == "concluded"
    assert Exchange.objects.get().speaker == "孙玲"


def test_finishing_and_concluding_twice_changes_nothing(finished, phone):
    again = finished.sends(phone, phone.op("finish", value={}))
    assert str(again[0]["status"]) == "stored"
    conclude(finished, waive="口头同意，不再等待")
    numbers = Finding.objects.count()
    result = finished.sends(phone, phone.op("conclude", value={}))
    assert str(result[0]["status"]) == "stored"
    assert Finding.objects.count() == numbers


@pytest.mark.proves("INS-04")
def test_a_lead_from_another_department_concludes_and_sees_no_more_of_the_ward(visited):
    """A cross inspector may raise nothing there by role; the visit itself raises what he concludes, in his name."""
    from zhikong.hospital.functions.inspections.actions.planning.changing import reassign

    people = [visited.lead, visited.member]
    reassign(visited.visit, by=visited.lead, now=NOW, users=people, lead=visited.member, reason="交叉检查")
    phone = Phone(visited.member)
    media_id = visited.brings(phone, photo())
    value = {"what": "当场换上干手纸", "who": "李建国", "after": [media_id]}
    visited.sends(phone, *visited.all_yes(phone, but=("towel",)), visited.answer(phone, "towel", "no"))
    visited.sends(phone, phone.op("fixed", sheet=visited.sheet.pk, item="towel", value=value))
    visited.sends(phone, phone.op("comment", value={"text": "无异议", "by_name": "李建国", "agrees": True}))
    results = visited.sends(phone, phone.op("finish", value={}), phone.op("conclude", value={"note": "合格"}))
    assert [str(one["status"]) for one in results] == ["stored", "stored"], results
    found = Finding.objects.get()
    assert "孙护" in found.detail
    assert found.on_the_spot
    assert found.evidence.get().files.count() == 1
    with visited.as_user(visited.member):
        assert not Finding.objects.exists()
