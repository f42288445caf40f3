"""The store behind the listener: what it keeps, and what it answers when it cannot."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import OperationalError

from zhikong.hospital.functions.datasources.mllp import storing
from zhikong.hospital.functions.datasources.mllp.answers import ACCEPTED, header_of
from zhikong.hospital.functions.datasources.mllp.connections import Incoming
from zhikong.hospital.functions.datasources.mllp.forms import MllpForm
from zhikong.hospital.functions.datasources.mllp.service import Wanted, wanted
from zhikong.hospital.functions.datasources.mllp.storing import FeedStore
from zhikong.hospital.functions.datasources.models import Feed, Receipt


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.RAW_FOLDER = tmp_path / "raw"


@pytest.fixture
def feed(hospital):
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    return Feed.objects.create(
        institution_id=hospital.id,
        code="his",
        title="HIS",
        kind="hl7",
        settings={"port": 2575},
        created_at=made_at,
    )


@pytest.fixture
def store(feed):
    return FeedStore(feed.institution_id, feed.pk)


def incoming(control, text="", note=""):
    content = f"MSH|^~\\&|HIS|A|ZK|A|20260101||ADT^A08|{control}|P|2.5.1\rPID|1||{text}".encode()
    return Incoming(content, header_of(content), note)


def test_a_message_is_known_by_its_source_control_id_and_time(store, feed):
    assert store.save([incoming("1"), incoming("2"), incoming("1")]) == [ACCEPTED] * 3
    assert store.save([incoming("2")]) == [ACCEPTED]
    found = Receipt.objects.filter(feed=feed).order_by("seq").values_list("identity", "state")
    assert list(found) == [
        ("HIS|A|1|20260101", "waiting"),
        ("HIS|A|2|20260101", "waiting"),
        ("HIS|A|1|20260101", "duplicate"),
        ("HIS|A|2|20260101", "duplicate"),
    ]


def test_a_message_without_control_id_is_known_by_its_content(store, feed):
    store.save([incoming("", "x", "note"), incoming("", "y", "note"), incoming("", "x", "note")])
    found = list(Receipt.objects.filter(feed=feed).order_by("seq").values_list("state", "note"))
    assert found == [("waiting", "note"), ("waiting", "note"), ("duplicate", "note")]


def test_a_full_disk_is_an_error_that_the_sender_repeats(store, settings):
    settings.FILES_RESERVE_BYTES = 1 << 60
    [verdict] = store.save([incoming("1")])
    assert verdict.kind == "error"
    assert "磁盘" in verdict.text
    assert not Receipt.objects.exists()


def test_a_database_that_does_not_answer_is_an_error_for_all(store, monkeypatch):
    closed = []
    monkeypatch.setattr(storing, "connection", type("Gone", (), {"close": lambda self: closed.append(1)})())

    def away(**_):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(storing, "receive_messages", away)
    assert [v.kind for v in store.save([incoming("1"), incoming("2")])] == ["error", "error"]
    assert closed


def test_one_message_that_spoils_a_commit_does_not_keep_the_others_out(store, feed, monkeypatch):
    whole = storing.receive_messages

    def choosy(*, deliveries, **rest):
        if any(b"poison" in one.content for one in deliveries):
            raise ValueError("this one")
        return whole(deliveries=deliveries, **rest)

    monkeypatch.setattr(storing, "receive_messages", choosy)
    verdicts = store.save([incoming("1"), incoming("2", "poison"), incoming("3")])
    assert [v.kind for v in verdicts] == ["accept", "error", "accept"]
    assert Receipt.objects.filter(feed=feed).count() == 2


def test_feeds_with_a_port_are_listened_for_also_while_paused(feed):
    assert [(one.title, one.port) for one in wanted() if one.feed_id == feed.pk] == [("HIS", 2575)]
    Feed.objects.filter(pk=feed.pk).update(state="paused")
    assert [one.port for one in wanted() if one.feed_id == feed.pk] == [2575]
    Feed.objects.filter(pk=feed.pk).update(settings={"port": 2575, "listen": False})
    assert [one for one in wanted() if one.feed_id == feed.pk] == []


def test_the_form_gives_what_the_listener_reads(feed):
    form = MllpForm(
        {"port": "2600", "addresses": "10.1.2.3\n10.2.0.9/16，", "listen": "on", "message_mb": "8"}
    )
    assert form.is_valid(), form.errors
    feed.settings = form.cleaned_data
    found = Wanted.of(feed)
    assert (found.port, found.addresses, found.tests) == (2600, ("10.1.2.3/32", "10.2.0.0/16"), False)
    assert found.limits.message_bytes == 8 << 20
    assert "10.2.0.0/16" in str(MllpForm(initial=feed.settings)["addresses"])
    assert not MllpForm({"port": "2600", "addresses": "10.1.2.300"}).is_valid()
    assert not MllpForm({"port": "80"}).is_valid()
