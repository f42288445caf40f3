"""Working days: announced years, provisional years, the hospital's own settings."""

from datetime import date, timedelta

import pytest

from zhikong.foundation.calendar.rules import WorkingCalendar, announced_years, newly_announced

BEYOND = max(announced_years()) + 1


def test_announced_year_follows_the_notice():
    calendar = WorkingCalendar()
    assert not calendar.is_working_day(date(2025, 1, 28))  # 除夕
    assert calendar.is_working_day(date(2025, 1, 26))  # Sunday, 春节调休上班
    assert calendar.explain(date(2025, 1, 26)).note == "春节调休上班"
    assert not calendar.is_provisional(date(2025, 1, 28))


def test_due_in_january_of_a_year_that_is_not_announced():
    calendar = WorkingCalendar()
    due = calendar.add_working_days(date(BEYOND - 1, 12, 31), 3)
    assert due.year == BEYOND
    assert calendar.is_provisional(due)
    assert not calendar.is_working_day(date(BEYOND, 1, 1))
    assert due > date(BEYOND, 1, 3)


def test_far_past_and_far_future_have_a_calendar():
    calendar = WorkingCalendar()
    assert calendar.is_working_day(date(2150, 6, 3)) == (date(2150, 6, 3).weekday() < 5)
    assert calendar.is_provisional(date(1990, 6, 1))


def test_own_setting_comes_first_and_is_certain():
    day = date(BEYOND, 3, 3)
    calendar = WorkingCalendar({day: (False, "院庆")})
    assert not calendar.is_working_day(day)
    assert not calendar.is_provisional(day)
    assert calendar.explain(day).note == "院庆"


@pytest.mark.parametrize("count", [0, 1, 5, 20])
def test_adding_and_counting_agree(count):
    calendar = WorkingCalendar()
    start = date(2026, 9, 25)
    due = calendar.add_working_days(start, count)
    assert calendar.is_working_day(due)
    if count:
        assert calendar.working_days_between(start, due) == count
        assert calendar.working_days_between(start, due - timedelta(days=1)) == count - 1


def test_the_day_itself_does_not_count():
    assert WorkingCalendar().add_working_days(date(2026, 11, 16), 1) == date(2026, 11, 17)


def test_a_year_without_working_days_is_an_error_and_no_endless_loop():
    start = date(BEYOND, 1, 1)
    closed = {start + timedelta(days=n): (False, "停业") for n in range(800)}
    with pytest.raises(ValueError, match="没有工作日"):
        WorkingCalendar(closed).add_working_days(start, 1)


def test_newly_announced_years():
    assert newly_announced({2026: False, 2027: True, 2028: True}, frozenset({2026, 2027})) == [2027]
