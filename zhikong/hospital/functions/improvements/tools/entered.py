"""Figures that people type, paste from Excel or upload: read line by line, refused with the line and the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from zhikong.hospital.functions.improvements.tools import teams
from zhikong.hospital.functions.improvements.tools.lines import BadRows as BadRows
from zhikong.hospital.functions.improvements.tools.lines import (
    Reader,
    at,
    axis,
    is_number,
    plain,
    rows_of,
    spec_of,
    twice,
    whole,
    without_head,
)
from zhikong.hospital.functions.improvements.tools.lines import (
    number as number,
)

Figures = dict[str, Any]


def read(kind: str, text: str, options: Mapping[str, str] | None = None) -> Figures:
    """The figures of a tool from lines. options: axis, effect, low, high, target and the like, as typed.

    Raises BadRows with every line that is wrong; nothing is taken over from a text with a wrong line.
    """
    if len(text) > 200_000:
        raise BadRows([(0, "内容太多，请分开录入。")])
    return READERS[kind](text, dict(options or {}))


def _check_sheet(text: str, options: Mapping[str, str]) -> Figures:
    """First line: the columns; then a line a category, with counts; a line without counts is to be ticked by hand."""
    rows, reader = rows_of(text), Reader()
    heads, *body = rows
    columns = [cell for cell in heads[1][1:] if cell]
    if not columns or not body:
        raise BadRows(
            [(heads[0], "第一行写表头：项目、然后是各列（如白班、小夜、大夜）；下面每行一个项目。")]
        )
    if len(columns) > 15 or len(body) > 40:
        raise BadRows([(0, "检查表最多 15 列、40 行。")])
    blank = all(not any(cells[1:]) for _, cells in body)
    counts = []
    for row, cells in body:
        reader.word(row, cells[0], "项目")
        if len(cells) > len(columns) + 1:
            reader.wrong(row, f"有 {len(cells) - 1} 个数，比表头的 {len(columns)} 列多。")
        padded = [*cells[1:], *[""] * len(columns)][: len(columns)]
        counts.append([whole(reader, row, cell or "0", columns[i]) for i, cell in enumerate(padded)])
    reader.done()
    return {"by": heads[1][0] or "项目", "across": "", "categories": [c[0] for _, c in body], "columns": columns,
            "counts": counts, "blank": blank, "axis": axis(options, "次数"), "left": ""}  # fmt: skip


def _pareto(text: str, options: Mapping[str, str]) -> Figures:
    """A line an item: its name and its count; a second count makes the chart of after."""
    heads, rows = without_head(rows_of(text))
    reader, before, after = Reader(), [], []
    paired = any(len(cells) > 2 and cells[2] for _, cells in rows)
    for row, cells in rows:
        name = reader.word(row, cells[0], "项目")
        before.append([name, plain(reader.number(row, at(cells, 1), "次数", least=0))])
        if paired:
            after.append([name, plain(reader.number(row, at(cells, 2), "改善后的次数", least=0))])
    twice(reader, [row for row, _ in rows], [one[0] for one in before])
    if not any(count for _, count in before):
        reader.wrong(0, "次数都是 0，没有可以排序的项目。")
    reader.done()
    names = (at(heads, 1) or "改善前", at(heads, 2) or "改善后") if paired else ("", "")
    charts = [[names[0], before], *([[names[1], after]] if paired else [])]
    return {"by": at(heads, 0) or "项目", "charts": charts, "most": 10, "axis": axis(options, "次数")}


def _stratification(text: str, options: Mapping[str, str]) -> Figures:
    """First line: what each chart is split by; then a line a chart, with a value each."""
    rows, reader = rows_of(text), Reader()
    (head_row, heads), *body = rows
    inner = [cell for cell in heads[1:] if cell]
    if not inner or not body:
        raise BadRows(
            [(head_row, "第一行写表头：分层（如科室），然后是各组（如白班、夜班或月份）；下面每行一层。")]
        )
    panels = []
    for row, cells in body[:12]:
        values = [reader.number(row, at(cells, i + 1), name) if at(cells, i + 1) else None for i, name in enumerate(inner)]  # fmt: skip
        panels.append([reader.word(row, cells[0], "分层"), inner, values])
    if len(body) > 12:
        reader.wrong(body[12][0], "最多 12 层，图会看不清，请归并。")
    reader.done()
    in_time = all(re.fullmatch(r"20\d\d-\d\d", name) for name in inner)
    return {"by": heads[0] or "分层", "across": "", "panels": panels, "lines": in_time, "left": 0, "axis": axis(options, "数量")}  # fmt: skip


def _scatter(text: str, options: Mapping[str, str]) -> Figures:
    """A line a pair: x, y, and a name if wanted."""
    heads, rows = without_head(rows_of(text), 0)
    reader, points = Reader(), []
    for row, cells in rows:
        pair = [reader.number(row, at(cells, i), what) for i, what in enumerate(("第一个量", "第二个量"))]
        points.append([*pair, at(cells, 2)])
    reader.done()
    return {"points": points, "across": at(heads, 0) or axis(options, "x"), "up": at(heads, 1) or options.get("up") or "y", "axis": ""}  # fmt: skip


def _histogram(text: str, options: Mapping[str, str]) -> Figures:
    """Numbers in the order of time, one a line or several."""
    reader, values, rows = Reader(), [], rows_of(text)
    if len(rows) > 1 and not any(is_number(cell) for cell in rows[0][1]):
        rows = rows[1:]
    for row, cells in rows:
        values += [reader.number(row, cell, "数据") for cell in cells if cell]
    limits = spec_of(options, reader)
    if len(values) < 2:
        reader.wrong(0, "至少要两个数。")
    reader.done()
    rule = options.get("rule") or "sqrt"
    return {"values": values, **limits, "rule": rule, "axis": axis(options, "测量值")}


def _control(text: str, options: Mapping[str, str]) -> Figures:
    """A line a period: its name and a value; or its name, the numerator and the denominator."""
    _heads, rows = without_head(rows_of(text))
    reader, target = Reader(), options.get("target", "").strip()
    paired = any(len(cells) > 2 and cells[2] for _, cells in rows)
    top = [reader.number(row, at(cells, 1), "分子" if paired else "数值") for row, cells in rows]
    bottom = [reader.number(row, at(cells, 2), "分母") for row, cells in rows] if paired else []
    for (row, _), below in zip(rows, bottom, strict=False):
        if below <= 0:
            reader.wrong(row, "分母要大于 0。")
    if len(rows) < 2:
        reader.wrong(0, "至少要两期。")
    labels = [reader.word(row, cells[0], "期间") for row, cells in rows]
    twice(reader, [row for row, _ in rows], labels)
    aim = reader.number(0, target, "目标") if target else None
    reader.done()
    how = "ratio" if paired else ("count" if options.get("how") == "count" else "measure")
    made: Figures = {"labels": labels, "how": how, "top": top, "target": aim, "axis": axis(options, "数值")}
    return made | ({"bottom": bottom, "multiply": float(options.get("multiply") or 100)} if paired else {})


def _before_after(text: str, options: Mapping[str, str]) -> Figures:
    """Two lines, before and after: name, numerator, denominator. Or more numbers a line: single values."""
    _heads, rows = without_head(rows_of(text))
    reader = Reader()
    if len(rows) != 2:
        raise BadRows([(0, f"要两行：改善前、改善后；现在是 {len(rows)} 行。")])
    names = [reader.word(row, cells[0], "期间") for row, cells in rows]
    values = [[reader.number(row, cell, "数") for cell in cells[1:] if cell] for row, cells in rows]
    spec, made = spec_of(options, reader), {"names": names, "axis": axis(options, "率（%）")}
    made |= {"target": spec["target"], "multiply": float(options.get("multiply") or 100)}
    if all(len(one) == 2 for one in values) and options.get("how") != "mean":
        for (row, _), (top, bottom) in zip(rows, values, strict=True):
            if top < 0 or bottom <= 0 or top != int(top):
                reader.wrong(row, "分子要是整数，分母要大于 0。")
        reader.done()
        return made | {"how": "ratio", "pairs": values}
    for (row, _), one in zip(rows, values, strict=True):
        if len(one) < 2:
            reader.wrong(row, "要么写分子和分母，要么写两个以上的单个数值。")
    reader.done()
    return made | {"how": "mean", "values": values, "multiply": 1}


READERS: dict[str, Callable[[str, Mapping[str, str]], Figures]] = {
    "check_sheet": _check_sheet,
    "pareto": _pareto,
    "stratification": _stratification,
    "scatter": _scatter,
    "histogram": _histogram,
    "control": _control,
    "fishbone": teams.fishbone,
    "radar": teams.radar,
    "gantt": teams.gantt,
    "before_after": _before_after,
    "affinity": teams.affinity,
    "relation": teams.relation,
}
