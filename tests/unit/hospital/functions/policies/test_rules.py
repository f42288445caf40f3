"""Clauses keep their numbers through revisions; versions are compared by them; questions are read from lines."""

from datetime import date

import pytest

from zhikong.hospital.functions.policies.rules import compared, numbered, parts, questions_of, year_later

FIRST = (
    "一、总则\n第一条 为规范会诊，制定本制度。\n第二条 急会诊10分钟内到位。\n第三条 普通会诊48小时内完成。"
)
SECOND = "一、总则\n第一条 为规范会诊，制定本制度。\n第二条 会诊由主治医师以上人员承担。\n第三条 急会诊10分钟之内到位并记录。\n第四条 普通会诊48小时内完成。"


def test_a_text_is_cut_into_clauses():
    found = parts(FIRST)
    assert [(one.mark, one.is_heading) for one in found] == [
        ("一、", True), ("第一条", False), ("第二条", False), ("第三条", False),
    ]  # fmt: skip


def test_numbers_stay_when_clauses_move():
    first = numbered(parts(FIRST), [], 0)
    second = numbered(parts(SECOND), first, 4)
    assert [one.key for one in first] == [1, 2, 3, 4]
    assert [one.key for one in second] == [1, 2, 5, 3, 4]


def test_a_number_is_never_used_again():
    first = numbered(parts(FIRST), [], 0)
    without = numbered(parts(FIRST.split("\n第三条")[0]), first, 4)
    again = numbered(parts(FIRST), without, 4)
    assert [one.key for one in without] == [1, 2, 3]
    assert [one.key for one in again] == [1, 2, 3, 5]


def test_versions_are_compared_by_clause():
    first = numbered(parts(FIRST), [], 0)
    second = numbered(parts(SECOND), first, 4)
    found = {one.key: one for one in compared(first, second)}
    assert {key: one.kind for key, one in found.items()} == {
        1: "same", 2: "same", 5: "added", 3: "changed", 4: "changed",
    }  # fmt: skip
    assert "".join(words for kind, words in found[3].pieces if kind != "removed") == found[3].after
    assert "".join(words for kind, words in found[3].pieces if kind != "added") == found[3].before
    assert [one.key for one in compared(second, first)].index(5) == 2


def test_questions_are_lines():
    assert questions_of("急会诊几分钟到位？|5|*10|30") == [("急会诊几分钟到位？", ["5", "10", "30"], 1)]
    for wrong in ("没有答案？", "一个？|*对", "两个对？|*a|*b", "没有对？|a|b", "|*a|b"):
        with pytest.raises(ValueError, match="第 1 题"):
            questions_of(wrong)


def test_a_year_later():
    assert year_later(date(2026, 11, 22)) == date(2027, 11, 22)
    assert year_later(date(2028, 2, 29)) == date(2029, 2, 28)
