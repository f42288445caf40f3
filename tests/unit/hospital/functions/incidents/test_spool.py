"""The spool of anonymous reports: sealed, fixed, durable, once, and telling nothing from outside."""

import errno
import os
import threading
from datetime import UTC, datetime, timedelta

import pytest

from zhikong.hospital.functions.incidents.spool import keys, sealing, slots, tickets
from zhikong.hospital.functions.incidents.spool.places import SLOT, Places

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
OWN = b"the site's own secret"


@pytest.fixture
def places(tmp_path):
    made = Places(tmp_path / "spool", tmp_path / "keys", count=8)
    slots.prepare(made)
    keys.renew(made, now=NOW)
    return made


def sealed(places, content=b"words"):
    return sealing.seal(content, keys.public_key(places), slots.CONTENT)


def opened(places, record):
    private = keys.private_key(places, record.content[: sealing.KEY_ID])
    return sealing.opened(record.content, private)


def test_a_record_comes_back_and_a_wiped_slot_is_free_again(places):
    slots.put(places, tag=b"a" * 16, content=sealed(places, "跌倒".encode()))
    (found,) = slots.waiting(places)
    assert opened(places, found).decode() == "跌倒"
    slots.wipe(places, [found])
    assert slots.waiting(places) == []
    assert found.content[:64] not in places.slots.read_bytes()


def test_nothing_outside_tells_how_long_a_report_is_or_when_it_came(places):
    before = places.slots.stat()
    slots.put(places, tag=b"a" * 16, content=sealed(places, b"short"))
    slots.put(places, tag=b"b" * 16, content=sealed(places, b"x" * 200_000))
    after = places.slots.stat()
    assert {len(record.content) for record in slots.waiting(places)} == {slots.CONTENT}
    assert (after.st_size, after.st_mtime, after.st_atime) == (before.st_size, *slots.NO_TIME)
    assert b"short" not in places.slots.read_bytes()


def test_the_same_form_sent_twice_is_one_record(places):
    for _ in range(2):
        slots.put(places, tag=b"a" * 16, content=sealed(places))
    assert len(slots.waiting(places)) == 1


def test_a_full_spool_refuses_and_keeps_room_for_what_goes_at_once(places):
    for n in range(7):
        slots.put(places, tag=bytes([n]) * 16, content=sealed(places))
    with pytest.raises(slots.SpoolFull):
        slots.put(places, tag=b"z" * 16, content=sealed(places))
    slots.put(places, tag=b"u" * 16, content=sealed(places), urgent=True)
    (urgent,) = slots.waiting(places, urgent_only=True)
    assert urgent.tag == b"u" * 16
    with pytest.raises(slots.SpoolFull):
        slots.put(places, tag=b"v" * 16, content=sealed(places), urgent=True)
    assert places.slots.stat().st_size == 8 * SLOT


def test_a_writer_that_dies_before_the_heading_leaves_a_free_slot(places, monkeypatch):
    real, writes = slots._write, []

    def dies(file, start, content):
        if writes:
            raise KeyboardInterrupt
        writes.append(start)
        real(file, start, content)

    monkeypatch.setattr(slots, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        slots.put(places, tag=b"a" * 16, content=sealed(places))
    monkeypatch.undo()
    assert slots.waiting(places) == []


def test_no_receipt_before_the_disk_has_it(places, monkeypatch):
    calls = []
    for name in ("pwrite", "fsync"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *a, _n=name, _r=real: calls.append(_n) or _r(*a))
    slots.put(places, tag=b"a" * 16, content=sealed(places))
    assert calls == ["pwrite", "fsync", "pwrite", "fsync"]


@pytest.mark.parametrize("written", [0, 1])
def test_a_full_disk_is_an_error_and_leaves_a_free_slot(places, monkeypatch, written):
    """Slots are written in advance; a file system that copies on write may still run full."""
    real, calls = os.pwrite, []

    def full(*arguments):
        calls.append(arguments)
        if len(calls) > written:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError, match="No space"):
        slots.put(places, tag=b"a" * 16, content=sealed(places))
    monkeypatch.undo()
    assert slots.waiting(places) == []
    slots.put(places, tag=b"a" * 16, content=sealed(places))
    assert len(slots.waiting(places)) == 1


def test_without_room_for_the_slots_there_are_none(tmp_path, monkeypatch):
    def full(_file):
        raise OSError(errno.ENOSPC, "No space left on device")

    where = Places(tmp_path / "spool", tmp_path / "keys", count=2)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        slots.prepare(where)
    assert not slots.is_ready(where)
    assert [path.name for path in where.folder.iterdir()] == ["lock"]


def test_writers_at_once_lose_nothing_and_share_no_slot(places):
    def write(n):
        slots.put(places, tag=bytes([n]) * 16, content=sealed(places, bytes([n])))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(opened(places, record) for record in slots.waiting(places)) == [
        bytes([n]) for n in range(7)
    ]


def test_what_was_sealed_is_opened_by_its_own_key_only(places):
    record = sealed(places)
    other = Places(places.folder / "x", places.keys / "x", count=1)
    other.folder.mkdir()
    keys.renew(other, now=NOW)
    stranger = keys.private_key(other, sealing.key_id(keys.public_key(other)))
    with pytest.raises(sealing.Unreadable):
        sealing.opened(record, stranger)
    own = keys.private_key(places, record[: sealing.KEY_ID])
    with pytest.raises(sealing.Unreadable):
        sealing.opened(record[:-1] + bytes([record[-1] ^ 1]), own)
    with pytest.raises(sealing.TooLong):
        sealed(places, b"x" * SLOT)


def test_keys_are_renewed_daily_and_the_old_destroyed_unless_a_record_needs_them(places):
    first = sealing.key_id(keys.public_key(places))
    made = datetime.fromtimestamp((places.keys / f"{first.hex()}.key").stat().st_mtime, UTC)
    keys.renew(places, now=made + timedelta(hours=23))
    assert sealing.key_id(keys.public_key(places)) == first
    keys.renew(places, now=made + timedelta(hours=49), needed=[first])
    assert sealing.key_id(keys.public_key(places)) != first
    assert keys.private_key(places, first) is not None
    keys.renew(places, now=made + timedelta(hours=49))
    assert keys.private_key(places, first) is None


def test_before_the_worker_has_made_a_key_nothing_is_sealed(tmp_path):
    with pytest.raises(keys.NotReady):
        keys.public_key(Places(tmp_path / "spool", tmp_path / "keys"))


def test_a_ticket_gives_the_same_receipt_each_time_and_is_ours_only():
    text = tickets.issue(OWN, now=1000)
    one, two = tickets.read(text, OWN, now=1010), tickets.read(text, OWN, now=9000)
    assert (one.record, one.number, one.key, one.tag(OWN)) == (two.record, two.number, two.key, two.tag(OWN))
    assert len(one.number) == 12
    assert tickets.typed(tickets.grouped(one.key).lower() + " ") == one.key
    other = tickets.read(tickets.issue(OWN, now=1000), OWN, now=1010)
    assert other.key != one.key


@pytest.mark.parametrize("now", [1001, 1000 + tickets.VALID + 1])
def test_a_ticket_is_refused_in_haste_and_when_it_is_old(now):
    with pytest.raises(tickets.Expired):
        tickets.read(tickets.issue(OWN, now=1000), OWN, now=now)


@pytest.mark.parametrize("text", ["", "盗", "AAAA", "A" * 48])
def test_a_made_up_ticket_is_refused(text):
    with pytest.raises(tickets.Expired):
        tickets.read(text, OWN, now=1000)
    with pytest.raises(tickets.Expired):
        tickets.read(tickets.issue(b"another", now=1000), OWN, now=1010)
