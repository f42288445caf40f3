"""What may tell who wrote a report, found in its words, its place and its pictures."""

import pytest

from zhikong.hospital.functions.incidents import rules_anonymous_hints as hints


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("我值班时患者跌倒", "我值班"),
        ("王护士长说没事", "护士长"),
        ("住院号 20261122 的患者", "20261122"),
        ("凌晨 3:25 发现", "3:25"),
        ("14点05分换的药", "14点05"),
    ],
)
def test_words_that_tell_are_shown_back(text, word):
    assert any(word in hint for hint in hints.of_text(text))


@pytest.mark.parametrize("text", ["患者在走廊滑倒，没有受伤。", "3 床的床栏没有拉起", "发了 2 片，应发 1 片"])
def test_plain_words_raise_no_hint(text):
    assert hints.of_text(text) == []


def test_a_small_department_and_a_night_are_said():
    assert "只有 3 人" in hints.of_place("输血科", 3, "morning")[0]
    assert "夜里当班" in hints.of_place("普通外科", 30, "night")[0]
    assert hints.of_place("普通外科", 30, "morning") == []
    assert hints.of_place("", None, "night") == []


def test_the_gravest_comes_first_and_pictures_last():
    found = hints.all_hints(["我值班"], "输血科", 2, "night", 1)
    assert "只有 2 人" in found[0]
    assert "照片" in found[-1]
