"""By when a duty is due in a period, and the sentence that explains the date. Pure; the calendar is given."""

from dataclasses import dataclass
from datetime import date, timedelta

from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.foundation.duties.definition.model import DueBy, DueRule, Duty, Shift
from zhikong.foundation.duties.periods import Every, Period, month_end

WEEKDAYS = "一二三四五六日"
FOLLOWING = {
    Every.WEEK: "下周",
    Every.MONTH: "次月",
    Every.QUARTER: "下季度",
    Every.HALF_YEAR: "下一个半年",
    Every.YEAR: "次年",
}
WITHIN = {
    Every.WEEK: "本周",
    Every.MONTH: "当月",
    Every.QUARTER: "本季度",
    Every.HALF_YEAR: "本半年",
    Every.YEAR: "当年",
}


@dataclass(frozen=True, slots=True)
class Due:
    """A due date with its reason; provisional while the State Council's table of that year is not announced."""

    on: date
    reason: str
    provisional: bool = False


def due_of(duty: Duty, period: Period, calendar: WorkingCalendar) -> Due:
    """When the duty of a period is due. The reason reads: what the source says, the rule, what moved the date."""
    place = period.next if duty.due.following else period
    on, moved = _COUNT[duty.due.by](duty.due, place, calendar)
    rule = rule_words(duty.due, duty.every)
    provisional = calendar.is_provisional(on)
    parts = [f"{duty.says.rstrip('。')}：{rule}，即 {on:%Y-%m-%d}", moved]
    if provisional:
        parts.append(f"{on.year} 年放假安排尚未公布，公布后重算")
    return Due(on, "；".join(part for part in parts if part) + "。", provisional)


def rule_words(rule: DueRule, every: Every) -> str:
    """The rule in words: 次月第 5 个工作日, 每周五, 当年第 3 个月 25 日."""
    where = (FOLLOWING if rule.following else WITHIN)[every]
    if rule.by is DueBy.WEEKDAY:
        return f"{where}周{WEEKDAYS[rule.number - 1]}前"
    if rule.by is DueBy.DAY:
        return f"{where}{_month_words(rule, every)}前"
    if rule.number < 0:
        last = "最后一个" if rule.number == -1 else f"倒数第 {-rule.number} 个"
        return f"{where}{last}工作日前"
    return f"{where}第 {rule.number} 个工作日前"


def _month_words(rule: DueRule, every: Every) -> str:
    """月底, 10 日, 第 3 个月 18 日, or in a year simply 12 月底."""
    end = rule.number == 31
    if every is Every.MONTH:
        return "月底" if end else f" {rule.number} 日"
    month = f" {rule.month} 月" if every is Every.YEAR else f"第 {rule.month} 个月"
    return f"{month}底" if end else f"{month} {rule.number} 日"


def _working_day(rule: DueRule, place: Period, calendar: WorkingCalendar) -> tuple[date, str]:
    if rule.number > 0:
        return calendar.add_working_days(place.start - timedelta(days=1), rule.number), ""
    left = -rule.number
    day = place.end
    while day >= place.start:
        left -= calendar.is_working_day(day)
        if not left:
            return day, ""
        day -= timedelta(days=1)
    # fewer working days than asked for, such as the week of the National Day: the first day that is left
    return _shifted(place.start, Shift.LATER, place, calendar)


def _day(rule: DueRule, place: Period, calendar: WorkingCalendar) -> tuple[date, str]:
    last = month_end(place.start.year, place.start.month + rule.month - 1)
    return _shifted(last.replace(day=min(rule.number, last.day)), rule.shift, place, calendar)


def _weekday(rule: DueRule, place: Period, calendar: WorkingCalendar) -> tuple[date, str]:
    return _shifted(place.start + timedelta(days=rule.number - 1), rule.shift, place, calendar)


_COUNT = {DueBy.WORKING_DAY: _working_day, DueBy.DAY: _day, DueBy.WEEKDAY: _weekday}


def _shifted(day: date, shift: Shift, place: Period, calendar: WorkingCalendar) -> tuple[date, str]:
    """The day itself when people work, else the nearest working day in the direction that the rule names."""
    if shift is Shift.NONE or calendar.is_working_day(day):
        return day, ""
    note = calendar.explain(day).note or f"周{WEEKDAYS[day.weekday()]}"
    off = f"{day:%Y-%m-%d}（{note}）休息"
    if shift is Shift.EARLIER:
        before = day
        while before > place.start and not calendar.is_working_day(before):
            before -= timedelta(days=1)
        if calendar.is_working_day(before):
            return before, f"{off}，提前到前一个工作日"
    return calendar.add_working_days(day, 0), f"{off}，顺延到下一个工作日"
