"""Proposed days lie in their window, never more than two a day where there is room, and are the same every time."""

import random
from collections import Counter
from datetime import date

import pytest

from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.foundation.duties.levelling import MOST_A_DAY, WINDOW, Slot, level, window, working_days
from zhikong.foundation.duties.periods import Every, period_of

CALENDAR = WorkingCalendar()
DAYS = working_days(date(2026, 1, 1), date(2026, 12, 31), CALENDAR)
END = date(2026, 11, 30)


def slot(name, due=END, every=Every.MONTH, person="u1", **rest):
    period = period_of(every, due)
    return Slot((name, period.key, "h"), person, every, rest.pop("opens", period.start), due, **rest)


def on(found, name):
    return next(proposed for key, proposed in found.items() if key[0] == name)


def test_two_stay_on_the_due_date_and_the_third_moves_before_it_and_says_why():
    found = level([slot("a"), slot("b"), slot("c")], DAYS)
    assert [on(found, name).on for name in "abc"] == [END, END, date(2026, 11, 27)]
    assert on(found, "c").why == "期限 11-30 及之前几天同一人已各有 2 项，提前到 11-27"


def test_another_person_has_days_of_his_own():
    found = level([slot(str(n), person=f"u{n}") for n in range(5)], DAYS)
    assert {one.on for one in found.values()} == {END}


def test_a_day_off_is_never_proposed_and_a_make_up_day_is_worked():
    # 2026-09-20 is a Sunday on which people work for the National Day
    assert date(2026, 9, 20) in DAYS
    many = [slot(str(n), date(2026, 10, 9), Every.QUARTER, opens=date(2026, 7, 1)) for n in range(20)]
    days = {one.on for one in level(many, DAYS).values()}
    assert date(2026, 9, 20) in days
    assert not days & {date(2026, 10, n) for n in range(1, 8)}


def test_a_day_set_by_hand_stays_and_counts():
    fixed = [slot("a", fixed=END), slot("b", fixed=END), slot("c", fixed=END), slot("d")]
    found = level(fixed, DAYS)
    assert [on(found, name).on for name in "abc"] == [END] * 3
    assert on(found, "a").by_hand
    assert on(found, "d").on == date(2026, 11, 27)


def test_where_every_day_is_full_the_one_with_the_least_is_taken():
    many = [slot(f"{n:02d}") for n in range(MOST_A_DAY * WINDOW[Every.MONTH] + 1)]
    found = level(many, DAYS)
    assert Counter(one.on for one in found.values()).most_common(1)[0][1] == MOST_A_DAY + 1
    assert "安排在最少的一天，共 3 项" in "".join(one.why for one in found.values())


@pytest.mark.parametrize("seed", range(5))
def test_any_year_keeps_its_windows_and_is_the_same_in_any_order(seed):
    chance = random.Random(seed)
    slots = []
    for n in range(200):
        every = chance.choice(list(Every))
        period = period_of(every, date(2026, chance.randint(1, 12), 15))
        due = max((d for d in DAYS if period.start <= d <= period.end), default=period.end)
        slots.append(Slot((f"d{n}", period.key, "h"), f"u{n % 3}", every, period.start, due, n % 7))
    found = level(slots, DAYS)
    shuffled = slots[:]
    chance.shuffle(shuffled)
    assert level(shuffled, DAYS) == found
    for one in slots:
        assert found[one.key].on in window(one, DAYS)
        assert one.opens <= found[one.key].on <= one.due
