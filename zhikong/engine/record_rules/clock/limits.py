"""Limits of time as rules write them: "8 h", "2 workdays", same_shift."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from zhikong.engine.definitions.problems import ExpressionError

HOUR, DAY = 60, 1440
MOST = 10 * 366 * DAY
"""No limit is longer than ten years: more is a slip of the pen."""


class Unit(StrEnum):
    """How a limit is counted."""

    MINUTES = "minutes"
    """Time elapsed."""
    WORKDAYS = "workdays"
    """To the end of the n-th working day after the day of the anchor."""
    CALENDAR_DAYS = "calendar_days"
    """To the end of the n-th day after the day of the anchor; 0 is the same day."""
    SHIFT = "shift"
    """To the end of the duty shift in which the anchor falls."""


@dataclass(frozen=True, slots=True)
class Limit:
    """amount: minutes or days. text: as written; it is no part of the meaning."""

    unit: Unit
    amount: int
    text: str = ""

    @property
    def meaning(self) -> str:
        """Equal for equal limits, however they are written."""
        return f"{self.unit} {self.amount}"

    @property
    def words(self) -> str:
        """The limit as a sentence says it: 8 小时, 2 个工作日."""
        match self.unit:
            case Unit.MINUTES:
                written = _ELAPSED.fullmatch(self.text)
                return (
                    f"{written.group(2)} {_WORDS[written.group(3)]}" if written else span_words(self.amount)
                )
            case Unit.WORKDAYS:
                return f"{self.amount} 个工作日"
            case Unit.CALENDAR_DAYS:
                return f"{self.amount} 个自然日" if self.amount else "当日"
            case Unit.SHIFT:
                return "当班"


def span_words(minutes: int) -> str:
    """A length of time in Chinese: 8 小时, 3 天, 2 小时 10 分钟."""
    if minutes < 0:
        return "-" + span_words(-minutes)
    if minutes >= 2 * DAY and minutes % DAY == 0:
        return f"{minutes // DAY} 天"
    hours, rest = divmod(minutes, HOUR)
    if not hours:
        return f"{rest} 分钟"
    return f"{hours} 小时" + (f" {rest} 分钟" if rest else "")


_ELAPSED = re.compile(r"(-?)\s*(\d{1,6})\s*(min|h|d)")
_DAYS = re.compile(r"(\d{1,4})\s*(workday|calendar_day)s?")
_FACTOR = {"min": 1, "h": HOUR, "d": DAY}
_WORDS = {"min": "分钟", "h": "小时", "d": "天"}
REMEDY = '写成 "30 min"、"8 h"、"3 d"、"2 workdays"、"1 calendar_day"、same_day 或 same_shift。'


def limit(written: object) -> Limit:
    """A limit from its text. Raises ExpressionError."""
    text = str(written).strip()
    if text == "same_shift":
        return Limit(Unit.SHIFT, 0, text)
    if text == "same_day":
        return Limit(Unit.CALENDAR_DAYS, 0, text)
    if (found := _DAYS.fullmatch(text)) is not None:
        unit = Unit.WORKDAYS if found.group(2) == "workday" else Unit.CALENDAR_DAYS
        return Limit(unit, int(found.group(1)), text)
    return Limit(Unit.MINUTES, minutes(written), text)


def minutes(written: object, *, negative: bool = False) -> int:
    """A length of time from its text, in minutes. Raises ExpressionError."""
    found = _ELAPSED.fullmatch(str(written).strip()) if isinstance(written, str) else None
    if found is None:
        raise ExpressionError(f"时限“{written}”的写法不对。", REMEDY)
    amount = int(found.group(2)) * _FACTOR[found.group(3)]
    if amount > MOST:
        raise ExpressionError(f"时限“{written}”超过十年。", "请检查数字和单位。")
    if found.group(1) and not negative:
        raise ExpressionError(f"时限“{written}”不能是负的。", "请写 0 min 或更长。")
    return -amount if found.group(1) else amount
