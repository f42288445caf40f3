"""What feeds tell becomes one state of each row, keeps its history, and moves the list of patients in hospital."""

from datetime import timedelta

import pytest

from tests.live_feed import NOW, admission, at, send, stay
from zhikong.intake.live import CLEARED, VERSION


def known(table="stays", **where):
    from zhikong.foundation.patients import live

    return live.rows(table, **where)


def history():
    from zhikong.foundation.patients.models import LiveRowHistory

    return list(LiveRowHistory.objects.order_by("pk").values_list("table", "kind", "row", "ended_by"))


def in_bed():
    from zhikong.foundation.patients.models import Stay

    rows = Stay.objects.order_by("stay_id").values_list("stay_id", "department__code", "bed__number")
    return [tuple(row) for row in rows]


def test_an_admission_is_known_and_lies_in_bed(hospital):
    applied = send(stays=[admission(1, current_ward="3 病区", current_bed="12")])
    assert (applied.new, applied.changed, applied.older) == (1, 0, 0)
    (row,) = known()
    assert row["admitted_at"] == at(1)
    assert "discharged_at" not in row
    assert in_bed() == [("s1", "CARD", "12")]


def test_the_same_again_changes_nothing(hospital):
    send(stays=[admission(1)])
    applied = send(stays=[admission(1)])
    assert (applied.new, applied.unchanged) == (0, 1)
    assert history() == []


def test_later_messages_add_and_correct_and_the_former_row_is_history(hospital):
    send(stays=[admission(1, age_years=60)])
    applied = send("lab", stays=[stay(1, at(2), age_years=61)])
    assert applied.changed == 1
    (row,) = known()
    assert (row["age_years"], row["patient_key"]) == (61, "p1")
    ((table, kind, before, by),) = history()
    assert (table, kind, before["age_years"], by) == ("stays", "superseded", 60, "lab")


def test_an_older_message_that_comes_late_goes_into_history_only(hospital):
    send(stays=[admission(1, age_years=60, sex="1")])
    send(stays=[stay(1, at(3), age_years=61)])
    applied = send("slow", stays=[stay(1, at(2), age_years=59)])
    assert applied.older == 1
    assert known()[0]["age_years"] == 61
    assert [(kind, row.get("age_years")) for _, kind, row, _ in history()] == [
        ("superseded", 60),
        ("older", 59),
    ]


def test_a_message_without_a_time_counts_when_it_arrived(hospital):
    send(stays=[{"stay_id": "s1", "age_years": 1}])
    send(stays=[{"stay_id": "s1", "age_years": 2}], received_at=NOW + timedelta(seconds=1))
    send(stays=[{"stay_id": "s1", "age_years": 3}], received_at=NOW - timedelta(seconds=1))
    assert known()[0]["age_years"] == 2


def test_events_of_one_delivery_count_in_their_order(hospital):
    applied = send(stays=[{"stay_id": "s1", "age_years": 1}, {"stay_id": "s1", "age_years": 2}])
    assert (applied.new, applied.changed) == (1, 1)
    assert known()[0]["age_years"] == 2


def test_a_transfer_moves_the_patient_and_what_is_known_of_him(hospital):
    send(stays=[admission(1, current_bed="12")], orders=[order("o1")])
    send(transfers=[{"stay_id": "s1", "at": at(3), "to_department": "GSUR", VERSION: at(3)}])
    assert in_bed() == [("s1", "GSUR", None)] or in_bed() == [("s1", "GSUR", "12")]
    assert known(department_id=hospital.departments["CARD"].id) == []
    surgery = hospital.departments["GSUR"].id
    assert [r["order_id"] for r in known("orders", department_id=surgery)] == ["o1"]
    assert [(r["seq"], r["to_department"]) for r in known("transfers")] == [(1, "GSUR")]


def order(number, when=None, **columns):
    return {
        "stay_id": "s1",
        "order_id": number,
        "kind": "exam",
        "ordered_at": at(2),
        VERSION: when or at(2),
    } | columns


def test_a_cancelled_transfer_brings_him_back(hospital):
    send(stays=[admission(1)])
    send(transfers=[{"stay_id": "s1", "at": at(3), "to_department": "GSUR", VERSION: at(3)}])
    applied = send(gone={"transfers": [{"stay_id": "s1", "at": at(3), VERSION: at(4)}]})
    assert applied.removed == 1
    assert in_bed() == [("s1", "CARD", None)]
    assert [kind for _, kind, _, _ in history()] == ["removed"]


def test_a_discharge_takes_him_off_the_list_and_its_cancellation_puts_him_back(hospital):
    send(stays=[admission(1), stay(1, at(5), discharged_at=at(5))])
    assert in_bed() == []
    send(stays=[stay(1, at(6), **{CLEARED: ["discharged_at"]})])
    assert in_bed() == [("s1", "CARD", None)]


def test_a_cancelled_admission_is_no_stay_also_when_the_admission_comes_last(hospital):
    send(gone={"stays": [{"stay_id": "s1", VERSION: at(2)}]})
    assert send(stays=[admission(1)]).older == 1
    assert known() == []
    assert in_bed() == []


def test_of_two_in_one_bed_the_last_told_lies_there(hospital):
    send(stays=[admission(1, current_bed="12")])
    send(stays=[admission(2, at(2), current_bed="12")])
    assert in_bed() == [("s1", "CARD", None), ("s2", "CARD", "12")]


def test_children_may_come_before_their_stay(hospital):
    send(orders=[order("o1", department="CARD")])
    assert [r["order_id"] for r in known("orders", stay_id="s1")] == ["o1"]
    send(stays=[admission(1, department="GSUR")])
    assert len(known("orders", department_id=hospital.departments["GSUR"].id)) == 1


def test_everything_of_a_stay_is_read_at_once(hospital):
    from zhikong.foundation.patients import live

    send(stays=[admission(1), admission(2)], orders=[order("o1"), order("o2")])
    found = live.live_rows(stay_id="s1")
    assert {table: len(rows) for table, rows in found.items()} == {"stays": 1, "orders": 2}
    assert found["orders"][0]["ordered_at"] == at(2)


def test_a_ward_sees_its_patients_and_no_others(hospital):
    from django.db import connection

    from zhikong.foundation.access.scope import rescope
    from zhikong.foundation.patients.models import LiveRowHistory, SettledVersions

    send(stays=[admission(1), admission(2, department="GSUR")], orders=[order("o1")])
    send(stays=[stay(1, at(2), admission_department="GSUR", current_department="CARD")])
    card = hospital.departments["CARD"].id
    rescope(hospital.scope(departments=frozenset({card})))
    assert [r["stay_id"] for r in known()] == ["s1"]
    assert len(known("orders")) == 1
    with connection.cursor() as cursor:  # the second wall: no manager in between
        cursor.execute("SELECT DISTINCT stay_id FROM patients_liverow")
        assert cursor.fetchall() == [("s1",)]
        cursor.execute("SELECT count(*) FROM patients_liverowhistory WHERE department_id <> %s", [card])
        assert cursor.fetchall() == [(0,)]
    assert LiveRowHistory.objects.count() <= 1
    assert SettledVersions.objects.count() == 0


def test_another_hospital_sees_nothing(hospital, other_hospital):
    from zhikong.foundation.access.scope import scoped

    send(stays=[admission(1)])
    with scoped(other_hospital.scope()):
        assert known() == []


def test_history_cannot_be_edited(hospital):
    from django.db import ProgrammingError, transaction

    from zhikong.foundation.patients.models import LiveRowHistory

    send(stays=[admission(1, age_years=60)])
    send(stays=[stay(1, at(2), age_years=61)])
    for attack in (LiveRowHistory.objects.all().delete, lambda: LiveRowHistory.objects.update(feed="x")):
        with pytest.raises(ProgrammingError), transaction.atomic():
            attack()


def test_only_who_manages_data_may(hospital, make_user):
    from django.core.exceptions import PermissionDenied

    from zhikong.foundation.patients import live

    with pytest.raises(PermissionDenied):
        live.apply(
            by=make_user("clinician", hospital.departments["CARD"]),
            now=NOW,
            tables={},
            feed="x",
            received_at=NOW,
        )
