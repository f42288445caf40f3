"""Kappa against published examples, against brute force, and against errors found another way."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from zhikong.engine.stats import agreement
from zhikong.engine.stats.agreement import differences, fleiss, kappa, kappa_of_table, light, weights

GRADES = ["甲", "乙", "丙"]


def _pairs(table):
    """Two lists of readings that give the table."""
    cells = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    return [i for i, _ in cells], [j for _, j in cells]


def _by_hand(first, second, credit):
    """Kappa from its definition, in fractions: agreement of the pairs against that of all cross pairs."""
    n = len(first)
    observed = sum(Fraction(credit(a, b)) for a, b in zip(first, second, strict=True)) / n
    expected = sum(Fraction(credit(a, b)) for a in first for b in second) / n**2
    return (observed - expected) / (1 - expected)


@pytest.mark.proves("SYS-11")
def test_the_paradox_of_feinstein_and_cicchetti():
    """Both tables agree on 85 %; kappa is 0.70 and 0.32, PABAK 0.70 both times (J Clin Epidemiol 1990;43:543)."""
    balanced = kappa(*_pairs([[40, 9], [6, 45]]))
    skewed = kappa(*_pairs([[80, 10], [5, 5]]))
    assert round(balanced.value, 2) == 0.70
    assert round(skewed.value, 2) == 0.32
    assert balanced.pabak == pytest.approx(0.70)
    assert skewed.pabak == pytest.approx(0.70)
    assert skewed.paradox
    assert not balanced.paradox
    assert "PABAK" in agreement.explained(skewed)
    assert agreement.explained(balanced) == ""
    assert skewed.prevalence == pytest.approx(0.75)
    assert skewed.bias == pytest.approx(0.05)


def test_fleiss_of_1971_as_everybody_reprints_it():
    """Ten subjects, fourteen raters, five categories: 0.210."""
    counts = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    rows = [[name for name, n in enumerate(row) for _ in range(n)] for row in counts]
    found = fleiss(rows)
    assert round(found.value, 3) == 0.210
    assert (found.records, found.reviewers) == (10, 14)
    assert found.low < found.value < found.high


def test_cohen_of_1968_with_his_own_weights():
    """Disagreement weights 0 1 3 / 1 0 6 / 3 6 0 on his table of shares of 100: kappa 0.49, weighted 0.35."""
    table = np.array([[44, 7, 9], [5, 20, 5], [1, 3, 6]]) * 2
    credit = 1 - np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]]) / 6
    assert round(kappa_of_table(table, weights(3)).value, 2) == 0.49
    assert round(kappa_of_table(table, credit).value, 2) == 0.35


@pytest.mark.parametrize("kind", ["none", "linear", "quadratic"])
def test_every_weight_equals_its_definition(kind):
    first, second = _pairs([[11, 3, 1], [2, 6, 2], [0, 4, 5]])
    power = {"linear": 1, "quadratic": 2}.get(kind)
    credit = (
        (lambda a, b: int(a == b)) if power is None else (lambda a, b: 1 - Fraction(abs(a - b), 2) ** power)
    )
    found = kappa(first, second, weighted=kind)
    assert found.value == pytest.approx(float(_by_hand(first, second, credit)), abs=1e-12)


@pytest.mark.parametrize("kind", ["none", "linear", "quadratic"])
def test_the_error_is_that_of_the_delta_method(kind):
    """Independent of the closed formula: the gradient of kappa by finite differences, multinomial variance."""
    table = np.array([[30, 5, 1], [4, 12, 3], [1, 2, 9]])
    credit, n = weights(3, kind), table.sum()
    share = (table / n).ravel()

    def value(p):
        p = p.reshape(3, 3)
        expected = (credit * np.outer(p.sum(1), p.sum(0))).sum() / p.sum() ** 2
        return ((credit * p).sum() / p.sum() - expected) / (1 - expected)

    step = 1e-6
    slope = np.array([(value(share + step * e) - value(share - step * e)) / (2 * step) for e in np.eye(9)])
    error = np.sqrt((share * slope**2).sum() - (share @ slope) ** 2) / np.sqrt(n)
    found = kappa_of_table(table, credit)
    assert (found.high - found.low) / 2 / 1.959963984540054 == pytest.approx(error, rel=1e-5)


def test_light_is_the_mean_of_all_pairs():
    readings = [
        ("甲", "甲", "乙"),
        ("乙", "乙", "乙"),
        ("丙", "乙", "丙"),
        ("甲", "甲", "甲"),
        ("甲", "乙", "乙"),
    ]
    columns = list(zip(*readings, strict=True))
    pairs = [kappa(a, b, categories=GRADES, weighted="linear").value for a, b in combinations(columns, 2)]
    assert light(readings, weighted="linear", categories=GRADES).value == pytest.approx(np.mean(pairs))


def test_perfect_reversed_and_impossible():
    assert kappa(["甲", "乙"] * 5, ["甲", "乙"] * 5).value == 1
    assert kappa([0, 1] * 5, [1, 0] * 5).value == -1
    degenerate = kappa(["乙", "甲"], ["甲", "甲"], categories=GRADES, weighted="linear")
    assert (degenerate.value, degenerate.low, degenerate.high, degenerate.same) == (0, None, None, 0.5)
    same = kappa(["甲"] * 30, ["甲"] * 30)
    assert same.value is None
    assert "无法计算" in agreement.word(same)
    assert "无法计算" in agreement.explained(same)
    assert kappa([], []).value is None
    assert agreement.word(kappa([], [])) == "尚无双评病历"
    with pytest.raises(ValueError, match="不能比较"):
        kappa(["甲"], [])
    with pytest.raises(ValueError, match="不在等级"):
        kappa(["丁"], ["甲"], categories=GRADES)
    with pytest.raises(ValueError, match="必须相同"):
        fleiss([["甲", "乙"], ["甲"]])


def test_few_pairs_get_no_word():
    assert "只供参考" in agreement.word(kappa(["甲", "乙"] * 5, ["甲", "乙"] * 5))
    assert agreement.word(kappa(["甲", "乙"] * 15, ["甲", "乙"] * 15)) == "几乎完全一致"


def test_differences_of_points():
    found = differences([90, 85, 78], [88, 86, 78])
    assert found.mean == pytest.approx(-1 / 3)
    assert found.low < found.mean < found.high
    assert found.largest == 2
    assert differences([90], [88]).low is None
