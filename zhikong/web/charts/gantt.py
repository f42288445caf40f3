"""The plan of a project (甘特图): a row a task, the planned bar dashed above, what was done filled below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from zhikong.web.charts.canvas import Box, Canvas, Line, Text
from zhikong.web.charts.text import width_of, wrapped

MOST = 60
NAMES, WHO, PLOT, MARGIN = 210, 90, 640, 16
SIZE, LEAP, BAR, ROW = 13, 17, 9, 34
LABEL_ROOM = 58  # px of a date below the head


@dataclass(frozen=True)
class GanttRow:
    """A task: planned from start to end (both days count); done_from, done_until: what happened; who does it."""

    name: str
    start: date
    end: date
    done_from: date | None = None
    done_until: date | None = None
    who: str = ""


@dataclass(frozen=True)
class GanttData:
    """today: draws a line, and ends bars that have begun and not ended. Raises ValueError for no or reversed rows."""

    title: str
    subtitle: str
    rows: Sequence[GanttRow]
    today: date | None = None
    words: tuple[str, str] = ("计划", "实际")

    def __post_init__(self):
        if not 1 <= len(self.rows) <= MOST:
            raise ValueError(f"甘特图要 1 到 {MOST} 行。")
        for row in self.rows:
            if row.end < row.start or (row.done_until and (row.done_from or row.start) > row.done_until):
                raise ValueError(f"“{row.name}”的结束早于开始。")


def gantt_svg(data: GanttData, *, theme: str = "light") -> str:
    """The plan as SVG text."""
    return gantt(data).svg(theme)


def gantt(data: GanttData) -> Canvas:
    """Places everything: names at the left, months above, bars at the right."""
    names = [wrapped(row.name, NAMES - 10, SIZE) for row in data.rows]
    heights = [max(ROW, len(lines) * LEAP + 12) for lines in names]
    left, right = MARGIN + NAMES + WHO, MARGIN + NAMES + WHO + PLOT
    titles = wrapped(data.title, right - MARGIN, 15), wrapped(data.subtitle or " ", right - MARGIN, 12)
    top = MARGIN + 20 * len(titles[0]) + 18 * len(titles[1]) + 44
    canvas = Canvas(right + MARGIN, top + sum(heights) + MARGIN, data.title, _said(data))
    y = canvas.say(titles[0], MARGIN, MARGIN + 14, size=15, gap=20, weight=600)
    y = canvas.say(titles[1], MARGIN, y, size=12, gap=18, colour="second")
    _legend(canvas, data, y)
    scale = _Scale(data, left, right)
    _months(canvas, scale, top, top + sum(heights))
    at = top
    for row, lines, height in zip(data.rows, names, heights, strict=True):
        _row(canvas, scale, row, lines, at, height, data.today)
        at += height
    return canvas


class _Scale:
    """Days to px; the last day has its full width."""

    def __init__(self, data: GanttData, left: float, right: float):
        days = [d for row in data.rows for d in (row.start, row.end, row.done_from, row.done_until) if d]
        self.first, self.last = min(days), max(days)
        if data.today and self.first <= data.today <= self.last + timedelta(days=31):
            self.last = max(self.last, data.today)
        self.left, self.right, self.today = left, right, data.today

    def x(self, day: date, *, end: bool = False) -> float:
        share = ((day - self.first).days + end) / ((self.last - self.first).days + 1)
        return self.left + share * (self.right - self.left)

    @property
    def ticks(self) -> list[date]:
        """Mondays of a short plan, else firsts of months, as many as have room."""
        days = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        marks = [d for d in days if (d.day == 1 if len(days) > 70 else d.weekday() == 0)]
        most = int((self.right - self.left) // LABEL_ROOM)
        return marks[:: max(1, -(-len(marks) // most))]


def _legend(canvas: Canvas, data: GanttData, y: float) -> None:
    canvas.boxes.append(Box(MARGIN, y - 4, 28, BAR, "", "second", 2, 1.2, "4 3"))
    canvas.texts.append(Text(MARGIN + 34, y + 4, data.words[0], 12))
    x = MARGIN + 34 + width_of(data.words[0], 12) + 20
    canvas.boxes.append(Box(x, y - 4, 28, BAR, "brand", "brand", 2))
    canvas.texts.append(Text(x + 34, y + 4, data.words[1], 12))


def _months(canvas: Canvas, scale: _Scale, top: float, bottom: float) -> None:
    by_month = scale.last - scale.first > timedelta(days=70)
    free = scale.left
    for tick in scale.ticks:
        x = scale.x(tick)
        canvas.lines.append(Line([(x, top - 4), (x, bottom)], "line", 1))
        words = f"{tick:%Y-%m}" if by_month else f"{tick:%m-%d}"
        if x >= free and x + width_of(words, 12) <= scale.right:
            canvas.texts.append(Text(x, top - 8, words, 12, "second"))
            free = x + width_of(words, 12) + 6
    if scale.today and scale.first <= scale.today <= scale.last:
        x = scale.x(scale.today)
        canvas.lines.append(Line([(x, top - 4), (x, bottom)], "bad", 1.4, "4 3"))


def _row(
    canvas: Canvas, scale: _Scale, row: GanttRow, lines: list[str], top: float, height: float, today: date | None
) -> None:  # fmt: skip
    canvas.lines.append(Line([(MARGIN, top + height), (scale.right, top + height)], "line", 1))
    canvas.say(lines, MARGIN, top + 20, gap=LEAP)
    who = wrapped(row.who, WHO - 8, 12)[0]
    canvas.texts.append(
        Text(MARGIN + NAMES, top + 20, who if who == row.who.strip() else f"{who[:-1]}…", 12, "second")
    )
    x, until = scale.x(row.start), scale.x(row.end, end=True)
    canvas.boxes.append(Box(x, top + 6, max(until - x, 3), BAR, "", "second", 2, 1.2, "4 3"))
    begun = row.done_from or (row.start if row.done_until else None)
    if begun is None:
        return
    ended = row.done_until or max(begun, min(today, scale.last) if today else row.end)
    x, until = scale.x(begun), scale.x(ended, end=True)
    late = row.done_until is not None and row.done_until > row.end
    colour = "warn" if late else "brand"
    canvas.boxes.append(Box(x, top + 19, max(until - x, 3), BAR, colour, colour, 2))


def _said(data: GanttData) -> str:
    told = []
    for row in data.rows:
        done = f"，实际 {row.done_from or row.start} 至 {row.done_until or '进行中'}" if row.done_from or row.done_until else "，未开始"  # fmt: skip
        told.append(f"{row.name}：计划 {row.start} 至 {row.end}{done}")
    return f"{data.title}。" + "；".join(told) + "。"
