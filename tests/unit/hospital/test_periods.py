"""Two periods beside each other: which months, how they add up, and intervals against published ones."""

from decimal import Decimal

import pytest

from zhikong.hospital.functions.indicators.periods import (
    Against,
    Span,
    Sums,
    byar,
    difference,
    excess,
    interval,
    months_before,
    months_of,
    summed,
    wilson,
)


@pytest.mark.parametrize(
    ("span", "against", "now", "before"),
    [
        ("month", "previous", ["2026-08"], ["2026-07"]),
        ("month", "year", ["2026-08"], ["2025-08"]),
        ("quarter", "previous", ["2026-07", "2026-08"], ["2026-04", "2026-05"]),
        ("quarter", "year", ["2026-07", "2026-08"], ["2025-07", "2025-08"]),
        ("year", "previous", [f"2026-0{n}" for n in range(1, 9)], [f"2025-0{n}" for n in range(1, 9)]),
    ],
)
def test_which_months_are_compared(span, against, now, before):
    assert months_of(Span(span), "2026-08") == now
    assert months_before(Span(span), Against(against), "2026-08") == before


def test_the_difference_of_two_shares_as_newcombe_published_it():
    """Newcombe, Stat Med 1998;17:873, table II: 56/70 and 48/80 by method 10: 0.0524 to 0.3339."""
    low, high = difference((56 / 70, wilson(56, 70)), (48 / 80, wilson(48, 80)))
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)
    low, high = difference((9 / 10, wilson(9, 10)), (3 / 10, wilson(3, 10)))
    assert (round(low, 4), round(high, 4)) == (0.1705, 0.8090)


def test_byars_interval_is_close_to_the_exact_one():
    low, high = byar(10, 1)
    assert low == pytest.approx(4.795, abs=0.02)  # exact: 4.795 to 18.390
    assert high == pytest.approx(18.390, abs=0.02)
    assert byar(0, 5)[0] == 0


def month(top, bottom, factor=100):
    return top, bottom, Decimal(top * factor) / bottom


def test_months_add_up_by_their_parts_not_by_their_values():
    sums = summed([month(1, 10), month(90, 100)], kind="proportion", factor=100)
    assert (sums.numerator, sums.denominator, round(sums.value, 3)) == (91, 110, 82.727)
    assert sums.whole


def test_a_missing_month_is_told_and_a_median_is_not_added_up():
    assert not summed([month(1, 10), None], kind="proportion", factor=100).whole
    median = (None, 30, Decimal(8))
    assert summed([median], kind="single", factor=1).value == 8
    assert summed([median, median], kind="single", factor=1).value is None


def test_an_interval_is_wider_where_months_vary_more_than_chance():
    now, before = Sums(900, 1000, 90.0, 1, 1), Sums(860, 1000, 86.0, 1, 1)
    calm = [(88.0, 1000.0), (88.5, 1000.0)] * 6
    wild = [(80.0, 1000.0), (96.0, 1000.0)] * 6
    narrow, wide = (interval(now, before, kind="proportion", factor=100, series=s) for s in (calm, wild))
    assert narrow[0] > 0
    assert wide[0] < 0 < wide[1]
    assert excess(calm, "proportion", 100) == 1.0
    assert excess(wild, "proportion", 100) > 5


def test_means_are_judged_by_the_variation_of_their_months():
    now, before = Sums(900, 100, 9.0, 1, 1), Sums(800, 100, 8.0, 1, 1)
    steady = [(8.0 + (0.05 if n % 2 else 0), 100.0) for n in range(24)]
    low, high = interval(now, before, kind="measure", factor=1, series=steady)
    assert 0 < low < 1 < high
    assert interval(now, before, kind="measure", factor=1, series=steady[:3]) is None
