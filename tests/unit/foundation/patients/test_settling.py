"""Closed stays leave the live store for the lake, whole, once, and whatever comes late follows."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.live_feed import NOW, admission, at, send, stay
from tests.loads import loading_hospital  # noqa: F401
from zhikong.intake.live import CLEARED, VERSION

AT_ONCE = timedelta(0)


@pytest.fixture
def store(loading):
    with loading.scoped():
        yield loading


def settle(after=AT_ONCE, now=NOW, **options):
    from zhikong.foundation.patients import live

    return live.settle(by=None, now=now, after=after, **options)


def left():
    from zhikong.foundation.patients.models import LiveRow

    return sorted(LiveRow.objects.values_list("table", "stay_id"))


def order(number, stay_id="s1", when=None, **columns):
    when = when or at(2)
    return {
        "stay_id": stay_id,
        "order_id": number,
        "kind": "exam",
        "ordered_at": at(2),
        VERSION: when,
    } | columns


def discharged(number, day=5, **columns):
    return [admission(number), stay(number, at(day), discharged_at=at(day), **columns)]


def test_a_closed_stay_becomes_facts_and_leaves_the_store(store):
    send(stays=[*discharged(1, current_ward="3"), admission(2)], orders=[order("o1"), order("o2", "s2")])
    done = settle()
    assert (done.stays, done.rows, done.waiting) == (1, 2, 0)
    (row,) = store.rows()
    assert (row["stay_id"], row["discharge_department"], row["discharge_ward"], row["zone"]) == (
        "s1", "CARD", "3", "Asia/Shanghai",
    )  # fmt: skip
    assert [r["order_id"] for r in store.rows("orders")] == ["o1"]
    assert left() == [("orders", "s2"), ("stays", "s2")]
    assert done.load.state == "published"
    assert done.load.counts["new_stays"] == 1


def test_a_stay_waits_until_its_hours_are_over(store):
    send(stays=discharged(1, day=21))  # 8:00 local time; it is noon on the 22nd
    assert settle(timedelta(hours=48)).load is None
    assert settle(timedelta(hours=24)).stays == 1
    assert settle(timedelta(hours=24)).load is None


def test_a_front_page_closes_the_waiting(store, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    from zhikong.foundation.patients import live

    send(stays=discharged(1, day=21))
    pq.write_table(pa.table({"stay_id": ["s1"]}), tmp_path / "stays.parquet")
    live.note_front_pages(file=tmp_path / "stays.parquet", now=NOW)
    assert settle(timedelta(hours=48)).stays == 1


def test_what_comes_late_follows_at_the_next_turn(store):
    send(stays=discharged(1))
    settle()
    send(orders=[order("o1")], stays=[stay(1, at(6), discharge_way="1")])
    assert settle().stays == 1
    assert store.rows()[0]["discharge_way"] == "1"
    assert len(store.rows("orders")) == 1
    assert left() == []


def test_what_is_older_than_the_facts_does_not_win_there(store):
    from zhikong.foundation.patients.models import LiveRowHistory

    send(stays=[*discharged(1), stay(1, at(6), age_years=60)])
    settle()
    assert send(stays=[stay(1, at(4), age_years=59)]).older == 1
    assert settle().load is None
    assert store.rows()[0]["age_years"] == 60
    assert LiveRowHistory.objects.filter(kind="older").count() == 1


def test_a_late_cancellation_takes_the_fact_away(store):
    send(stays=discharged(1), orders=[order("o1"), order("o2")])
    settle()
    send(gone={"orders": [{"stay_id": "s1", "order_id": "o1", VERSION: at(6)}]})
    settle()
    assert [r["order_id"] for r in store.rows("orders")] == ["o2"]
    assert send(orders=[order("o1")]).older == 1


def test_a_row_that_was_taken_back_and_told_anew_is_only_what_was_told_anew(store):
    send(stays=discharged(1), orders=[order("o1", name="旧")])
    settle()
    send(gone={"orders": [{"stay_id": "s1", "order_id": "o1", VERSION: at(6)}]})
    send(orders=[order("o1", when=at(7))])
    settle()
    assert [(r["order_id"], r["name"]) for r in store.rows("orders")] == [("o1", None)]


def test_a_late_transfer_takes_its_place_in_the_order(store):
    move = {"stay_id": "s1", "at": at(3), "to_department": "GSUR", VERSION: at(3)}
    send(stays=discharged(1), transfers=[move])
    settle()
    send(transfers=[move | {"at": at(2), "to_department": "CARD", VERSION: at(2)}])
    settle()
    assert [(r["seq"], r["to_department"]) for r in store.rows("transfers")] == [(1, "CARD"), (2, "GSUR")]


def test_what_lacks_its_stay_waits_and_is_reported_once(store):
    send(orders=[order("o1", "nobody")])
    assert settle(orphans_after=timedelta(days=3)).load is None
    done = settle(orphans_after=AT_ONCE)
    assert done.waiting == 1
    assert list(done.load.quarantined.values_list("reason", "table", "source")) == [
        ("no_stay", "orders", "adt")
    ]
    assert settle(orphans_after=AT_ONCE).load is None
    send(
        stays=[
            {**admission(1), "stay_id": "nobody"},
            {"stay_id": "nobody", "discharged_at": at(5), VERSION: at(5)},
        ]
    )
    assert settle().rows == 2


def test_an_incomplete_stay_waits_with_its_rows_and_is_reported_once(store):
    send(stays=[stay(1, at(5), discharged_at=at(5))], orders=[order("o1")])
    done = settle()
    assert (done.stays, done.rows) == (0, 0)
    assert {(r, c) for r, c in done.load.quarantined.values_list("reason", "column")} == {
        ("missing_value", "admitted_at"), ("missing_value", "patient_key"), ("missing_value", "discharge_department"),
    }  # fmt: skip
    assert settle().load is None
    send(stays=[admission(1)])
    assert settle().rows == 2
    assert left() == []


def test_an_incomplete_row_waits_alone(store):
    send(stays=discharged(1), orders=[{"stay_id": "s1", "order_id": "o1", "name": "X", VERSION: at(2)}])
    done = settle()
    assert (done.stays, done.waiting) == (1, 1)
    assert sorted(done.load.quarantined.values_list("column", flat=True)) == ["kind", "ordered_at"]
    assert left() == [("orders", "s1")]
    send(orders=[order("o1", when=at(3))])
    assert settle().rows == 1
    assert store.rows("orders")[0]["name"] == "X"


def test_rows_without_a_stay_settle_after_their_rest(store):
    visit = {
        "visit_id": "v1",
        "institution": "H",
        "kind": "outpatient",
        "registered_at": at(1),
        VERSION: at(1),
    }
    send(visits=[visit])
    assert settle(timedelta(hours=1)).load is None
    assert settle().rows == 1
    assert send(visits=[visit | {"kind": "emergency", VERSION: at(1, 7)}]).older == 1
    assert [r["kind"] for r in store.rows("visits")] == ["outpatient"]


def test_rows_of_a_stay_that_only_the_front_page_knows_settle(store, tmp_path):
    from tests.loads import line, write_csv

    load = store.load(write_csv(tmp_path / "a.csv", [line(1)]))
    assert load.state == "published"
    (known,) = store.rows()
    send(
        orders=[order("o1", known["stay_id"])],
        stays=[{"stay_id": known["stay_id"], "age_years": 1, VERSION: at(2)}],
    )
    assert settle().rows == 2  # though nobody told of a discharge here
    assert store.rows("orders")[0]["stay_id"] == known["stay_id"]
    assert store.rows() == [known]  # what the front page said stays


def test_a_killed_settling_leaves_everything_as_it_was(store, monkeypatch):
    from django.db import transaction

    from zhikong.foundation.patients import settling

    send(stays=discharged(1), orders=[order("o1")])

    def die(*_, **__):
        raise RuntimeError("killed")

    monkeypatch.setattr(settling, "_leave", die)
    with pytest.raises(RuntimeError), transaction.atomic():
        settle()
    monkeypatch.undo()
    assert left() == [("orders", "s1"), ("stays", "s1")]
    assert store.files() == ()
    assert settle().rows == 2
    assert len(store.rows()) == 1


# ---- any way, the same end ----------------------------------------------------------------------------------------------


def one_stay(number):
    """Events of one stay: comings, corrections, things taken back; each has a time of its own."""
    name = f"s{number}"

    def child(table, when, **columns):
        return table, {"stay_id": name, VERSION: when, **columns}

    ordered = {"kind": "exam", "ordered_at": at(2)}
    return [
        ("stays", admission(number)),
        child("stays", at(1, 9), age_years=60, sex="1", current_ward="3"),
        child("orders", at(2), order_id=f"{name}o1", **ordered),
        child("orders", at(2, 9), order_id=f"{name}o2", **ordered),
        child("orders", at(2, 10), order_id=f"{name}o1", name="甲", **ordered),
        child("transfers", at(3), at=at(3), to_department="GSUR"),
        child("transfers", at(3, 9), at=at(3, 9), to_department="CARD"),
        ("gone orders", {"stay_id": name, "order_id": f"{name}o2", VERSION: at(4)}),
        child(
            "stays",
            at(5),
            discharged_at=at(5),
            discharge_way="1",
            discharge_department="CARD",
            discharge_ward="3",
        ),
        child("stays", at(5, 9), **{CLEARED: ["discharge_way"]}),
        child("results", at(5, 10), item="K", at=at(4), value=4.1),
        child("results", at(5, 11), item="K", at=at(4), critical=True),
    ]


EVENTS = [event for number in (1, 2) for event in one_stay(number)]


def deliver(events):
    tables, gone = {}, {}
    for name, row in events:
        side, table = (gone, name.removeprefix("gone ")) if name.startswith("gone ") else (tables, name)
        side.setdefault(table, []).append(row)
    send(gone=gone, **tables)


def facts(store):
    return {
        table: sorted(map(repr, store.rows(table))) for table in ("stays", "orders", "transfers", "results")
    }


@pytest.fixture(scope="module")
def expected():
    return {}


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # each try is a hospital of its own: no time for shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_order_repetition_and_delay_end_in_the_same_facts(committed, expected, data):
    """Whatever is settled in between: nothing that came first, twice or late makes a difference in the end."""
    import uuid

    from tests.loads import make_institution, worker_role

    order_of = data.draw(st.permutations(EVENTS + data.draw(st.lists(st.sampled_from(EVENTS), max_size=6))))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order_of) - 1), max_size=4)))
    with worker_role():
        if not expected:
            whole = make_institution(f"P{uuid.uuid4().hex[:8]}")
            with whole.scoped():
                deliver(EVENTS)
                settle()
            expected.update(facts(whole))
        one = make_institution(f"P{uuid.uuid4().hex[:8]}")
        for start, end in zip([0, *cuts], [*cuts, len(order_of)], strict=True):
            with one.scoped():
                deliver(order_of[start:end])
                settle()
        assert _same(facts(one)) == _same(expected)


def _same(found):
    """Facts without the hospital's own code."""
    import re

    return {
        table: [re.sub(r"'institution': '[^']*'", "", row) for row in rows] for table, rows in found.items()
    }
