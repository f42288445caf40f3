"""From published facts to values, signals and alerts: once for each data version, never overwritten (IND-47, F-32)."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhikong.engine.tables import arrow_schema
from zhikong.foundation.facts import actions as facts
from zhikong.foundation.outbox.actions import deliver_pending
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.models import Computation, IndicatorValue

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
MONTHS = calendar.span("2026-07", "2026-10")


def stay(number, department, month, days, **changes):
    out = datetime.combine(calendar.first_day(month) + timedelta(days=20), datetime.min.time())
    admitted = out - timedelta(days=days)
    known = {
        "stay_id": f"S{number}",
        "patient_key": f"P{number}",
        "institution": "A",
        "zone": "Asia/Shanghai",
        "admitted_at": admitted,
        "discharged_at": out,
        "discharge_department": department,
        "discharge_way": "1",
        "day_surgery": False,
        "days": days,
        "confirmed_on": admitted.date(),
        "month": month,
    } | changes
    schema = arrow_schema("stays")
    return {name: known.get(name) for name in schema.names}


def stays(extra=()):
    rows = [
        stay(f"{m}{d}{n}", d, m, 10 if d == "CARD" else 6)
        for m in MONTHS
        for d in ("CARD", "GSUR")
        for n in range(12)
    ]
    return [*rows, *extra]


@pytest.fixture
def publish(hospital, tmp_path):
    def make(rows, now=NOW):
        path = tmp_path / "stays.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema("stays")), path)
        return facts.publish(by=None, now=now, tables={"stays": path}, folder=tmp_path)

    return make


def value_of(place, month="2026-10", **condition):
    rows = IndicatorValue.objects.filter(indicator_id="average_length_of_stay", month=month, **condition)
    return [float(v) for v in rows.filter(department_id=place).order_by("pk").values_list("value", flat=True)]


def test_nothing_published_gives_nothing(hospital):
    assert actions.recompute(by=None, now=NOW) is None


def test_published_facts_become_values_of_hospital_and_departments(publish, hospital):
    publish(stays())
    run = actions.recompute(by=None, now=NOW)
    assert (run.first_month, run.last_month) == ("2026-07", "2026-10")
    assert value_of(None) == [8.0]
    assert value_of(hospital.departments["CARD"].id) == [10.0]
    assert value_of(hospital.departments["GSUR"].id) == [6.0]


def test_a_second_run_changes_nothing(publish, hospital):
    publish(stays())
    first = actions.recompute(by=None, now=NOW)
    count = IndicatorValue.objects.count()
    assert actions.recompute(by=None, now=NOW + timedelta(hours=1)) == first
    assert IndicatorValue.objects.count() == count
    assert Computation.objects.count() == 1


def test_new_data_add_values_beside_the_old_ones(publish, hospital):
    publish(stays())
    old = actions.recompute(by=None, now=NOW)
    publish([stay("late", "CARD", "2026-10", 35)], now=NOW + timedelta(days=1))
    new = actions.recompute(by=None, now=NOW + timedelta(days=1))
    assert new.data_version != old.data_version
    assert value_of(None, data_version=old.data_version) == [8.0]
    assert value_of(None, data_version=new.data_version) == [pytest.approx((12 * 16 + 35) / 25)]


@pytest.mark.proves("IND-47")
def test_a_publication_announces_itself_and_is_computed(publish, hospital):
    publish(stays())
    deliver_pending(now=NOW)
    assert value_of(None) == [8.0]


def test_what_the_source_lacks_is_a_reason_not_a_zero(publish, hospital):
    publish(stays())
    actions.recompute(by=None, now=NOW)
    row = IndicatorValue.objects.get(indicator_id="bed_occupancy", month="2026-10", department=None)
    assert row.value is None
    assert "床位日报" in row.reason


def test_targets_hold_from_their_month_on(hospital):
    from zhikong.hospital.functions.indicators.catalogue import definitions
    from zhikong.hospital.functions.indicators.queries.targets import target_book

    stayed = {"by": None, "now": NOW, "indicator_id": "average_length_of_stay"}
    actions.set_target(**stayed, valid_from=date(2025, 1, 1), at_most=14)
    actions.set_target(**stayed, valid_from=date(2026, 1, 1), at_most=12)
    actions.set_target(
        **stayed, valid_from=date(2026, 1, 1), at_most=9, department_id=hospital.departments["CARD"].id
    )
    book, definition = target_book(), definitions()["average_length_of_stay"]
    assert book.of(definition, None, "2025-12").target.high == 14
    assert book.of(definition, None, "2026-10").target.high == 12
    assert book.of(definition, hospital.departments["CARD"].id, "2026-10").target.high == 9
    assert book.of(definition, hospital.departments["GSUR"].id, "2026-10").origin == "hospital"
    assert book.of(definition, None, "2024-12").origin in ("definition", "none")
