"""Too good: honest scores seldom alarm, pushed ones do, and round numbers are told from grades."""

from math import comb

import numpy as np
import pytest

from zhikong.engine.stats.suspicion import heap, last_minute, sudden


def _honest(rng, size):
    """Scores as sheets give them: 100 minus deductions in half points."""
    return 100 - np.round(rng.gamma(4.0, 2.2, size) * 2) / 2


def test_honest_scores_seldom_alarm():
    """At 1 % a test may be wrong about once in a hundred; discrete counts make it rarer."""
    rng = np.random.default_rng(6)
    alarms = [heap(_honest(rng, 300), 90).p for _ in range(300)]
    assert all(p is not None for p in alarms)
    assert np.mean(np.array(alarms) < 0.01) <= 0.02


@pytest.mark.proves("IND-11")
def test_scores_pushed_over_the_line_are_found():
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(40):
        scores = _honest(rng, 300)
        pushed = (scores >= 88.5) & (scores < 90) & (rng.random(300) < 0.7)
        scores[pushed] = 90.0
        seen = heap(scores, 90)
        found += seen.p < 0.001
        assert seen.excess > 0
    assert found >= 36


def test_round_numbers_are_told_from_grades():
    rng = np.random.default_rng(8)
    scores = _honest(rng, 400)
    rounded = np.where(rng.random(400) < 0.6, np.round(scores / 5) * 5, scores)
    seen = heap(rounded, 90)
    assert seen.p < 0.01
    assert seen.round_numbers
    pushed = np.where((scores >= 88) & (scores < 90), 90.0, scores)
    assert not heap(pushed, 90).round_numbers


def test_few_scores_give_no_answer():
    seen = heap([90, 91, 89, 95], 90)
    assert (seen.p, seen.excess, seen.above, seen.below) == (None, None, 1, 1)


def test_the_last_window_against_the_one_before():
    """Fifteen of twenty saves: P(X ≥ 15) with 20 throws of a fair coin."""
    seen = last_minute([5] * 15 + [45] * 5 + [600] * 30)
    assert seen.p == pytest.approx(sum(comb(20, k) for k in range(15, 21)) / 2**20)
    assert (seen.last, seen.before, seen.all, seen.share) == (15, 5, 50, 0.3)
    assert last_minute([5, 5, 45]).p is None


@pytest.mark.proves("IND-11")
def test_sudden_perfection_is_dated_and_tested_exactly():
    """Six months of 14 of 20, then three of 20 of 20: the change is found at the seventh month."""
    passed, checked = [14] * 6 + [20] * 3, [20] * 9
    seen = sudden(passed, checked)
    assert (seen.at, seen.before, seen.after, seen.lasting) == (6, (84, 120), (60, 60), 3)
    assert seen.perfect
    ways = sum(comb(144, k) * comb(36, 60 - k) for k in range(60, 61)) / comb(180, 60)
    assert seen.p == pytest.approx(ways * 8, rel=1e-9)


def test_a_steady_series_and_a_fall_do_not_alarm():
    assert sudden([18, 17, 19, 18, 18, 17, 19], [20] * 7).p > 0.2
    assert sudden([20] * 5 + [12] * 4, [20] * 9).p > 0.5
    assert sudden([3, 3], [4, 4]).p is None
    assert sudden([], []).at is None


def test_noise_alarms_no_more_often_than_said():
    rng = np.random.default_rng(9)
    seen = [sudden(rng.binomial(20, 0.9, 12), [20] * 12).p for _ in range(400)]
    assert np.mean(np.array(seen) < 0.05) <= 0.05
