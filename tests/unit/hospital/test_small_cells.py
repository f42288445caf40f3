"""Small numbers stay hidden: from the numbers that are shown, no hidden one can be worked out."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhikong.hospital.functions.indicators.small_cells import Counts, Hidden, hidden_cells, is_small


def counts(top, bottom=None):
    return Counts(top, None if bottom is None else bottom - top, bottom)


@pytest.mark.parametrize(
    ("cell", "small"),
    [
        (counts(0), False),
        (counts(1), True),
        (counts(4), True),
        (counts(5), False),
        (counts(98, 100), True),  # two that missed are as few as two that count
        (counts(40, 100), False),
        (Counts(None, None, 3), True),
        (counts(0, 100), False),
    ],
)
def test_what_is_small(cell, small):
    assert is_small(cell, 5) is small


def test_one_small_cell_beside_a_total_takes_the_next_smallest_with_it():
    cells = {"a": counts(3, 200), "b": counts(40, 300), "c": counts(20, 90)}
    found = hidden_cells(cells, counts(63, 590), smallest=5)
    assert found == {"a": Hidden.SMALL, "c": Hidden.BESIDE}


def test_without_a_total_nothing_more_is_hidden():
    cells = {"a": counts(3, 200), "b": counts(40, 300)}
    assert hidden_cells(cells, None, smallest=5) == {"a": Hidden.SMALL}


def test_two_small_ones_that_can_only_be_these_take_a_third():
    cells = {"a": counts(4), "b": counts(4), "c": counts(9)}
    found = hidden_cells(cells, counts(17), smallest=5)  # 4 + 4 = 8 has no other solution below 5
    assert found["c"] is Hidden.BESIDE


def test_nothing_small_nothing_hidden():
    assert hidden_cells({"a": counts(30), "b": counts(0)}, counts(30), smallest=5) == {}


def solutions(values, hidden, smallest):
    """Every way in which a reader can fill the hidden cells: small ones 1 to smallest - 1, the others 0 or more than that."""
    names, total = list(hidden), sum(values[name] for name in hidden)
    alike = all(why is Hidden.BESIDE for why in hidden.values())
    ranges = [
        range(1, smallest)
        if hidden[name] is Hidden.SMALL and not alike
        else [n for n in range(total + 1) if alike or n == 0 or n >= smallest]
        for name in names
    ]
    return [dict(zip(names, found, strict=True)) for found in product(*ranges) if sum(found) == total]


@settings(max_examples=120, deadline=None)
@given(st.lists(st.integers(0, 14), min_size=2, max_size=4), st.integers(2, 5))
def test_no_hidden_small_number_can_be_worked_out(numbers, smallest):
    values = dict(enumerate(numbers))
    cells = {name: counts(value) for name, value in values.items()}
    found = hidden_cells(cells, counts(sum(numbers)), smallest=smallest)
    small = [name for name, value in values.items() if 0 < value < smallest]
    assert set(small) <= set(found)
    if not small or is_small(counts(sum(numbers)), smallest):
        return
    possible = solutions(values, found, smallest)
    for name in small:
        assert len({one[name] for one in possible}) > 1, (numbers, found)
