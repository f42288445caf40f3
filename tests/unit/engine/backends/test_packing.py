"""Several counters in one sum: every width, and group sizes at its edge."""

from __future__ import annotations

import duckdb
import pytest

from zhikong.engine.backends.sql.packing import PACK_ABOVE, WIDTHS, Packed, Single, counting_for


@pytest.mark.parametrize("width", WIDTHS)
def test_counts_come_back(width: int) -> None:
    packed = Packed(width)
    counts = [(1 << width) - 1, 0, 1, (1 << width) - 2, 5, 1 << (width - 1), 7]
    chunks = [counts[i : i + packed.per_sum] for i in range(0, len(counts), packed.per_sum)]
    sums = [sum(c << (width * i) for i, c in enumerate(chunk)) for chunk in chunks]
    assert all(value < 1 << 63 for value in sums)
    assert packed.decode([[s] for s in sums], len(counts)) == [[c] for c in counts]


@pytest.mark.parametrize("counting", [Single(), *(Packed(w) for w in WIDTHS)])
def test_on_duckdb(counting: Single | Packed) -> None:
    conditions = [
        "i % 2 = 0",
        "i < 0",
        "CAST(NULL AS BOOLEAN)",
        "i IS NOT NULL",
        "i = 7",
        "i > 30000",
        "i <= 1",
    ]
    columns = ", ".join(counting.columns(conditions))
    row = duckdb.execute(f"SELECT {columns} FROM range(32767) t(i)").fetchone()
    assert row is not None
    found = counting.decode([[value] for value in row], len(conditions))
    assert found == [[16384], [0], [0], [32767], [1], [2766], [2]]


def test_a_group_without_rows_that_are_known() -> None:
    row = duckdb.execute(f"SELECT {Single().columns(['CAST(NULL AS BOOLEAN)'])[0]}").fetchone()
    assert row is not None
    assert Single().decode([row], 1) == [[0]]


@pytest.mark.parametrize(
    ("largest", "width"), [(1, 15), (32767, 15), (32768, 21), (2097151, 21), (2097152, 31), (2**31 - 1, 31)]
)
def test_width_is_chosen_by_the_largest_group(largest: int, width: int) -> None:
    assert counting_for(groups=PACK_ABOVE + 1, largest=largest) == Packed(width)


def test_few_groups_or_huge_groups_are_counted_singly() -> None:
    assert isinstance(counting_for(groups=PACK_ABOVE, largest=10), Single)
    assert isinstance(counting_for(groups=PACK_ABOVE + 1, largest=2**31), Single)
