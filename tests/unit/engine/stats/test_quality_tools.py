"""Pareto, histogram, capability, correlation, before and after: against values worked by hand or published."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhikong.engine.stats.capability import capability
from zhikong.engine.stats.correlation import correlation, fisher
from zhikong.engine.stats.difference import means, proportions, rates
from zhikong.engine.stats.histogram import histogram
from zhikong.engine.stats.pareto import OTHER, pareto

pytestmark = pytest.mark.proves("QCC-02")
ANSCOMBE = (
    (10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5),
    (8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68),
)


def names(found):
    return [bar.name for bar in found.bars]


def test_pareto_sorts_and_names_the_vital_few():
    """45, 30, 20, 10, 5 of 110: 40.9, 68.2, 86.4 %: the third passes 80, so three are vital."""
    found = pareto([("丙", 20), ("甲", 45), ("戊", 5), ("乙", 30), ("丁", 10)])
    assert names(found) == ["甲", "乙", "丙", "丁", "戊"]
    assert [bar.reached for bar in found.bars] == [40.9, 68.2, 86.4, 95.5, 100.0]
    assert [bar.name for bar in found.vital] == ["甲", "乙", "丙"]
    assert found.focus == 86.4


def test_pareto_exactly_on_the_line_takes_no_further_item():
    found = pareto([("a", 50), ("b", 30), ("c", 20)])
    assert [bar.name for bar in found.vital] == ["a", "b"]


def test_pareto_ties_keep_their_order_and_other_stands_last():
    found = pareto([("乙", 5), ("其他", 90), ("甲", 5), ("丙", 5)])
    assert names(found) == ["乙", "甲", "丙", OTHER]
    assert not found.bars[-1].vital
    assert pareto([("甲", 5), ("乙", 5)]).bars[0].name == "甲"


def test_pareto_merges_the_smallest_and_adds_what_has_one_name():
    found = pareto([(f"项{i}", 20 - i) for i in range(15)] + [("项0", 1)], most=10)
    assert len(found.bars) == 10
    assert found.merged == 6
    assert found.bars[0].count == 21
    assert sum(bar.count for bar in found.bars) == found.total == sum(20 - i for i in range(15)) + 1


def test_what_is_scattered_has_no_vital_few():
    found = pareto([(f"项{i}", 5) for i in range(40)], most=10)
    assert found.vital == ()
    assert found.bars[-1].reached == 100


def test_pareto_of_nothing_and_of_less_than_nothing():
    assert pareto([]).bars == pareto([("甲", 0)]).bars == ()
    assert pareto([]).focus == 0
    with pytest.raises(ValueError, match="negative"):
        pareto([("甲", -1)])


@given(
    st.lists(
        st.tuples(st.sampled_from("甲乙丙丁戊己庚辛") | st.just("其他"), st.integers(0, 999)), max_size=40
    )
)
def test_pareto_always_adds_up(items):
    found = pareto(items, most=6)
    assert sum(bar.count for bar in found.bars) == sum(count for _, count in items) == found.total
    named = [bar for bar in found.bars if bar.name != OTHER]
    assert [bar.count for bar in named] == sorted((bar.count for bar in named), reverse=True)
    assert not found.bars or found.bars[-1].reached == 100
    assert [bar.reached for bar in found.bars] == sorted(bar.reached for bar in found.bars)


def test_histogram_classes_are_multiples_of_the_unit_and_no_value_is_on_a_boundary():
    """Ten values: √10 rounds up to 4, at least 5 classes are made; 2.8 / 5 = 0.56 → 0.6, from 7.05 on."""
    found = histogram([7.1, 7.2, 7.3, 7.4, 8.0, 8.2, 9.9, 8.8, 8.1, 7.7])
    assert found.width == 0.6
    assert found.classes[0].low == 7.05
    assert [one.count for one in found.classes] == [4, 4, 1, 0, 1]


@settings(max_examples=60)
@given(
    st.lists(st.decimals(-500, 500, places=1).map(float), min_size=1, max_size=80),
    st.sampled_from(["sqrt", "sturges", "fd"]),
)
def test_histogram_loses_no_value(values, rule):
    found = histogram(values, rule=rule)
    assert sum(one.count for one in found.classes) == len(values)
    for one in found.classes:
        assert one.count == sum(one.low < v < one.high for v in values)


def test_very_exact_values_have_classes_of_two_digits():
    found = histogram([7.522013, 7.611999, 7.935001, 8.012345, 8.263004])
    assert found.width == 0.15
    assert found.classes[0].low == pytest.approx(7.52)


def test_histogram_of_one_value_and_of_none():
    assert len(histogram([3.0, 3.0, 3.0]).classes) == 1
    with pytest.raises(ValueError, match="needs values"):
        histogram([])
    with pytest.raises(ValueError, match="no number"):
        histogram([1.0, math.nan])


def even(n=60):
    """A steady series round 10: it goes up and down by one, in a shuffled order without runs."""
    return [10 + d for d in (0, 1, -1, 0.5, -0.5, 1, 0, -1, -0.5, 0.5) * (n // 10)]


def test_capability_by_hand():
    values = even()
    moves = np.abs(np.diff(values)).mean() / 1.128
    found = capability(values, low=5, high=15)
    assert found.refused == ()
    assert found.cp == pytest.approx(10 / (6 * moves))
    assert found.cpk == pytest.approx(min(15 - np.mean(values), np.mean(values) - 5) / (3 * moves))
    assert found.pp == pytest.approx(10 / (6 * np.std(values, ddof=1)))
    assert found.ppk_interval[0] < found.ppk < found.ppk_interval[1]
    one_sided = capability(values, low=None, high=15)
    assert one_sided.cp is None
    assert one_sided.cpk == pytest.approx((15 - np.mean(values)) / (3 * moves))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (even()[:20], "少于 50 个"),
        ([5.0] * 60, "没有变化"),
        ([*even(), 40.0, 41.0], "不稳定"),
        ([*(math.exp(x) for x in np.linspace(0, 4, 60))], "偏斜"),
    ],
)
def test_capability_is_refused_where_it_misleads(values, why):
    found = capability(values, low=0, high=100)
    assert found.cpk is None
    assert any(why in reason for reason in found.refused)


def test_capability_counts_what_is_outside_and_wants_limits():
    assert capability([1.0, 5.0, 9.0], low=2, high=8).outside == 2
    with pytest.raises(ValueError, match="specification"):
        capability([1.0], low=None, high=None)
    with pytest.raises(ValueError, match="specification"):
        capability([1.0], low=5, high=5)


def test_correlation_of_anscombe():
    """Anscombe FJ. Am Stat 1973;27:17: r = 0.816, y = 3.00 + 0.500 x."""
    found = correlation(*ANSCOMBE)
    assert found.r == pytest.approx(0.81642, abs=1e-5)
    assert (found.intercept, found.slope) == (
        pytest.approx(3.0001, abs=1e-4),
        pytest.approx(0.5001, abs=1e-4),
    )
    assert found.p == pytest.approx(0.00217, abs=1e-5)
    assert found.certain


def test_interval_of_r_by_hand():
    """r = 0.6 of 28 pairs: z = 0.6931, half = 1.96 / 5: 0.293 to 0.795."""
    low, high = fisher(0.6, 28)
    assert (low, high) == (pytest.approx(0.2926, abs=1e-3), pytest.approx(0.7952, abs=1e-3))


def test_correlation_is_not_computed_from_too_little():
    few = correlation([1, 2, 3], [1, 2, 3])
    assert few.r is None
    assert "少于 10 对" in few.why
    still = correlation([1] * 12, range(12))
    assert still.r is None
    assert "没有变化" in still.why
    with pytest.raises(ValueError, match="pairs"):
        correlation([1, 2], [1])


def test_noise_is_seldom_called_correlated():
    """The 95 % interval leaves out 0 in about one of twenty series of pure noise."""
    random = Random(7)
    called = sum(
        correlation([random.gauss(0, 1) for _ in range(20)], [random.gauss(0, 1) for _ in range(20)]).certain
        for _ in range(300)
    )
    assert 4 <= called <= 28


@pytest.mark.proves("QCC-03")
def test_difference_of_proportions_is_newcombes():
    """Newcombe 1998, table II, example (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339."""
    found = proportions((48, 80), (56, 70), multiply=1)
    assert found.change == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=1e-4), pytest.approx(0.3339, abs=1e-4))
    assert found.certain
    assert proportions((9, 10), (3, 10)).change == pytest.approx(-60)
    same = proportions((10, 20), (11, 20))
    assert not same.certain


@pytest.mark.proves("QCC-03")
def test_rates_and_means_by_hand():
    """20 in 1000 against 8 in 1000: ratio 0.4; the share 8/28 is exactly 0.1322 to 0.4867 (Clopper-Pearson)."""
    found = rates((20, 1000), (8, 1000))
    assert found.change == pytest.approx(0.4)
    assert found.low == pytest.approx(0.1322 / 0.8678, abs=1e-3)
    assert found.high == pytest.approx(0.4867 / 0.5133, abs=1e-3)
    assert rates((0, 10), (3, 10)).high == math.inf
    shift = means([1, 2, 3, 4], [3, 4, 5, 6])
    assert shift.change == 2
    assert shift.high - shift.change == pytest.approx(2.4469 * math.sqrt(2 * 5 / 3 / 4), abs=1e-3)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: proportions((5, 0), (1, 2)),
        lambda: proportions((5, 4), (1, 2)),
        lambda: rates((0, 10), (0, 10)),
        lambda: rates((1, 0), (1, 1)),
        lambda: means([1], [2, 3]),
        lambda: means([2, 2], [2, 2]),
    ],
)
def test_what_cannot_be_compared_is_refused(wrong):
    with pytest.raises(ValueError, match=r"."):
        wrong()
