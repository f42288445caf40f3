"""How things stood on a past moment is told the same whatever came, went or was excused since."""

from datetime import date, timedelta

import pytest

from tests.unit.foundation.duties.conftest import MONDAY
from zhikong.foundation.duties import actions, asof
from zhikong.foundation.duties.asof import Verdict
from zhikong.foundation.duties.evidence import Arrival
from zhikong.foundation.duties.models import Occurrence

DAY = timedelta(days=1)


@pytest.fixture
def weekly(hospital, make_user, pack):
    """Cardiology's weekly round, due on Friday 2026-11-20."""
    make_user("head_nurse", hospital.departments["CARD"], name="周护士长")
    office = make_user("quality_office", name="王敏")
    actions.open_occurrences(now=MONDAY)
    return Occurrence.objects.get(duty_id="weekly_round"), office


def told(after: int) -> Verdict:
    """The verdict so many days after Monday, at the hour of the tests."""
    moment = MONDAY + after * DAY
    found = asof.standings(
        start=date(2026, 11, 1),
        end=date(2026, 11, 30),
        moment=moment,
        today=moment.date(),
        duty_ids=["weekly_round"],
    )
    return found[0].verdict


def arrive(occurrence, after: int) -> None:
    sheet = Arrival(
        "form", "crash_cart_round", "sheet:1", date(2026, 11, 18), "急救车", occurrence.department_id
    )
    actions.arrive(sheet, now=MONDAY + after * DAY)


def test_a_sheet_that_came_went_back_and_came_again_counts_when_it_was_there(weekly):
    occurrence, _office = weekly
    arrive(occurrence, 2)
    actions.lapse(kind="form", key="sheet:1", now=MONDAY + 5 * DAY, reason="退回")
    arrive(occurrence, 8)
    assert [told(n) for n in (1, 3, 5, 7, 9)] == [
        Verdict.PENDING, Verdict.KEPT, Verdict.NONE, Verdict.NONE, Verdict.KEPT,
    ]  # fmt: skip


def test_an_excuse_counts_from_when_it_was_given_until_it_was_taken_back(weekly):
    occurrence, office = weekly
    actions.excuse(occurrence, by=office, now=MONDAY + 6 * DAY, reason="病区装修停诊")
    before = [told(n) for n in (1, 5, 7)]
    assert before == [Verdict.PENDING, Verdict.NONE, Verdict.EXCUSED]
    actions.restore(occurrence, by=office, now=MONDAY + 10 * DAY)
    assert [told(n) for n in (1, 5, 7)] == before
    assert told(11) is Verdict.NONE


def test_what_was_opened_later_was_not_owed(weekly):
    assert asof.standings(
        start=date(2026, 11, 1), end=date(2026, 11, 30), moment=MONDAY - DAY, today=date(2026, 11, 15),
        duty_ids=["weekly_round"],
    ) == []  # fmt: skip


def test_a_date_that_was_moved_later_is_the_old_one_on_a_day_before(weekly):
    from zhikong.foundation.calendar.rules import WorkingCalendar

    occurrence, _office = weekly
    off = WorkingCalendar({date(2026, 11, 20): (False, "停电")})
    actions.recalculate(off, frozenset({2026}))
    occurrence.refresh_from_db()
    assert occurrence.due_on == date(2026, 11, 19)
    event = occurrence.events.get()
    assert (event.act, event.before) == ("redated", date(2026, 11, 20))
    kept = {"start": date(2026, 11, 1), "end": date(2026, 11, 30), "duty_ids": ["weekly_round"]}
    before = asof.standings(moment=event.at - timedelta(seconds=1), today=date(2026, 11, 20), **kept)
    after = asof.standings(moment=event.at, today=date(2026, 11, 20), **kept)
    # the recalculation is stamped with the clock of the run, which may lie before the story's Monday
    assert {one.due_on for one in before} <= {date(2026, 11, 20)}
    assert {one.due_on for one in after} <= {date(2026, 11, 19)}
    assert asof.standings(moment=max(event.at, MONDAY), today=date(2026, 11, 20), **kept)[0].due_on == date(
        2026, 11, 19
    )
