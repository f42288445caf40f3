"""Which backups stay."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from zhikong.site.backup.retention import FORM, Keep, as_set, moment, outdated

START = datetime(2026, 1, 1, 2, 30)  # noqa: DTZ001 - names of backups carry no zone


def _names(days):
    return [(START + timedelta(days=day)).strftime(FORM) for day in days]


def test_a_year_of_nights_leaves_days_weeks_and_months():
    names = _names(range(365))
    gone = outdated(names, Keep(daily=7, weekly=5, monthly=12))
    stay = sorted(set(names) - set(gone))
    assert stay[-7:] == names[-7:]
    assert {name[:6] for name in stay} == {f"2026{month:02d}" for month in range(1, 13)}
    assert 7 + 4 + 10 <= len(stay) <= 7 + 5 + 12


def test_what_was_verified_stays():
    names = _names([0, 1, *range(300, 340)])
    assert names[0] in outdated(names, Keep(monthly=1))
    assert names[0] not in outdated(names, Keep(monthly=1), verified=names[0])


@given(st.lists(st.integers(0, 2000), unique=True), st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
def test_the_newest_stays_and_an_order_does_not_matter(days, daily, weekly, monthly):
    names, keep = _names(days), Keep(daily, weekly, monthly)
    gone = outdated(names, keep)
    assert sorted(gone) == sorted(outdated(reversed(names), keep))
    assert outdated([name for name in names if name not in gone], keep) == []
    assert max(names, default=None) not in gone
    assert len(names) - len(gone) <= daily + weekly + monthly


def test_a_name_that_is_no_moment_is_left_alone():
    assert moment("notes.txt") is None
    assert outdated(["notes.txt", *_names([1])], Keep(1, 1, 1)) == []


def test_numbers_below_one_become_one():
    assert as_set({"keep": {"daily": 0, "weekly": -3}}) == Keep(1, 1, 12)
    assert as_set({}) == Keep()
