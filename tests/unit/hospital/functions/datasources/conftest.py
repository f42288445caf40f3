"""A feed of complete deliveries, whose contents are small front pages: what the path does with any kind."""

import pytest

from tests.loads import HEADER, NOW, line, loading_hospital  # noqa: F401


def page(*lines):
    """The bytes of a small front page with these lines."""
    return "\n".join([HEADER, *lines, ""]).encode()


@pytest.fixture
def feed(loading):
    from zhikong.hospital.functions.datasources.models import Feed

    with loading.scoped():
        return Feed.objects.create(
            institution_id=loading.id,
            code="his",
            title="HIS 每日出院",
            kind="push",
            mapping="front_page",
            settings={"complete": True},
            created_at=NOW,
        )


@pytest.fixture
def receive(feed):
    """receive(line(1), …, identity="D1") → the receipt, committed."""
    from zhikong.hospital.functions.datasources.receiving import receive

    def take(*lines, identity="", now=NOW, content=None):
        return receive(
            feed=feed, now=now, content=page(*lines) if content is None else content, identity=identity
        )

    return take


@pytest.fixture
def turn(feed, loading):
    """turn() → the loads of one turn of the feed."""
    from zhikong.hospital.functions.datasources import running

    return lambda now=NOW: running.turn(institution_id=loading.id, feed_id=feed.pk, now=now)
