"""Who lies in hospital now: a whole list replaces the one before it; beds change hands without meeting."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def stay(number, department="CARD", bed="1床"):
    return {
        "stay_id": f"s{number}",
        "patient_key": f"p{number}",
        "department": department,
        "ward": "",
        "bed": bed,
        "admitted_at": datetime(2026, 11, number, 8, tzinfo=UTC),
        "attending_doctor": "D1",
    }


def load(stays):
    from zhikong.foundation.patients import actions

    actions.register_beds(by=None, on=NOW.date(), stays=stays)
    return actions.load_open_stays(by=None, now=NOW, stays=stays)


def test_a_new_list_says_who_came_moved_and_left(hospital):
    assert load([stay(1), stay(2, bed="2床"), stay(3, bed="3床")]) == {"arrived": 3, "moved": 0, "left": 0}
    assert load([stay(1), stay(2, bed="2床"), stay(3, bed="3床")]) == {"arrived": 0, "moved": 0, "left": 0}
    changed = load([stay(1, bed="2床"), stay(2, bed="1床"), stay(4, bed="4床")])
    assert changed == {"arrived": 1, "moved": 2, "left": 1}


def test_an_unknown_department_refuses_the_whole_list(hospital):
    load([stay(1)])
    with pytest.raises(ValidationError, match="未知科室：MARS"):
        load([stay(1), stay(2, department="MARS")])
    from zhikong.foundation.patients.queries import open_stays

    assert [s.stay_id for s in open_stays()] == ["s1"]


def test_a_department_sees_its_own_patients_and_beds_only(hospital):
    from zhikong.foundation.access.scope import scoped
    from zhikong.foundation.patients.queries import open_beds, open_stays

    load([stay(1), stay(2, department="GSUR"), stay(3, department="GSUR", bed="2床")])
    own = frozenset({hospital.departments["GSUR"].id})
    with scoped(hospital.scope(departments=own)):
        assert {s.stay_id for s in open_stays()} == {"s2", "s3"}
        assert {bed.number for bed in open_beds(on=NOW.date())} == {"1床", "2床"}
        assert open_beds(on=NOW.date()).count() == 2
