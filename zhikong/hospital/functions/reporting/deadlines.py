"""Until when a month is to be reported: a working day of the next month, and never a day that has passed already."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from zhikong.foundation.calendar.rules import WorkingCalendar

GRACE = 2  # working days for a sheet that is opened after its date


@dataclass(frozen=True)
class Due:
    """The date, the sentence beside it, and what it counts from, so that a new calendar can move it."""

    on: date
    reason: str
    start: date
    working_days: int


def due(month_end: date, working_day: int, says: str, *, today: date, calendar: WorkingCalendar) -> Due:
    """The working day of the month after; opened too late for it, there are GRACE working days from today."""
    on = calendar.add_working_days(month_end, working_day)
    if on >= today:
        return Due(on, says[:300], month_end, working_day)
    late = _("（建立时原期限 %(on)s 已过，顺延 %(n)d 个工作日）") % {"on": on, "n": GRACE}
    return Due(calendar.add_working_days(today, GRACE), f"{says[:250]}{late}", today, GRACE)
