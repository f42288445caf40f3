"""Single and batch charts against the plain ones of slow.py, on series of all kinds."""

import math
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engine.stats import slow
from zhikong.engine.stats import judge_many
from zhikong.engine.stats.limits import c_chart, i_prime, p_chart, xmr
from zhikong.engine.stats.rules import findings
from zhikong.engine.stats.series import Options

MANY = 300 if os.environ.get("ZHIKONG_TEST_ALL") else 50
# whole numbers and halves: ties, flat stretches and trends are frequent, and sums are exact
value = st.one_of(st.none(), st.integers(-8, 8), st.integers(-40, 40).map(lambda n: n / 2))
ladder = st.lists(st.sampled_from([-1, 1, 1, 1, 0]), min_size=1, max_size=40).map(
    lambda steps: [float(x) for x in np.cumsum(steps)]
)
saw = st.lists(st.integers(1, 6), min_size=10, max_size=40).map(
    lambda heights: [float(h if k % 2 else -h) for k, h in enumerate(heights)]
)
calm = st.tuples(st.lists(st.integers(-2, 2), min_size=12, max_size=36), st.integers(9, 40)).map(
    lambda t: [float(x) for x in t[0]] + [float(t[1]), float(-t[1])]
)
series = st.one_of(
    saw,
    calm,
    st.lists(value, min_size=1, max_size=40),
    ladder,
    st.tuples(st.integers(1, 30), st.integers(0, 29), st.integers(-5, 5)).map(
        lambda t: [100.0 + (t[2] if k == t[1] else 0) for k in range(t[0])]
    ),
)


def plain(values, factor, screen):
    """(values to judge, line of runs, centre, half): what the rules look at, from the plain definitions."""
    centre, _lower, upper = slow.individuals(values, screen, factor)
    half = None if upper is None or upper == centre else upper - centre
    judged, line = slow.without_usual(values) if slow.stuck(values) else (values, centre)
    return judged, line, centre, half


def batch_of(values, **wishes):
    row = np.array([[math.nan if v is None else v for v in values]], float)
    return judge_many(row, **wishes)


@settings(max_examples=2 * MANY)
@given(series, st.booleans())
def test_nhs_classes(values, screen):
    if not slow.known(values):
        return
    judged, line, centre, half = plain(values, 2.66, screen)
    expected = slow.nhs(judged, line, centre, half)
    found = batch_of(values, factor=2.66, screened=screen)
    assert [rule.value for rule in found.rules(0)] == expected
    drawn = xmr(values, options=Options(screened=screen), factor=2.66)
    single = findings(drawn, "nhs")
    for place, wanted in enumerate(expected):
        assert [name for name, flags in single.items() if flags[place]] == [wanted] * (wanted != "none")


@settings(max_examples=2 * MANY)
@given(series, st.booleans())
def test_zone_rules_and_runs(values, screen):
    if not slow.known(values):
        return
    factor = 3 / 1.128
    judged, line, centre, half = plain(values, factor, screen)
    sigma = half and half / 3
    zones = slow.Zones(judged, line, centre, sigma)
    names = ("weco", "nelson", "anhoej")
    found = batch_of(values, factor=factor, screened=screen, rules=names).signals
    drawn = xmr(values, options=Options(screened=screen))
    for name, expected in (("weco", slow.weco(zones)), ("nelson", slow.nelson(zones, sigma))):
        assert set(np.flatnonzero(found[name][0])) == expected, name
        single = np.logical_or.reduce(list(findings(drawn, name).values()))
        assert set(np.flatnonzero(single)) == expected, name
    if not slow.stuck(values):
        assert bool(found["anhoej"][0]) == slow.anhoej(values, line)
        assert drawn.runs[0].signal == slow.anhoej(values, line)


@settings(max_examples=MANY)
@given(series, st.booleans())
def test_individuals(values, screen):
    centre, lower, upper = slow.individuals(values, screen)
    drawn = xmr(values, options=Options(screened=screen))
    for got, wanted in ((drawn.centre, centre), (drawn.lower, lower), (drawn.upper, upper)):
        assert got[0] == pytest.approx(math.nan if wanted is None else wanted, nan_ok=True, abs=1e-12)


pairs = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 30)), st.one_of(st.none(), st.integers(0, 50))),
    min_size=1,
    max_size=30,
).map(lambda found: [(y if y is None or n is None else min(y, n), n) for y, n in found])


@settings(max_examples=MANY)
@given(pairs, st.integers(1, 30), st.sampled_from([1.0, 100.0]))
def test_proportions(found, freeze, factor):
    usable = [(y, n) for y, n in found if y is not None and n]
    base = [(y, n) for y, n in found[:freeze] if y is not None and n]
    drawn = p_chart(*zip(*found, strict=True), Options(freeze=freeze, multiply=factor))
    if not base:
        assert np.isnan(drawn.centre).all()
        return
    centre = sum(y for y, _ in base) / sum(n for _, n in base)
    assert drawn.centre[0] == pytest.approx(centre * factor)
    assert np.sum(~np.isnan(drawn.upper)) == len(usable)
    for place, (y, n) in enumerate(found):
        if y is not None and n:
            sigma = math.sqrt(centre * (1 - centre) / n)
            assert drawn.upper[place] == pytest.approx(min(1, centre + 3 * sigma) * factor)
            assert drawn.lower[place] == pytest.approx(max(0, centre - 3 * sigma) * factor, abs=1e-12)


@settings(max_examples=MANY)
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=2, max_size=30), st.sets(st.integers(1, 30))
)
def test_counts_without_the_excluded_points(values, out):
    kept = [v for k, v in enumerate(values, start=1) if v is not None and k not in out]
    drawn = c_chart(values, Options(exclude=tuple(out)))
    if not kept:
        assert np.isnan(drawn.upper).all()
        return
    centre = sum(kept) / len(kept)
    assert drawn.centre[0] == pytest.approx(centre)
    assert drawn.upper[-1] == pytest.approx(centre + 3 * math.sqrt(centre))
    for k, v in enumerate(values):  # an excluded point is still tested against the limits
        assert bool(drawn.beyond[k]) == (v is not None and not drawn.lower[k] <= v <= drawn.upper[k])


@settings(max_examples=MANY)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 40)), min_size=3, max_size=25))
def test_weighted_individuals(found):
    rates = [y / n for y, n in found]
    weighted = [
        math.sqrt(math.pi / 2)
        * abs(rates[k] - rates[k - 1])
        / math.sqrt(1 / found[k][1] + 1 / found[k - 1][1])
        for k in range(1, len(found))
    ]
    sigma = slow.screened(weighted, 3.2665)
    drawn = i_prime(*zip(*found, strict=True))
    for place, (_, n) in enumerate(found):
        wanted = math.nan if sigma is None else drawn.centre[0] + 3 * sigma / math.sqrt(n)
        assert drawn.upper[place] == pytest.approx(wanted, nan_ok=True)
