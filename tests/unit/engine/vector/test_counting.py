"""The vectorised pass on a table of its own: histogram and group order give what plain Python counts."""

from __future__ import annotations

from collections import Counter as Bag
from datetime import date, timedelta
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.spec.running import define
from tests.unit.engine.partials.hospital import MONTHS, operations, stays, write
from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Files, Source
from zhikong.engine.backends.vector import batches, counting
from zhikong.engine.backends.vector.backend import Least, VectorBackend
from zhikong.engine.backends.vector.grouping import Periods
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.recipes import Counter
from zhikong.engine.tables import Type

NAME, DAY, FLAG = n.Ref("t", "name", Type.TEXT), n.Ref("t", "day", Type.DATE), n.Ref("t", "flag", Type.BOOL)
COUNTERS = (Counter(n.TRUE), Counter(FLAG), Counter(n.Not(FLAG)))


@pytest.fixture
def rows():
    random = Random(7)
    return [
        {
            "name": random.choice(["a", "b", None]),
            "day": random.choice([None, date(2025, 12, 31) + timedelta(days=random.randrange(90))]),
            "flag": random.choice([True, False, None]),
        }
        for _ in range(700)
    ]


@pytest.fixture
def source(rows, tmp_path):
    ordered = sorted(rows, key=lambda row: row["day"] or date(1, 1, 1))
    schema = pa.schema([("name", pa.string()), ("day", pa.date32()), ("flag", pa.bool_())])
    pq.write_table(pa.Table.from_pylist(ordered, schema=schema), tmp_path / "t.parquet", row_group_size=50)
    return Source(files={"t": Files((str(tmp_path / "t.parquet"),))})


@pytest.mark.parametrize("few", [0, 3], ids=["group order", "histogram"])
@pytest.mark.parametrize("by_day", [False, True])
def test_both_ways_count_what_is_there(rows, source, monkeypatch, few, by_day):
    monkeypatch.setattr(counting, "FEW", few)
    plan = counting.Plan("t", (None, NAME), DAY, COUNTERS, Periods(["2026-01", "2026-03"], by_day))
    found = counting.run(plan, source, None, 1)
    got = {
        (name, plan.periods.name(int(period))): tuple(column)
        for name, period, column in zip(found.keys[1], found.periods, found.matrix.T.tolist(), strict=True)
    }
    wanted: dict[tuple, list[int]] = {}
    for row in rows:
        month = f"{row['day']:%Y-%m}" if row["day"] else ""
        if month in ("2026-01", "2026-03"):
            key = (row["name"], row["day"].isoformat() if by_day else month)
            sums = wanted.setdefault(key, [0, 0, 0, 0])
            for i, more in enumerate((1, 1, row["flag"] is True, row["flag"] is False)):
                sums[i] += more
    assert got == {key: tuple(sums) for key, sums in wanted.items()}


def test_only_row_groups_of_the_span_are_read(rows, source):
    (path,) = source.files["t"].paths
    first = (date(2026, 2, 3) - date(1970, 1, 1)).days
    read = list(
        batches.file_batches(path, ["day"], texts=frozenset(), span=batches.Span("day", first, first + 1))
    )
    days = Bag(day for batch in read for day in batch.column("day").to_pylist())
    assert days[date(2026, 2, 3)] == sum(row["day"] == date(2026, 2, 3) for row in rows)
    assert sum(count for day, count in days.items() if day) < len(rows) / 4


def test_little_work_is_left_to_duckdb(tmp_path):
    source = write(tmp_path, stays(), operations(stays()))
    wanted = [define(id=f"more_than_{i}", numerator={"count": f"days > {i}"}) for i in range(5)]
    for least, used in ((Least(), "vector"), (Least(counters=6), "vector"), (Least(counters=7), "duckdb"),
                        (Least(rows=41), "duckdb")):  # fmt: skip
        backend = VectorBackend(least=least)
        backend.tally(wanted, source, MONTHS, Limits())
        assert set(backend.used.values()) == {used}
