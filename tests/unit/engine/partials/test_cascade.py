"""Coarser levels and other houses: sums of sums are the sums of the rows."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.engine.partials.hospital import DAYS, LONG, MONTHS, judged, operations, stays, write
from zhikong.engine.backends.source import Source
from zhikong.engine.partials import layout, regions
from zhikong.engine.partials.building import condition_id, refresh
from zhikong.engine.partials.cascade import rolled
from zhikong.engine.partials.state import State
from zhikong.engine.plan.recipes import recipe_of

NUMERATOR = condition_id(recipe_of(DAYS).numerator)


def _state(folder, institution, shift=0):
    rows = stays(institution, shift)
    source = write(folder / f"lake {institution}", rows, operations(rows))
    state = State(folder / f"partials {institution}")
    refresh(state, [LONG, DAYS], source, MONTHS, by_day=True)
    return state, source


def _days(table):
    keys = zip(*(table[k].to_pylist() for k in layout.KEYS), strict=True)
    return {key: n for key, n in zip(keys, table[NUMERATOR].to_pylist(), strict=True) if n}


@pytest.fixture
def by_day(tmp_path):
    state, _ = _state(tmp_path, "H1")
    return pa.concat_tables([state.read(r) for r in state.manifest().records])


@pytest.mark.parametrize("place", ["department", "institution", "region"])
@pytest.mark.parametrize("time", ["day", "month", "quarter", "year"])
def test_every_level_is_the_sum_of_its_rows(by_day, place, time):
    wanted: dict[tuple, int] = {}
    for row in stays("H1"):
        day = str(row["discharged_at"])[:10]
        period = {"day": day, "month": day[:8] + "01", "quarter": "2026-01-01", "year": "2026-01-01"}[time]
        institution = "" if place == "region" else "H1"
        department = row["discharge_department"] if place == "department" else None
        key = (institution, department, period)
        wanted[key] = wanted.get(key, 0) + row["days"]
    found = {(i, d, str(p)): n for (i, d, p), n in _days(rolled(by_day, place=place, time=time)).items()}
    assert found == {key: n for key, n in wanted.items() if n}


def test_steps_give_what_one_leap_gives(by_day):
    steps = rolled(
        rolled(rolled(by_day, time="month"), place="institution", time="quarter"), place="region", time="year"
    )
    assert _days(steps) == _days(rolled(by_day, place="region", time="year"))


def test_regions_are_named_by_institution(by_day):
    found = rolled(by_day, place="region", time="year", regions={"H1": "north"})
    assert found["institution"].to_pylist() == ["north"]


def test_sums_beyond_64_bits_are_refused():
    table = layout.table_of(
        ["H"] * 2, ["A"] * 2, pa.array(["2026-01-01"] * 2).cast(pa.date32()), [1, 1], {"c": [2**62] * 2}
    )
    with pytest.raises(OverflowError):
        rolled(table, time="month")


@pytest.mark.parametrize("sparse", [False, True])
def test_both_layouts_give_the_table_back(tmp_path, sparse):
    numbers = {f"c{i}": [0] * 50 if sparse and i else list(range(50)) for i in range(20)}
    days = pa.array([f"2026-01-{i % 28 + 1:02d}" for i in range(50)]).cast(pa.date32())
    table = layout.table_of([f"H{i}" for i in range(50)], [None, "A"] * 25, days, [7] * 50, numbers)
    assert layout.write(table, tmp_path / "t.parquet") == ("long" if sparse else "wide")
    assert layout.read(tmp_path / "t.parquet").cast(table.schema).equals(table)
    assert layout.read(tmp_path / "t.parquet", ["c3", "c0"]).column_names[-2:] == ["c0", "c3"]


@pytest.mark.proves("X-30")
def test_a_region_needs_only_partials(tmp_path):
    region = State(tmp_path / "region")
    pooled = []
    for institution, shift in (("H1", 0), ("H2", 4)):
        state, _ = _state(tmp_path, institution, shift)
        files = regions.export(state, tmp_path / f"sent by {institution}", MONTHS)
        assert regions.take(region, files, institution=institution) == len(files)
        assert not any("patient" in name or "stay" in name for f in files for name in pq.read_schema(f).names)
        pooled += stays(institution, shift)
    whole = write(tmp_path / "pooled", pooled, [])
    groups = {r.group for r in region.manifest().records}
    found = [regions.gathered(region, g, MONTHS, [NUMERATOR]) for g in groups]
    months = rolled(pa.concat_tables(found), place="region", time="month")
    tally = judged([DAYS], Source.of_files({"stays": whole.files["stays"].paths, "operations": []}))["days"][
        0
    ]
    wanted: dict[str, int] = {}
    for (_, _, month), counts in tally.items():
        wanted[month] = wanted.get(month, 0) + counts.numerator
    assert {str(period)[:7]: n for (_, _, period), n in _days(months).items()} == wanted


def test_sending_again_replaces(tmp_path):
    region = State(tmp_path / "region")
    totals = []
    for shift in (0, 4, 4):
        state, _ = _state(tmp_path / str(len(totals)), "H1", shift)
        regions.take(
            region, regions.export(state, tmp_path / f"sent {len(totals)}", MONTHS), institution="H1"
        )
        groups = {r.group for r in region.manifest().records}
        found = pa.concat_tables([regions.gathered(region, g, MONTHS, [NUMERATOR]) for g in groups])
        totals.append(sum(found[NUMERATOR].to_pylist()))
    assert totals == [sum(r["days"] for r in stays("H1", shift)) for shift in (0, 4, 4)]


def test_a_hospital_speaks_only_for_itself(tmp_path):
    state, _ = _state(tmp_path, "H2")
    region = State(tmp_path / "region")
    with pytest.raises(regions.Refused, match="H2"):
        regions.take(region, regions.export(state, tmp_path / "sent", MONTHS), institution="H1")
    assert region.manifest().records == ()
    other = tmp_path / "other.parquet"
    pq.write_table(pa.table({"a": [1]}), other)
    with pytest.raises(regions.Refused, match="不是"):
        regions.take(region, [other], institution="H1")
