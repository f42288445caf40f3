"""When feeds run, how long they may be quiet, who is woken, and what pages say about their freshness."""

from datetime import UTC, datetime, timedelta

import pytest

from zhikong.foundation.facts.freshness import State as Freshness
from zhikong.hospital.functions.datasources import feed_queries, feeds, jobs
from zhikong.hospital.functions.datasources.models import Feed
from zhikong.hospital.functions.datasources.receiving import receive
from zhikong.hospital.functions.datasources.rules import following, patience, pause_after, schedule_words

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # a Sunday
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "moment", "words"),
    [
        ({}, "11-22 12:15", "每 15 分钟"),
        ({"every_minutes": 5}, "11-22 12:05", "每 5 分钟"),
        ({"daily_at": "13:00"}, "11-22 13:00", "每天 13:00"),
        ({"daily_at": "12:00"}, "11-23 12:00", "每天 12:00"),
        ({"daily_at": "02:30", "weekdays": [2, 4]}, "11-25 02:30", "周三、周五 02:30"),
        ({"daily_at": "13:00", "weekdays": [6]}, "11-22 13:00", "周日 13:00"),
    ],
)
def test_the_next_run_follows_the_schedule(schedule, moment, words):
    assert following(schedule, SUNDAY).strftime("%m-%d %H:%M") == moment
    assert schedule_words(schedule) == words


def test_the_pause_doubles_up_to_two_hours():
    minutes = [pause_after(n) // timedelta(minutes=1) for n in (1, 2, 3, 7, 8, 99)]
    assert minutes == [1, 2, 4, 64, 120, 120]


@pytest.mark.parametrize(
    ("kind", "schedule", "settings", "allowed"),
    [
        ("sql", {"every_minutes": 10}, {}, timedelta(minutes=25)),
        ("sql", {"daily_at": "02:30"}, {}, timedelta(days=1, hours=2)),
        ("sql", {"daily_at": "02:30", "weekdays": [0, 1, 2, 3, 4]}, {}, timedelta(days=3, hours=2)),
        ("hl7", {}, {}, timedelta(hours=1)),
        ("hl7", {}, {"quiet_minutes": 5}, timedelta(minutes=5)),
        ("file", {}, {}, timedelta(days=40)),
    ],
)
def test_how_long_a_feed_may_be_quiet(kind, schedule, settings, allowed):
    assert patience(kind, schedule, settings) == allowed


@pytest.fixture
def feed(hospital):
    return Feed.objects.create(
        institution_id=hospital.id,
        code="lis",
        title="检验系统",
        kind="hl7",
        mapping="contract_rows",
        created_at=NOW,
    )


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, Freshness.NEVER),
        ({"last_success_at": NOW - timedelta(minutes=59)}, Freshness.FRESH),
        ({"last_success_at": NOW - timedelta(minutes=61)}, Freshness.LATE),
        ({"state": "paused"}, Freshness.PAUSED),
        ({"state": "broken"}, Freshness.BROKEN),
    ],
)
def test_how_fresh_a_feed_is(feed, changes, state):
    for name, value in changes.items():
        setattr(feed, name, value)
    assert feed_queries.freshness_of(feed, NOW) is state


@pytest.mark.proves("F-07")
def test_pages_with_numbers_are_told_of_the_feed_and_the_tables_it_fills(feed):
    [told] = feed_queries.fresh_feeds()
    assert (told.source, told.state, told.url) == ("检验系统", Freshness.NEVER, "/datasources/feeds/lis/")
    assert {"stays", "results"} <= told.tables


def look():
    """The job itself, without the change of connections around it, which a test's transaction would not survive."""
    jobs.look.func.__wrapped__(timestamp=0)


def jobs_of(name):
    from procrastinate.contrib.django.models import ProcrastinateJob

    return [job.args for job in ProcrastinateJob.objects.filter(task_name=name).order_by("id")]


def test_who_has_something_to_do_is_woken_once(feed, hospital, settings, tmp_path):
    settings.RAW_FOLDER = tmp_path / "raw"
    look()
    assert jobs_of("datasources.turn") == []
    receive(feed=feed, now=NOW, content=b"MSH|1", identity="1")
    look()
    look()
    assert jobs_of("datasources.turn") == [{"institution_id": hospital.id, "feed_id": feed.pk}]


def test_a_feed_that_fetches_is_woken_when_its_time_has_come(feed, hospital, monkeypatch):
    from django.utils import timezone

    monkeypatch.setitem(feeds._kinds, "hl7", feeds.Kind("hl7", "HL7", pull=lambda *, feed, now: None))
    Feed.objects.filter(pk=feed.pk).update(next_run_at=timezone.now() + timedelta(minutes=5))
    look()
    assert jobs_of("datasources.turn") == []
    Feed.objects.filter(pk=feed.pk).update(next_run_at=timezone.now() - timedelta(seconds=1))
    look()
    assert len(jobs_of("datasources.turn")) == 1


def test_a_load_whose_process_has_died_is_taken_up_and_one_that_is_worked_at_is_not(
    feed, hospital, settings, tmp_path
):
    from zhikong.foundation.facts import locks
    from zhikong.foundation.facts.models import Load

    settings.RAW_FOLDER = tmp_path / "raw"
    receipt = receive(feed=feed, now=NOW, content=b"MSH|1", identity="1")
    receipt.load = Load.objects.create(
        institution_id=hospital.id, source_name="x", mapping="x", feed="lis", started_at=NOW
    )
    receipt.save()
    with locks.loading("A", wait=False):
        look()
    assert jobs_of("datasources.finish_all") == []
    look()
    assert jobs_of("datasources.finish_all") == [{"institution_id": hospital.id}]


def test_only_known_kinds_are_registered():
    with pytest.raises(ValueError, match="no kind of feed"):
        feeds.register(feeds.Kind("fax", "传真"))
