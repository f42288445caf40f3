"""When a committee meets next: by what is planned, else by its cycle."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class NextMeeting:
    """The day and the sentence that explains it; planned is False while it is only reckoned."""

    on: date
    reason: str
    planned: bool = False


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_meeting(
    *, today: date, cycle_months: int, last_held: date | None, planned: date | None
) -> NextMeeting:
    """What is planned; else a cycle after the last one; else the end of the running cycle of the year."""
    if planned is not None:
        return NextMeeting(planned, "已安排", planned=True)
    if last_held is not None:
        due = months_later(last_held, cycle_months)
        late = "，已超过周期" if due < today else ""
        return NextMeeting(due, f"上次会议 {last_held}，周期 {cycle_months} 个月{late}")
    month = min(-(-today.month // cycle_months) * cycle_months, 12)
    return NextMeeting(
        date(today.year, month, monthrange(today.year, month)[1]),
        f"还没有会议记录，按周期 {cycle_months} 个月推算",
    )
