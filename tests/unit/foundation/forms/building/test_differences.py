import pytest
from hypothesis import given

from tests.unit.foundation.forms.building.drafts import after, blank, many
from zhikong.foundation.forms.building import outline
from zhikong.foundation.forms.building.differences import conflict_sentence, sentences, shown
from zhikong.foundation.forms.building.merging import merge


def test_a_change_is_told_with_old_and_new():
    new = outline.change_item(blank(), "locked", {"score": {"full": 5}, "veto": "fail", "required": True})
    assert sentences(blank(), new) == [
        "第 1 题「上锁」：分值 10 分 → 5 分",
        "第 1 题「上锁」：否决 （空） → 整张表不合格",
        "第 1 题「上锁」：必填 （空） → 是",
    ]


def test_new_and_deleted_items_are_told_with_their_numbers():
    new, _made = outline.add_item(blank(), section_id="outside", after="locked", values={"text": "封条完好"})
    assert sentences(blank(), new) == ["新增第 2 题「封条完好」"]
    assert sentences(new, blank()) == ["删除第 2 题「封条完好」"]


def test_one_moved_item_is_one_sentence():
    new = outline.move_item(blank(), "why", 1)
    assert sentences(blank(), new) == ["第 2 题「原因」移动了位置"]


def test_the_version_number_is_no_change_of_content():
    assert sentences(blank(), {**blank(), "version": 2}) == []


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("type", "choice", "单选"),
        ("veto", {"cap": 60}, "总分最多 60 分"),
        ("veto", {"deduct": 5}, "总分扣 5 分"),
        ("score", {"full": 10, "when_no": 2}, "10 分（答“否”得 2 分）"),
        ("score", {"full": 10, "each": 0.5}, "10 分（每处扣 0.5 分）"),
        ("options", [{"code": "a", "text": "好", "score": 5}, {"code": "b", "text": "差"}], "好（5）、差"),
        ("source", {"document": "三级医院评审标准", "clause": "3.6"}, "三级医院评审标准 3.6"),
        ("title", {"zh": "甲", "en": "A"}, "甲"),
        ("rows", {"min": 1, "max": 20}, "min 1，max 20"),
        ("required", False, "否"),
        ("fill", ["nurse", "head_nurse"], "nurse、head_nurse"),
    ],
)
def test_values_are_shown_in_words(field, value, text):
    assert shown(field, value) == text


def test_a_conflict_says_who_wrote_what():
    mine = outline.change_item(blank(), "locked", {"text": "我的"})
    theirs = outline.change_item(blank(), "locked", {"text": "对方的"})
    _merged, (conflict,) = merge(blank(), mine, theirs)
    assert conflict_sentence(conflict, mine, theirs) == (
        "第 1 题「对方的」的题目：对方改成了“对方的”，您写的是“我的”；保留了对方的。"
    )


@given(many)
def test_every_difference_is_told_and_equality_is_silent(steps):
    new = after(blank(), steps)
    assert (sentences(blank(), new) == []) == (new == blank())
