"""The outbox: written with the thing itself, taken once by each subscriber, ids only."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from zhikong.foundation.outbox import actions, queries, registry
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
    assert actions.deliver_pending(now=NOW + timedelta(seconds=59)) == 0
    assert actions.deliver_pending(now=NOW + timedelta(minutes=1)) == 1
    assert [name for name, _fact in heard] == ["strong", "weak"]


def test_a_hopeless_subscriber_is_given_up(listen):
    listen("weak", failing=1000)
    actions.announce(MonthClosed("2026-10"), now=NOW)
    for hour in range(actions.MOST_ATTEMPTS + 3):
        actions.deliver_pending(now=NOW + timedelta(hours=hour))
    assert Delivery.objects.get().attempts == actions.MOST_ATTEMPTS
    assert queries.waiting() == queries.Waiting(fresh=0, retrying=0, given_up=1)


def tried_at(hours):
    """When a subscriber that always fails is tried, in minutes after the fact, if the worker looks every minute."""
    moments = []
    for minute in range(hours * 60):
        before = Delivery.objects.get().attempts
        actions.deliver_pending(now=NOW + timedelta(minutes=minute))
        if Delivery.objects.get().attempts > before:
            moments.append(minute)
    return moments


def test_the_pauses_double_up_to_an_hour(listen):
    listen("weak", failing=1000)
    actions.announce(MonthClosed("2026-10"), now=NOW)
    assert tried_at(6) == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]


@pytest.fixture
def dead(listen):
    """A delivery of which the worker has made all its attempts."""
    heard = listen("weak", failing=actions.MOST_ATTEMPTS)
    actions.announce(MonthClosed("2026-10"), now=NOW)
    for hour in range(actions.MOST_ATTEMPTS):
        actions.deliver_pending(now=NOW + timedelta(hours=hour))
    return Delivery.objects.get(), heard


LATER = NOW + timedelta(days=1)


def test_the_administrator_gives_a_dead_letter_its_attempts_again(dead, make_user):
    delivery, heard = dead
    with pytest.raises(PermissionDenied):
        actions.retry(by=make_user("quality_office"), now=LATER, delivery=delivery)
    assert actions.deliver_pending(now=LATER) == 0
    actions.retry(by=make_user("administrator"), now=LATER, delivery=delivery)
    assert actions.deliver_pending(now=LATER) == 1
    assert len(heard) == 1
    with pytest.raises(ValidationError, match="已经送达"):
        actions.retry(by=make_user("administrator"), now=LATER, delivery=delivery)


def test_passing_over_needs_a_reason_and_is_for_ever(dead, make_user):
    delivery, heard = dead
    admin = make_user("administrator")
    with pytest.raises(ValidationError, match="理由"):
        actions.pass_over(by=admin, now=LATER, delivery=delivery, reason=" ")
    actions.pass_over(by=admin, now=LATER, delivery=delivery, reason="已人工补办")
    assert actions.deliver_pending(now=LATER + timedelta(days=9)) == 0
    assert heard == []
    delivery.refresh_from_db()
    assert (delivery.passed_by, delivery.passed_reason) == (admin, "已人工补办")


@pytest.fixture
def in_order(hospital):
    """A subscriber that takes facts of the same month in their order and refuses those that ``refused`` names."""
    heard, refused = [], set()

    def handler(fact, *, now):
        if fact.indicator_ids in refused:
            raise RuntimeError("not now")
        heard.append((fact.month, *fact.indicator_ids))

    registry.subscribe(MonthClosed, handler, name="ordered", order_by="month")
    yield heard, refused
    registry.unsubscribe(MonthClosed, "ordered")


def test_what_is_ordered_waits_for_its_predecessor_and_lets_other_subjects_pass(in_order, make_user):
    heard, refused = in_order
    refused.add((1,))
    for month, number in (("2026-09", 1), ("2026-09", 2), ("2026-10", 3), ("2026-10", 4)):
        actions.announce(MonthClosed(month, (number,)), now=NOW)
    assert actions.deliver_pending(now=NOW) == 2
    assert heard == [("2026-10", 3), ("2026-10", 4)]
    assert queries.behind(Delivery.objects.filter(delivered_at=None).first()) == 1
    refused.clear()
    assert actions.deliver_pending(now=NOW + timedelta(minutes=1)) == 2
    assert heard[2:] == [("2026-09", 1), ("2026-09", 2)]


def test_a_dead_letter_holds_what_is_behind_it_until_it_is_passed_over(in_order, make_user):
    heard, refused = in_order
    refused.add((1,))
    for number in (1, 2):
        actions.announce(MonthClosed("2026-09", (number,)), now=NOW)
    for hour in range(actions.MOST_ATTEMPTS):
        actions.deliver_pending(now=NOW + timedelta(hours=hour))
    assert heard == []
    actions.pass_over(
        by=make_user("administrator"), now=LATER, delivery=queries.given_up().get(), reason="已人工补办"
    )
    actions.deliver_pending(now=LATER)
    assert heard == [("2026-09", 2)]


def test_an_order_by_nothing_is_refused():
    with pytest.raises(ValueError, match="no field"):
        registry.subscribe(MonthClosed, print, name="x", order_by="week")


def test_a_handler_with_an_outside_effect_gets_the_same_key_at_each_attempt(hospital):
    keys = []

    def call(fact, *, now, key):
        keys.append((fact.month, key))
        if len(keys) == 1:
            raise TimeoutError

    registry.subscribe(MonthClosed, call, name="outside", outside=True)
    actions.announce(MonthClosed("2026-09"), now=NOW)
    actions.deliver_pending(now=NOW)
    actions.announce(MonthClosed("2026-10"), now=NOW)
    actions.deliver_pending(now=NOW + timedelta(minutes=1))
    registry.unsubscribe(MonthClosed, "outside")
    september, again, october = keys
    assert september == again
    assert october[1] != september[1]


def test_an_attempt_counts_before_it_is_made(listen):
    """A handler that takes its worker down with it cannot be tried for ever."""
    listen()
    actions.announce(MonthClosed("2026-10"), now=NOW)
    pk = Delivery.objects.get().pk
    assert actions.claim(pk, now=NOW)
    assert not actions.claim(pk, now=NOW)
    assert Delivery.objects.get().attempts == 1
    assert actions.claim(pk, now=NOW + timedelta(minutes=1))


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
