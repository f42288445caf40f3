"""What must hold for every type of chart, whatever the series: phases, exclusions, order, factor, gaps, refusal."""

import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhikong.engine.stats.drawing import TYPES, Wish, draw
from zhikong.engine.stats.rules import RULE_SETS
from zhikong.engine.stats.tabling import Table

KINDS = [kind for kind in TYPES if kind not in ("vlad", "racusum")]
MANY = 200 if os.environ.get("ZHIKONG_TEST_ALL") else 30
UNITLESS = ("cusum",)


def numbers(smallest, largest):
    return st.lists(
        st.tuples(st.one_of(st.none(), st.integers(smallest, largest)), st.integers(20, 60)),
        min_size=1,
        max_size=30,
    )


def table(found, kind, parts=(), exclude=()):
    y = np.array([np.nan if value is None else value for value, _ in found], float)
    n = np.array([number for _, number in found], float) if kind in ("p", "pp", "u", "up", "ip") else None
    groups = tuple(
        np.array([] if value is None else [value, value + number / 7, value - number / 9][: 1 + number % 3])
        for value, number in found
    )
    if kind == "median":
        n = None
    return Table("a", tuple(range(1, len(found) + 1)), y, n, tuple(parts), tuple(exclude), groups)


def lines(drawn):
    limits = drawn.limits
    return np.array([limits.y, limits.centre, limits.lower, limits.upper])


def wish(kind, **more):
    return Wish(kind=kind, rules=RULE_SETS, target=3.0, **more)


@settings(max_examples=MANY)
@given(st.sampled_from(KINDS), numbers(0, 19), st.data())
def test_a_phase_is_a_chart_of_its_own(kind, found, data):
    cut = data.draw(st.integers(1, max(len(found) - 1, 1)))
    if cut >= len(found):
        return
    whole = draw(table(found, kind, parts=(cut,)), wish(kind))
    alone = [draw(table(part, kind), wish(kind)) for part in (found[:cut], found[cut:])]
    np.testing.assert_allclose(lines(whole), np.concatenate([lines(d) for d in alone], axis=1))
    for name in RULE_SETS:
        expected = np.concatenate([d.signals(name) for d in alone])
        assert list(whole.signals(name)) == list(expected), name


@settings(max_examples=MANY)
@given(st.sampled_from(KINDS), numbers(0, 19), st.data())
def test_an_excluded_point_moves_no_limit(kind, found, data):
    """Whatever its value is; it is drawn all the same. (I′ uses all ranges, as its reference does.)"""
    place = data.draw(st.integers(1, len(found)))
    other = [pair if k != place else (19, pair[1]) for k, pair in enumerate(found, start=1)]
    if kind in (
        "ip",
        "mr",
        "ewma",
        "cusum",
    ):  # their neighbours or all later points depend on the value itself
        return
    one, two = (draw(table(each, kind, exclude=(place,)), wish(kind)) for each in (found, other))
    kept = np.arange(1, len(found) + 1) != place
    if kind in ("xbar", "s"):
        kept &= [
            len(a) == len(b)
            for a, b in zip(table(found, kind).values, table(other, kind).values, strict=True)
        ]
    np.testing.assert_allclose(lines(one)[1:, kept], lines(two)[1:, kept])


@settings(max_examples=MANY)
@given(st.sampled_from(KINDS), numbers(0, 19), st.sampled_from([10.0, 1000.0]))
def test_a_factor_moves_no_signal(kind, found, factor):
    one, two = draw(table(found, kind), wish(kind)), draw(table(found, kind), wish(kind, multiply=factor))
    np.testing.assert_allclose(lines(two), lines(one) * (1 if kind in UNITLESS else factor))
    for name in RULE_SETS:
        assert list(one.signals(name)) == list(two.signals(name)), name


@settings(max_examples=MANY)
@given(st.sampled_from(KINDS), numbers(0, 19), st.booleans(), st.sampled_from(["sigma", "probability"]))
def test_gaps_and_constant_series_never_signal(kind, found, screened, limits):
    drawn = draw(table(found, kind), wish(kind, screened=screened, limits=limits))
    missing = np.isnan(drawn.limits.y)
    for name in RULE_SETS:
        if name != "anhoej":  # a signal of all points of its phase
            assert not (drawn.signals(name) & missing).any(), name
    flat = [(found[0][0] or 5, 40) for _ in found]
    constant = draw(table(flat, kind), wish(kind, screened=screened, limits=limits))
    if kind not in ("g", "t"):  # there a constant series is itself unlikely
        assert not any(constant.signals(name).any() for name in RULE_SETS)


@pytest.mark.proves("F-14")
@pytest.mark.parametrize("kind", KINDS)
def test_under_twelve_points_the_chart_is_on_trial(kind):
    points = [(value, 40) for value in (3, 5, 4, 6, 2, 5, 3, 4, 6, 5, 4, 3, 5)]
    if kind in ("xbar", "s"):
        points = [(value, 41) for value, _ in points]
    short, enough = (draw(table(points[:n], kind), wish(kind)).limits.trial for n in (11, 13))
    assert short
    assert not enough


@settings(max_examples=MANY)
@given(numbers(0, 19))
def test_nhs_signals_do_not_depend_on_other_rules(found):
    alone = draw(table(found, "i"), replace(wish("i"), rules=("nhs",)))
    among = draw(table(found, "i"), wish("i"))
    assert list(alone.signals("nhs")) == list(among.signals("nhs"))
    assert (alone.variation, alone.assurance) == (among.variation, among.assurance)
