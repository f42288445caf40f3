"""A staff list against what is registered: nothing silent, nothing twice."""

from datetime import date

from zhikong.foundation.organisation.importing import staff
from zhikong.foundation.organisation.importing.known import Known, Place, Post, World

ON, SINCE = date(2026, 11, 1), date(2020, 1, 1)
PLACES = {
    1: Place(1, "CARD", "心血管内科", "clinical", "", None, 40, SINCE, ("心内科",)),
    2: Place(2, "PAED", "儿科", "clinical", "", None, 40, SINCE),
}
WORDS = {"CARD": 1, "心血管内科": 1, "心内科": 1, "PAED": 2, "儿科": 2}
COLUMNS = ("number", "name", "department", "title", "post")


def person(number="D1", name="王敏", posts=((1, "physician"),), title="医师"):
    made = tuple(Post(n, place, post, title, SINCE) for n, (place, post) in enumerate(posts, 1))
    return Known(int(number[1:]), number, name, "doctor", "", "", made)


def row(number="D1", name="王敏", department="心内科", posts=("physician",), n=2, **fields):
    base = {
        "row": f"第 {n} 行", "number": number, "name": name, "department": department, "profession": "doctor",
        "title": "医师", "posts": list(posts), "post_since": "", "hired_on": "", "left_on": "", "qualified_on": "",
        "phone": "",
    }  # fmt: skip
    return base | fields


def compare(*rows, people=(), decisions=None, columns=COLUMNS):
    world = World(PLACES, WORDS, {p.number: p for p in people})
    return staff.compare(rows, world, on=ON, decisions=decisions or {}, columns=columns)


def test_new_people_with_the_day_that_the_list_says():
    made = compare(row(hired_on="2015-07-01"))
    [line] = made.new
    assert line.data["begin"][0]["since"] == "2015-07-01"
    assert "心血管内科 医师" in line.what


def test_the_same_list_again_changes_nothing():
    made = compare(row(), people=[person()])
    assert (made.same, made.new, made.changed, made.missing, made.ready) == (1, [], [], [], False)


def test_whoever_moves_ends_there_and_begins_here():
    made = compare(row(department="儿科"), people=[person()])
    [line] = made.changed
    assert (line.data["end"], line.data["begin"][0]["department"]) == ([1], 2)


def test_whoever_moves_began_there_when_he_moved_and_not_when_he_was_hired():
    [line] = compare(row(department="儿科", hired_on="2015-07-01"), people=[person()]).changed
    assert (line.data["begin"][0]["since"], line.data["ends_on"]) == ("", "")
    moved = row(department="儿科", hired_on="2015-07-01", post_since="2026-10-01")
    [line] = compare(moved, people=[person()]).changed
    assert (line.data["begin"][0]["since"], line.data["ends_on"]) == ("2026-10-01", "2026-10-01")


def test_a_quality_officer_made_here_stays_while_he_stays_in_the_department():
    known = person(posts=((1, "physician"), (1, "qc_officer")))
    assert compare(row(), people=[known]).same == 1
    [line] = compare(row(department="儿科"), people=[known]).changed
    assert line.data["end"] == [1, 2]


def test_a_list_without_posts_takes_no_head_away():
    known = person(posts=((1, "department_head"),))
    columns = ("number", "name", "department", "title")
    assert compare(row(), people=[known], columns=columns).same == 1
    assert compare(row(), people=[known]).changed[0].data["end"] == [1]


def test_who_is_missing_is_proposed_and_ended_only_when_somebody_says_so():
    known = [person(), person("D2", "李强")]
    made = compare(row(), people=known)
    assert [line.key for line in made.missing] == ["D2"]
    assert not made.ready
    decided = compare(row(), people=known, decisions={"left": ["D2"]})
    assert [line.key for line in decided.leaving] == ["D2"]
    assert not decided.missing


def test_who_left_by_the_list_ends_on_that_day():
    [line] = compare(row(left_on="2026-09-30"), people=[person()]).changed
    assert (line.data["end"], line.data["ends_on"]) == ([1], "2026-09-30")
    assert compare(row(left_on="2026-09-30")).new == []


def test_one_number_for_two_people_is_held_with_both_rows():
    made = compare(row(), row(name="李强", n=9))
    assert [line.row for line in made.held] == ["第 2 行", "第 9 行"]
    assert not made.new


def test_another_name_for_a_known_number_waits_for_a_decision():
    made = compare(row(name="王美"), people=[person()])
    assert made.held[0].key == "rename:D1"
    [line] = compare(row(name="王美"), people=[person()], decisions={"renames": ["D1"]}).changed
    assert line.data["set"] == {"name": "王美"}


def test_a_lost_zero_is_noticed():
    made = compare(row(number="12"), people=[Known(1, "0012", "王敏", "doctor", "", "")])
    assert "0012" in made.held[0].what


def test_two_rows_are_two_posts_and_the_same_row_twice_is_one():
    made = compare(row(), row(department="儿科", n=3), row(n=4))
    assert len(made.new[0].data["begin"]) == 2
    assert [line.row for line in made.skipped] == ["第 4 行"]


def test_an_unknown_department_is_proposed_by_likeness_and_decided_once():
    made = compare(row(department="心血管内科病区"), row("D2", "李强", "火星科", n=3))
    first, second = made.unknown
    assert (first.likely[0][0], first.likely[0][2] >= 85) == (1, True)
    assert not [one for one in second.likely if one[2] >= 85]
    assert len(made.held) == 2
    decided = compare(row(department="心血管内科病区"), decisions={"departments": {"心血管内科病区": "1"}})
    assert len(decided.new) == 1


def test_a_changed_title_is_a_change_and_an_empty_one_is_not():
    [line] = compare(row(title="主治医师"), people=[person()]).changed
    assert line.data["retitle"] == [[1, "主治医师"]]
    assert compare(row(title=""), people=[person()]).same == 1
