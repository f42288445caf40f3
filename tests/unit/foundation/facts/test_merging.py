"""How deliveries change the lake: children follow their stay, what was not delivered stays, repetition is nothing."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from datetime import datetime

import pyarrow as pa
import pytest

from tests.loads import NOW, loading_hospital  # noqa: F401
from zhikong.engine.tables import arrow_schema


@pytest.fixture
def deliver(loading):
    """deliver(stays=[…], diagnoses=[…]) → the load; rows need only what differs."""

    def send(**tables):
        from zhikong.hospital.functions.datasources import actions

        given = {name: _table(name, _filled(name, rows, loading)) for name, rows in tables.items()}
        return actions.load_tables(by=None, now=NOW, tables=given, source_name="test", scope=loading.scope)

    return send


def _table(name, rows):
    wanted = {key for row in rows for key in row}
    return pa.Table.from_pylist(rows, schema=pa.schema([f for f in arrow_schema(name) if f.name in wanted]))


def _filled(name, rows, loading):
    defaults = {
        "stays": {
            "patient_key": "P1",
            "institution": loading.code,
            "zone": "Asia/Shanghai",
            "admitted_at": datetime(2026, 9, 1, 8),
            "discharged_at": datetime(2026, 9, 5, 8),
            "discharge_department": "CARD",
        },
        "diagnoses": {"kind": "principal", "seq": 1},
        "bed_days": {"institution": loading.code, "department": "CARD", "open_beds": 10, "occupied_beds": 9},
    }[name]
    return [defaults | row for row in rows]


def counts(load):
    return tuple(load.counts[name] for name in ("new_stays", "changed_stays", "unchanged_stays"))


def names(loading):
    return sorted((row["name"], path_month(loading, row["name"])) for row in loading.rows("diagnoses"))


def path_month(loading, name):
    import pyarrow.parquet as pq

    from zhikong.foundation.facts.lake import month_of_file

    for path in loading.files("diagnoses"):
        if name in pq.read_table(path, partitioning=None)["name"].to_pylist():
            return month_of_file(path)
    return None


def test_children_of_a_redelivered_stay_are_replaced_and_others_stay(loading, deliver):
    deliver(
        stays=[{"stay_id": "1"}, {"stay_id": "2"}],
        diagnoses=[{"stay_id": "1", "name": "甲"}, {"stay_id": "2", "name": "乙"}],
    )
    load = deliver(stays=[{"stay_id": "1"}], diagnoses=[{"stay_id": "1", "name": "丙"}])
    assert counts(load) == (0, 1, 0)
    assert names(loading) == [("丙", "2026-09"), ("乙", "2026-09")]
    load = deliver(stays=[{"stay_id": "1"}])
    assert counts(load) == (0, 0, 1)
    assert names(loading) == [("丙", "2026-09"), ("乙", "2026-09")]


def test_children_that_were_not_delivered_move_with_their_stay(loading, deliver):
    deliver(
        stays=[{"stay_id": "1"}, {"stay_id": "2"}],
        diagnoses=[{"stay_id": "1", "name": "甲"}, {"stay_id": "2", "name": "乙"}],
    )
    load = deliver(stays=[{"stay_id": "1", "discharged_at": datetime(2026, 10, 2, 8)}])
    assert load.months == ["2026-09", "2026-10"]
    assert names(loading) == [("乙", "2026-09"), ("甲", "2026-10")]


def test_children_alone_find_their_stay_in_the_lake_or_go_aside(loading, deliver):
    deliver(stays=[{"stay_id": "1"}])
    load = deliver(diagnoses=[{"stay_id": "1", "name": "甲"}, {"stay_id": "99", "name": "乙"}])
    assert (load.state, load.counts["faulty"]) == ("published", 1)
    assert names(loading) == [("甲", "2026-09")]
    with loading.scoped():
        assert load.quarantined.get().message == "所属的住院记录不在文件中，或已因其他问题被隔离。"


def test_bed_days_replace_by_department_and_day(loading, deliver):
    from datetime import date

    deliver(bed_days=[{"day": date(2026, 9, 1)}, {"day": date(2026, 9, 2)}])
    load = deliver(bed_days=[{"day": date(2026, 9, 2), "occupied_beds": 11}])
    assert load.state == "published"
    assert sorted(row["occupied_beds"] for row in loading.rows("bed_days")) == [9, 11]
    assert deliver(bed_days=[{"day": date(2026, 9, 2), "occupied_beds": 11}]).state == "unchanged"


def test_tables_pass_the_same_checks_as_files(loading, deliver):
    load = deliver(
        stays=[
            {"stay_id": "1"},
            {"stay_id": "2", "discharge_department": "MARS"},
            {"stay_id": "3", "discharged_at": datetime(2026, 8, 1)},
            {"stay_id": "1", "sex": "1"},
            {"stay_id": "4", "sex": "x"},
        ]
    )
    with loading.scoped():
        found = dict(load.quarantined.values_list("row", "reason"))
    assert found == {2: "unknown_department", 3: "out_of_order", 4: "duplicate", 5: "not_in_codes"}
    assert len(loading.rows()) == 1


def test_numbers_of_the_source_become_pseudonyms(loading, deliver):
    deliver(stays=[{"stay_id": "S00000001", "patient_key": "P1"}])
    [row] = loading.rows()
    assert row["stay_id"] != "S00000001"
    assert len(row["stay_id"]) == len(row["patient_key"]) == 32
