"""A month before a table was connected is unknown, not zero; a month without its rows afterwards is zero."""

from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from tests.spec.running import define
from zhikong.engine.backends.source import Source
from zhikong.engine.compute import compute
from zhikong.engine.definitions.examples import fill
from zhikong.engine.results import ReasonKind

MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def source(tmp_path):
    """Two stays a month from January; transfusions only in February and April."""
    files = {"stays": [], "transfusions": []}
    for number, month in enumerate(MONTHS):
        tables = {"stays": [{"stay_id": f"{month}-1"}, {"stay_id": f"{month}-2"}]}
        if number % 2:
            given = datetime.fromisoformat(f"{month}-10T09:00:00")
            tables["transfusions"] = [{"stay_id": f"{month}-1", "transfusion_id": month, "started_at": given}]
        fill(tables, month)
        for name, rows in tables.items():
            path = tmp_path / name / f"month={month}" / "part.parquet"
            path.parent.mkdir(parents=True)
            pq.write_table(Source.of_rows({name: rows}).memory[name], path)
            files[name].append(path)
    return Source.of_files(files)


@pytest.mark.parametrize("backend", ["duckdb", "vector", "fastest", "reference"])
def test_before_the_first_delivery_nothing_is_known(source, backend):
    share = define(numerator={"count": "has(transfusions)"}, multiplier=100, unit="%")
    found = compute(
        [share], source=source, months=(MONTHS[0], MONTHS[-1]), now=NOW, data_version="d", backend=backend
    )
    whole = {r.month: r for r in found.rows if r.department is None}
    assert [whole[m].value for m in MONTHS] == [None, 50, 0, 50]
    assert whole[MONTHS[0]].reason.kind is ReasonKind.NO_DATA
    assert "输血" in whole[MONTHS[0]].reason.sentence
    assert {r.month for r in found.rows if r.department is not None} == set(MONTHS[1:])


def test_what_reads_another_table_is_not_touched(source):
    every = define(kind="count", numerator={"rows": True}, denominator=None)
    found = compute([every], source=source, months=(MONTHS[0], MONTHS[-1]), now=NOW, data_version="d")
    assert [r.value for r in found.rows if r.department is None] == [2, 2, 2, 2]
