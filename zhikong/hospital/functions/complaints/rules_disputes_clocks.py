"""By when: moments counted from a beginning, and how they stand. No ORM; the working calendar is handed in.

Hours run to the minute. Days and working days do not count the first one and end with their last minute (民法典 第201、202条).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from zhikong.hospital.functions.complaints.rules_disputes import DisputeRules, Period, ReportClass

LAST_MINUTE = time(23, 59, 59, 999_999)
WARN_PART = 4
"""A clock warns in the last quarter of its time, and at least an hour before its end."""


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last moment of a local day."""
    return datetime.combine(day, LAST_MINUTE, tzinfo=zone)


def due(period: Period, start: datetime, *, calendar, zone: ZoneInfo) -> datetime:
    """When a period that begins at ``start`` is over. calendar: foundation.calendar.rules.WorkingCalendar."""
    if period.hours:
        return start + timedelta(hours=period.hours)
    day = start.astimezone(zone).date()
    if period.days:
        return end_of(day + timedelta(days=period.days), zone)
    return end_of(calendar.add_working_days(day, period.working_days), zone)


def report_dues(found: ReportClass, known_at: datetime) -> tuple[datetime, datetime]:
    """(inside the house, to the authority) for a class of disputes (EVT-04, X-22)."""
    return (
        known_at + timedelta(hours=found.internal_hours),
        known_at + timedelta(hours=found.hours),
    )


def autopsy_clock(rules: DisputeRules, *, frozen: bool) -> Period:
    """48 hours after death, 7 days when the body can be frozen."""
    return rules.one("clocks", "autopsy_frozen" if frozen else "autopsy")


def seal_over(sealed_at: datetime, years: int, *, zone: ZoneInfo) -> datetime:
    """From when the hospital may open a seal by itself: the end of the same day so many years later."""
    day = sealed_at.astimezone(zone).date()
    try:
        later = day.replace(year=day.year + years)
    except ValueError:  # sealed on 29 February
        later = date(day.year + years, 3, 1)
    return end_of(later, zone)


def standing(starts_at: datetime, due_at: datetime, now: datetime, met_at: datetime | None = None) -> str:
    """ok, warn (soon) or bad (over, or met too late). The moment itself is in time."""
    if met_at is not None:
        return "ok" if met_at <= due_at else "bad"
    if now > due_at:
        return "bad"
    early = max((due_at - starts_at) / WARN_PART, timedelta(hours=1))
    return "warn" if due_at - now <= early else "ok"


def left(due_at: datetime, now: datetime) -> str:
    """The time that is left, or that is over, in words: 3 天 4 小时, 逾期 20 分钟."""
    span = abs(due_at - now)
    days, rest = span.days, span.seconds
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days:
        words = f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    elif hours:
        words = f"{hours} 小时 {minutes} 分钟" if minutes else f"{hours} 小时"
    else:
        words = f"{minutes} 分钟"
    return f"逾期 {words}" if now > due_at else f"还有 {words}"
