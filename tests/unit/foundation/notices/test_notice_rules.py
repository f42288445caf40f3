"""Quiet hours over midnight, the digest, and what may be switched off."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from zhikong.foundation.notices.rules import How, Quiet, chosen, due_at, pause_after

NIGHT, NOON = Quiet(time(21, 30), time(7, 0)), Quiet(time(12), time(14))
MORNING = time(7, 30)


def at(text):
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("now", "quiet", "out"),
    [
        ("22 21:29", NIGHT, "22 21:29"),
        ("22 21:30", NIGHT, "23 07:00"),
        ("23 00:00", NIGHT, "23 07:00"),
        ("23 06:59", NIGHT, "23 07:00"),
        ("23 07:00", NIGHT, "23 07:00"),
        ("23 13:00", NOON, "23 14:00"),
        ("23 02:00", None, "23 02:00"),
        ("23 02:00", Quiet(time(9), time(9)), "23 02:00"),
    ],
)
def test_at_once_waits_for_the_end_of_the_quiet_hours(now, quiet, out):
    assert due_at(at(now), How.AT_ONCE, urgent=False, quiet=quiet, digest_at=MORNING) == at(out)


@pytest.mark.parametrize(
    ("now", "quiet", "out"),
    [
        ("22 07:29", NIGHT, "22 07:30"),
        ("22 07:30", NIGHT, "23 07:30"),
        ("22 20:00", Quiet(time(0), time(9)), "23 09:00"),
    ],
)
def test_the_digest_comes_at_its_time_and_after_the_quiet_hours(now, quiet, out):
    assert due_at(at(now), How.DIGEST, urgent=False, quiet=quiet, digest_at=MORNING) == at(out)


def test_what_is_urgent_breaks_through():
    how = chosen(How.DIGEST, How.OFF, urgent=True, mandatory=True)
    assert due_at(at("23 02:00"), how, urgent=True, quiet=NIGHT, digest_at=MORNING) == at("23 02:00")


@pytest.mark.parametrize(
    ("wish", "mandatory", "how"),
    [
        (None, False, How.AT_ONCE),
        (How.OFF, False, How.OFF),
        (How.OFF, True, How.DIGEST),
        (How.DIGEST, True, How.DIGEST),
    ],
)
def test_what_is_mandatory_comes_at_least_with_the_digest(wish, mandatory, how):
    assert chosen(wish, How.AT_ONCE, urgent=False, mandatory=mandatory) is how


def test_pauses_double_up_to_an_hour():
    assert [pause_after(n).total_seconds() / 60 for n in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]
