"""The radar of intangible results (无形成果): one axis a matter, the team's mean score before and after."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from zhikong.web.charts.canvas import Canvas, Line, Text
from zhikong.web.charts.text import width_of, wrapped

FEWEST, MOST = 3, 12
RADIUS, LABEL, MARGIN = 150, 150, 16
SIZE, LEAP, RINGS = 13, 17, 5


@dataclass(frozen=True)
class RadarData:
    """axes: what was judged; before, after: a mean score each, 0 to full; after may be empty.

    Raises ValueError for fewer than three axes, more than twelve, or scores beyond the scale.
    """

    title: str
    subtitle: str
    axes: Sequence[str]
    before: Sequence[float]
    after: Sequence[float] = ()
    full: float = 5.0
    words: tuple[str, str] = ("改善前", "改善后")

    def __post_init__(self):
        if not FEWEST <= len(self.axes) <= MOST:
            raise ValueError(f"雷达图要 {FEWEST} 到 {MOST} 项，现在是 {len(self.axes)} 项。")
        for scores in filter(len, (self.before, self.after)):
            if len(scores) != len(self.axes) or any(not 0 <= one <= self.full for one in scores):
                raise ValueError(f"每一项都要有 0 到 {self.full:g} 的分数。")


def radar_svg(data: RadarData, *, theme: str = "light") -> str:
    """The radar as SVG text."""
    return radar(data).svg(theme)


def radar(data: RadarData) -> Canvas:
    """Places everything: rings, axes with their words outside, one area before and one after, a legend."""
    labels = [wrapped(name, LABEL, SIZE) for name in data.axes]
    tall = max(len(lines) for lines in labels) * LEAP
    width = 2 * (RADIUS + LABEL + 24 + MARGIN)
    titles = [*wrapped(data.title, width - 2 * MARGIN, 15), *wrapped(data.subtitle, width - 2 * MARGIN, 12)]
    top = MARGIN + 20 * len(titles) + 28 + tall
    middle = (width / 2, top + RADIUS)
    canvas = Canvas(width, middle[1] + RADIUS + tall + MARGIN + 8, data.title, _said(data))
    _titles(canvas, data, width)
    _rings(canvas, data, middle)
    for index, lines in enumerate(labels):
        _label(canvas, lines, index, len(labels), middle)
    for scores, colour, dash in ((data.before, "second", "6 4"), (data.after, "brand", "")):
        if scores:
            points = [_at(middle, i, len(scores), s / data.full * RADIUS) for i, s in enumerate(scores)]
            canvas.lines.append(Line(points, colour, 2, dash, closed=True, fill=colour, opacity=0.1))
    return canvas


def _at(middle: tuple[float, float], index: int, count: int, distance: float) -> tuple[float, float]:
    angle = 2 * math.pi * index / count - math.pi / 2
    return middle[0] + distance * math.cos(angle), middle[1] + distance * math.sin(angle)


def _titles(canvas: Canvas, data: RadarData, width: float) -> None:
    y = canvas.say(wrapped(data.title, width - 2 * MARGIN, 15), MARGIN, MARGIN + 14, size=15, gap=20, weight=600)  # fmt: skip
    if data.subtitle:
        lines = wrapped(data.subtitle, width - 2 * MARGIN, 12)
        y = canvas.say(lines, MARGIN, y, size=12, gap=18, colour="second")
    x = MARGIN
    for word, scores, colour, dash in zip(data.words, (data.before, data.after), ("second", "brand"), ("6 4", ""), strict=True):  # fmt: skip
        if scores:
            canvas.lines.append(Line([(x, y), (x + 28, y)], colour, 2, dash))
            canvas.texts.append(Text(x + 34, y + 4, word, 12))
            x += 34 + width_of(word, 12) + 20


def _rings(canvas: Canvas, data: RadarData, middle: tuple[float, float]) -> None:
    count = len(data.axes)
    for ring in range(1, RINGS + 1):
        points = [_at(middle, i, count, ring / RINGS * RADIUS) for i in range(count)]
        canvas.lines.append(Line(points, "line", 1, closed=True))
        x, y = _at(middle, 0, count, ring / RINGS * RADIUS)
        canvas.texts.append(Text(x + 4, y + 11, f"{data.full * ring / RINGS:g}", 11, "second"))
    for i in range(count):
        canvas.lines.append(Line([middle, _at(middle, i, count, RADIUS)], "line", 1))


def _label(canvas: Canvas, lines: Sequence[str], index: int, count: int, middle: tuple[float, float]) -> None:
    """Words outside the end of an axis: above, below, or beside it."""
    x, y = _at(middle, index, count, RADIUS + 14)
    across, down = (x - middle[0]) / RADIUS, (y - middle[1]) / RADIUS
    block = len(lines) * LEAP
    top = y - block if down < -0.9 else y if down > 0.9 else y - block / 2
    for i, line in enumerate(lines):
        wide = width_of(line, SIZE)
        left = x - wide / 2 if abs(across) < 0.2 else x if across > 0 else x - wide
        canvas.texts.append(Text(left, top + i * LEAP + 13, line, SIZE))


def _said(data: RadarData) -> str:
    told = []
    for index, name in enumerate(data.axes):
        scores = [f"{word} {of[index]:g}" for word, of in zip(data.words, (data.before, data.after), strict=True) if of]  # fmt: skip
        told.append(f"{name}：{'，'.join(scores)}")
    return f"{data.title}。满分 {data.full:g}。" + "；".join(told) + "。"
