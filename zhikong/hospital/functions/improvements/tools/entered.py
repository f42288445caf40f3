"""Figures that people type, paste from Excel or upload: read line by line, refused with the line and the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from zhikong.web.charts import fishbone_text

MOST_ROWS, LONGEST = 2_000, 120
Figures = dict[str, Any]
Cells = list[str]


class BadRows(ValueError):
    """Lines that cannot be read. problems: (line from 1, or 0 for the whole; reason)."""

    def __init__(self, problems: Sequence[tuple[int, str]]):
        self.problems = tuple(problems)
        super().__init__("；".join(f"第 {row} 行：{why}" if row else why for row, why in self.problems[:8]))


def read(kind: str, text: str, options: Mapping[str, str] | None = None) -> Figures:
    """The figures of a tool from lines. options: axis, effect, low, high, target and the like, as typed.

    Raises BadRows with every line that is wrong; nothing is taken over from a text with a wrong line.
    """
    if len(text) > 200_000:
        raise BadRows([(0, "内容太多，请分开录入。")])
    return READERS[kind](text, dict(options or {}))


def rows_of(text: str) -> list[tuple[int, Cells]]:
    """Lines with something in them, cut at tabs (as Excel pastes), else at commas or wide gaps."""
    found = []
    for number, line in enumerate(text.replace("\r", "").split("\n"), 1):
        if line.strip():
            found.append((number, [cell.strip() for cell in _cells(line)]))
    if len(found) > MOST_ROWS:
        raise BadRows([(0, f"有 {len(found)} 行，超过 {MOST_ROWS} 行，请分开录入。")])
    if not found:
        raise BadRows([(0, "没有内容。请粘贴数据，或选择 Excel 文件。")])
    return found


def _cells(line: str) -> Cells:
    if "\t" in line:
        return line.split("\t")
    return re.split(r"[,，;；]|\s{2,}", line.strip()) if re.search(r"[,，;；]|\s{2,}", line.strip()) else line.split()  # fmt: skip


def number(text: str) -> float:
    """A number as people write it: full-width digits, thousands, a per cent sign. Raises ValueError."""
    plain = text.translate(str.maketrans("０１２３４５６７８９．－，％", "0123456789.-,%"))
    plain = plain.replace(",", "").replace("%", "").strip()
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", plain):
        raise ValueError(f"“{text}”不是数")
    return float(plain)


class _Reader:
    """Collects what is wrong, so that all of it is told at once."""

    def __init__(self) -> None:
        self.problems: list[tuple[int, str]] = []

    def number(self, row: int, text: str, what: str, *, least: float | None = None) -> float:
        try:
            found = number(text)
        except ValueError as wrong:
            self.problems.append((row, f"{what}：{wrong}。" if text else f"{what}没有填。"))
            return 0.0
        if least is not None and found < least:
            self.problems.append((row, f"{what}不能小于 {least:g}。"))
        return found

    def day(self, row: int, text: str, what: str) -> str:
        plain = re.sub(r"[年月/.]", "-", text).replace("日", "").strip()
        try:
            return f"{datetime.strptime(plain, '%Y-%m-%d').date()}"  # noqa: DTZ007 — a day has no zone
        except ValueError:
            self.problems.append((row, f"{what}“{text}”不是日期，请写成 2026-03-01。"))
            return f"{date.min}"

    def word(self, row: int, text: str, what: str) -> str:
        if not text:
            self.problems.append((row, f"{what}没有填。"))
        if len(text) > LONGEST:
            self.problems.append((row, f"{what}超过 {LONGEST} 个字。"))
        return text

    def wrong(self, row: int, why: str) -> None:
        self.problems.append((row, why))

    def done(self) -> None:
        if self.problems:
            raise BadRows(self.problems)


def _is_number(text: str) -> bool:
    try:
        number(text)
    except ValueError:
        return False
    return True


def _without_head(rows: list[tuple[int, Cells]], numbers_from: int = 1) -> tuple[Cells, list[tuple[int, Cells]]]:  # fmt: skip
    """(heads, rows): the first line is a head when none of its cells after the first is a number, and others' are."""
    first = rows[0][1][numbers_from:]
    if len(rows) > 1 and first and not any(_is_number(cell) for cell in first if cell):
        return rows[0][1], rows[1:]
    return [], rows


def _spec(options: Mapping[str, str], reader: _Reader) -> Figures:
    found = {
        name: reader.number(0, options[name], title) if options.get(name, "").strip() else None
        for name, title in (("low", "规格下限"), ("high", "规格上限"), ("target", "目标"))
    }
    if None not in (found["low"], found["high"]) and found["low"] >= found["high"]:  # type: ignore[operator]
        reader.wrong(0, "规格下限要小于规格上限。")
    return found


def _axis(options: Mapping[str, str], default: str) -> str:
    return options.get("axis", "").strip()[:40] or default


def _check_sheet(text: str, options: Mapping[str, str]) -> Figures:
    """First line: the columns; then a line a category, with counts; a line without counts is to be ticked by hand."""
    rows, reader = rows_of(text), _Reader()
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
        counts.append([_whole(reader, row, cell or "0", columns[i]) for i, cell in enumerate(padded)])
    reader.done()
    return {"by": heads[1][0] or "项目", "across": "", "categories": [c[0] for _, c in body], "columns": columns,
            "counts": counts, "blank": blank, "axis": _axis(options, "次数"), "left": ""}  # fmt: skip


def _whole(reader: _Reader, row: int, text: str, what: str) -> int:
    found = reader.number(row, text, what, least=0)
    if found != int(found):
        reader.wrong(row, f"{what}要是整数，现在是 {text}。")
    return int(found)


def _pareto(text: str, options: Mapping[str, str]) -> Figures:
    """A line an item: its name and its count; a second count makes the chart of after."""
    heads, rows = _without_head(rows_of(text))
    reader, before, after = _Reader(), [], []
    paired = any(len(cells) > 2 and cells[2] for _, cells in rows)
    for row, cells in rows:
        name = reader.word(row, cells[0], "项目")
        before.append([name, _plain(reader.number(row, _at(cells, 1), "次数", least=0))])
        if paired:
            after.append([name, _plain(reader.number(row, _at(cells, 2), "改善后的次数", least=0))])
    _twice(reader, [row for row, _ in rows], [one[0] for one in before])
    if not any(count for _, count in before):
        reader.wrong(0, "次数都是 0，没有可以排序的项目。")
    reader.done()
    names = (_at(heads, 1) or "改善前", _at(heads, 2) or "改善后") if paired else ("", "")
    charts = [[names[0], before], *([[names[1], after]] if paired else [])]
    return {"by": _at(heads, 0) or "项目", "charts": charts, "most": 10, "axis": _axis(options, "次数")}


def _twice(reader: _Reader, rows: Sequence[int], names: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for row, name in zip(rows, names, strict=True):
        if name in seen:
            reader.wrong(row, f"“{name}”与第 {seen[name]} 行重复，请合并。")
        seen.setdefault(name, row)


def _plain(count: float) -> float:
    return int(count) if count == int(count) else count


def _at(cells: Sequence[str], index: int) -> str:
    return cells[index] if index < len(cells) else ""


def _stratification(text: str, options: Mapping[str, str]) -> Figures:
    """First line: what each chart is split by; then a line a chart, with a value each."""
    rows, reader = rows_of(text), _Reader()
    (head_row, heads), *body = rows
    inner = [cell for cell in heads[1:] if cell]
    if not inner or not body:
        raise BadRows(
            [(head_row, "第一行写表头：分层（如科室），然后是各组（如白班、夜班或月份）；下面每行一层。")]
        )
    panels = []
    for row, cells in body[:12]:
        values = [reader.number(row, _at(cells, i + 1), name) if _at(cells, i + 1) else None for i, name in enumerate(inner)]  # fmt: skip
        panels.append([reader.word(row, cells[0], "分层"), inner, values])
    if len(body) > 12:
        reader.wrong(body[12][0], "最多 12 层，图会看不清，请归并。")
    reader.done()
    in_time = all(re.fullmatch(r"20\d\d-\d\d", name) for name in inner)
    return {"by": heads[0] or "分层", "across": "", "panels": panels, "lines": in_time, "left": 0, "axis": _axis(options, "数量")}  # fmt: skip


def _scatter(text: str, options: Mapping[str, str]) -> Figures:
    """A line a pair: x, y, and a name if wanted."""
    heads, rows = _without_head(rows_of(text), 0)
    reader, points = _Reader(), []
    for row, cells in rows:
        pair = [reader.number(row, _at(cells, i), what) for i, what in enumerate(("第一个量", "第二个量"))]
        points.append([*pair, _at(cells, 2)])
    reader.done()
    return {"points": points, "across": _at(heads, 0) or _axis(options, "x"), "up": _at(heads, 1) or options.get("up") or "y", "axis": ""}  # fmt: skip


def _histogram(text: str, options: Mapping[str, str]) -> Figures:
    """Numbers in the order of time, one a line or several."""
    reader, values, rows = _Reader(), [], rows_of(text)
    if len(rows) > 1 and not any(_is_number(cell) for cell in rows[0][1]):
        rows = rows[1:]
    for row, cells in rows:
        values += [reader.number(row, cell, "数据") for cell in cells if cell]
    limits = _spec(options, reader)
    if len(values) < 2:
        reader.wrong(0, "至少要两个数。")
    reader.done()
    rule = options.get("rule") or "sqrt"
    return {"values": values, **limits, "rule": rule, "axis": _axis(options, "测量值")}


def _control(text: str, options: Mapping[str, str]) -> Figures:
    """A line a period: its name and a value; or its name, the numerator and the denominator."""
    _heads, rows = _without_head(rows_of(text))
    reader, target = _Reader(), options.get("target", "").strip()
    paired = any(len(cells) > 2 and cells[2] for _, cells in rows)
    top = [reader.number(row, _at(cells, 1), "分子" if paired else "数值") for row, cells in rows]
    bottom = [reader.number(row, _at(cells, 2), "分母") for row, cells in rows] if paired else []
    for (row, _), below in zip(rows, bottom, strict=False):
        if below <= 0:
            reader.wrong(row, "分母要大于 0。")
    if len(rows) < 2:
        reader.wrong(0, "至少要两期。")
    labels = [reader.word(row, cells[0], "期间") for row, cells in rows]
    _twice(reader, [row for row, _ in rows], labels)
    aim = reader.number(0, target, "目标") if target else None
    reader.done()
    how = "ratio" if paired else ("count" if options.get("how") == "count" else "measure")
    made: Figures = {"labels": labels, "how": how, "top": top, "target": aim, "axis": _axis(options, "数值")}
    return made | ({"bottom": bottom, "multiply": float(options.get("multiply") or 100)} if paired else {})


def _fishbone(text: str, options: Mapping[str, str]) -> Figures:
    """Bones and causes, as fishbone_text says; the effect stands in the options."""
    effect = options.get("effect", "").strip()
    try:
        bones = fishbone_text.read(text)
    except fishbone_text.BadLine as wrong:
        raise BadRows([(wrong.row, wrong.reason)]) from None
    if not effect:
        raise BadRows([(0, "先写要分析的结果（鱼头），如“手卫生依从率只有 62%”。")])
    return {"effect": effect[:LONGEST], "axis": "", "bones": [[b.name, [[c.text, c.mark, list(c.whys)] for c in b.causes]] for b in bones]}  # fmt: skip


def _radar(text: str, options: Mapping[str, str]) -> Figures:
    """A line a matter: its name, the mean score before, and after."""
    _heads, rows = _without_head(rows_of(text))
    reader = _Reader()
    full = reader.number(0, options.get("full", "").strip() or "5", "满分", least=1)
    both = any(_at(cells, 2) for _, cells in rows)
    names = [reader.word(row, cells[0], "项目") for row, cells in rows]
    before = [reader.number(row, _at(cells, 1), "改善前", least=0) for row, cells in rows]
    after = [reader.number(row, _at(cells, 2), "改善后", least=0) for row, cells in rows] if both else []
    for (row, _), score in [*zip(rows, before, strict=True), *zip(rows, after, strict=False)]:
        if score > full:
            reader.wrong(row, f"{score:g} 超过满分 {full:g}。")
    if not 3 <= len(rows) <= 12:
        reader.wrong(0, f"雷达图要 3 到 12 项，现在是 {len(rows)} 项。")
    reader.done()
    return {"names": names, "before": before, "after": after, "full": full, "axis": _axis(options, "均分")}


def _gantt(text: str, options: Mapping[str, str]) -> Figures:
    """A line a task: name, planned start and end, then who, and when it really began and ended."""
    rows, reader, made = rows_of(text), _Reader(), []
    if not re.search(r"\d{4}", " ".join(rows[0][1])):
        rows = rows[1:]
    for row, cells in rows:
        days = [reader.day(row, _at(cells, i), what) for i, what in ((1, "计划开始"), (2, "计划结束"))]
        who, done = _at(cells, 3), [_at(cells, 4), _at(cells, 5)]
        really = [reader.day(row, day, what) if day else "" for day, what in zip(done, ("实际开始", "实际结束"), strict=True)]  # fmt: skip
        if days[1] < days[0] or (all(really) and really[1] < really[0]):
            reader.wrong(row, "结束早于开始。")
        made.append([reader.word(row, cells[0], "任务"), *days, who[:40], *really])
    if not 1 <= len(made) <= 60:
        reader.wrong(0, "甘特图要 1 到 60 行。")
    reader.done()
    return {"rows": made, "axis": ""}


def _before_after(text: str, options: Mapping[str, str]) -> Figures:
    """Two lines, before and after: name, numerator, denominator. Or more numbers a line: single values."""
    _heads, rows = _without_head(rows_of(text))
    reader = _Reader()
    if len(rows) != 2:
        raise BadRows([(0, f"要两行：改善前、改善后；现在是 {len(rows)} 行。")])
    names = [reader.word(row, cells[0], "期间") for row, cells in rows]
    values = [[reader.number(row, cell, "数") for cell in cells[1:] if cell] for row, cells in rows]
    spec, made = _spec(options, reader), {"names": names, "axis": _axis(options, "率（%）")}
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


def _affinity(text: str, options: Mapping[str, str]) -> Figures:
    """Cards under headings: the lines of a cause-effect diagram without stars."""
    try:
        bones = fishbone_text.read(text)
    except fishbone_text.BadLine as wrong:
        raise BadRows([(wrong.row, wrong.reason)]) from None
    return {"groups": [[bone.name, [cause.text for cause in bone.causes]] for bone in bones], "axis": ""}


def _relation(text: str, options: Mapping[str, str]) -> Figures:
    """A line a relation: cause -> effect."""
    reader, arrows = _Reader(), []
    for row, line in enumerate(text.splitlines(), 1):
        if line.strip():
            parts = [part.strip() for part in re.split(r"->|→|=>|\t", line) if part.strip()]
            if len(parts) != 2 or parts[0] == parts[1]:
                reader.wrong(row, "每行写一个关系：原因 → 结果。")
            else:
                arrows.append(parts)
    if not arrows and not reader.problems:
        reader.wrong(0, "没有内容。每行写一个关系：原因 → 结果。")
    reader.done()
    return {"arrows": arrows, "axis": ""}


READERS: dict[str, Callable[[str, Mapping[str, str]], Figures]] = {
    "check_sheet": _check_sheet,
    "pareto": _pareto,
    "stratification": _stratification,
    "scatter": _scatter,
    "histogram": _histogram,
    "control": _control,
    "fishbone": _fishbone,
    "radar": _radar,
    "gantt": _gantt,
    "before_after": _before_after,
    "affinity": _affinity,
    "relation": _relation,
}
