"""A picture of figures: Vega-Lite for charts, SVG of our own for what charts cannot do. The same figures, the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np

from zhikong.engine.stats.correlation import correlation
from zhikong.engine.stats.histogram import histogram
from zhikong.engine.stats.pareto import Pareto, pareto
from zhikong.engine.stats.points import Rule
from zhikong.hospital.functions.improvements.tools import changes, limits
from zhikong.hospital.functions.improvements.tools.asking import Unanswerable
from zhikong.web.charts import BEYOND, NORMAL, SHIFT, ControlData, control_chart
from zhikong.web.charts.checksheet import CheckSheetData, check_sheet_svg
from zhikong.web.charts.distributions import HistogramData, ScatterData, histogram_chart, scatter_chart
from zhikong.web.charts.fishbone import Bone, Cause, fishbone_svg
from zhikong.web.charts.gantt import GanttData, GanttRow, gantt_svg
from zhikong.web.charts.pareto_line import Columns, ParetoLineData, pareto_columns
from zhikong.web.charts.radar import RadarData, radar_svg
from zhikong.web.charts.stratified import (
    BeforeAfterData,
    Panel,
    StratifiedData,
    before_after_chart,
    stratified_chart,
)

Figures = Mapping[str, Any]
Picture = dict | str


def picture(
    kind: str, figures: Figures, *, title: str, subtitle: str = "", theme: str = "light"
) -> Picture | None:
    """The picture of a tool; None for one that is a table only. Raises Unanswerable when it cannot be drawn."""
    draw = DRAWN.get(kind)
    return None if draw is None else draw(figures, title, subtitle, theme)


def paretos(figures: Figures) -> list[tuple[str, Pareto]]:
    """The charts of a Pareto: one, or before and after."""
    most = int(figures.get("most") or 10)
    return [(name, pareto([tuple(item) for item in items], most=most)) for name, items in figures["charts"]]


def _pareto(figures: Figures, title: str, subtitle: str, theme: str) -> Picture:
    charts = [
        Columns(name, [b.name for b in one.bars], [b.count for b in one.bars], [b.reached for b in one.bars], [b.vital for b in one.bars])
        for name, one in paretos(figures)
    ]  # fmt: skip
    return pareto_columns(ParetoLineData(title, subtitle, figures["axis"], charts), theme=theme)


def _check_sheet(figures: Figures, title: str, subtitle: str, theme: str) -> Picture:
    data = CheckSheetData(title, subtitle, figures["categories"], figures["columns"], figures["counts"], bool(figures.get("blank")))  # fmt: skip
    return check_sheet_svg(data, theme=theme)


def _stratification(figures: Figures, title: str, subtitle: str, theme: str) -> Picture:
    panels = [Panel(name, names, values) for name, names, values in figures["panels"]]
    data = StratifiedData(title, subtitle, figures["axis"], panels, bool(figures["lines"]))
    return stratified_chart(data, theme=theme)


def _scatter(figures: Figures, title: str, subtitle: str, theme: str) -> Picture:
    points = [tuple(point) for point in figures["points"]]
    found = correlation([p[0] for p in points], [p[1] for p in points])
    line = (found.intercept, found.slope) if found.slope is not None and found.certain else None
    return scatter_chart(ScatterData(title, subtitle, figures["across"], figures["up"], points, line), theme=theme)  # fmt: skip


def _histogram(figures: Figures, title: str, subtitle: str, theme: str) -> Picture:
    found = histogram(figures["values"], rule=figures.get("rule") or "sqrt")
    lines = [(found.mean, f"均值 {found.mean:.4g}", "mean")]
    for name, word, how in (("low", "规格下限", "limit"), ("high", "规格上限", "limit"), ("target", "目标", "target")):  # fmt: skip
        if figures.get(name) is not None:
            lines.append((figures[name], f"{word} {figures[name]:g}", how))
    classes = [(c.low, c.high, c.count) for c in found.classes]
    return histogram_chart(HistogramData(title, subtitle, figures["axis"], classes, lines), theme=theme)


def _control(figures: Figures, title: str, subtitle: str, theme: str) -> Picture:
    found = limits.chart(figures)
    if found is None:
        raise Unanswerable("已知的期间不足两个，还画不出控制图。")
    data = ControlData(
        title=title, subtitle=f"{subtitle} · {limits.KINDS[found.kind]}".strip(" ·"), axis=figures["axis"],
        months=figures["labels"], values=_list(found.limits.y), centre=_list(found.limits.centre),
        lower=_list(found.limits.lower), upper=_list(found.limits.upper),
        marks=[NORMAL if r is Rule.NONE else BEYOND if r in limits.BEYOND else SHIFT for r in found.rules],
        target=figures.get("target"),
    )  # fmt: skip
    return control_chart(data, theme=theme)


def _list(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(one) else round(float(one), 6) for one in values]


def _fishbone(figures: Figures, title: str, subtitle: str, theme: str) -> Picture:
    return fishbone_svg(figures["effect"], bones(figures), theme=theme)


def bones(figures: Figures) -> list[Bone]:
    """The bones of a saved cause-effect diagram."""
    return [
        Bone(name, tuple(Cause(text, mark, tuple(whys)) for text, mark, whys in causes))
        for name, causes in figures["bones"]
    ]


def _radar(figures: Figures, title: str, subtitle: str, theme: str) -> Picture:
    data = RadarData(title, subtitle, figures["names"], figures["before"], figures["after"], figures["full"])
    return radar_svg(data, theme=theme)


def _gantt(figures: Figures, title: str, subtitle: str, theme: str) -> Picture:
    rows = [
        GanttRow(name, _day(start), _day(end), _day(begun), _day(ended), who)  # type: ignore[arg-type]
        for name, start, end, who, begun, ended in figures["rows"]
    ]
    return gantt_svg(GanttData(title, subtitle, rows, _day(figures.get("today"))), theme=theme)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _before_after(figures: Figures, title: str, subtitle: str, theme: str) -> Picture:
    found = changes.change(figures)
    periods = [
        (name, side.value, side.low, side.high)
        for name, side in zip(figures["names"], (found.before, found.after), strict=True)
    ]
    data = BeforeAfterData(title, subtitle, figures["axis"], periods, figures.get("target"))
    return before_after_chart(data, theme=theme)


DRAWN: dict[str, Callable[[Figures, str, str, str], Picture]] = {
    "pareto": _pareto,
    "check_sheet": _check_sheet,
    "stratification": _stratification,
    "scatter": _scatter,
    "histogram": _histogram,
    "control": _control,
    "fishbone": _fishbone,
    "radar": _radar,
    "gantt": _gantt,
    "before_after": _before_after,
}
