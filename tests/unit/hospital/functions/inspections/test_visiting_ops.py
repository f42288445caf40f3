"""Ops of phones: applied once, in order; two answers stand beside each other; nothing is lost, all is explained."""

from datetime import timedelta

import pytest

from tests.visits import NOW, Phone, new_id, photo, round_  # noqa: F401 (a fixture)
from zhikong.foundation.forms.models import SheetEdit
from zhikong.hospital.functions.inspections.actions.visiting import deciding
from zhikong.hospital.functions.inspections.models.visiting import Correction, Op
from zhikong.hospital.functions.inspections.queries.visiting import ops


def statuses(results):
    return [str(one["status"]) for one in results]


@pytest.fixture
def phone(round_):
    return Phone(round_.lead)


@pytest.fixture
def other(round_):
    return Phone(round_.member)


@pytest.mark.proves("INS-12")
def test_the_first_answer_starts_the_visit_and_stands_on_the_sheet(round_, phone):
    result = round_.sends(phone, round_.answer(phone, "towel", "yes"))
    assert statuses(result) == ["stored"]
    assert round_.answers == {"towel": "yes"}
    round_.visit.refresh_from_db()
    assert round_.visit.state == "open"


def test_the_same_phone_syncing_twice_doubles_nothing(round_, phone):
    batch = [round_.answer(phone, "towel", "yes"), round_.answer(phone, "soap", "no")]
    round_.sends(phone, *batch)
    again = round_.sends(phone, *batch)
    assert statuses(again) == ["again", "again"]
    assert [one["first"] for one in again] == ["stored", "stored"]
    assert Op.objects.count() == 2
    assert SheetEdit.objects.filter(sheet=round_.sheet).count() == 2


def test_one_id_with_two_contents_is_not_taken_for_the_same(round_, phone):
    first = round_.answer(phone, "towel", "yes")
    round_.sends(phone, first)
    result = round_.sends(phone, {**first, "value": "no"})
    assert statuses(result) == ["malformed"]
    assert "编号" in result[0]["why"]
    assert round_.answers["towel"] == "yes"


def test_two_answers_to_one_item_both_stay_until_a_person_chooses(round_, phone, other):
    round_.sends(phone, round_.answer(phone, "towel", "yes"))
    result = round_.sends(other, round_.answer(other, "towel", "no"))
    assert statuses(result) == ["conflict"]
    assert result[0]["current"]["value"] == "yes"
    assert "王敏" in result[0]["why"]
    assert round_.answers["towel"] == "yes"
    conflict = ops.open_conflicts(round_.visit)[0]
    deciding.choose(conflict, by=round_.member, now=NOW, this_one=True)
    assert round_.answers["towel"] == "no"
    assert not ops.open_conflicts(round_.visit)
    assert [op.value for op in ops.history(round_.sheet, "towel")] == ["no", "yes"]


def test_who_saw_the_other_answer_chooses_on_the_phone(round_, phone, other):
    round_.sends(phone, round_.answer(phone, "towel", "yes"))
    first = round_.sends(other, round_.answer(other, "towel", "no"))[0]
    rev = first["current"]["rev"]
    chosen = other.op("choose", sheet=round_.sheet.pk, item="towel", value="no", base=rev, of=first["id"])
    assert statuses(round_.sends(other, chosen)) == ["stored"]
    assert round_.answers["towel"] == "no"
    assert not ops.open_conflicts(round_.visit)


def test_the_same_answer_of_two_people_is_no_conflict(round_, phone, other):
    round_.sends(phone, round_.answer(phone, "towel", "yes"))
    assert statuses(round_.sends(other, round_.answer(other, "towel", "yes"))) == ["stored"]


def test_an_answer_that_was_seen_may_be_changed(round_, phone, other):
    round_.sends(phone, round_.answer(phone, "towel", "yes"))
    seen = round_.sheet.revision
    assert statuses(round_.sends(other, round_.answer(other, "towel", "no", base=seen))) == ["stored"]


def test_the_own_second_phone_is_another_phone(round_, phone):
    """Continued on another device, the first one comes back with what it still had: both are shown."""
    second = Phone(round_.lead)
    round_.sends(second, round_.answer(second, "towel", "no"))
    assert statuses(round_.sends(phone, round_.answer(phone, "towel", "yes"))) == ["conflict"]


def test_answers_of_one_phone_follow_its_counter_not_their_arrival(round_, phone):
    early = round_.answer(phone, "towel", "yes")
    late = round_.answer(phone, "towel", "no")
    assert statuses(round_.sends(phone, late, early)) == ["stored", "stored"]
    assert round_.answers["towel"] == "no"


def test_an_answer_that_was_overtaken_stays_in_the_history(round_, phone):
    early = round_.answer(phone, "towel", "yes")
    round_.sends(phone, round_.answer(phone, "towel", "no"))
    assert statuses(round_.sends(phone, early)) == ["old"]
    assert round_.answers["towel"] == "no"


def test_a_wrong_value_is_refused_with_a_sentence_and_kept(round_, phone):
    result = round_.sends(phone, round_.answer(phone, "towel", "perhaps"))
    assert statuses(result) == ["refused"]
    assert "请选" in result[0]["why"]
    assert Op.objects.get().value == "perhaps"


def test_a_clock_wrong_by_a_day_is_measured_and_the_servers_time_wins(round_, phone):
    phone.ahead = 86400
    ten_minutes_ago = NOW - timedelta(minutes=10)
    round_.sends(phone, round_.answer(phone, "towel", "yes", at=ten_minutes_ago))
    op = Op.objects.get()
    assert (op.at, op.drift) == (ten_minutes_ago, 86400)
    assert op.phone_at == ten_minutes_ago + timedelta(days=1)


def test_an_answer_waits_for_its_photo_and_is_applied_when_it_comes(round_, phone):
    media_id = new_id()
    result = round_.sends(phone, round_.answer(phone, "sterile_valid__files", [media_id]))
    assert statuses(result) == ["waiting"]
    round_.sends(phone, round_.answer(phone, "sterile_valid", "no"))
    round_.brings(phone, photo(), media_id=media_id)
    assert len(round_.answers["sterile_valid__files"]) == 1
    assert ops.waiting(round_.visit) == []


def test_photos_of_two_inspectors_at_one_item_both_stay(round_, phone, other):
    first, second = round_.brings(phone, photo("navy")), round_.brings(other, photo("red"))
    round_.sends(phone, round_.answer(phone, "sterile_valid", "no"))
    round_.sends(phone, round_.answer(phone, "sterile_valid__files", [first]))
    result = round_.sends(other, round_.answer(other, "sterile_valid__files", [second]))
    assert statuses(result) == ["stored"]
    assert len(round_.answers["sterile_valid__files"]) == 2


def test_a_file_of_somebody_else_is_no_evidence(round_, phone):
    result = round_.sends(phone, round_.answer(phone, "sterile_valid__files", [999]))
    assert statuses(result) == ["refused"]
    assert "不属于" in result[0]["why"]


@pytest.mark.proves("CAP-04")
def test_corrected_on_the_spot_is_kept_with_words_and_photo(round_, phone):
    media_id = round_.brings(phone, photo())
    round_.sends(phone, round_.answer(phone, "towel", "no"))
    value = {"what": "当场换上干手纸", "who": "孙护士", "after": [media_id]}
    fixed = phone.op("fixed", sheet=round_.sheet.pk, item="towel", value=value)
    assert statuses(round_.sends(phone, fixed)) == ["stored"]
    made = Correction.objects.get()
    assert (made.item, made.corrector, len(made.media_ids)) == ("towel", "孙护士", 1)


def test_corrected_without_proof_is_refused(round_, phone):
    fixed = phone.op("fixed", sheet=round_.sheet.pk, item="towel", value={"what": "好"})
    assert statuses(round_.sends(phone, fixed)) == ["refused"]
