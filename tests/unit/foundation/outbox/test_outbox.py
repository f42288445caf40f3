"""The outbox: written with the thing itself, taken once by each subscriber, ids only."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import transaction

from zhikong.foundation.outbox import actions, registry
from zhikong.foundation.outbox.models import Announcement, Delivery

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@registry.fact("test_month_closed")
@dataclass(frozen=True)
class MonthClosed(registry.Fact):
    month: str
    indicator_ids: tuple[int, ...] = ()


class Undone(Exception):
    pass


@pytest.fixture
def listen(hospital):
    heard, names = [], []

    def subscribe(name="listener", failing=0):
        left = [failing]

        def handler(fact, *, now):
            if left[0]:
                left[0] -= 1
                Announcement.objects.all().update(fact="broken")
                raise RuntimeError("not now")
            heard.append((name, fact))

        registry.subscribe(MonthClosed, handler, name=name)
        names.append(name)
        return heard

    yield subscribe
    for name in names:
        registry.unsubscribe(MonthClosed, name)


def test_every_subscriber_hears_a_fact_once(listen):
    heard = listen("one")
    listen("two")
    actions.announce(MonthClosed("2026-10", (3, 4)), now=NOW)
    assert actions.deliver_pending(now=NOW) == 2
    assert actions.deliver_pending(now=NOW) == 0
    assert sorted(heard, key=lambda h: h[0]) == [(n, MonthClosed("2026-10", (3, 4))) for n in ("one", "two")]


def test_what_is_undone_was_never_announced(listen):
    listen()

    @transaction.atomic
    def half_done():
        actions.announce(MonthClosed("2026-10"), now=NOW)
        raise Undone

    with pytest.raises(Undone):
        half_done()
    assert not Announcement.objects.exists()
    assert actions.deliver_pending(now=NOW) == 0


def test_a_failing_subscriber_is_undone_noted_and_tried_again(listen):
    heard = listen("weak", failing=1)
    listen("strong")
    actions.announce(MonthClosed("2026-10"), now=NOW)
    assert actions.deliver_pending(now=NOW) == 1
    waiting = Delivery.objects.get(delivered_at=None)
    assert (waiting.subscriber, waiting.attempts, waiting.last_error) == ("weak", 1, "RuntimeError")
    assert Announcement.objects.get().fact == "test_month_closed"
    assert actions.deliver_pending(now=NOW) == 1
    assert [name for name, _fact in heard] == ["strong", "weak"]


def test_a_hopeless_subscriber_is_given_up(listen):
    listen("weak", failing=1000)
    actions.announce(MonthClosed("2026-10"), now=NOW)
    for _ in range(actions.MOST_ATTEMPTS + 3):
        actions.deliver_pending(now=NOW)
    assert Delivery.objects.get().attempts == actions.MOST_ATTEMPTS


@pytest.mark.parametrize("month", ["王" * 65, {"name": "王"}, 3.5])
def test_facts_hold_ids_and_codes_only(hospital, month):
    with pytest.raises((TypeError, ValueError)):
        actions.announce(MonthClosed(month), now=NOW)


def test_two_facts_cannot_share_a_name():
    with pytest.raises(ValueError, match="test_month_closed"):
        registry.fact("test_month_closed")(type("Other", (registry.Fact,), {}))


def test_fields_that_a_newer_version_dropped_are_passed_over():
    assert registry.from_payload("test_month_closed", {"month": "2026-10", "old": 1}) == MonthClosed(
        "2026-10"
    )


def test_another_hospital_does_not_deliver_ours(listen, other_hospital):
    from zhikong.foundation.access.scope import rescope

    listen()
    actions.announce(MonthClosed("2026-10"), now=NOW)
    rescope(other_hospital.scope())
    assert actions.deliver_pending(now=NOW) == 0
