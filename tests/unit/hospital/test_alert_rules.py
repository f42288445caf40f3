"""How loud an alert is, what of it is chance, and when people are told (IND-03)."""

from datetime import UTC, datetime, time

import pytest

from zhikong.hospital.functions.indicators import alert_rules as rules
from zhikong.hospital.functions.indicators.alert_rules import Loud, Seen


def at(day, hour, minute):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


HOURS = {"digest_at": time(7, 30), "quiet_from": time(21, 30), "quiet_to": time(7, 0)}


@pytest.mark.proves("IND-03")
@pytest.mark.parametrize(
    ("seen", "tier", "basis"),
    [
        (Seen(consecutive_misses=3), "red", "target"),  # a miss that goes on escalates
        (Seen(consecutive_misses=2), "amber", "target"),
        (Seen(consecutive_misses=1), "note", "target"),
        (Seen(consecutive_misses=1, hospital=True), "amber", "target"),
        (Seen(consecutive_misses=1, shifted=True), "amber", "target"),
        (Seen(shifted=True), "note", "signal"),  # a run rule alone never shouts
        (Seen(discovered="red", chance=0.05), "red", "signal"),
        (Seen(discovered="amber", chance=0.25, consecutive_misses=1), "amber", "signal"),
        (Seen(discovered="amber", consecutive_misses=3), "red", "target"),
        (Seen(critical=True, shifted=True), "red", "signal"),  # a critical outcome beyond three sigma
        (Seen(event=True, discovered="red"), "red", "never"),
    ],
)
def test_tiers_grow_with_what_goes_on(seen, tier, basis):
    found = rules.loud(seen, critical_chance=0.4, note_chance=0.3)
    assert (found.tier, found.basis) == (tier, basis)


def test_only_signals_have_a_share_of_chance_and_the_surer_one_counts():
    assert rules.loud(Seen(consecutive_misses=3)).chance is None
    assert rules.loud(Seen(event=True)).chance is None
    both = Seen(discovered="red", chance=0.05, critical=True)
    assert rules.loud(both, critical_chance=0.4) == Loud("red", "signal", 0.05)
    assert rules.loud(Seen(critical=True), critical_chance=0.4).chance == 0.4
    assert rules.chance_share(charts=1000, found=20, rate=0.011) == pytest.approx(0.55)
    assert rules.chance_share(charts=1000, found=2, rate=0.011) == 1.0


def test_an_open_alert_never_grows_quieter():
    assert rules.louder("red", "note") == "red"
    assert rules.louder("note", "amber") == "amber"


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        (at(22, 7, 29), None, False),
        (at(22, 7, 30), None, True),
        (at(22, 14, 0), at(21, 7, 30), True),  # late, but today
        (at(22, 14, 0), at(22, 7, 30), False),  # one a day
        (at(22, 22, 0), None, False),  # quiet hours
    ],
)
def test_the_digest_comes_once_a_day_outside_quiet_hours(now, last, due):
    assert rules.digest_due(now, last, **HOURS) is due


def test_quiet_hours_run_over_midnight_or_do_not_exist():
    assert rules.quiet(time(23, 0), time(21, 30), time(7, 0))
    assert not rules.quiet(time(7, 0), time(21, 30), time(7, 0))
    assert not rules.quiet(time(3, 0), time(8, 0), time(8, 0))


@pytest.mark.parametrize(
    ("false", "count", "said"),
    [
        (0.0, 0, ""),
        (0.01, 3, "几乎没有"),
        (0.4, 3, "不到 1 条"),
        (1.6, 12, "大约 1–2 条"),
        (2.0, 12, "大约 2 条"),
    ],
)
def test_how_many_are_chance_in_words(false, count, said):
    assert rules.in_words(false, count) == said
