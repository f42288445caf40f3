"""What a team writes down: causes, scores, plans, cards, relations. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from zhikong.hospital.functions.improvements.tools.lines import (
    LONGEST,
    BadRows,
    Reader,
    at,
    axis,
    rows_of,
    without_head,
)
from zhikong.web.charts import fishbone_text

Figures = dict[str, Any]


def fishbone(text: str, options: Mapping[str, str]) -> Figures:
    """Bones and causes, as fishbone_text says; the effect stands in the options."""
    effect = options.get("effect", "").strip()
    try:
        bones = fishbone_text.read(text)
    except fishbone_text.BadLine as wrong:
        raise BadRows([(wrong.row, wrong.reason)]) from None
    if not effect:
        raise BadRows([(0, "先写要分析的结果（鱼头），如“手卫生依从率只有 62%”。")])
    return {"effect": effect[:LONGEST], "axis": "", "bones": [[b.name, [[c.text, c.mark, list(c.whys)] for c in b.causes]] for b in bones]}  # fmt: skip


def radar(text: str, options: Mapping[str, str]) -> Figures:
    """A line a matter: its name, the mean score before, and after."""
    _heads, rows = without_head(rows_of(text))
    reader = Reader()
    full = reader.number(0, options.get("full", "").strip() or "5", "满分", least=1)
    both = any(at(cells, 2) for _, cells in rows)
    names = [reader.word(row, cells[0], "项目") for row, cells in rows]
    before = [reader.number(row, at(cells, 1), "改善前", least=0) for row, cells in rows]
    after = [reader.number(row, at(cells, 2), "改善后", least=0) for row, cells in rows] if both else []
    for (row, _), score in [*zip(rows, before, strict=True), *zip(rows, after, strict=False)]:
        if score > full:
            reader.wrong(row, f"{score:g} 超过满分 {full:g}。")
    if not 3 <= len(rows) <= 12:
        reader.wrong(0, f"雷达图要 3 到 12 项，现在是 {len(rows)} 项。")
    reader.done()
    return {"names": names, "before": before, "after": after, "full": full, "axis": axis(options, "均分")}


def gantt(text: str, options: Mapping[str, str]) -> Figures:
    """A line a task: name, planned start and end, then who, and when it really began and ended."""
    rows, reader, made = rows_of(text), Reader(), []
    if not re.search(r"\d{4}", " ".join(rows[0][1])):
        rows = rows[1:]
    for row, cells in rows:
        days = [reader.day(row, at(cells, i), what) for i, what in ((1, "计划开始"), (2, "计划结束"))]
        who, done = at(cells, 3), [at(cells, 4), at(cells, 5)]
        really = [reader.day(row, day, what) if day else "" for day, what in zip(done, ("实际开始", "实际结束"), strict=True)]  # fmt: skip
        if days[1] < days[0] or (all(really) and really[1] < really[0]):
            reader.wrong(row, "结束早于开始。")
        made.append([reader.word(row, cells[0], "任务"), *days, who[:40], *really])
    if not 1 <= len(made) <= 60:
        reader.wrong(0, "甘特图要 1 到 60 行。")
    reader.done()
    return {"rows": made, "axis": ""}


def affinity(text: str, options: Mapping[str, str]) -> Figures:
    """Cards under headings: the lines of a cause-effect diagram without stars."""
    try:
        bones = fishbone_text.read(text)
    except fishbone_text.BadLine as wrong:
        raise BadRows([(wrong.row, wrong.reason)]) from None
    return {"groups": [[bone.name, [cause.text for cause in bone.causes]] for bone in bones], "axis": ""}


def relation(text: str, options: Mapping[str, str]) -> Figures:
    """A line a relation: cause -> effect."""
    reader, arrows = Reader(), []
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
