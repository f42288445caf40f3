"""A hospital's own list of targets: headings and bounds as people write them."""

from decimal import Decimal

import pytest

from zhikong.hospital.overviews.starting.rules.targets import bounds_said, heading, read

NAMES = {
    "病床使用率": "bed_occupancy",
    "bed_occupancy": "bed_occupancy",
    "平均住院日": "average_length_of_stay",
}
DOWN = ["average_length_of_stay"]


@pytest.mark.parametrize(
    ("text", "down", "bounds"),
    [
        ("≥92%", False, (92, None)),
        ("＞＝92", False, (92, None)),
        ("不超过14天", True, (None, 14)),
        ("≤ 14", False, (None, 14)),
        ("14", True, (None, 14)),
        ("95", False, (95, None)),
        ("80～90", False, (80, 90)),
        ("85%-93%", False, (85, 93)),
        ("９５．５", False, (Decimal("95.5"), None)),
        ("仅监测", False, (None, None)),
        ("90%以上", True, (90, None)),
    ],
)
def test_bounds_as_people_write_them(text, down, bounds):
    assert bounds_said(text, down) == bounds


@pytest.mark.parametrize(
    "text", ["", "=B2*0.9", "达标", "5‰", "三甲 2 级 3 项 4", "90 95", "1e999999", "9999999999999"]
)
def test_what_is_not_clear_is_refused(text):
    with pytest.raises(ValueError, match=r"目标值|个数|看不懂"):
        bounds_said(text, False)


def test_a_title_above_and_other_words_in_the_heading():
    rows = [
        ["某院 2026 年目标"],
        ["序号", "质控指标", "要求", "备注"],
        ["1", "病床使用率（%）", "≥92", "院发1号"],
    ]
    assert heading(rows) == (2, {"name": 1, "target": 2, "source": 3})
    line = read(rows, NAMES)[0]
    assert (line.row, line.indicator, line.at_least, line.at_most, line.source) == (
        3,
        "bed_occupancy",
        92,
        None,
        "院发1号",
    )


def test_without_a_heading_nothing_is_guessed():
    with pytest.raises(LookupError):
        read([["病床使用率", "92"]], NAMES)


def test_each_bad_row_is_listed_and_the_good_ones_stay():
    rows = [
        ["指标名称", "不低于", "不高于"],
        ["病床使用率", "92", ""],
        ["平均住院日", "16", "14"],
        ["微笑率", "90", ""],
        ["", "", ""],
        ["平均住院天数", "", ""],
    ]
    found = read(rows, NAMES, like={"微笑率": ("病床使用率",)})
    assert [(one.row, one.indicator, one.problem[:6]) for one in found] == [
        (2, "bed_occupancy", ""),
        (3, "average_length_of_stay", "下限 16 "),
        (4, "", "没有名为“微"),
    ]
    assert found[2].likely == ("病床使用率",)


def test_the_same_indicator_twice():
    rows = [
        ["指标", "目标值"],
        ["病床使用率", "90"],
        ["bed_occupancy", "≥90"],
        ["平均住院日", "9"],
        ["平均住院日", "8"],
    ]
    found = read(rows, NAMES, downwards=DOWN)
    assert [(one.indicator, one.problem) for one in found] == [
        ("bed_occupancy", ""),
        ("average_length_of_stay", "与第 5 行是同一指标，目标值不同"),
        ("average_length_of_stay", "与第 4 行是同一指标，目标值不同"),
    ]
