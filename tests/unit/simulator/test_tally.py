"""Sums and ranks of the ledger among events, against plain Python."""

import statistics
from fractions import Fraction

import numpy as np
import pytest

from zhikong.simulator import catalogue
from zhikong.simulator.clock import DAY, month_number
from zhikong.simulator.tally import TENTHS, Tally, in_rank, month_of


@pytest.fixture
def tally(small):
    return Tally(small.stages)


def test_the_median_is_the_statisticians(tally):
    rng = np.random.default_rng(4)
    for count in range(1, 40):
        values = rng.integers(-50, 200, count)
        assert in_rank(values, 50) == [int(statistics.median(values.tolist()) * TENTHS), count]


@pytest.mark.parametrize("count", [1, 2, 5, 8, 9, 10, 19, 40])
def test_a_percentile_stands_at_its_share_of_one_more_than_there_are(count):
    """0.9 (n + 1): the ninth of nine, between the ninth and tenth of ten, the last where there are too few."""
    values = [n * n for n in range(1, count + 1)]
    rank = min(max(Fraction(9, 10) * (count + 1), Fraction(1)), Fraction(count))
    low = int(rank)
    upper = values[min(low, count - 1)]
    expected = values[low - 1] + (rank - low) * (upper - values[low - 1])
    assert in_rank(np.array(values), 90) == [expected * TENTHS, count]


def test_of_nothing_there_is_no_rank():
    assert in_rank(np.array([], np.int64), 90) == [0, 0]


def test_rows_add_up_by_month_and_department_and_rows_outside_are_left_out(tally):
    first = month_number("2025-12")
    month = np.array([first, first, first + 1, first - 1, first + 3])
    place = np.array([0, -1, 2, 0, 0])
    tally.add("k", month, place, np.array([1, 2, 4, 8, 16]), np.array([3, 3, 5, 9, 9]))
    tally.add("k", month[:1], place[:1], np.array([1]), np.array([0]))
    ((key, found),) = tally.entries()
    codes = list(catalogue.department_index())
    assert key == "k"
    assert found["2025-12"]["*"] == [4, 6]  # with the row that has no department
    assert found["2025-12"][codes[0]] == [2, 3]
    assert found["2026-01"]["*"] == found["2026-01"][codes[2]] == [4, 5]
    assert found["2026-02"]["*"] == [0, 0]


def test_ranks_of_the_hospital_are_taken_over_all_departments(tally):
    first = np.full(4, month_number("2025-12"))
    tally.rank("m", 50, first, np.array([0, 0, 1, 1]), np.array([1, 100, 4, 7]))
    ((_, found),) = tally.entries()
    codes = list(catalogue.department_index())
    assert found["2025-12"]["*"] == [55, 4]
    assert found["2025-12"][codes[0]] == [505, 2]
    assert found["2025-12"][codes[2]] == [0, 0]


def test_months_before_the_first_one_counted_are_absent(small):
    tally = Tally(small.stages, month_number("2026-02"))
    tally.share("s", np.array([month_number("2026-01"), month_number("2026-02")]), np.array([0, 0]),
                np.array([True, True]), np.array([True, True]))  # fmt: skip
    ((_, found),) = tally.entries()
    assert list(found) == ["2026-02"]
    assert found["2026-02"]["*"] == [1, 1]


def test_the_month_of_a_minute():
    assert month_of(np.array([0, 31 * DAY - 1, 31 * DAY])).tolist() == [0, 0, 1]
