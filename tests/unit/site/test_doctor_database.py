"""The doctor's questions to a database that runs, and whether the keys at hand are those that sealed what is kept."""

from datetime import UTC, timedelta, timezone
from unittest import mock

import pytest
from django.db import connections
from django.utils import timezone as clock

from zhikong.foundation.audit import sealing
from zhikong.foundation.audit.models import AuditSeal
from zhikong.foundation.facts import raw
from zhikong.foundation.patients.models import PatientIdentity
from zhikong.foundation.patients.queries import bound_to
from zhikong.foundation.patients.rules import Identity, key_of, seal
from zhikong.site.doctor import database, examining, matching
from zhikong.site.doctor.finding import ERROR, FINE, WARNING

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def own_keys(tmp_path, settings):
    settings.AUDIT_KEY_FILE = tmp_path / "audit.key"
    settings.AUDIT_HEADS_FOLDER = tmp_path / "heads"
    settings.RAW_KEY_FILE = tmp_path / "raw.key"
    settings.FILES_KEY_FILE = tmp_path / "files.key"
    return tmp_path


def levels(found):
    return [one.level for one in found]


def test_all_is_well_with_a_new_hospital(hospital):
    found = list(examining._asked_of_database(clock.now()))
    assert {one.name: one.level for one in found if one.name not in ("后台任务", "审计", "时钟")} == {
        "数据库": FINE,
        "事实表": FINE,
        "目录与密钥": FINE,
    }
    assert not [one.sentence for one in found if one.level == ERROR]


def test_a_clock_that_differs_is_an_error(hospital):
    assert levels(database.same_clock(clock.now() + timedelta(minutes=3))) == [ERROR]
    assert levels(database.same_clock(clock.now())) == [FINE]


def test_a_machine_in_another_zone_than_the_hospital(hospital):
    here = clock.now().astimezone(timezone(timedelta(hours=8)))
    assert levels(database.zones(here)) == []
    assert levels(database.zones(here.astimezone(UTC))) == [WARNING]


def test_a_role_with_power_over_the_server_is_an_error(monkeypatch):
    root = connections["superuser"].settings_dict["USER"]  # another one on a server that somebody else set up
    monkeypatch.setattr(database, "ROLES", {"app": "zhikong_app", "gone": "zhikong_gone", "root": root})
    told = " ".join(one.sentence for one in database.powers())
    assert "缺少角色 zhikong_gone" in told
    assert f"角色 {root} 有超级权限" in told


def test_seals_late_in_time_and_from_the_future(monkeypatch):
    now = clock.now()
    monkeypatch.setattr(database, "last_seal", lambda: AuditSeal(sealed_at=now))
    assert levels(database.seals(now + timedelta(minutes=1))) == [FINE]
    assert levels(database.seals(now + timedelta(hours=1))) == [WARNING]
    assert "倒退过" in next(iter(database.seals(now - timedelta(hours=1)))).sentence
    monkeypatch.setattr(database, "last_seal", lambda: None)
    assert "还没有封过" in next(iter(database.seals(now))).sentence


def test_a_seal_of_another_key_and_a_key_that_is_gone(hospital, own_keys, monkeypatch):
    monkeypatch.setattr(matching, "connection", connections["owner"])  # it sees what is not committed
    sealing.seal_all(now=clock.now(), using="owner")
    assert matching.audit_seal() == ""
    (own_keys / "audit.key").write_text("ab" * 32, encoding="ascii")
    assert "不是原来那一把" in matching.audit_seal()
    (own_keys / "audit.key").unlink()
    assert "不见了" in matching.audit_seal()
    assert levels(matching.keys())[0] == ERROR
    assert not (own_keys / "audit.key").exists()


def test_a_database_in_the_order_of_another_system(monkeypatch):
    monkeypatch.setattr(database, "PLAIN_ORDERS", ())
    assert levels(database.server()) == [FINE, WARNING]
    assert connections["default"].vendor == "postgresql"


def test_raw_input_whose_key_is_gone(hospital, own_keys, settings):
    settings.RAW_FOLDER = own_keys / "raw"
    raw.keep(now=clock.now(), content=b"ADT", kind="file", source="his", retention_days=30)
    assert matching.raw_input() == ""
    settings.RAW_KEY_FILE.unlink()
    assert "密钥不见了" in matching.raw_input()
    assert not settings.RAW_KEY_FILE.exists()


def test_identities_that_another_secret_sealed(hospital, settings):
    assert matching.identities() == ""
    row = PatientIdentity(patient_key="p1")
    row.sealed = seal(Identity(name="王小明"), key=key_of(settings.IDENTITY_SECRET), bound_to=bound_to("p1"))
    with mock.patch.object(matching.PatientIdentity.objects, "order_by") as rows:
        rows.return_value.first.return_value = row
        assert matching.identities() == ""
        settings.IDENTITY_SECRET = "another"
        assert "打不开" in matching.identities()
