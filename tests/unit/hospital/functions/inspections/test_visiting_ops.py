"""Ops of phones: applied once, in order; two answers stand beside each other; nothing is lost, all is explained."""

from datetime import timedelta

import pytest

from tests.visits import NOW, Phone, make_round, new_id, photo
from zhikong.foundation.forms.models import SheetEdit
from zhikong.hospital.functions.inspections.actions.visiting import clearing, deciding
from zhikong.hospital.functions.inspections.actions.visiting.uploading import Announced, receive
from zhikong.hospital.functions.inspections.models.visiting import Correction, Media, Op
from zhikong.hospital.functions.inspections.queries.visiting import ops


def statuses(results):
    return [str(one["status"]) for one in results]


@pytest.fixture
def visited(hospital, make_user):
    return make_round(hospital, make_user)


@pytest.fixture
def phone(visited):
    return Phone(visited.lead)


@pytest.fixture
def other(visited):
    return Phone(visited.member)


@pytest.mark.proves("INS-12")
def test_the_first_answer_starts_the_visit_and_stands_on_the_sheet(visited, phone):
    result = visited.sends(phone, visited.answer(phone, "towel", "yes"))
    assert statuses(result) == ["stored"]
    assert visited.answers == {"towel": "yes"}
    visited.visit.refresh_from_db()
    assert visited.visit.state == "open"


def test_the_same_phone_syncing_twice_doubles_nothing(visited, phone):
    batch = [visited.answer(phone, "towel", "yes"), visited.answer(phone, "soap", "no")]
    visited.sends(phone, *batch)
    again = visited.sends(phone, *batch)
    assert statuses(again) == ["again", "again"]
    assert [one["first"] for one in again] == ["stored", "stored"]
    assert Op.objects.count() == 2
    assert SheetEdit.objects.filter(sheet=visited.sheet).count() == 2


def test_one_id_with_two_contents_is_not_taken_for_the_same(visited, phone):
    first = visited.answer(phone, "towel", "yes")
    visited.sends(phone, first)
    result = visited.sends(phone, {**first, "value": "no"})
    assert statuses(result) == ["malformed"]
    assert "编号" in result[0]["why"]
    assert visited.answers["towel"] == "yes"


def test_two_answers_to_one_item_both_stay_until_a_person_chooses(visited, phone, other):
    visited.sends(phone, visited.answer(phone, "towel", "yes"))
    result = visited.sends(other, visited.answer(other, "towel", "no"))
    assert statuses(result) == ["conflict"]
    assert result[0]["current"]["value"] == "yes"
    assert "王敏" in result[0]["why"]
    assert visited.answers["towel"] == "yes"
    conflict = ops.open_conflicts(visited.visit)[0]
    deciding.choose(conflict, by=visited.member, now=NOW, this_one=True)
    assert visited.answers["towel"] == "no"
    assert not ops.open_conflicts(visited.visit)
    assert [op.value for op in ops.history(visited.sheet, "towel")] == ["no", "yes"]


def test_who_saw_the_other_answer_chooses_on_the_phone(visited, phone, other):
    visited.sends(phone, visited.answer(phone, "towel", "yes"))
    first = visited.sends(other, visited.answer(other, "towel", "no"))[0]
    rev = first["current"]["rev"]
    chosen = other.op("choose", sheet=visited.sheet.pk, item="towel", value="no", base=rev, of=first["id"])
    assert statuses(visited.sends(other, chosen)) == ["stored"]
    assert visited.answers["towel"] == "no"
    assert not ops.open_conflicts(visited.visit)


def test_the_same_answer_of_two_people_is_no_conflict(visited, phone, other):
    visited.sends(phone, visited.answer(phone, "towel", "yes"))
    assert statuses(visited.sends(other, visited.answer(other, "towel", "yes"))) == ["stored"]


def test_an_answer_that_was_seen_may_be_changed(visited, phone, other):
    visited.sends(phone, visited.answer(phone, "towel", "yes"))
    seen = visited.sheet.revision
    assert statuses(visited.sends(other, visited.answer(other, "towel", "no", base=seen))) == ["stored"]


def test_the_own_second_phone_is_another_phone(visited, phone):
    """Continued on another device, the first one comes back with what it still had: both are shown."""
    second = Phone(visited.lead)
    visited.sends(second, visited.answer(second, "towel", "no"))
    assert statuses(visited.sends(phone, visited.answer(phone, "towel", "yes"))) == ["conflict"]


def test_answers_of_one_phone_follow_its_counter_not_their_arrival(visited, phone):
    early = visited.answer(phone, "towel", "yes")
    late = visited.answer(phone, "towel", "no")
    assert statuses(visited.sends(phone, late, early)) == ["stored", "stored"]
    assert visited.answers["towel"] == "no"


def test_an_answer_that_was_overtaken_stays_in_the_history(visited, phone):
    early = visited.answer(phone, "towel", "yes")
    visited.sends(phone, visited.answer(phone, "towel", "no"))
    assert statuses(visited.sends(phone, early)) == ["old"]
    assert visited.answers["towel"] == "no"


def test_a_wrong_value_is_refused_with_a_sentence_and_kept(visited, phone):
    result = visited.sends(phone, visited.answer(phone, "towel", "perhaps"))
    assert statuses(result) == ["refused"]
    assert "请选" in result[0]["why"]
    assert Op.objects.get().value == "perhaps"


def test_a_clock_wrong_by_a_day_is_measured_and_the_servers_time_wins(visited, phone):
    phone.ahead = 86400
    ten_minutes_ago = NOW - timedelta(minutes=10)
    visited.sends(phone, visited.answer(phone, "towel", "yes", at=ten_minutes_ago))
    op = Op.objects.get()
    assert (op.at, op.drift) == (ten_minutes_ago, 86400)
    assert op.phone_at == ten_minutes_ago + timedelta(days=1)


def test_an_answer_waits_for_its_photo_and_is_applied_when_it_comes(visited, phone):
    media_id = new_id()
    result = visited.sends(phone, visited.answer(phone, "sterile_valid__files", [media_id]))
    assert statuses(result) == ["waiting"]
    visited.sends(phone, visited.answer(phone, "sterile_valid", "no"))
    visited.brings(phone, photo(), media_id=media_id)
    assert len(visited.answers["sterile_valid__files"]) == 1
    assert ops.waiting(visited.visit) == []


def test_photos_of_two_inspectors_at_one_item_both_stay(visited, phone, other):
    first, second = visited.brings(phone, photo("navy")), visited.brings(other, photo("red"))
    visited.sends(phone, visited.answer(phone, "sterile_valid", "no"))
    visited.sends(phone, visited.answer(phone, "sterile_valid__files", [first]))
    result = visited.sends(other, visited.answer(other, "sterile_valid__files", [second]))
    assert statuses(result) == ["stored"]
    assert len(visited.answers["sterile_valid__files"]) == 2


def test_a_file_of_somebody_else_is_no_evidence(visited, phone):
    result = visited.sends(phone, visited.answer(phone, "sterile_valid__files", [999]))
    assert statuses(result) == ["refused"]
    assert "不属于" in result[0]["why"]


@pytest.mark.proves("CAP-04")
def test_corrected_on_the_spot_is_kept_with_words_and_photo(visited, phone):
    media_id = visited.brings(phone, photo())
    visited.sends(phone, visited.answer(phone, "towel", "no"))
    value = {"what": "当场换上干手纸", "who": "孙护士", "after": [media_id]}
    fixed = phone.op("fixed", sheet=visited.sheet.pk, item="towel", value=value)
    assert statuses(visited.sends(phone, fixed)) == ["stored"]
    made = Correction.objects.get()
    assert (made.item, made.corrector, len(made.media_ids)) == ("towel", "孙护士", 1)


def test_corrected_without_proof_is_refused(visited, phone):
    fixed = phone.op("fixed", sheet=visited.sheet.pk, item="towel", value={"what": "好"})
    assert statuses(visited.sends(phone, fixed)) == ["refused"]


def test_an_original_goes_a_month_after_the_blurring(visited, phone):
    media_id = visited.brings(phone, photo(), wish={"regions": [{"x": 0, "y": 0, "w": 0.5, "h": 0.5}]})
    row = Media.objects.get(media_id=media_id)
    assert row.original_id != row.file_id
    assert clearing.delete_old_originals(now=NOW + timedelta(days=29)) == 0
    assert clearing.delete_old_originals(now=NOW + timedelta(days=31)) == 1
    row.refresh_from_db()
    assert row.original.deleted_at is not None
    assert "自动删除" in row.original.events.get(act="deleted").text


def test_the_hidden_part_of_a_photo_cannot_be_told(visited, phone):
    """Stripes half as wide as the cells vanish; the rest of the picture stays as it was."""
    from io import BytesIO

    from PIL import Image

    from zhikong.foundation.files import actions as files

    media_id = visited.brings(phone, photo(), wish={"regions": [{"x": 0, "y": 0, "w": 1, "h": 0.5}]})
    file = Media.objects.get(media_id=media_id).file
    content = files.read(file, by=visited.lead, now=NOW, purpose="test")
    picture = Image.open(BytesIO(b"".join(content))).convert("L")
    hidden = picture.crop((0, 0, 640, 230)).getextrema()
    shown = picture.crop((0, 250, 640, 480)).getextrema()
    assert hidden[1] - hidden[0] < 40
    assert shown[1] - shown[0] > 150


def test_what_was_half_sent_a_month_ago_is_forgotten_and_says_so(visited, phone):
    said = Announced(new_id(), "photo", 5000, "a.jpg", "image/jpeg", phone.id)
    receive(visited.visit, said, by=phone.user, now=NOW, offset=0, content=photo()[:900])
    assert clearing.drop_half_sent(now=NOW + timedelta(days=31)) == 1
    row = Media.objects.get()
    assert (row.received, row.pieces.count()) == (0, 0)
    assert "重新上传" in row.why
