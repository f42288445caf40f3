"""What comes in is kept once, in order, and told apart by its identity."""

from datetime import UTC, datetime

import pytest

from zhikong.foundation.facts import raw
from zhikong.foundation.facts.models import RawItem
from zhikong.hospital.functions.datasources.models import Feed
from zhikong.hospital.functions.datasources.receiving import Delivery, receive, receive_all

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.RAW_FOLDER = tmp_path / "raw"


@pytest.fixture
def feed(hospital):
    return Feed.objects.create(
        institution_id=hospital.id, code="his", title="HIS 接口", kind="hl7", created_at=NOW
    )


def test_a_content_is_kept_raw_with_its_place_in_the_order_of_arrival(feed):
    first = receive(feed=feed, now=NOW, content=b"one", identity="A1", note="ADT^A01")
    second = receive(feed=feed, now=NOW, content=b"two", identity="A2")
    assert [(r.seq, r.state, r.size, r.note) for r in (first, second)] == [
        (1, "waiting", 3, "ADT^A01"),
        (2, "waiting", 3, ""),
    ]
    assert raw.stream_for_job(first.raw).read() == b"one"
    assert (first.raw.kind, first.raw.source, str(first.raw.retain_until)) == ("hl7", "his", "2027-11-22")


def test_the_same_content_under_the_same_identity_is_a_duplicate_and_kept_once(feed):
    receive(feed=feed, now=NOW, content=b"one", identity="A1")
    again = receive(feed=feed, now=NOW, content=b"one", identity="A1")
    assert (again.state, RawItem.objects.count()) == ("duplicate", 1)


def test_another_content_under_the_same_identity_supersedes_the_earlier_one_which_stays(feed):
    first = receive(feed=feed, now=NOW, content=b"one", identity="A1")
    second = receive(feed=feed, now=NOW, content=b"corrected", identity="A1")
    first.refresh_from_db()
    assert (first.state, second.state, second.supersedes) == ("superseded", "waiting", first)
    third = receive(
        feed=feed, now=NOW, content=b"one", identity="A1"
    )  # back to the first: a correction again
    assert (third.state, third.supersedes) == ("waiting", second)
    assert raw.stream_for_job(first.raw).read() == b"one"


def test_without_an_identity_the_content_is_its_own(feed):
    [one, two, three] = receive_all(
        feed=feed, now=NOW, deliveries=[Delivery(b"x"), Delivery(b"y"), Delivery(b"x")]
    )
    assert [r.state for r in (one, two, three)] == ["waiting", "waiting", "duplicate"]
    assert one.identity == f"sha256:{one.sha256}"
