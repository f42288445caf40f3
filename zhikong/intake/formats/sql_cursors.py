"""How far a view has been read: a value that grows, told as text, and where the next reading begins.

The next reading begins `overlap` before the last value, because a row may be committed after a later one was read
(a long transaction, a second server whose clock is behind). Rows read twice are equal and change nothing. A value
that lies in the server's future is read but never remembered: one wrong clock would hide everything after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from zhikong.intake.reasons import FileRefused

_TEXT_TIMES = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y/%m/%d %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%Y-%m-%d",
    "%Y%m%d",
)


@dataclass(frozen=True)
class Position:
    """A remembered value. kind: time, zoned, day, number or text; `text` is how it is kept in JSON."""

    kind: str
    text: str

    def value(self) -> Any:
        """The value as the driver gave it."""
        if self.kind in ("time", "zoned"):
            return datetime.fromisoformat(self.text)
        if self.kind == "day":
            return date.fromisoformat(self.text)
        return Decimal(self.text) if self.kind == "number" else self.text


def position_of(value: Any) -> Position:
    """The position of a cursor's value. Raises FileRefused for what cannot be compared (a flag, binary)."""
    if isinstance(value, datetime):
        return Position("time" if value.tzinfo is None else "zoned", value.isoformat())
    if isinstance(value, date):
        return Position("day", value.isoformat())
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return Position("number", str(value))
    if isinstance(value, str):
        return Position("text", value)
    raise FileRefused("游标列的类型不能比较先后。", "请选择更新时间、流水号这样只增不减的列。")


def start_of(position: Position, overlap: int) -> Any:
    """The value to read from. overlap: minutes for times (whole days for a day), else a number of numbers."""
    value = position.value()
    if position.kind in ("time", "zoned"):
        return value - timedelta(minutes=overlap)
    if position.kind == "day":
        return value - timedelta(days=-(-overlap // 1440))
    if position.kind == "number":
        start = value - overlap
        return int(start) if start == start.to_integral_value() else start
    return _text_start(value, overlap)


def _text_start(text: str, overlap: int) -> str:
    """A time that is kept as text goes back like a time; other text starts at itself."""
    form = _form_of(text)
    if form is None:
        return text
    earlier = datetime.strptime(text, form) - timedelta(minutes=overlap)  # noqa: DTZ007  the server's wall time
    written = earlier.strftime(form)
    return written[: len(text)] if form.endswith("%f") else written


def _form_of(text: str) -> str | None:
    for form in _TEXT_TIMES:
        try:
            datetime.strptime(text, form)  # noqa: DTZ007  only whether it can be read
        except ValueError:
            continue
        return form
    return None


def latest(
    values: list[Any], known: Position | None, clock: tuple[datetime | None, datetime]
) -> Position | None:
    """The farthest of the values and the known position, not beyond the server's clock (moment, wall time)."""
    found = [_clamped(value, clock) for value in values if value is not None]
    found += [known.value()] if known is not None else []
    if not found:
        return None
    try:
        return position_of(max(found))
    except TypeError as error:
        raise FileRefused("游标列的值类型不一致。", "请在视图里把游标列转换成同一种类型。") from error


def _clamped(value: Any, clock: tuple[datetime | None, datetime]) -> Any:
    moment, wall = clock
    if isinstance(value, datetime):
        now = wall if value.tzinfo is None else moment
        return value if now is None else min(value, now)
    if isinstance(value, date):
        return min(value, wall.date())
    if isinstance(value, str) and (form := _form_of(value)):
        return min(value, wall.strftime(form)[: len(value)])
    return value
