"""What the running check decides: same or other, what became of it, shifts, budgets, precision, lights."""

from datetime import UTC, datetime

import pytest

from zhikong.hospital.functions.records import rules_running as rules


def t(hour, minute=0, second=0, day=20):
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        (None, "pending", "appeared"),
        ("pending", "pending", ""),
        ("pending", "warning", "warned"),
        ("overdue", "warning", "reopened"),
        ("warning", "overdue", "overdue"),
        ("overdue", "late", "late"),
        ("pending", "done", "done"),
        ("done", "pending", "reopened"),
        ("pending", "excused", "withdrawn"),
    ],
)
def test_each_change_of_state_is_told_as_what_it_is(before, after, step):
    assert rules.step_of(before, after) == step


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (t(6, 59, 59), "pending"),
        (t(7), "warning"),
        (t(9), "warning"),
        (t(9, 0, 59), "warning"),
        (t(9, 1), "overdue"),
    ],
)
def test_time_alone_changes_the_state_at_the_minute(now, state):
    assert rules.state_at("pending", due_at=t(9), warn_at=t(7), now=now) == state
    assert rules.state_at("done", due_at=t(9), warn_at=t(7), now=now) == "done"


def test_the_next_look_is_a_minute_after_the_next_time():
    assert rules.next_moment([(t(7), t(9)), (None, t(12))], t(8)) == t(9, 1)
    assert rules.next_moment([(t(7), t(7, 30))], t(8)) is None


@pytest.mark.parametrize(
    ("local", "shift"),
    [
        (datetime(2026, 11, 20, 8, 0), "2026-11-20 08:00"),  # noqa: DTZ001
        (datetime(2026, 11, 20, 17, 29), "2026-11-20 08:00"),  # noqa: DTZ001
        (datetime(2026, 11, 20, 17, 30), "2026-11-20 17:30"),  # noqa: DTZ001
        (datetime(2026, 11, 20, 3, 0), "2026-11-19 17:30"),  # noqa: DTZ001
    ],
)
def test_a_night_belongs_to_the_shift_that_began_the_evening_before(local, shift):
    assert rules.shift_of(local, ("08:00", "17:30")) == shift


def test_precision_counts_what_people_upheld_of_what_they_judged():
    one = rules.Precision(upheld=9, refuted=10, exempted=30)
    assert (one.judged, str(one.percent)) == (19, "47.4")
    assert not one.below(least=20, floor=50), "too few to say"
    assert one.below(least=19, floor=50)
    assert not rules.Precision(upheld=10, refuted=10).below(least=20, floor=50)
    assert rules.Precision().percent is None


def test_a_rule_interrupts_only_when_it_is_set_to_trusted_and_within_the_budget():
    bad, policy = rules.Precision(upheld=1, refuted=30), rules.Policy(interruptions=2)
    assert rules.may_interrupt(wants=True, precision=rules.Precision(), policy=policy, used=1)
    assert not rules.may_interrupt(wants=True, precision=rules.Precision(), policy=policy, used=2)
    assert not rules.may_interrupt(wants=True, precision=bad, policy=policy, used=0)
    assert not rules.may_interrupt(wants=False, precision=rules.Precision(), policy=policy, used=0)


def test_the_light_is_the_worst_that_a_record_has():
    assert rules.light({"overdue": 1, "done": 9}) == "bad"
    assert rules.light({"done": 9}, defects=1) == "warn"
    assert rules.light({"warning": 1}) == "warn"
    assert rules.light({"done": 9}) == "ok"
    assert rules.light({}) == "none"


def test_keys_differ_with_any_part():
    assert rules.key_of("a", None, "b") != rules.key_of("a", "b", None)
