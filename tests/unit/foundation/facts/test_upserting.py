"""Rows of feeds in the lake: by key, by column, beside the front page, and never a broken row."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.loads import NOW, loading_hospital  # noqa: F401
from zhikong.engine.tables import arrow_schema


def at(day, month=9):
    return datetime(2026, month, day, 8)


def stay(number="S1", **columns):
    whole = {
        "stay_id": number,
        "patient_key": "P",
        "institution": "H",
        "zone": "Asia/Shanghai",
        "admitted_at": at(1),
        "discharged_at": at(5),
        "discharge_department": "CARD",
    }
    return whole | columns


@pytest.fixture
def upsert(loading, tmp_path):
    """upsert(stays=[…], removed={"orders": […]}) → what publishing did."""

    def send(removed=None, **tables):
        from zhikong.foundation.facts import actions

        files = {name: _file(tmp_path / f"{name}.parquet", name, rows) for name, rows in tables.items()}
        gone = {
            name: _file(tmp_path / f"{name}.gone.parquet", name, rows)
            for name, rows in (removed or {}).items()
        }
        with loading.scoped():
            return actions.publish(
                by=None, now=NOW, tables=files, removed=gone, folder=tmp_path, complete=False
            )

    return send


@pytest.fixture
def deliver(loading, tmp_path):
    """deliver(stays=[…]) publishes whole deliveries; stated: the columns that they speak of."""

    def send(stated=None, **tables):
        from zhikong.foundation.facts import actions

        files = {}
        for name, rows in tables.items():
            month = [row | {"month": "2026-09"} for row in rows]
            files[name] = tmp_path / f"{name}.whole.parquet"
            pq.write_table(pa.Table.from_pylist(month, schema=arrow_schema(name)), files[name])
        with loading.scoped():
            return actions.publish(by=None, now=NOW, tables=files, folder=tmp_path, stated=stated)

    return send


def _file(path, name, rows):
    fields = [f.with_nullable(True) for f in arrow_schema(name, with_month=False)]
    marks = [pa.field("__id", pa.int64())] + [
        pa.field(n, pa.list_(pa.string())) for n in ("__cleared", "__weak")
    ]
    filled = [{"__id": n, "__cleared": [], "__weak": []} | row for n, row in enumerate(rows, start=1)]
    pq.write_table(pa.Table.from_pylist(filled, schema=pa.schema([*fields, *marks])), path)
    return path


def order(number="o1", stay_id="S1", **columns):
    return {"stay_id": stay_id, "order_id": number, "kind": "exam", "ordered_at": at(2)} | columns


def test_what_is_not_delivered_stays(upsert, loading):
    upsert(stays=[stay(age_years=60)], orders=[order("o1"), order("o2")])
    published = upsert(stays=[{"stay_id": "S1", "sex": "1"}], orders=[order("o3")])
    (row,) = loading.rows()
    assert (row["age_years"], row["sex"]) == (60, "1")
    assert sorted(r["order_id"] for r in loading.rows("orders")) == ["o1", "o2", "o3"]
    assert (published.merge.new, published.merge.changed) == (0, 1)


def test_the_same_again_makes_no_version(upsert, loading):
    upsert(stays=[stay()], orders=[order()])
    before = loading.data_version()
    assert upsert(stays=[stay()], orders=[order()]).publication is None
    assert loading.data_version() == before


def test_rows_that_only_come_leave_the_other_files_as_they_are(upsert, loading):
    upsert(stays=[stay("S1")], orders=[order("o1", "S1")])
    first = set(loading.files("orders"))
    upsert(stays=[stay("S2")], orders=[order("o2", "S2")])
    assert first < set(loading.files("orders"))
    upsert(orders=[order("o1", "S1", name="X")])
    assert not first & set(loading.files("orders"))
    assert {(r["order_id"], r["name"]) for r in loading.rows("orders")} == {("o1", "X"), ("o2", None)}


def test_a_row_can_be_emptied_and_taken_back(upsert, loading):
    upsert(stays=[stay(age_years=60)], orders=[order("o1", name="X"), order("o2")])
    upsert(
        orders=[{"stay_id": "S1", "order_id": "o1", "__cleared": ["name"]}],
        removed={"orders": [{"stay_id": "S1", "order_id": "o2"}]},
    )
    assert [(r["order_id"], r["name"]) for r in loading.rows("orders")] == [("o1", None)]


def test_a_stay_that_is_taken_back_takes_its_rows_along(upsert, loading):
    upsert(stays=[stay("S1"), stay("S2")], orders=[order("o1", "S1"), order("o2", "S2")])
    upsert(removed={"stays": [{"stay_id": "S1"}]})
    assert [r["stay_id"] for r in loading.rows()] == ["S2"]
    assert [r["stay_id"] for r in loading.rows("orders")] == ["S2"]


def test_rows_follow_a_stay_whose_discharge_moves_to_another_month(upsert, loading):
    upsert(stays=[stay()], orders=[order()])
    published = upsert(stays=[{"stay_id": "S1", "discharged_at": at(2, month=10)}])
    assert published.months == ["2026-09", "2026-10"]
    assert [r["discharged_at"] for r in loading.rows()] == [at(2, month=10)]
    assert all("month=2026-10" in path for path in loading.files("orders"))
    assert len(loading.rows("orders")) == 1


def test_a_row_that_would_break_the_contract_waits_and_the_lake_stays(upsert, loading):
    upsert(stays=[stay()], orders=[order("o1")])
    published = upsert(
        stays=[{"stay_id": "S1", "__cleared": ["discharged_at"]}, stay("S2", discharged_at=at(1, month=8))],
        orders=[order("o1", ordered_at=at(2), stopped_at=at(1)), order("o9", "NOBODY")],
    )
    assert [(r.table, r.id, r.reason, r.column) for r in published.merge.refused] == [
        ("stays", 1, "missing_value", "discharged_at"),
        ("stays", 2, "out_of_order", "discharged_at"),
        ("orders", 2, "no_stay", "stay_id"),
        ("orders", 1, "out_of_order", "stopped_at"),
    ]
    assert [(r["stay_id"], r["discharged_at"]) for r in loading.rows()] == [("S1", at(5))]
    assert [(r["order_id"], r["stopped_at"]) for r in loading.rows("orders")] == [("o1", None)]


def test_transfers_are_counted_by_their_time(upsert, loading):
    upsert(stays=[stay()], transfers=[{"stay_id": "S1", "at": at(3), "to_department": "GSUR"}])
    upsert(transfers=[{"stay_id": "S1", "at": at(2), "to_department": "CARD"}])
    assert [(r["seq"], r["to_department"]) for r in loading.rows("transfers")] == [(1, "CARD"), (2, "GSUR")]


def test_rows_without_a_stay_go_by_their_key(upsert, loading):
    visit = {"visit_id": "v1", "institution": "H", "kind": "outpatient", "registered_at": at(1)}
    upsert(visits=[visit, visit | {"visit_id": "v2"}])
    upsert(visits=[{"visit_id": "v1", "doctor": "D"}], removed={"visits": [{"visit_id": "v2"}]})
    assert [(r["visit_id"], r["doctor"], r["kind"]) for r in loading.rows("visits")] == [
        ("v1", "D", "outpatient")
    ]


def test_a_feed_does_not_erase_what_the_front_page_said(deliver, upsert, loading):
    deliver(
        stays=[stay(total_fee=100, discharge_way="1")],
        diagnoses=[{"stay_id": "S1", "kind": "principal", "seq": 1, "code": "I21.900"}],
    )
    every = [f.name for f in arrow_schema("stays", with_month=False)]
    upsert(
        stays=[stay(total_fee=90, rescues=2, __weak=every)],
        diagnoses=[
            {
                "stay_id": "S1",
                "kind": "principal",
                "seq": 1,
                "code": "R07",
                "name": "胸痛",
                "__weak": ["stay_id", "code", "name"],
            },
            {"stay_id": "S1", "kind": "other", "seq": 1, "code": "R07", "__weak": ["stay_id", "code"]},
        ],
        orders=[order(__weak=["stay_id"])],
    )
    (row,) = loading.rows()
    assert (row["total_fee"], row["discharge_way"], row["rescues"]) == (100, "1", 2)
    assert [(r["kind"], r["code"], r["name"]) for r in loading.rows("diagnoses")] == [
        ("principal", "I21.900", "胸痛")
    ]
    assert len(loading.rows("orders")) == 1


def test_nor_the_front_page_what_a_feed_said(deliver, upsert, loading):
    upsert(stays=[stay(rescues=2, total_fee=90, discharge_way="1")], orders=[order()])
    stated = {"stays": [*stay(), "total_fee", "discharge_way"]}
    deliver(stays=[stay(total_fee=100)], stated=stated)
    (row,) = loading.rows()
    assert (row["rescues"], row["total_fee"], row["discharge_way"]) == (2, 100, None)
    assert len(loading.rows("orders")) == 1
    assert deliver(stays=[stay(total_fee=100)], stated=stated).publication is None


def test_without_saying_what_it_speaks_of_a_delivery_is_whole(deliver, loading):
    deliver(stays=[stay(rescues=2)])
    deliver(stays=[stay()])
    assert loading.rows()[0]["rescues"] is None


def test_what_changed_is_announced_by_table(upsert, loading):
    from zhikong.foundation.outbox.models import Announcement

    upsert(stays=[stay()], orders=[order()])
    upsert(orders=[order("o2")])
    with loading.scoped():
        told = (
            Announcement.objects.filter(fact="tables_published")
            .order_by("pk")
            .values_list("payload", flat=True)
        )
        assert [sorted(payload["tables"]) for payload in told] == [["orders", "stays"], ["orders"]]
