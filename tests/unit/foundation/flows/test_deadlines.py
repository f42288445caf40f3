"""A deadline is a moment and the sentence that explains it: rule, from when, how it was counted."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.foundation.flows import deadlines
from zhikong.foundation.flows.definition import Deadline, Duration, FlowDefinition, Rung, State
from zhikong.foundation.flows.definition.model import Owner, Unit

ZONE = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2026, 9, 25, 10, 0, tzinfo=ZONE)  # 2026-09-25 is the Mid-autumn holiday


def clock(*ends):
    return deadlines.Clock(WorkingCalendar(), ZONE, ends or ("08:00", "16:00", "24:00"))


def due(deadline, entered, *, opened=None, values=None):
    state = State("s", "核查", Owner(role="nurse"), deadline)
    flow = FlowDefinition("f", 1, "f", "", "", "", "", "", "", (), "", False, False, (state,), ())
    return deadlines.due_of(
        flow, state, entered=entered, opened=opened or entered, values=values or {}, clock=clock()
    )


def test_elapsed_hours_run_through_nights_and_holidays():
    found = due(Deadline(Duration(48, Unit.HOURS), says="院规：48 小时内"), FRIDAY)
    assert found.at == datetime(2026, 9, 27, 10, 0, tzinfo=ZONE)
    assert found.reason == "院规：48 小时内。自 2026-09-25 10:00 进入“核查”起 48 小时，到 2026-09-27 10:00。"


def test_working_days_leave_out_weekends_and_holidays_and_say_which():
    found = due(
        Deadline(Duration(3, Unit.WORKING_DAYS), says="院规"), datetime(2026, 9, 24, 15, 0, tzinfo=ZONE)
    )
    assert found.on == date(2026, 9, 30)
    assert found.at == datetime(2026, 10, 1, 0, 0, tzinfo=ZONE)
    assert (found.start, found.working_days) == (date(2026, 9, 24), 3)
    assert found.reason == (
        "院规。自 2026-09-24 15:00 进入“核查”起 3 个工作日（当天不计，跳过休息日 09-25、09-26、09-27），到 2026-09-30 24:00。"
    )


@pytest.mark.parametrize(
    ("hour", "shifts", "ends"),
    [(10, 1, "16:00"), (16, 1, "24:00"), (7, 1, "08:00"), (23, 2, "08:00"), (8, 3, "08:00")],
)
def test_a_shift_ends_when_the_hospital_says(hour, shifts, ends):
    found = due(
        Deadline(Duration(shifts, Unit.SHIFTS), says="当班"), datetime(2026, 9, 28, hour, 0, tzinfo=ZONE)
    )
    assert found.reason.endswith(f"{ends}。")


def test_own_shift_boundaries():
    two = clock("07:30", "19:30")
    morning = datetime(2026, 9, 28, 9, 0, tzinfo=ZONE)
    assert two.shift_end(morning, 1) == datetime(2026, 9, 28, 19, 30, tzinfo=ZONE)
    assert two.shift_end(morning, 2) == datetime(2026, 9, 29, 7, 30, tzinfo=ZONE)


def test_calendar_days_end_at_midnight_of_the_last():
    found = due(Deadline(Duration(15, Unit.DAYS), says="15 日内"), FRIDAY)
    assert (found.on, found.at) == (date(2026, 10, 10), datetime(2026, 10, 11, 0, 0, tzinfo=ZONE))


def test_counted_from_the_opening_or_from_a_date_of_a_form():
    opened = datetime(2026, 9, 1, 9, 0, tzinfo=ZONE)
    since = due(Deadline(Duration(10, Unit.DAYS), start="opened", says="自受理起"), FRIDAY, opened=opened)
    assert (since.on, "自 2026-09-01 09:00 新建起" in since.reason) == (date(2026, 9, 11), True)
    item = Deadline(Duration(2, Unit.HOURS), start="happened_at", says="事发起")
    found = due(item, FRIDAY, values={"happened_at": "2026-09-24T22:15"})
    assert found.at == datetime(2026, 9, 25, 0, 15, tzinfo=ZONE)


def test_before_a_date_of_a_form():
    found = due(
        Deadline(item="expires_on", days=90, says="到期前换证"), FRIDAY, values={"expires_on": "2027-03-31"}
    )
    assert found.on == date(2026, 12, 31)
    assert found.reason == "到期前换证。2027-03-31 前 90 天，到 2026-12-31 24:00。"


def test_a_date_that_nobody_gave_leaves_a_deadline_to_give_it():
    found = due(Deadline(item="expires_on", days=90, says="到期前换证"), FRIDAY)
    assert found.on == date(2026, 9, 28)
    assert "表单里还没有填写 expires_on" in found.reason


def test_the_hospitals_midnight_not_greenwichs():
    late = datetime(2026, 9, 28, 17, 0, tzinfo=UTC)  # 01:00 on the 29th in the hospital
    assert due(Deadline(Duration(1, Unit.WORKING_DAYS), says="院规"), late).on == date(2026, 9, 30)


def test_ladder_and_warning_climb_in_order():
    rungs = (
        Rung(Duration(0, Unit.HOURS), Owner(role="a")),
        Rung(Duration(2, Unit.WORKING_DAYS), Owner(role="b")),
    )
    state = State("s", "核查", warn=Duration(1, Unit.WORKING_DAYS), escalate=rungs)
    at = datetime(2026, 9, 29, 0, 0, tzinfo=ZONE)  # the end of Monday the 28th
    times = deadlines.rung_times(state, at, clock())
    assert times == (at, datetime(2026, 10, 1, 0, 0, tzinfo=ZONE))
    warn = deadlines.warn_at(state, at, FRIDAY, clock())
    assert warn == FRIDAY  # a working day earlier would be before the state was entered
    events = [
        deadlines.next_event(state, due_at=at, warn=warn, warned=warned, level=level, clock=clock())
        for warned, level in ((False, 0), (True, 0), (True, 1), (True, 2))
    ]
    assert events == [warn, *times, None]
