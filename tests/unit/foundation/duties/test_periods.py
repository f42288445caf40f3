"""Periods: each day lies in exactly one of each kind, and a key leads back to its period."""

from datetime import date, timedelta

import pytest

from zhikong.foundation.duties.periods import Every, Period, month_end, parse, period_of

DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(0, 1200, 7)]


@pytest.mark.parametrize(
    ("every", "key", "start", "end"),
    [
        (Every.WEEK, "2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
        (Every.MONTH, "2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        (Every.QUARTER, "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        (Every.HALF_YEAR, "2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        (Every.YEAR, "2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_period_of_a_day(every, key, start, end):
    found = period_of(every, date(2026, 11, 22))
    assert (found.key, found.start, found.end) == (key, start, end)


def test_a_week_at_the_turn_of_the_year_has_the_iso_year():
    assert period_of(Every.WEEK, date(2027, 1, 3)).key == "2026-W53"


@pytest.mark.parametrize("every", Every)
def test_keys_lead_back_and_neighbours_touch(every):
    for day in DAYS:
        period = period_of(every, day)
        assert day in period
        assert parse(period.key) == period
        assert period.next.start == period.end + timedelta(days=1)
        assert period.next.previous == period


@pytest.mark.parametrize("key", ["2026-W54", "2026-13", "2026-Q5", "2026-H3", "26", "", "2026-11-22", "x"])
def test_what_names_no_period_is_refused(key):
    with pytest.raises(ValueError, match="周期"):
        parse(key)


def test_titles_are_words_of_the_ward():
    titles = [parse(key).title for key in ("2026-W47", "2026-11", "2026-Q4", "2026-H2", "2026-H1", "2026")]
    assert titles == [
        "2026 年第 47 周（11-16 至 11-22）",
        "2026 年 11 月",
        "2026 年第 4 季度",
        "2026 年下半年",
        "2026 年上半年",
        "2026 年",
    ]


def test_month_ends_run_over_the_year():
    assert month_end(2026, 14) == date(2027, 2, 28)
    assert month_end(2024, 2) == date(2024, 2, 29)
    assert isinstance(period_of(Every.YEAR, date(2026, 5, 5)), Period)
