import pytest
from hypothesis import given

from tests.unit.foundation.forms.building.drafts import after, blank, many
from zhikong.foundation.forms.building import outline
from zhikong.foundation.forms.building.outline import EditError


def order(data):
    return [[i["id"] for i in s["items"]] for s in data["sections"]]


def test_an_operation_leaves_what_it_was_given():
    data = blank()
    outline.add_item(data, section_id="drugs")
    outline.move_item(data, "why", -1)
    outline.rename(data, "locked", "closed")
    assert data == blank()


def test_a_new_item_gets_the_next_number_and_none_that_was_ever_taken():
    data, first = outline.add_item(blank(), section_id="outside", values={"text": "甲"})
    assert first == "item_1"
    data = outline.delete_item(data, "item_1")
    _data, second = outline.add_item(data, section_id="outside", taken={"item_1", "item_9"})
    assert second == "item_10"


def test_changing_the_text_keeps_the_id():
    data = outline.change_item(blank(), "locked", {"text": "完全不同的题目"})
    assert outline.find_item(data, "locked")["text"] == "完全不同的题目"


def test_an_item_is_added_below_another():
    data, made = outline.add_item(blank(), section_id="outside", after="locked")
    assert order(data) == [["locked", made, "why"], ["expired"]]


def test_moving_goes_through_the_edge_of_a_section():
    data = outline.move_item(blank(), "why", 1)
    assert order(data) == [["locked"], ["why", "expired"]]
    assert order(outline.move_item(data, "why", -1)) == [["locked", "why"], ["expired"]]


def test_at_the_very_edge_nothing_moves():
    assert outline.move_item(blank(), "locked", -1) == blank()
    assert outline.move_item(blank(), "expired", 1) == blank()
    assert outline.move_section(blank(), "outside", -1) == blank()


def test_renaming_rewrites_conditions_but_no_quoted_text():
    data = outline.change_item(blank(), "why", {"show_if": "locked = 'locked' or locked__a"})
    data = outline.rename(data, "locked", "closed")
    assert outline.find_item(data, "why")["show_if"] == "closed = 'locked' or closed__a"


@pytest.mark.parametrize("bad", ["Locked", "上锁", "1a", "why", "outside", ""])
def test_a_bad_or_taken_id_is_refused(bad):
    with pytest.raises(EditError):
        outline.rename(blank(), "locked", bad)


def test_a_copied_section_asks_its_own_items():
    data, made = outline.duplicate_section(blank(), "outside")
    copy = outline.find_section(data, made)
    assert [s["id"] for s in data["sections"]] == ["outside", made, "drugs"]
    assert copy["items"][1]["show_if"].startswith(f"{copy['items'][0]['id']} = 'no'")


def test_who_asks_an_item_is_known_before_it_is_deleted():
    assert [i["id"] for i in outline.askers(blank(), "locked")] == ["why"]
    assert outline.askers(blank(), "expired") == []


def test_the_last_section_stays():
    data = outline.delete_section(blank(), "drugs")
    with pytest.raises(EditError, match="至少"):
        outline.delete_section(data, "outside")


def test_what_is_gone_is_said_to_be_gone():
    with pytest.raises(EditError, match="已经不在"):
        outline.change_item(blank(), "nothing", {"text": "x"})


def test_none_takes_a_field_out():
    data = outline.change_item(blank(), "locked", {"score": None})
    assert "score" not in outline.find_item(data, "locked")


@given(many)
def test_ids_stay_unique_whatever_is_done(steps):
    data = after(blank(), steps)
    names = [s["id"] for s in data["sections"]] + [i["id"] for i in outline.items(data)]
    assert len(names) == len(set(names))
