"""Raw input: sealed, once, durable; nothing without its key; damage is seen; gone when its retention is over."""

import os
import stat
from datetime import UTC, datetime, timedelta

import pytest

from zhikong.foundation.facts import raw, raw_keys, raw_retention
from zhikong.foundation.facts.models import RawDisposal, RawItem

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LARGE = os.urandom(3 * 64 * 1024 + 17)  # some chunks and a rest
EDGES = [
    b"",
    b"x",
    LARGE[: raw.SMALL],
    LARGE[: raw.SMALL + 1],
    LARGE[: 64 * 1024],
    LARGE[: 128 * 1024],
    LARGE,
]


@pytest.fixture(autouse=True)
def places(settings, tmp_path, hospital):
    settings.RAW_FOLDER = tmp_path / "home" / "raw"
    settings.RAW_KEY_FILE = tmp_path / "keys" / "raw.key"


def keep(content=LARGE, *, days=365, now=NOW, source="his"):
    return raw.keep(now=now, content=content, kind="file", source=source, retention_days=days)


def files(settings):
    return [p for p in settings.RAW_FOLDER.rglob("*") if p.is_file() and p.name != ".lock"]


@pytest.mark.parametrize("content", EDGES, ids=[str(len(content)) for content in EDGES])
def test_what_is_kept_comes_back_whole_and_lies_nowhere_in_clear(settings, tmp_path, content):
    item = keep(content)
    assert raw.stream_for_job(item).read() == content
    assert len(files(settings)) == (1 if len(content) > raw.SMALL else 0)
    for path in files(settings):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert LARGE[:64] not in path.read_bytes()
    path = tmp_path / "given"
    path.write_bytes(content)
    assert keep(path) == item  # a path and bytes of the same content are one


def test_the_same_content_is_kept_once_with_the_longer_retention(settings):
    first = keep(days=10)
    again = keep(days=400)
    assert (again.pk, RawItem.objects.count(), len(files(settings))) == (first.pk, 1, 1)
    assert str(again.retain_until) == "2027-12-27"


def test_the_key_is_outside_private_and_made_once(settings):
    keep()
    path = settings.RAW_KEY_FILE
    made = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    keep(b"more")
    assert path.read_text() == made


def test_without_its_key_nothing_is_read_taken_in_or_started_and_no_new_key_is_made(settings):
    item = keep()
    settings.RAW_KEY_FILE.unlink()
    for attempt in (lambda: raw.stream_for_job(item), lambda: keep(b"new"), raw.check_key):
        with pytest.raises(raw_keys.KeyMissing, match="密钥不见了"):
            attempt()
    assert not settings.RAW_KEY_FILE.exists()
    settings.RAW_KEY_FILE.write_text("00" * 32)
    with pytest.raises(raw_keys.KeyMissing):
        raw.check_key()


def test_a_new_key_in_the_first_line_seals_and_the_old_one_still_opens(settings):
    old = keep()
    settings.RAW_KEY_FILE.write_text(f"{'ab' * 32}\n{settings.RAW_KEY_FILE.read_text()}")
    new = keep(b"new")
    assert old.key != new.key
    assert raw.stream_for_job(old).read() == LARGE
    assert raw.stream_for_job(new).read() == b"new"


@pytest.mark.parametrize("harm", ["flip", "cut", "swap", "gone"])
def test_damage_on_disk_is_seen_and_the_same_content_heals_what_is_gone(settings, harm):
    item = keep()
    [path] = files(settings)
    sealed = bytearray(path.read_bytes())
    if harm == "flip":
        sealed[70_000] ^= 1
    elif harm == "cut":
        del sealed[-100_000:]
    elif harm == "swap":
        one, chunk = 4 + 8 + 7, 64 * 1024 + 16
        first, second = sealed[one : one + chunk], sealed[one + chunk : one + 2 * chunk]
        sealed[one : one + 2 * chunk] = second + first
    path.unlink() if harm == "gone" else path.write_bytes(sealed)
    with pytest.raises(raw.Damaged):
        raw.verify(item)
    if harm == "gone":
        raw.verify(keep())


def test_a_file_that_changes_while_it_is_read_is_refused(settings, tmp_path, monkeypatch):
    path = tmp_path / "given"
    path.write_bytes(LARGE)
    measured = raw._measured

    def then_changed(content):
        found = measured(content)
        path.write_bytes(LARGE[::-1])
        return found

    monkeypatch.setattr(raw, "_measured", then_changed)
    with pytest.raises(raw.RawProblem, match="被改动"):
        keep(path)
    assert files(settings) == []


def test_a_full_disk_is_a_sentence_and_leaves_nothing(settings, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    keep(b"x")  # there is a key
    monkeypatch.setattr(raw.os, "fsync", full)
    with pytest.raises(raw.DiskFull, match="磁盘空间不足"):
        keep()
    assert (files(settings), RawItem.objects.count()) == ([], 1)
    monkeypatch.undo()
    settings.FILES_RESERVE_BYTES = 1 << 62
    with pytest.raises(raw.DiskFull, match="快用完了"):
        keep()


def test_the_sweep_takes_what_no_row_knows_and_nothing_that_is_fresh(settings, hospital):
    kept = keep()
    [path] = files(settings)
    orphan, fresh = path.with_name("0" * 64), path.with_name(".123-draft")
    for one in (orphan, fresh):
        one.write_bytes(b"x")
    long_ago = path.stat().st_mtime - 2 * raw.GRACE_SECONDS
    for one in (orphan, path):
        os.utime(one, (long_ago, long_ago))
    assert raw_retention.sweep() == 1
    assert {p.name for p in files(settings)} == {path.name, fresh.name}
    raw.verify(kept)


def test_after_retention_the_content_goes_the_row_and_an_audited_line_stay(settings):
    short, held, long = keep(days=10), keep(b"held", days=10), keep(b"long", days=365)
    RawItem.objects.filter(pk=held.pk).update(held=True)
    later = NOW + timedelta(days=11)
    assert raw_retention.delete_due(now=NOW) == 0
    assert raw_retention.delete_due(now=later) == 1
    short.refresh_from_db()
    assert short.deleted_at == later
    with pytest.raises(raw.Damaged, match="已经删除"):
        raw.stream_for_job(short)
    line = RawDisposal.objects.get()
    assert (line.source, line.items, line.size) == ("his", 1, len(LARGE))
    [path] = files(settings)
    os.utime(path, (0, 0))
    assert raw_retention.sweep() == 1
    assert raw.stream_for_job(held).read() == b"held"
    assert raw.stream_for_job(long).read() == b"long"
    raw.verify(keep(days=10, now=later))  # it comes again: kept again


def test_what_still_waits_to_be_brought_in_is_not_deleted(hospital):
    from zhikong.hospital.functions.datasources.models import Feed
    from zhikong.hospital.functions.datasources.receiving import receive

    feed = Feed.objects.create(
        institution_id=hospital.id, code="x", title="x", kind="hl7", created_at=NOW, retention_days=1
    )
    receipt = receive(feed=feed, now=NOW, content=b"message", identity="1")
    assert raw_retention.delete_due(now=NOW + timedelta(days=9)) == 0
    receipt.state = "applied"
    receipt.save()
    assert raw_retention.delete_due(now=NOW + timedelta(days=9)) == 1


def test_keys_inside_the_data_folder_are_refused(monkeypatch, tmp_path):
    from zhikong.site import home

    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZHIKONG_KEYS", str(tmp_path / "home" / "keys"))
    with pytest.raises(home.KeysInside, match="在数据目录之内"):
        home.keys_folder()
    monkeypatch.delenv("ZHIKONG_KEYS")
    assert home.keys_folder() == tmp_path / "home-keys"
