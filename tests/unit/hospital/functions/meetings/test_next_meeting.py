"""When a committee meets next: planned, a cycle after the last one, or the end of the running cycle."""

from datetime import date

import pytest

from zhikong.hospital.functions.meetings import rules

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("cycle", "last", "planned", "on", "said"),
    [
        (3, None, date(2026, 12, 9), date(2026, 12, 9), "已安排"),
        (3, date(2026, 9, 30), None, date(2026, 12, 30), "周期 3 个月"),
        (3, date(2026, 7, 1), None, date(2026, 10, 1), "已超过周期"),
        (3, None, None, date(2026, 12, 31), "推算"),
        (6, None, None, date(2026, 12, 31), "推算"),
        (1, None, None, date(2026, 11, 30), "推算"),
        (24, None, None, date(2026, 12, 31), "推算"),
    ],
)
def test_the_next_meeting(cycle, last, planned, on, said):
    found = rules.next_meeting(today=TODAY, cycle_months=cycle, last_held=last, planned=planned)
    assert (found.on, found.planned) == (on, planned is not None)
    assert said in found.reason


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
    ],
)
def test_months_later_never_leaves_the_month(day, months, later):
    assert rules.months_later(day, months) == later
