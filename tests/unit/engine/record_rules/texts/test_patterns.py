"""Patterns of packs cost little whatever the text says; what could take long is refused when it is read."""

import pytest

from zhikong.engine.definitions.problems import ExpressionError
from zhikong.engine.record_rules.texts.patterns import MAX_LENGTH, compiled


@pytest.mark.parametrize(
    "pattern",
    ["(a{1,9}){2,9}", "(?:(?:ab?){1,3}){1,40}", "a*", "a+", "a{3,}", r"(.)\1", "(?=a)b", "(?<=a)b", "(?P<n>a)",
     ".{0,80}.{0,80}", "(", "[", "", "a" * (MAX_LENGTH + 1), r"\b{0,3}", "(?i)a"],
)  # fmt: skip
def test_what_could_take_long_or_means_nothing_is_refused(pattern):
    with pytest.raises(ExpressionError) as told:
        compiled(pattern)
    assert told.value.message
    assert told.value.remedy


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"(\d{1,3})岁", "患者男，50岁", "50岁"),
        (r"[（(【\[]\s{0,3}请选择[^）)】\]]{0,20}[）)】\]]", "诉【请选择】疼痛", "【请选择】"),
        (r"(?:半|数)(?:年|月)", "咳嗽半年", "半年"),
        (r"[]a]{1,2}b", "]ab", "]ab"),
        (r"\{[^{}]{1,30}\}", "诉{症状}", "{症状}"),
    ],
)
def test_what_is_bounded_finds_its_place(pattern, text, found):
    assert compiled(pattern).search(text).group() == found
