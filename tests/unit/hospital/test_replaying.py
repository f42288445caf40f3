"""A published month is counted again from its own data version and definitions, to the last digit."""

from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.exceptions import PermissionDenied

from tests.published_stays import NOW, publish, stay, stays
from zhikong.foundation.facts import gateway
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators.actions.replaying import NotComputed, replay
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import IndicatorValue
from zhikong.site.commands.compute import moment, told

LENGTH = "average_length_of_stay"
LATER = NOW + timedelta(days=1)


@pytest.fixture
def runs(hospital, tmp_path):
    """Two data versions, both computed: the second with three long stays more in October."""
    publish(stays(), tmp_path)
    first = actions.recompute(by=None, now=NOW)
    publish([stay(f"late{n}", days=20) for n in range(3)], tmp_path, now=LATER, source="补录.csv")
    return first, actions.recompute(by=None, now=LATER)


@pytest.mark.proves("F-32")
def test_every_published_version_is_counted_again_to_the_last_digit(runs):
    for run in runs:
        found = replay(by=None, as_of=run.data_version, now=LATER)
        assert found.equal, found.differences[:3]
        assert found.compared == IndicatorValue.objects.filter(data_version=run.data_version).count() > 100
        assert "完全相同" in told(found)[0]


@pytest.mark.proves("F-32")
def test_an_exact_half_is_kept_as_the_database_rounds_it(hospital, tmp_path):
    """269 days of 32 stays are 8.40625; of 128 stays, 1077 days are 8.4140625: the seventh place is an exact half."""
    rows = [stay(f"half{n}", days=8 if n < 75 else 9) for n in range(128)]
    publish(rows, tmp_path)
    run = actions.recompute(by=None, now=NOW)
    shown = IndicatorValue.objects.get(
        data_version=run.data_version, indicator_id=LENGTH, department=None, month="2026-10"
    )
    assert (shown.numerator, shown.denominator, shown.value) == (1077, 128, Decimal("8.414063"))
    assert replay(by=None, as_of=run.data_version, now=LATER).equal


def test_a_moment_means_what_was_shown_then(runs):
    first, second = runs
    assert replay(by=None, as_of=NOW + timedelta(hours=1), now=LATER).data_version == first.data_version
    assert replay(by=None, as_of=LATER, now=LATER).data_version == second.data_version
    with pytest.raises(NotComputed, match="还没有计算过"):
        replay(by=None, as_of=NOW - timedelta(days=1), now=LATER)
    with pytest.raises(NotComputed, match="nowhere"):
        replay(by=None, as_of="nowhere", now=LATER)


def test_one_month_can_be_asked_for(runs):
    found = replay(by=None, as_of=runs[0].data_version, now=LATER, months=("2026-09", "2026-09"))
    assert found.equal
    assert 0 < found.compared < replay(by=None, as_of=runs[0].data_version, now=LATER).compared
    with pytest.raises(ValueError, match="不包括"):
        replay(by=None, as_of=runs[0].data_version, now=LATER, months=("2020-01", "2020-02"))


def test_facts_that_were_altered_on_the_disk_are_found(runs):
    (path,) = [
        p for p in gateway.published(data_version=runs[0].data_version).files("stays") if "2026-10" in p
    ]
    table = pq.read_table(path, partitioning=None)
    days = table["days"].to_pylist()
    changed = pa.array([days[0] + 24, *days[1:]], table.schema.field("days").type)
    pq.write_table(table.set_column(table.schema.get_field_index("days"), "days", changed), path)
    found = replay(by=None, as_of=runs[0].data_version, now=LATER)
    assert not found.equal
    whole = next(one for one in found.differences if one.cell == (LENGTH, None, "2026-10"))
    assert (whole.published[2], whole.replayed[2]) == (Decimal(8), Decimal(9))
    assert {one.cell[2] for one in found.differences} == {"2026-10"}
    assert f"{LENGTH} 全院 2026-10：当时 8（192 / 24），重算 9（216 / 24）" in told(found)


def test_only_who_manages_data_may(runs, make_user):
    with pytest.raises(PermissionDenied):
        replay(by=make_user("doctor"), as_of=runs[0].data_version, now=LATER)


def test_versions_and_moments_are_told_apart():
    assert moment("3f2a11bc09de") is None
    assert moment("2026-11-01T08:00").tzinfo is not None
    assert moment("no-such-time") is None


def test_a_number_is_explained(runs):
    october = gateway.explain(
        definitions()[LENGTH], month="2026-10", others=list(definitions().values()), now=LATER
    )
    assert (october.numerator, october.denominator) == (252, 27)
    assert october.rows_behind == 27
    assert [c.number for c in october.counters] == [252, 27]
    assert october.data_version == runs[1].data_version
    assert {read.table for read in october.files} == {"stays"}
    assert all("2026-10" in read.file for read in october.files)
    assert sum(read.rows for read in october.files) == 27
    text = "\n".join(october.lines())
    for wanted in (
        "平均住院日",
        "252",
        october.definition_hash,
        runs[1].data_version,
        *(c.id for c in october.counters),
    ):
        assert wanted in text
