"""The check sheet (检查表): how often what was seen when or where, in strokes of 正 as wards tally, with sums."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhikong.web.charts.canvas import Box, Canvas, Line, Text
from zhikong.web.charts.text import width_of, wrapped

NAMES, CELL, SUM, MARGIN = 200, 78, 64, 16
SIZE, LEAP = 13, 17
TALLIED = 10  # strokes that fit a cell
STROKE, STRIDE = 15, 19  # size of a 正, distance to the next
# one 正 in five strokes, in a square of 1
STROKES = (
    ((0.08, 0.08), (0.92, 0.08)), ((0.52, 0.08), (0.52, 0.92)), ((0.52, 0.48), (0.88, 0.48)),
    ((0.22, 0.42), (0.22, 0.92)), ((0.0, 0.92), (1.0, 0.92)),
)  # fmt: skip


@dataclass(frozen=True)
class CheckSheetData:
    """counts: a row for each category, a number for each column. blank: nothing in the cells, to be ticked by hand."""

    title: str
    subtitle: str
    categories: Sequence[str]
    columns: Sequence[str]
    counts: Sequence[Sequence[float]] = ()
    blank: bool = False


def check_sheet_svg(data: CheckSheetData, *, theme: str = "light") -> str:
    """The sheet as SVG text."""
    return check_sheet(data).svg(theme)


def check_sheet(data: CheckSheetData) -> Canvas:
    """Places everything; columns are as wide as their words in two lines need, at least a cell of strokes."""
    width = MARGIN * 2 + NAMES + SUM + CELL * len(data.columns)
    heads = [wrapped(name, CELL - 8, 12)[:3] for name in data.columns]
    names = [wrapped(name, NAMES - 10, SIZE) for name in data.categories]
    titles = wrapped(data.title, width - 2 * MARGIN, 15), wrapped(data.subtitle or " ", width - 2 * MARGIN, 12)  # fmt: skip
    top = MARGIN + 20 * len(titles[0]) + 18 * len(titles[1]) + 6
    head = max(len(lines) for lines in heads) * 16 + 12
    heights = [max(38, len(lines) * LEAP + 10) for lines in names]
    canvas = Canvas(width, top + head + sum(heights) + 36 + MARGIN, data.title, _said(data))
    y = canvas.say(titles[0], MARGIN, MARGIN + 14, size=15, gap=20, weight=600)
    canvas.say(titles[1], MARGIN, y, size=12, gap=18, colour="second")
    _grid(canvas, data, top, [head, *heights, 36])
    _heads(canvas, heads, top)
    at = top + head
    for index, (lines, height) in enumerate(zip(names, heights, strict=True)):
        canvas.say(lines, MARGIN + 6, at + 20, gap=LEAP)
        _cells(canvas, () if data.blank else data.counts[index], at, height)
        at += height
    _sums(canvas, data, at)
    return canvas


def _grid(canvas: Canvas, data: CheckSheetData, top: float, heights: Sequence[float]) -> None:
    right, y = canvas.width - MARGIN, top
    canvas.boxes.append(Box(MARGIN, top, right - MARGIN, sum(heights), "", "second", 0, 1.4))
    for height in heights[:-1]:
        y += height
        canvas.lines.append(Line([(MARGIN, y), (right, y)], "line", 1))
    for n in range(len(data.columns) + 1):
        x = MARGIN + NAMES + n * CELL
        canvas.lines.append(Line([(x, top), (x, top + sum(heights))], "line", 1))


def _heads(canvas: Canvas, heads: Sequence[Sequence[str]], top: float) -> None:
    canvas.texts.append(Text(MARGIN + 6, top + 18, "项目", 12, "second"))
    for n, lines in enumerate(heads):
        for i, line in enumerate(lines):
            canvas.centred(line, MARGIN + NAMES + (n + 0.5) * CELL, top + 18 + i * 16, size=12, colour="second")  # fmt: skip
    canvas.centred("合计", canvas.width - MARGIN - SUM / 2, top + 18, size=12, colour="second")


def _cells(canvas: Canvas, counts: Sequence[float], top: float, height: float) -> None:
    for n, count in enumerate(counts):
        x = MARGIN + NAMES + n * CELL
        if 0 < count <= TALLIED and count == int(count):
            _tally(canvas, int(count), x + 8, top + (height - STROKE) / 2)
        if count:
            words, colour = f"{count:g}", "second" if count <= TALLIED else "text"
            canvas.texts.append(Text(x + CELL - 6 - width_of(words, 12), top + height - 6, words, 12, colour))
    if counts:
        total = sum(counts)
        canvas.centred(f"{total:g}", canvas.width - MARGIN - SUM / 2, top + height / 2 + 5, weight=600)


def _tally(canvas: Canvas, count: int, x: float, y: float) -> None:
    for number in range(count):
        left = x + (number // 5) * STRIDE
        points = [(left + px * STROKE, y + py * STROKE) for px, py in STROKES[number % 5]]
        canvas.lines.append(Line(points, "brand", 1.6))


def _sums(canvas: Canvas, data: CheckSheetData, top: float) -> None:
    canvas.texts.append(Text(MARGIN + 6, top + 22, "合计", SIZE, weight=600))
    if data.blank:
        return
    sums = [sum(row[n] for row in data.counts) for n in range(len(data.columns))]
    for n, total in enumerate([*sums, sum(sums)]):
        middle = MARGIN + NAMES + (n + 0.5) * CELL if n < len(sums) else canvas.width - MARGIN - SUM / 2
        canvas.centred(f"{total:g}", middle, top + 22, weight=600)


def _said(data: CheckSheetData) -> str:
    if data.blank:
        return f"{data.title}。空白检查表：{'、'.join(data.categories)}。"
    told = [f"{name}：共 {sum(row):g}" for name, row in zip(data.categories, data.counts, strict=True)]
    return f"{data.title}。" + "；".join(told) + "。"
