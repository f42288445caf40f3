"""Many messages with one commit: the same receipts and the same raw input as one after the other."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from django.db import transaction

from zhikong.foundation.facts import raw
from zhikong.foundation.facts.models import RawItem
from zhikong.hospital.functions.datasources.models import Feed, Receipt
from zhikong.hospital.functions.datasources.receiving import Delivery, receive
from zhikong.hospital.functions.datasources.receiving_messages import receive_messages

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.RAW_FOLDER = tmp_path / "raw"


def feed_named(hospital, code):
    return Feed.objects.create(institution_id=hospital.id, code=code, title=code, kind="hl7", created_at=NOW)


def received(feed):
    return list(Receipt.objects.filter(feed=feed).order_by("seq").select_related("raw"))


def state(feed):
    receipts = Receipt.objects.filter(feed=feed).order_by("seq").select_related("raw", "supersedes")
    return [
        (
            r.seq,
            r.identity,
            r.sha256,
            r.size,
            r.state,
            r.note,
            r.supersedes and r.supersedes.seq,
            r.raw.sha256,
        )
        for r in receipts
    ]


@pytest.mark.parametrize("seed", range(6))
def test_batches_leave_what_single_messages_leave(hospital, seed):
    rng = random.Random(seed)
    stream = [
        Delivery(f"content {rng.randrange(6)}".encode(), rng.choice(["", "A", "B", "C", "D"]), "note")
        for _ in range(40)
    ]
    single, many = feed_named(hospital, "single"), feed_named(hospital, "many")
    for one in stream:
        receive(feed=single, now=NOW, content=one.content, identity=one.identity, note=one.note)
    while stream:
        size = rng.randrange(1, 9)
        with transaction.atomic():
            receive_messages(feed=many, now=NOW, deliveries=stream[:size])
        del stream[:size]
    assert state(many) == state(single)


def test_every_content_can_be_read_again_small_or_large(hospital):
    feed = feed_named(hospital, "many")
    contents = [b"", b"small", b"x" * (raw.SMALL + 1), b"small", "消息".encode()]
    receive_messages(feed=feed, now=NOW, deliveries=[Delivery(c, str(n)) for n, c in enumerate(contents)])
    assert [raw.stream_for_job(r.raw).read() for r in received(feed)] == contents
    assert RawItem.objects.count() == 4


def test_a_content_whose_retention_was_over_is_kept_anew(hospital):
    feed = feed_named(hospital, "many")
    receive_messages(feed=feed, now=NOW, deliveries=[Delivery(b"x", "1")])
    [first] = received(feed)
    RawItem.objects.filter(pk=first.raw_id).update(deleted_at=NOW, sealed=None)
    receive_messages(feed=feed, now=NOW, deliveries=[Delivery(b"x", "2")])
    [_, again] = received(feed)
    assert raw.stream_for_job(again.raw).read() == b"x"
