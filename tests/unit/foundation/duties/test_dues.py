"""Due dates go through the hospital's working calendar and explain themselves."""

from datetime import date

import pytest

from tests.unit.foundation.duties.samples import duty
from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.foundation.duties.dues import due_of
from zhikong.foundation.duties.periods import Every, parse, period_of

OFF = {date(2026, 10, d): (False, "国庆节") for d in range(1, 8)}
CALENDAR = WorkingCalendar(OFF, frozenset({2026}))


@pytest.fixture
def calendar():
    """2026 as announced, the holiday set by the hospital itself; 2027 unknown."""
    return CALENDAR


def due(key, calendar, **changes):
    found = duty(**changes)
    return due_of(found, parse(key), calendar)


def test_the_fifth_working_day_of_the_following_month(calendar):
    found = due("2026-10", calendar)
    assert found.on == date(2026, 11, 6)
    assert found.reason == "科室应每月自查、总结、上报（000-P4 L218）：次月第 5 个工作日前，即 2026-11-06。"


def test_holidays_do_not_count_as_working_days(calendar):
    # 8, 9, the make-up Saturday 10, 12, 13 October
    assert due("2026-09", calendar).on == date(2026, 10, 13)
    plain = WorkingCalendar({}, frozenset())  # weekends and fixed holidays only: 5, 6, 7, 8, 9 October
    assert due("2026-09", plain).on == date(2026, 10, 9)


def test_the_last_working_day_counts_from_the_end(calendar):
    assert due("2026-11", calendar, due="{working_day: -1}").on == date(2026, 11, 30)
    assert due("2026-10", calendar, due="{working_day: -2}").on == date(2026, 10, 29)


def test_a_friday_off_is_done_before_it(calendar):
    found = due("2026-W40", calendar, every="week", due="{weekday: 5}")
    assert found.on == date(2026, 9, 30)
    assert "2026-10-02（国庆节）休息，提前到前一个工作日" in found.reason


def test_a_week_without_a_working_day_before_is_done_after(calendar):
    found = due("2026-W41", calendar, every="week", due="{weekday: 2}")
    assert found.on == date(2026, 10, 8)
    assert "顺延到下一个工作日" in found.reason


def test_more_working_days_than_the_week_has(calendar):
    empty = WorkingCalendar({date(2026, 10, d): (False, "休") for d in range(5, 12)}, frozenset({2026}))
    assert due("2026-W41", empty, every="week", due="{working_day: -3}").on == date(2026, 10, 12)


def test_a_day_of_the_month_is_moved_later_earlier_or_not(calendar):
    saturday = date(2026, 11, 14)
    assert due("2026-11", calendar, due="{day: 14, shift: none}").on == saturday
    assert due("2026-11", calendar, due="{day: 14}").on == date(2026, 11, 16)
    assert due("2026-11", calendar, due="{day: 14, shift: earlier}").on == date(2026, 11, 13)
    assert "2026-11-14（周六）休息" in due("2026-11", calendar, due="{day: 14}").reason


def test_day_31_is_the_month_end_wherever_it_lies(calendar):
    found = due("2026-11", calendar, due="{day: 31, shift: none}")
    assert found.on == date(2026, 11, 30)
    assert "当月月底前" in found.reason


def test_a_month_of_the_quarter_and_of_the_following_half_year(calendar):
    assert due("2026-Q3", calendar, every="quarter", due="{day: 18, month: 3, shift: none}").on == date(
        2026, 9, 18
    )
    found = due("2026-H1", calendar, every="half_year", due="{day: 15, month: 1, of: following, shift: none}")
    assert found.on == date(2026, 7, 15)
    assert "下一个半年第 1 个月 15 日前" in found.reason
    yearly = due("2026", calendar, every="year", due="{day: 31, month: 3, shift: none}")
    assert (yearly.on, "当年 3 月底前" in yearly.reason) == (date(2026, 3, 31), True)


def test_a_year_that_is_not_announced_is_provisional_and_says_so(calendar):
    found = due("2026-12", calendar)
    assert found.on.year == 2027
    assert found.provisional
    assert "2027 年放假安排尚未公布" in found.reason


@pytest.mark.parametrize("every", Every)
def test_every_kind_of_period_has_a_due_day_in_it_for_three_years(every, calendar):
    weekly = every is Every.WEEK
    found = duty(every=every.value, due="{weekday: 7}" if weekly else "{working_day: -1}")
    period = period_of(every, date(2025, 1, 6))
    while period.start.year < 2028:
        made = due_of(found, period, calendar)
        assert period.start <= made.on <= period.next.end
        assert made.reason.endswith("。")
        period = period.next
