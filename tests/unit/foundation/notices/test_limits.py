"""No window of a service's length lets more through than the service takes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhikong.foundation.notices.limits import LIMITS, Limit, names, refilled

START = datetime(2026, 11, 23, tzinfo=UTC)
ALL = [limit for limits in LIMITS.values() for limit in limits]


def let_through(limit, moments):
    """The moments at which a bucket had a token, for a list of seconds at which one was asked."""
    tokens, since, passed = float(limit.burst), START, []
    for seconds in moments:
        now = START + timedelta(seconds=seconds)
        tokens, since = refilled(limit, tokens, since, now), max(since, now)
        if tokens >= 1:
            tokens -= 1
            passed.append(seconds)
    return passed


@pytest.mark.parametrize("limit", ALL, ids=lambda limit: f"{limit.name}-{limit.most}")
@given(st.lists(st.floats(0, 7200, allow_nan=False), max_size=80).map(sorted), st.integers(1, 40))
def test_never_more_than_the_service_takes(limit, moments, repeated):
    passed = let_through(limit, [m for m in moments for _ in range(repeated)])
    window = limit.window.total_seconds()
    for first in passed:
        assert sum(first <= second < first + window for second in passed) <= limit.most


@pytest.mark.parametrize("limit", ALL, ids=lambda limit: f"{limit.name}-{limit.most}")
def test_a_steady_stream_uses_about_half_of_what_is_allowed_and_never_starves(limit):
    window = int(limit.window.total_seconds())
    step = window / limit.most
    passed = let_through(limit, [n * step for n in range(limit.most * 3)])
    late = [at for at in passed if at >= 2 * window]
    assert limit.most // 2 - 1 <= len(late) <= limit.most // 2 + 1


def test_a_clock_that_went_back_fills_nothing():
    limit = Limit("x", 20, timedelta(minutes=1))
    assert refilled(limit, 1.0, START, START - timedelta(hours=1)) == 1.0


def test_members_have_buckets_of_their_own():
    assert set(names("wecom_app", "7")) == {"member-minute:7", "member-hour:7"}
    assert set(names("dingtalk_robot", "7")) == {"minute"}


@pytest.mark.parametrize("limit", ALL, ids=lambda limit: f"{limit.name}-{limit.most}")
def test_each_limit_names_its_source(limit):
    assert limit.source
