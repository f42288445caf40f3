"""What is searched, and what may not be written down in clear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhikong.foundation.search.rules import (
    LONGEST,
    cleaned,
    holding,
    looks_like_identity,
    masked,
    says_something,
)

NUMBERS = [
    "110101199003078515",
    "11010119900307851X",
    "110101900307851",
    "13800138000",
    "E12345678",
    "00123456",
]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("around", ["{}", "患者 {}", "{}住院", "找{}。"])
def test_numbers_of_persons_are_seen_and_masked(number, around):
    q = around.format(number)
    assert looks_like_identity(q)
    assert number not in masked(q)
    assert number[-2:] in masked(q)


@pytest.mark.parametrize("written", ["1101 0119 9003 0785 15", "138-0013-8000", "１３８００１３８０００"])
def test_groups_and_full_width_digits_hide_nothing(written):
    q = cleaned(written)
    assert looks_like_identity(q)
    assert sum(c.isdigit() for c in masked(q)) <= 2


@pytest.mark.parametrize(
    "q",
    ["平均住院日", "2026-10", "ZG-2026-0012", "2026-0001", "TS-2026-0012", "CARD", "3.6.2", "急救车 10 月"],
)
def test_ordinary_words_stay(q):
    assert not looks_like_identity(q)
    assert masked(q) == q


@given(st.from_regex(r"[1-9]\d{5}19\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d)\d{3}[0-9X]", fullmatch=True))
def test_no_identity_card_is_ever_written_down(number):
    assert number not in masked(f"查 {number} 的病历")


@given(st.text(max_size=200))
def test_what_is_cleaned_is_short_printable_and_stable(text):
    once = cleaned(text)
    assert len(once) <= LONGEST
    assert once.isprintable()
    assert cleaned(once) == once


@pytest.mark.parametrize(
    ("q", "enough"), [("", False), ("a", False), ("ab", True), ("床", True), ("7", False)]
)
def test_one_chinese_character_is_enough(q, enough):
    assert says_something(q) == enough


@pytest.mark.parametrize(("q", "lookup"), [("急救车", "title__contains"), ("CT 片", "title__icontains")])
def test_case_is_folded_only_where_there_is_case(q, lookup):
    assert holding("title", q) == {lookup: q}
