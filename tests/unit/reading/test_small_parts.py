"""Numerals, quantities, dates, sentences and the tight text, each by itself."""

import pytest

from zhikong.reading.dates import stretches
from zhikong.reading.numerals import value_of
from zhikong.reading.quantities import quantities
from zhikong.reading.sentences import sentences
from zhikong.reading.tight import tighten


@pytest.mark.parametrize(
    ("written", "value"),
    [("92", 92), ("1,000", 1000), ("0.5", 0.5), ("三十", 30), ("一百二十", 120), ("十二", 12), ("半", 0.5), ("两", 2),
     ("一点五", 1.5), ("九十五", 95), ("百千", None), ("七八", None), ("", None)],
)  # fmt: skip
def test_numerals(written, value):
    assert value_of(written) == value


def test_a_quantity_knows_its_comparison_and_unit():
    (one,) = quantities("不得少于三十分钟")
    assert (one.operator, one.value, one.unit) == (">=", 30, "minutes")
    (one,) = quantities("95%以上")
    assert (one.operator, one.value, one.unit) == (">=", 95, "%")
    (one,) = quantities("6-7项")
    assert (one.value, one.upper, one.unit) == (6, 7, "count")


def test_dates_that_are_none_are_not_read():
    assert stretches("13月45日", 0, 6) == []
    (one,) = stretches("2026年2月28日前", 0, 11)
    assert (one.last, one.before) == ("2026-02-28", True)


def test_the_tight_text_knows_its_places():
    original = "病床　使用率 ≧ ９２％"
    tight = tighten(original)
    assert tight.text == "病床使用率≥92%"
    start, end = tight.span(tight.text.index("≥"), len(tight.text))
    assert original[start:end] == "≧ ９２％"


def test_capital_numerals_are_numbers_before_money_only():
    assert tighten("奖励贰仟元，陆续开展").text == "奖励二千元,陆续开展"


def test_a_line_broken_in_a_sentence_goes_on():
    text = "一、总则\n本院实行全面质量管理和持续改进并由各科室按照要求认真执行有关规定和各项\n制度，落实到每一个岗位和每一名职工。\n"
    assert any("各项\n制度" in one.text for one in sentences(text))


def test_a_part_that_looks_back_is_known():
    found = sentences("一、2025年工作总结\n完成出院3万人次。\n二、2026年工作计划\n平均住院日≤8天。\n")
    assert [one.back for one in found if "人次" in one.text or "≤" in one.text] == [True, False]
