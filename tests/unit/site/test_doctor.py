"""The doctor names what is wrong and what to do; a broken question is an error, never a pass."""

import json
import os
from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest

from zhikong.site import home
from zhikong.site.backup import keys, state
from zhikong.site.commands import doctor
from zhikong.site.doctor import access, backups, clock, examining, folders, machine, roles
from zhikong.site.doctor.finding import ERROR, FINE, WARNING, asked, error, fine, warning, worst

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
Usage = namedtuple("Usage", "free")
Memory = namedtuple("Memory", "total")


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZHIKONG_KEYS", str(tmp_path / "keys"))
    for name in ("ZHIKONG_ADDRESS", "ZHIKONG_PORT"):
        monkeypatch.delenv(name, raising=False)
    for folder in ("home/secrets", "keys"):
        (tmp_path / folder).mkdir(parents=True, mode=0o700)
    return tmp_path / "home"


def _set_up(folder):
    home.write_private(folder / "connection.json", json.dumps({"embedded": False, "roles": {}}))
    for name in folders.SECRETS:
        home.secret(name)


def _levels(found):
    return [one.level for one in found]


def _told(found):
    return " ".join(f"{one.sentence}{one.remedy}" for one in found)


def test_a_question_that_breaks_is_an_error_and_the_others_are_asked():
    def broken():
        raise OSError("disk is gone")

    found = list(asked([("磁盘", broken), ("内存", lambda: [fine("内存", "够")])]))
    assert _levels(found) == [ERROR, FINE]
    assert "没能检查：OSError" in found[0].sentence


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ([], 0),
        ([fine("a", "b")], 0),
        ([warning("a", "b", "c"), fine("a", "b")], 1),
        ([warning("a", "b", "c"), error("a", "b", "c")], 2),
    ],
)
def test_the_worst_decides(found, code):
    assert worst(found) == code


@pytest.mark.parametrize(("free", "level"), [(0.5, ERROR), (5, WARNING), (50, FINE)])
def test_room_on_the_disk(monkeypatch, free, level):
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda place: Usage(free * machine.GB))
    monkeypatch.setattr(machine.weak, "file_system", lambda place: "ext4")
    assert _levels(machine.disk())[0] == level


def test_data_in_memory_is_an_error(monkeypatch):
    monkeypatch.setattr(machine.weak, "file_system", lambda place: "tmpfs")
    assert "关机数据就没了" in _told(machine.disk())


@pytest.mark.parametrize(("whole", "level"), [(1, ERROR), (3, WARNING), (8, FINE)])
def test_memory(monkeypatch, whole, level):
    monkeypatch.setattr(machine.psutil, "virtual_memory", lambda: Memory(whole * machine.GB))
    assert _levels(machine.memory()) == [level]


def test_fonts_are_looked_for(monkeypatch, tmp_path):
    assert _levels(machine.fonts()) == [FINE]
    from zhikong.web.charts import fonts

    monkeypatch.setattr(fonts, "_candidates", lambda: [tmp_path])
    assert _levels(machine.fonts()) == [ERROR]


def test_a_folder_that_is_not_set_up_or_half_restored(own_home):
    assert "还没有建立" in _told(folders.whole())
    _set_up(own_home)
    assert _levels(folders.whole()) == [FINE]
    (own_home / ".restoring").write_text("20261122T023000")
    assert "恢复没有做完" in _told(folders.whole())


def test_a_missing_folder_is_told(own_home, monkeypatch):
    monkeypatch.setenv("ZHIKONG_HOME", str(own_home / "none"))
    assert "不存在" in _told(folders.whole())


def test_loose_rights_are_named_with_the_command(own_home):
    _set_up(own_home)
    assert _levels(folders.rights()) == [FINE]
    (own_home / "secrets" / "django").chmod(0o644)
    (own_home / "connection.json").chmod(0o640)
    told = _told(folders.rights())
    assert f"chmod go-rwx {own_home / 'secrets' / 'django'}" in told
    assert "connection.json" in told


def test_a_lost_secret_is_an_error_before_a_new_one_is_made(own_home):
    _set_up(own_home)
    assert not list(folders.secrets())
    (own_home / "secrets" / "identities").unlink()
    assert "打不开原有数据" in _told(folders.secrets())


def test_a_recovery_key_that_is_missing_or_spoilt(own_home):
    assert _levels(folders.recovery_key()) == [WARNING]
    keys.own()
    assert not list(folders.recovery_key())
    keys.path().write_text("spoilt")
    assert _levels(folders.recovery_key()) == [ERROR]


def test_backups_are_judged_by_age_and_proof(own_home, tmp_path, monkeypatch):
    monkeypatch.setattr(backups, "place", lambda to: ())
    assert _levels(backups.backups(NOW)) == [ERROR, ERROR]
    home.set_options(backup={"to": str(tmp_path)})
    state.note("last", state.Told("a", (NOW - timedelta(hours=8)).isoformat(), True))
    assert _levels(backups.backups(NOW)) == [FINE, WARNING]
    state.note("verified", state.Told("a", (NOW - timedelta(days=3)).isoformat(), True))
    assert _levels(backups.backups(NOW)) == [FINE, FINE]
    assert _levels(backups.backups(NOW + timedelta(days=3))) == [WARNING, FINE]
    assert _levels(backups.backups(NOW + timedelta(days=40))) == [ERROR, WARNING]
    state.note("last", state.Told("b", NOW.isoformat(), False, reason="备份没有写完：磁盘已满。"))
    assert "磁盘已满" in _told(backups.backups(NOW))
    home.set_options(backup={"to": str(tmp_path / "gone")})
    assert "是否已挂载" in _told(backups.backups(NOW))


def test_a_place_for_backups_on_the_disk_of_the_data(tmp_path, monkeypatch):
    assert "同一块盘" in _told(backups.place(tmp_path / "backups" / "here"))
    monkeypatch.setattr(backups.shutil, "disk_usage", lambda place: Usage(1000))
    assert _levels(backups.place(tmp_path)) == [WARNING, ERROR]
    monkeypatch.setattr(backups.os, "access", lambda place, how: False)
    assert "不能写备份位置" in _told(backups.place(tmp_path))


def test_access_without_a_service(own_home, monkeypatch):
    monkeypatch.setattr(access.serving, "answers", lambda address, port: False)
    home.set_options(address="127.0.0.1", port=_free_port())
    assert "systemctl start zhikong" in _told(access.service())


def test_a_port_that_is_taken_is_named(monkeypatch):
    import socket

    monkeypatch.setattr(access.serving, "answers", lambda address, port: False)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        home.set_options(port=other.getsockname()[1])
        assert _levels(access.service()) == [ERROR]


def test_a_service_that_is_not_ready_is_an_error(monkeypatch):
    monkeypatch.setattr(access.serving, "answers", lambda address, port: True)
    monkeypatch.setattr(access.asking, "ask", lambda *_: (503, "database"))
    assert "数据库没有应答" in _told(access.service())
    monkeypatch.setattr(access.asking, "ask", lambda *_: (404, "<!doctype html>"))
    assert "不是这个版本的服务" in _told(access.service())
    monkeypatch.setattr(access.asking, "ask", lambda *_: (200, "ready"))
    assert _levels(access.service()) == [FINE]


def test_encryption_names_and_proxies():
    assert "没有加密" in _told(access.certificate(NOW))
    home.set_options(https=True, trusted_proxy=["10.0.0.5"], address="0.0.0.0")
    assert not list(access.certificate(NOW))
    assert _levels(access.proxy()) == [FINE]
    assert "打不开" in _told(access.names())
    home.set_options(trusted_proxy=["0.0.0.0/0"], allowed_hosts=["zk.lan"])
    assert _levels(access.proxy()) == [ERROR]
    assert not list(access.names())
    home.set_options(trusted_proxy=["proxy.lan"])
    assert "写法有误" in _told(access.proxy())


def test_a_certificate_that_is_gone_is_an_error(tmp_path):
    home.set_options(certificate=str(tmp_path / "none.crt"), certificate_key=str(tmp_path / "none.key"))
    assert "读不了证书" in _told(access.certificate(NOW))


def test_every_problem_has_a_remedy_and_json_is_json(own_home, capsys, monkeypatch):
    monkeypatch.setattr(access.serving, "answers", lambda address, port: False)
    found = list(examining.examine(now=NOW))
    assert found
    assert all(one.remedy for one in found if one.level != FINE)
    doctor.run(type("Arguments", (), {"json": True}))
    assert {one["level"] for one in json.loads(capsys.readouterr().out)} <= {FINE, WARNING, ERROR}


def test_nothing_is_written(own_home):
    before = sorted(os.listdir(own_home))
    list(examining.examine(now=NOW))
    assert sorted(os.listdir(own_home)) == before


@pytest.mark.parametrize("harm", ["secret", "restoring", "account"])
def test_what_opening_would_change_is_not_opened(own_home, monkeypatch, harm):
    _set_up(own_home)
    monkeypatch.setattr(access.serving, "answers", lambda address, port: False)
    if harm == "secret":
        (own_home / "secrets" / "identities").unlink()
    if harm == "restoring":
        (own_home / ".restoring").write_text("20261122T023000")
    if harm == "account":
        monkeypatch.setattr(folders.os, "geteuid", lambda: 4242)
    monkeypatch.setattr(examining, "_with_database", lambda now: pytest.fail("it was opened"))
    assert ERROR in _levels(examining.examine(now=NOW))
    assert (harm == "secret") != (own_home / "secrets" / "identities").exists()


def test_another_account_is_told_whose_data_these_are(own_home, monkeypatch):
    _set_up(own_home)
    monkeypatch.setattr(folders.os, "geteuid", lambda: 4242)
    assert "sudo -u" in _told(folders.whole())


def test_demo_data_is_named_as_such(own_home):
    _set_up(own_home)
    home.set_options(demo=True)
    assert _levels(folders.whole()) == [WARNING]
    assert not list(backups.backups(NOW))


def test_keys_in_their_folder_are_for_one_account(own_home, tmp_path):
    _set_up(own_home)
    home.write_private(tmp_path / "keys" / "speak" / "open.key", "x")
    (tmp_path / "keys" / "speak" / "open.key").chmod(0o604)
    assert "speak/open.key" in _told(folders.rights())
    (tmp_path / "keys").chmod(0o755)
    assert f"chmod go-rwx {tmp_path / 'keys'}" in [one.remedy.partition("：")[2] for one in folders.rights()]


@pytest.mark.parametrize(("state", "levels"), [(5, [WARNING]), (0, [FINE]), (-1, []), (None, [])])
def test_a_clock_that_nobody_keeps_in_time(monkeypatch, state, levels):
    monkeypatch.setattr(clock, "kernel_state", lambda: state)
    assert _levels(clock.synchronised()) == levels


CONNECTION = {
    "embedded": False,
    "host": "10.9.9.9",
    "port": 5432,
    "name": "zhikong",
    "roles": {role: {"user": f"zhikong_{role}", "password": "GeheimNis"} for role in roles.ROLES},
}


def _refusing(*told):
    """A server that refuses one account after the other with these words; '' lets in."""
    answers = iter(told)

    def connect(address, **more):
        if told := next(answers):
            raise roles.psycopg.OperationalError(told)
        return namedtuple("Connection", "close")(lambda: None)

    return connect


def test_a_server_that_is_away_is_one_sentence(own_home, monkeypatch):
    home.write_private(own_home / "connection.json", json.dumps(CONNECTION))
    monkeypatch.setattr(roles.psycopg, "connect", _refusing(*["Connection refused"] * 4))
    found = list(roles.reachable())
    assert _levels(found) == [ERROR]
    assert "10.9.9.9:5432" in _told(found)
    assert "GeheimNis" not in _told(found)


def test_an_account_that_is_refused_is_named(own_home, monkeypatch):
    home.write_private(own_home / "connection.json", json.dumps(CONNECTION))
    refused = 'FATAL:  password authentication failed for user "zhikong_app"'
    monkeypatch.setattr(roles.psycopg, "connect", _refusing("", refused, "", ""))
    found = list(roles.reachable())
    assert _levels(found) == [ERROR]
    assert "账号 zhikong_app 进不去（password authentication failed" in _told(found)
    monkeypatch.setattr(roles.psycopg, "connect", _refusing("", "", "", ""))
    assert _levels(roles.reachable()) == [FINE]


def test_the_other_questions_are_not_asked_of_a_server_that_is_away(own_home, monkeypatch):
    home.write_private(own_home / "connection.json", json.dumps(CONNECTION))
    monkeypatch.setattr(roles.psycopg, "connect", _refusing(*["Connection refused"] * 4))
    monkeypatch.setattr(examining.frame, "setup_django", lambda: pytest.fail("Django is loaded"))
    assert _levels(examining._with_database(NOW)) == [ERROR]


def _free_port():
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
