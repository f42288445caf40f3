"""Samples: the same anywhere, with chances that enumeration of every order proves exactly."""

from collections import Counter
from fractions import Fraction
from itertools import permutations, product

import numpy as np
import pytest

from zhikong.engine.stats.sampling import Unit, allocate, by_risk, chances, queue, stratified, top_diseases
from zhikong.engine.stats.sampling_estimate import clopper_pearson, estimate, exact
from zhikong.engine.stats.sampling_quota import QuotaRule, by_quota


def test_the_queue_is_the_same_on_every_machine():
    """Pinned: SHA-256 of seed, unit separator and name, its first 53 bits."""
    assert queue("2026-10")("S1") == 0.42062353829891985
    assert queue("2026-10")("S1") != queue("2026-11")("S1")


@pytest.mark.proves("REC-12", "INS-18")
def test_a_frame_in_another_order_gives_the_same_sample():
    units = [Unit(f"S{n}", group="内科" if n % 3 else "外科") for n in range(60)]
    first = stratified(units, {"内科": 5, "外科": 5}, queue("7"))
    again = stratified(units[::-1], {"内科": 5, "外科": 5}, queue("7"))
    assert first.drawn == again.drawn
    assert len(first.drawn) == 10
    assert first.drawn != stratified(units, {"内科": 5, "外科": 5}, queue("8")).drawn


def test_too_few_are_all_taken_and_named():
    found = stratified([Unit("a", "x"), Unit("b", "x"), Unit("c", "y")], {"x": 5, "y": 1}, queue("1"))
    assert found.short == {"x": 3}
    assert [one.chance for one in found.drawn] == [1, 1, 1]


def test_allocation_fills_up_in_proportion():
    assert allocate({"a": 50, "b": 30, "c": 20}, 10) == {"a": 5, "b": 3, "c": 2}
    assert allocate({"a": 90, "b": 1, "c": 9}, 10, least=1) == {"a": 8, "b": 1, "c": 1}
    assert allocate({"a": 2, "b": 1}, 10) == {"a": 2, "b": 1}


def test_chances_by_risk_add_up_and_what_is_certain_is_certain():
    found = chances([1, 1, 2, 20], 3)
    assert found == pytest.approx([0.5, 0.5, 1.0, 1.0])
    assert sum(found) == pytest.approx(3)
    with pytest.raises(ValueError, match="大于零"):
        chances([1, 0], 1)


def test_systematic_sampling_has_the_chances_it_says():
    """Every start on a fine grid, for one order: the share of starts that take a unit is its chance."""
    sizes = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0, "e": 12.0}
    units = [Unit(name, risk=size) for name, size in sizes.items()]
    places = {name: index / 10 for index, name in enumerate(sizes)}
    grid, taken = 2000, Counter()
    for step in range(grid):
        found = by_risk(units, 3, lambda name, step=step: places.get(name, (step + 0.5) / grid))
        assert len(found.drawn) == 3
        taken.update(one.unit.key for one in found.drawn)
    for name, chance in zip(sizes, chances(list(sizes.values()), 3), strict=True):
        assert taken[name] / grid == pytest.approx(chance, abs=1 / grid)


def _orders(names):
    """Every order of the names, as places."""
    return [
        dict(zip(names, [(i + 0.5) / len(names) for i in order], strict=True))
        for order in permutations(range(len(names)))
    ]


def _enumerated(units, rule):
    """Every sample that can come of the quota rule, with how often each unit is in it (exact fractions)."""
    doctors = sorted({u.doctor for u in units})
    firsts = [[f"first:{u.key}" for u in units if u.doctor == name] for name in doctors]
    queues = [_orders([f"doctor:{name}" for name in doctors]), *[_orders(names) for names in firsts]]
    queues.append(_orders([u.key for u in units]))
    samples = []
    for parts in product(*queues):
        places = {name: place for part in parts for name, place in part.items()}
        samples.append(by_quota(units, rule, places.__getitem__))
    return samples


FRAMES = {
    "more places than doctors, some preferred": (
        [Unit("a", doctor="甲", disease="I10", preferred=True), Unit("b", doctor="甲", disease="I10"),
         Unit("c", doctor="乙", disease="I10"), Unit("d", doctor="乙", disease="I10"), Unit("e", doctor="甲", disease="I10")],
        QuotaRule(3, 5),
    ),
    "more doctors than places": (
        [Unit("a", doctor="甲", disease="I10", preferred=True), Unit("b", doctor="甲", disease="I10"),
         Unit("c", doctor="乙", disease="I10"), Unit("d", doctor="丙", disease="I10"), Unit("e", doctor="丙", disease="I10")],
        QuotaRule(2, 5),
    ),
    "top diseases too few, refilled": (
        [Unit("a", doctor="甲", disease="I10"), Unit("b", doctor="甲", disease="I10"),
         Unit("c", doctor="乙", disease="J18"), Unit("d", doctor="丙", disease="K80"), Unit("e", doctor="甲", disease="E11")],
        QuotaRule(4, 1),
    ),
    "no doctors' rule": (
        [Unit("a", doctor="甲", disease="I10", preferred=True), Unit("b", doctor="甲", disease="I10", preferred=True),
         Unit("c", doctor="甲", disease="I10"), Unit("d", doctor="甲", disease="I10")],
        QuotaRule(3, 5, doctors=False),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.proves("REC-15")
def test_the_quota_rule_is_exact_and_its_estimate_unbiased(name):
    units, rule = FRAMES[name]
    samples = _enumerated(units, rule)
    seen, said = Counter(), {}
    for sample in samples:
        assert len(sample.drawn) == rule.per_group
        seen.update(one.unit.key for one in sample.drawn)
        said |= {one.unit.key: one.chance for one in sample.drawn}
    for key, chance in said.items():
        assert Fraction(seen[key], len(samples)) == Fraction(chance).limit_denominator(1000)
    passed = {"a": 1, "b": 0, "c": 1, "d": 1, "e": 0}
    reach = sum(passed[key] for key in said)
    totals = [sum(passed[one.unit.key] / one.chance for one in sample.drawn) for sample in samples]
    assert np.mean(totals) == pytest.approx(reach, abs=1e-9)
    assert {sample.reach for sample in samples} == {len(said)}


@pytest.mark.proves("REC-15", "SYS-11")
def test_each_doctor_is_there_and_pathway_cases_come_first():
    units = [
        Unit(f"{doctor}{n}", "外科", doctor, f"K{n % 4}0", preferred=n == 0)
        for doctor in "甲乙丙"
        for n in range(8)
    ]
    for seed in range(30):
        found = by_quota(units, QuotaRule(5, 5), queue(str(seed)))
        assert {one.unit.doctor for one in found.drawn} == set("甲乙丙")
        assert (
            sum(one.unit.preferred for one in found.drawn) == 3
        )  # there are three pathway cases: all are in


def test_only_the_top_diseases_until_they_run_out():
    units = [Unit(f"i{n}", "内科", "甲", "I10") for n in range(3)] + [Unit("j", "内科", "乙", "J18")]
    assert top_diseases(units, 1) == {"内科": ("I10",)}
    strict = by_quota(units, QuotaRule(5, 1, refill=False), queue("1"))
    assert strict.short == {"内科": 2}
    assert {one.unit.key for one in strict.drawn} == {"i0", "i1", "i2"}
    wide = by_quota(units, QuotaRule(4, 1), queue("1"))
    assert [one.step for one in wide.drawn if one.unit.key == "j"] == ["refill"]
    assert not wide.short


def test_the_weighted_rate_and_its_variance_are_unbiased_over_all_stratified_samples():
    from itertools import combinations

    population = {"x": [1, 1, 0, 1, 0, 1], "y": [0, 1, 1, 0]}
    truth = 7 - 1  # 4 of x, 2 of y
    totals, variances = [], []
    for first in combinations(range(6), 3):
        for second in combinations(range(4), 2):
            passed = [population["x"][i] for i in first] + [population["y"][i] for i in second]
            found = estimate(passed, [0.5] * 5, ["x"] * 3 + ["y"] * 2)
            totals.append(found.total)
            variances.append(_variance_of(passed, [0.5] * 5, ["x"] * 3 + ["y"] * 2))
    assert np.mean(totals) == pytest.approx(truth)
    # the mean of the estimated variances of the rate is the true variance of the rate over all samples
    assert np.mean(variances) == pytest.approx(np.var(np.array(totals) / 10), rel=1e-9)


def _variance_of(passed, chance, stratum):
    from zhikong.engine.stats.sampling_estimate import _variance

    y, pi = np.array(passed, float), np.array(chance)
    return _variance((y - (y / pi).sum() / (1 / pi).sum()) / pi / (1 / pi).sum(), pi, np.array(stratum))


def test_the_exact_interval_covers_every_finite_population():
    """Buonaccorsi's interval by enumeration: whatever the population's share, at least 95 % of samples cover it."""
    from math import comb

    population, size = 30, 8
    for marked in range(population + 1):
        covered = 0
        for count in range(max(0, size - population + marked), min(size, marked) + 1):
            low, high = exact(count, size, population)
            if low - 1e-9 <= marked / population <= high + 1e-9:
                covered += comb(marked, count) * comb(population - marked, size - count)
        assert covered / comb(population, size) >= 0.95


def test_the_interval_of_a_whole_or_all_good_sample_is_honest():
    assert estimate([True] * 4, [1.0] * 4, ["x"] * 4).low == 1.0  # a census is certain
    few = estimate([True] * 5, [0.05] * 5, ["x"] * 5)
    assert few.rate == 1
    assert few.low < 0.6
    mixed = estimate([True] * 10, [0.1] * 5 + [0.5] * 5, ["x"] * 5 + ["y"] * 5)
    assert mixed.low < 0.75
    assert mixed.method == "korn_graubard"
    assert estimate([], [], []).rate is None
    with pytest.raises(ValueError, match="概率"):
        estimate([True], [0.0], ["x"])


def test_weights_matter():
    """A hundred records of a good department stand behind one drawn one: the crude share misleads."""
    found = estimate([True, True, False, False], [0.02, 0.02, 1.0, 1.0], ["大科", "大科", "小科", "小科"])
    assert found.crude == 0.5
    assert found.rate == pytest.approx(100 / 102)


def test_clopper_pearson_against_the_published_example():
    """Newcombe RG. Stat Med 1998;17:857, table I: 81/263, 15/148, 0/20, 1/29."""
    published = {
        (81, 263): (0.2527, 0.3676),
        (15, 148): (0.0578, 0.1617),
        (0, 20): (0, 0.1684),
        (1, 29): (0.0009, 0.1776),
    }
    for (count, size), expected in published.items():
        assert clopper_pearson(count, size) == pytest.approx(expected, abs=5e-5)
