"""A Pareto chart: what is most frequent stands first, and how much of the whole the first few make up together."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhikong.web.charts.theme import THEMES, config

VITAL = 80  # per cent: the line of the vital few
ROW = 30  # pixels of one bar


@dataclass(frozen=True)
class ParetoData:
    """names and counts, the most frequent first; reached: cumulative per cent of everything, also of what is not shown.

    title says the finding; subtitle gives scope and period; axis names what is counted.
    """

    title: str
    subtitle: str
    axis: str
    names: Sequence[str]
    counts: Sequence[int]
    reached: Sequence[float]


def pareto_chart(data: ParetoData, *, theme: str = "light", width: int = 640) -> dict:
    """Horizontal bars, so that long Chinese names can be read, with the cumulative share as a line and in words."""
    colours = THEMES[theme]
    rows = [
        {
            "name": name,
            "count": count,
            "reached": share,
            "said": f"{count}（累计 {share:g}%）",
            "vital": before < VITAL,
        }
        for name, count, share, before in zip(
            data.names, data.counts, data.reached, [0, *data.reached][: len(data.names)], strict=True
        )
    ]
    most = max(data.counts, default=1) or 1
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 260, "ticks": False, "domain": False}}  # fmt: skip
    bars = {
        "mark": {"type": "bar", "height": 16, "cornerRadiusEnd": 2},
        "encoding": {
            "x": {
                "field": "count",
                "type": "quantitative",
                "scale": {"domain": [0, most * 1.35]},
                "axis": {"title": data.axis, "tickMinStep": 1, "tickCount": 5},
            },
            "color": {
                "condition": {"test": "datum.vital", "value": colours.brand},
                "value": colours.second,
            },
        },
    }
    words = {
        "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 12, "color": colours.text},
        "encoding": {"x": {"field": "count", "type": "quantitative"}, "text": {"field": "said"}},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": {"text": data.title, "subtitle": data.subtitle},
        "width": width,
        "height": max(len(rows), 1) * ROW,
        "config": config(colours),
        "data": {"name": "points", "values": rows},
        "encoding": {"y": y},
        "layer": [bars, words],
    }
