"""A licence's case climbs down to its day: quiet while valid, then 90, 60, 30 days, expired; renewed it counts anew."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.foundation.flows import actions
from zhikong.foundation.notices.models import Receipt
from zhikong.foundation.tasks.models import Task

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, 10:00 in the hospital
EXPIRES = date(2027, 6, 30)


@pytest.fixture
def people(hospital, make_user):
    cardiology = hospital.departments["CARD"]
    return {
        "head": make_user("department_head", cardiology, name="李建国"),
        "medical": make_user("medical_affairs", name="赵医务"),
        "office": make_user("quality_office", name="王敏"),
        "leader": make_user("hospital_leader", name="郑国安"),
    }


@pytest.fixture
def licence(hospital, people):
    return actions.open_case(
        by=people["medical"],
        now=NOW,
        flow_id="licences",
        title="CT 大型医用设备配置许可证",
        department_id=hospital.departments["CARD"].id,
        answers={
            "about": "equipment",
            "equipment_kind": "large",
            "equipment": "CT-01",
            "number": "甲 123",
            "expires_on": EXPIRES.isoformat(),
        },
    )


def sweep(case, day):
    """The sweep of that day, again until nothing is due; gives the state."""
    now = datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)
    while actions.sweep(now=now):
        pass
    case.refresh_from_db()
    return case.state


def days_before(count):
    return EXPIRES - timedelta(days=count)


@pytest.mark.proves("LIC-01", "LIC-03")
def test_the_ladder_before_the_day(licence, people):
    assert not Task.objects.filter(owner=people["head"]).exists()  # valid: nobody has anything to do
    assert not Receipt.objects.filter(user=people["head"]).exists()
    assert sweep(licence, days_before(90)) == "valid"
    assert sweep(licence, days_before(89)) == "renew_90"
    assert Task.objects.get(owner=people["head"], state="open").due_on == days_before(60)
    assert sweep(licence, days_before(59)) == "renew_60"
    assert sweep(licence, days_before(29)) == "renew_30"
    assert licence.owner == people["medical"]
    assert sweep(licence, EXPIRES) == "renew_30"  # on the day itself it still holds
    assert sweep(licence, EXPIRES + timedelta(days=1)) == "expired"
    sweep(licence, EXPIRES + timedelta(days=6))
    assert Receipt.objects.filter(user=people["leader"]).exists()


def test_a_renewal_counts_anew_from_the_new_day(licence, people, hospital):
    assert sweep(licence, days_before(50)) == "renew_60"
    actions.act(
        licence,
        by=people["head"],
        now=NOW + timedelta(days=200),
        transition="renew",
        answers={"number": "甲 456", "issued_on": "2027-06-01", "expires_on": "2032-06-30"},
    )
    licence.refresh_from_db()
    assert (licence.state, licence.due_on) == ("valid", date(2032, 6, 30) - timedelta(days=90))
    assert licence.values["number"] == "甲 456"
    assert not Task.objects.filter(owner=people["head"], state="open").exists()


def test_a_new_date_that_has_passed_is_refused_and_leaves_nothing(licence, people):
    sweep(licence, EXPIRES + timedelta(days=1))
    late = NOW + timedelta(days=230)
    with pytest.raises(ValidationError, match="新证的有效期应晚于今天"):
        actions.act(
            licence, by=people["medical"], now=late, transition="renew",
            answers={"number": "甲 456", "issued_on": "2027-06-01", "expires_on": "2027-06-30"},
        )  # fmt: skip
    licence.refresh_from_db()
    assert (licence.state, licence.values["number"]) == ("expired", "甲 123")
    actions.act(
        licence, by=people["medical"], now=late, transition="renew",
        answers={"number": "甲 456", "issued_on": "2027-06-01", "expires_on": "2030-06-30"},
    )  # fmt: skip
    licence.refresh_from_db()
    assert licence.state == "valid"


def test_one_that_has_expired_already_goes_all_the_way_at_once(hospital, people):
    case = actions.open_case(
        by=people["medical"], now=NOW, flow_id="licences", title="护士执业证书",
        department_id=hospital.departments["CARD"].id,
        answers={
            "about": "hospital", "hospital_kind": "practice", "number": "1", "expires_on": "2026-11-01",
        },
    )  # fmt: skip
    assert sweep(case, date(2026, 11, 24)) == "expired"
    assert case.owner == people["medical"]


def test_only_the_offices_take_a_licence_off_the_register(licence, people):
    with pytest.raises(PermissionDenied):
        actions.act(licence, by=people["head"], now=NOW, transition="retire", reason="设备报废")
    actions.act(licence, by=people["medical"], now=NOW, transition="retire", reason="设备报废")
    assert not licence.is_open


def test_a_quiet_state_must_move_on_by_itself():
    from pathlib import Path

    from zhikong.foundation.flows.definition import read_text

    file = Path("zhikong/packs/national/flows/licences.yaml")
    wrong = file.read_text("utf-8").replace("    timeout: begin\n", "")
    problems = read_text(wrong, file=file)
    assert isinstance(problems, list)
    assert any("quiet" in problem.message for problem in problems)
