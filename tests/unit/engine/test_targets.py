"""Targets relative to the hospital's own past, and scores."""

from decimal import Decimal as D

import pytest

from tests.spec.running import define
from zhikong.engine.definitions.kinds import Direction
from zhikong.engine.definitions.scores import score_of
from zhikong.engine.definitions.targets import target_of
from zhikong.engine.results import Reason
from zhikong.engine.targets import resolved, year_value

YEARS = {2023: D(8), 2024: D(10), 2025: D(12)}


def resolve(said, direction="down", years=YEARS, year=2026):
    return resolved(target_of({"relative": said}), direction=Direction(direction), years=years, year=year)


@pytest.mark.parametrize(
    ("said", "direction", "bounds"),
    [
        ({"to": "own_three_year_mean", "change": "-15%"}, "down", (None, D("8.5"))),
        ({"to": "own_previous_year", "change": "+2 points"}, "up", (D(14), None)),
        ({"to": "own_previous_year", "change": 0}, "up", (D(12), None)),
        ({"base": 2023, "change": "-25%"}, "down", (None, D(6))),
        ({"base": 2023, "change": "-25%", "floor": 7}, "down", (None, D(7))),
        ({"base": 2023, "change": "+50%", "ceiling": 11}, "up", (D(11), None)),
    ],
)
def test_the_past_becomes_a_bound(said, direction, bounds):
    found = resolve(said, direction)
    assert (found.at_least, found.at_most, found.relative) == (*bounds, None)


def test_a_year_that_is_missing_is_named():
    found = resolve({"to": "own_three_year_mean", "change": "-15%"}, years={2024: D(1)})
    assert found == Reason("no_data", "目标值相对于 2023、2025 年，但没有全年的数值。")


def test_what_is_not_resolved_never_judges():
    for said in ({"relative": {"base": 2023, "change": 0}}, {"monitor": True}):
        with pytest.raises(ValueError, match="never judged"):
            target_of(said).met(D(1))


def test_a_baseline_and_a_goal_say_the_direction():
    up, down = target_of({"baseline": 60, "goal": 80}), target_of({"baseline": 60, "goal": 40})
    assert (up.at_least, up.at_most, up.baseline) == (80, None, 60)
    assert (down.at_least, down.at_most, down.baseline) == (None, 40, 60)


@pytest.mark.parametrize(
    "said",
    [
        {"monitor": False},
        {"monitor": True, "at_least": 3},
        {"baseline": 60},
        {"baseline": 60, "goal": 60},
        {"baseline": 60, "goal": "80"},
        {"goal": 80},
        {"relative": "-15%"},
        {"relative": {"change": "-15%"}},
        {"relative": {"to": "own_previous_year"}},
        {"relative": {"to": "last_week", "change": "-15%"}},
        {"relative": {"to": "base", "change": "-15%"}},
        {"relative": {"to": "own_previous_year", "base": 2025, "change": "-15%"}},
        {"relative": {"base": 25, "change": "-15%"}},
        {"relative": {"base": True, "change": "-15%"}},
        {"relative": {"base": 2025, "change": "-15"}},
        {"relative": {"base": 2025, "change": -15}},
        {"relative": {"base": 2025, "change": "15% less"}},
        {"relative": {"base": 2025, "change": "-15%", "floor": "x"}},
    ],
)
def test_a_target_badly_written_is_none(said):
    assert target_of(said) is None


def test_a_year_is_added_up_not_averaged():
    share = define(numerator={"count": "days > 3"}, multiplier=100, unit="%")
    months = [(1, 2)] + [(0, 8)] * 11
    assert year_value(share, months) == D(100) / 90
    assert isinstance(year_value(share, months[1:]), Reason)
    count = define(kind="count", numerator={"rows": True}, denominator=None)
    assert year_value(count, [(6, None)] * 12) == 6
    middle = define(kind="median", numerator={"values": "days"}, denominator=None)
    assert "不能合成" in year_value(middle, [(None, 1)] * 12).sentence


@pytest.mark.parametrize(
    ("said", "value", "points"),
    [
        ({"linear": {"zero": 80, "full": 90}}, 85, 50),
        ({"linear": {"zero": 80, "full": 90}}, 70, 0),
        ({"linear": {"zero": 80, "full": 90}}, 99, 100),
        ({"linear": {"zero": 12, "full": 8}}, 9, 75),
        ({"steps": [[95, 100], [90, 80]]}, 95, 100),
        ({"steps": [[95, 100], [90, 80]]}, 94, 80),
        ({"steps": [[95, 100], [90, 80]]}, 89, 0),
        ({"steps": [[8, 100], [10, 60]]}, 9, 60),
        ({"steps": [[8, 100], [10, 60]]}, 11, 0),
        ({"target": {"at_most": 14}}, 14, 100),
        ({"target": {"range": [3, 5]}}, 6, 0),
        ({"value": True}, 130, 100),
    ],
)
def test_points_of_a_value(said, value, points):
    assert score_of(said).points(D(value)) == points


@pytest.mark.parametrize(
    "said",
    [
        {}, [], {"value": False}, {"linear": {"zero": 1}}, {"linear": {"zero": 1, "full": 1}}, {"steps": []},
        {"steps": [[1, 50], [2, 60]]}, {"steps": [[1, 100], [3, 90], [2, 80]]}, {"steps": [[1]]},
        {"steps": [[1, 101]]}, {"target": {"monitor": True}}, {"target": {"relative": {"base": 2025, "change": 0}}},
        {"value": True, "linear": {}}, {"bonus": 3},
    ],
)  # fmt: skip
def test_a_score_badly_written_is_none(said):
    assert score_of(said) is None
