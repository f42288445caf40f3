"""When the next backup is due, and what follows one that failed."""

import io
import time
from datetime import datetime, timedelta, timezone

import pytest

from zhikong.site import home
from zhikong.site.backup import clock, keys, nightly, state, taking
from zhikong.site.backup.taking import InsideData
from zhikong.site.backup.vault import Vault
from zhikong.site.home import Explained

EAST = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=EAST)


@pytest.fixture
def home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZHIKONG_KEYS", str(tmp_path / "keys"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (None, NOW),
        (NOW - timedelta(days=2), NOW),
        (NOW.replace(hour=2, minute=30), NOW.replace(day=24, hour=2, minute=30)),
        (NOW - timedelta(minutes=5), NOW.replace(day=24, hour=2, minute=30)),
    ],
)
def test_a_missed_night_is_made_up_for(last, due):
    assert nightly.next_time(NOW, "02:30", last) == due


def test_before_the_hour_of_today_the_night_before_counts():
    early = NOW.replace(hour=1)
    assert nightly.next_time(early, "02:30", NOW - timedelta(days=1)) == NOW.replace(hour=2, minute=30)


def test_a_verification_is_due_after_a_week_or_a_bad_one(home_folder):
    assert nightly.verification_due(state.read(), NOW)
    state.note("verified", state.Told("a", NOW.isoformat(), True))
    assert not nightly.verification_due(state.read(), NOW + timedelta(days=6))
    assert nightly.verification_due(state.read(), NOW + timedelta(days=7))
    state.note("verified", state.Told("b", NOW.isoformat(), False, reason="坏了"))
    assert nightly.verification_due(state.read(), NOW)


def test_a_failure_leaves_what_was_good(home_folder):
    state.note("last", state.Told("a", NOW.isoformat(), True))
    state.note("last", state.Told("b", NOW.isoformat(), False, reason="磁盘已满"))
    assert state.read()["good"]["name"] == "a"
    assert state.read()["last"]["reason"] == "磁盘已满"


def test_a_failed_night_is_told_and_raised(home_folder, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(taking, "take", _failing)
    monkeypatch.setattr(nightly, "tidy", lambda vault: [])
    monkeypatch.setattr(nightly.frame, "database", _no_database)
    monkeypatch.setattr(nightly, "_tell_administrators", lambda why, now: told.append(why))
    with pytest.raises(Explained, match="磁盘已满"):
        nightly.run(to=tmp_path / "to", now=NOW)
    assert told == ["磁盘已满"]


def test_what_was_once_proved_is_kept_whatever_fails_later(home_folder, tmp_path):
    vault = Vault(tmp_path / "to", keys.own())
    names = [f"202611{day:02d}T023000" for day in range(1, 21)]
    for name in names:
        vault.write_list(name, {"files": []})
    home.set_options(backup={"keep": {"daily": 2, "weekly": 1, "monthly": 1}})
    state.note("verified", state.Told(names[3], NOW.isoformat(), True))
    state.note("verified", state.Told(names[9], NOW.isoformat(), False, reason="坏了"))
    nightly.tidy(vault)
    assert vault.names() == [names[3], *names[-2:]]


def test_what_a_killed_backup_left_is_swept_on_a_night_without_outdated_ones(home_folder, tmp_path):
    vault = Vault(tmp_path / "to", keys.own())
    vault.keep(io.BytesIO(b"nobody names this block"))
    nightly.tidy(vault)
    assert not [p for p in vault.folder.rglob("*") if p.is_file() and p.name != ".lock"]


def test_an_error_of_the_disk_is_remembered_and_a_sentence(home_folder, tmp_path, monkeypatch):
    def broken(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(taking, "_take", broken)
    with pytest.raises(Explained, match=r"备份没有做成.*Input/output error"):
        taking.take(server=None, to=tmp_path / "to", now=NOW)
    assert not state.read()["last"]["ok"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_backups_are_named_and_asked_for_by_the_sites_time(zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert clock.moment("2026-11-22 02:30").isoformat() == "2026-11-22T02:30:00+08:00"
        assert clock.moment("2026-11-21T18:30:00+00:00") == clock.moment("2026-11-22 02:30")
        assert clock.now().utcoffset() == timedelta(hours=8)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("inside", ["home/backups", "keys/backups", "home"])
def test_backups_may_not_lie_in_what_they_back_up(home_folder, inside):
    with pytest.raises(InsideData, match=r"盘坏了备份也没了"):
        taking.check_place(home_folder.parent / inside)


def _failing(**_):
    raise Explained("磁盘已满")


def _no_database():
    from contextlib import nullcontext

    return nullcontext(None)
