"""为什么是这一天: start, number of working days, and each stretch that was skipped or worked instead."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.foundation.tasks.rules import explain

CALENDAR = WorkingCalendar()


def told(start, days, due=None, calendar=CALENDAR):
    due = due or calendar.add_working_days(start, days)
    return explain(rule="14 个工作日内", due_on=due, start=start, working_days=days, calendar=calendar)


def test_the_national_holiday_is_named_as_one_stretch_and_the_worked_sunday_counts():
    found = told(date(2026, 9, 17), 5)
    assert [str(stretch) for stretch in found.skipped] == ["09-19 周末"]
    assert [str(stretch) for stretch in found.extra] == ["09-20 国庆节调休上班"]
    october = told(date(2026, 9, 29), 3)
    assert [str(stretch) for stretch in october.skipped] == ["10-01 至 10-07 国庆节"]
    assert not october.provisional


def test_a_day_that_the_hospital_closed_is_named_with_its_reason():
    calendar = WorkingCalendar({date(2026, 11, 25): (False, "院庆")})
    assert "11-25 院庆" in [str(s) for s in told(date(2026, 11, 23), 5, calendar=calendar).skipped]


def test_a_year_that_is_not_announced_is_said_to_be_provisional():
    assert told(date(2031, 3, 3), 5).provisional


@pytest.mark.parametrize(("start", "days"), [(None, None), (date(2026, 1, 1), None), (date(2020, 1, 1), 1)])
def test_a_date_that_counts_nothing_has_its_rule_only(start, days):
    found = explain(
        rule="每月 5 日前", due_on=date(2026, 12, 5), start=start, working_days=days, calendar=CALENDAR
    )
    assert (found.rule, found.start, found.skipped) == ("每月 5 日前", None, ())


@given(st.dates(date(2025, 1, 1), date(2026, 11, 1)), st.integers(1, 30))
def test_skipped_and_counted_days_together_are_all_days(start, days):
    found = told(start, days)
    due = CALENDAR.add_working_days(start, days)
    skipped = {s.first + timedelta(days=n) for s in found.skipped for n in range((s.last - s.first).days + 1)}
    every = {start + timedelta(days=n) for n in range(1, (due - start).days + 1)}
    assert len(every - skipped) == days
    assert not any(CALENDAR.is_working_day(day) for day in skipped)
