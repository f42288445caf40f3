from hypothesis import given

from tests.unit.foundation.forms.building.drafts import after, blank, many
from zhikong.foundation.forms.building import outline
from zhikong.foundation.forms.building.merging import ORDER, WHOLE, assemble, holders, merge, sequence


def test_two_people_at_different_fields_both_keep_their_work():
    mine = outline.change_item(blank(), "locked", {"text": "新题目"})
    theirs = outline.change_item(blank(), "locked", {"clause": "3.6.2"})
    merged, conflicts = merge(blank(), mine, theirs)
    assert conflicts == []
    assert outline.find_item(merged, "locked")["text"] == "新题目"
    assert outline.find_item(merged, "locked")["clause"] == "3.6.2"


def test_the_same_field_is_named_and_the_other_persons_value_stays():
    mine = outline.change_item(blank(), "locked", {"text": "我的"})
    theirs = outline.change_item(blank(), "locked", {"text": "对方的"})
    merged, (conflict,) = merge(blank(), mine, theirs)
    assert (conflict.field, conflict.mine, conflict.theirs) == ("text", "我的", "对方的")
    assert outline.find_item(merged, "locked")["text"] == "对方的"


def test_the_same_change_twice_is_no_conflict():
    both = outline.change_item(blank(), "locked", {"text": "一样"})
    assert merge(blank(), both, both) == (both, [])


def test_what_the_other_person_changed_is_not_deleted():
    mine = outline.delete_item(blank(), "expired")
    theirs = outline.change_item(blank(), "expired", {"text": "改过"})
    merged, (conflict,) = merge(blank(), mine, theirs)
    assert conflict.field == WHOLE
    assert merged == theirs


def test_a_deleted_section_stays_while_a_new_item_of_the_other_lives_in_it():
    mine = outline.delete_section(blank(), "drugs")
    theirs, made = outline.add_item(blank(), section_id="drugs", values={"text": "新"})
    merged, conflicts = merge(blank(), mine, theirs)
    assert [i["id"] for i in outline.find_section(merged, "drugs")["items"]] == [made]
    assert [c.token for c in conflicts] == [("section", "drugs")]


def test_my_change_to_what_was_deleted_is_reported():
    mine = outline.change_item(blank(), "expired", {"text": "改过"})
    theirs = outline.delete_item(blank(), "expired")
    merged, (conflict,) = merge(blank(), mine, theirs)
    assert merged == theirs
    assert conflict.mine["text"] == "改过"


def test_moves_of_one_and_additions_of_the_other_are_put_together():
    mine = outline.move_item(blank(), "why", 1)
    theirs, made = outline.add_item(blank(), section_id="outside", after="locked")
    merged, conflicts = merge(blank(), mine, theirs)
    assert conflicts == []
    assert sequence(merged) == [
        ("section", "outside"),
        ("item", "locked"),
        ("item", made),
        ("section", "drugs"),
        ("item", "why"),
        ("item", "expired"),
    ]


def test_both_moved_keeps_the_other_persons_order_and_says_so():
    mine = outline.move_item(blank(), "why", 1)
    theirs = outline.move_item(blank(), "why", -1)
    merged, conflicts = merge(blank(), mine, theirs)
    assert sequence(merged) == sequence(theirs)
    assert [c.field for c in conflicts] == [ORDER]


@given(many)
def test_alone_at_the_draft_a_merge_gives_my_text(steps):
    mine = after(blank(), steps)
    assert merge(blank(), mine, blank()) == (mine, [])
    assert merge(blank(), blank(), mine) == (mine, [])


@given(many, many)
def test_nothing_is_lost_without_being_named(my_steps, their_steps):
    base = blank()
    mine = after(base, my_steps)
    theirs = after(base, their_steps, taken=outline.ids(mine))
    merged, conflicts = merge(base, mine, theirs)
    named = {(c.token, c.field) for c in conflicts}
    old, own, other, found = (holders(d) for d in (base, mine, theirs, merged))
    for token, values in own.items():
        if token not in old:
            assert found[token] == values
            continue
        for key, value in values.items():
            if value != old[token].get(key):
                assert (token, key) in named or (token, WHOLE) in named or found[token][key] == value
    for token, values in other.items():
        for key, value in values.items():
            if token not in old or value != old[token].get(key):
                assert found[token][key] == value
    assert assemble(sequence(merged), found) == merged


@given(many, many)
def test_undoing_my_last_change_keeps_what_the_other_did_afterwards(my_steps, their_steps):
    """Undo is the inverse change merged into the present text."""
    before = blank()
    changed = after(before, my_steps)
    now = after(changed, their_steps)
    merged, conflicts = merge(changed, before, now)
    if now == changed:
        assert (merged, conflicts) == (before, [])
