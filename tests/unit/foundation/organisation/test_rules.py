"""What a QC group or a committee lacks."""

from datetime import date

import pytest

from zhikong.foundation.organisation.rules import (
    GroupMember,
    NotInOrder,
    check_change,
    committee_problems,
    group_problems,
)

HEAD = GroupMember(1, "赵一", "chair", "department_head")
HEAD_NURSE = GroupMember(2, "钱二", "deputy", "head_nurse")
DOCTOR = GroupMember(3, "孙三", "member", "qc_officer")


def problems(*members, **kwargs):
    return group_problems(members, size_min=3, size_max=5, **kwargs)


@pytest.mark.proves("ORG-06")
def test_head_head_nurse_and_a_doctor_are_a_group():
    assert problems(HEAD, HEAD_NURSE, DOCTOR) == []


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ((HEAD, HEAD_NURSE), "少于 3 人"),
        ((HEAD_NURSE, DOCTOR, GroupMember(4, "李四", "member", "physician")), "缺科主任"),
        ((HEAD, DOCTOR, GroupMember(4, "李四", "member", "physician")), "缺护士长"),
        ((HEAD, HEAD_NURSE, GroupMember(4, "李四", "member", "department_head")), "缺质控医师"),
        ((HEAD, HEAD_NURSE, DOCTOR, GroupMember(4, "李四", "member", "")), "李四 已离开"),
    ],
)
def test_what_is_lacking_is_said(members, sentence):
    assert any(sentence in problem for problem in problems(*members))


def test_six_are_too_many_and_five_are_not():
    more = [GroupMember(n, f"人{n}", "member", "physician") for n in range(10, 13)]
    assert problems(HEAD, HEAD_NURSE, DOCTOR, *more[:2]) == []
    assert problems(HEAD, HEAD_NURSE, DOCTOR, *more) == ["现有 6 人，多于 5 人"]


def test_who_has_left_does_not_fill_the_group():
    left = GroupMember(4, "李四", "member", "")
    assert "现有 2 人，少于 3 人" in problems(HEAD, HEAD_NURSE, left)


def test_a_laboratory_needs_no_head_nurse():
    technicians = [GroupMember(n, f"技{n}", "member", "technician") for n in (5, 6)]
    assert problems(HEAD, *technicians, needs_head_nurse=False) == []


def test_a_committee_needs_chair_and_secretary():
    assert committee_problems(["chair", "secretary", "member"], size_min=3) == []
    assert committee_problems(["member"], size_min=3) == ["缺主任委员", "缺秘书", "现有 1 人，少于 3 人"]


def test_history_is_not_rewritten():
    check_change(current_from=date(2026, 1, 1), current_to=None, on=date(2026, 1, 1))
    with pytest.raises(NotInOrder, match="历史不改写"):
        check_change(current_from=date(2026, 1, 1), current_to=None, on=date(2025, 12, 31))
    with pytest.raises(NotInOrder, match="已于 2026-05-01 撤销"):
        check_change(current_from=date(2026, 1, 1), current_to=date(2026, 5, 1), on=date(2026, 6, 1))
