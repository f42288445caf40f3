"""Figures stay bound to their marks while the words change."""

import pytest

from zhikong.hospital.overviews.years import rules_quoting as quoting

ENTRIES = [
    {"number": 1, "shown": "60.00 %"},
    {"number": 2, "shown": "12 个"},
    {"number": 3, "shown": "-2.5 天"},
]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("为 60.00 %〔1〕，问题 12 个〔2〕。", []),
        ("为 60.00%〔1〕。", []),  # spaces are words, not figures
        ("为 160.00 %〔1〕。", [1]),
        ("为 -12 个〔2〕。", [2]),
        ("为 6 0.00 %〔1〕。", []),
        ("为约〔1〕，12 个〔2〕", [1]),
        ("12 个〔2〕〔2〕", [2]),  # a second mark has no value of its own
        ("降 -2.5 天〔3〕", []),
    ],
)
def test_a_value_that_was_changed_is_found(text, numbers):
    assert [one["number"] for one in quoting.loosened(text, ENTRIES)] == numbers


def test_marks_without_a_figure_are_found():
    assert quoting.unknown("见 12 个〔2〕、5〔9〕、7〔8〕", ENTRIES) == [8, 9]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2026 年 3 月 18 日起，第 2 季度问题 12 个〔2〕。", []),
        ("1. 抓好病历\n2. 抓好用药", []),
        ("计划要求“每月 2 次”，已做到。", []),
        ("全年培训 35 次，合格率 98.5%。", ["35", "98.5"]),
    ],
)
def test_numbers_without_a_source_are_named(text, numbers):
    assert quoting.unsourced(text, ENTRIES) == numbers


def test_pieces_put_together_are_the_text():
    text = "甲 12 个〔2〕乙〔1〕"
    assert (
        "".join(words if number is None else f"〔{number}〕" for words, number in quoting.pieces(text))
        == text
    )
