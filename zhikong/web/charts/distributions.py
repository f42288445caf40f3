"""Histogram and scatter: how values are spread, and whether two of them go together."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhikong.web.charts.text import wrapped
from zhikong.web.charts.theme import THEMES, Theme, config

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


@dataclass(frozen=True)
class HistogramData:
    """classes: (low, high, count). lines: (value, words, kind) with kind limit, target or mean."""

    title: str
    subtitle: str
    axis: str
    classes: Sequence[tuple[float, float, int]]
    lines: Sequence[tuple[float, str, str]] = ()


@dataclass(frozen=True)
class ScatterData:
    """points: (x, y, label). line: (intercept, slope) of the fitted line, or None."""

    title: str
    subtitle: str
    across: str
    up: str
    points: Sequence[tuple[float, float, str]]
    line: tuple[float, float] | None = None


def frame(title: str, subtitle: str, colours: Theme, width: int) -> dict:
    """What every picture here begins with; titles break where the picture ends."""
    titles = {"text": wrapped(title, width, 15), "subtitle": wrapped(subtitle, width, 12)}
    return {"$schema": SCHEMA, "title": titles, "config": config(colours)}


def histogram_chart(
    data: HistogramData, *, theme: str = "light", width: int = 640, height: int = 260
) -> dict:
    """Columns without gaps; limits, target and mean as lines with words above the plot, each on a row of its own."""
    colours = THEMES[theme]
    rows = [{"low": low, "high": high, "count": count} for low, high, count in data.classes]
    known = [v for row in rows for v in (row["low"], row["high"])] + [v for v, _, _ in data.lines]
    span = (max(known) - min(known)) or 1
    scale = {"domain": [min(known) - span * 0.02, max(known) + span * 0.02], "nice": False, "zero": False}
    x = {"field": "low", "type": "quantitative", "scale": scale, "axis": {"title": data.axis, "grid": False}}
    most = max((row["count"] for row in rows), default=1)
    y = {"field": "count", "type": "quantitative", "axis": {"title": "频数", "tickMinStep": 1},
         "scale": {"domain": [0, most * (1.12 + 0.1 * len(data.lines))], "nice": False}}  # fmt: skip
    bars = {
        "mark": {"type": "rect", "color": colours.brand, "stroke": colours.card, "strokeWidth": 1},
        "encoding": {"x": x, "x2": {"field": "high"}, "y": y, "y2": {"datum": 0}},
    }
    counted = {
        "mark": {"type": "text", "dy": -7, "fontSize": 12, "color": colours.text},
        "transform": [{"filter": "datum.count > 0"}, {"calculate": "(datum.low + datum.high) / 2", "as": "middle"}],
        "encoding": {"x": {"field": "middle", "type": "quantitative", "scale": scale}, "y": y, "text": {"field": "count"}},
    }  # fmt: skip
    lines = [layer for n, line in enumerate(data.lines) for layer in _upright(line, n, scale, colours)]
    return frame(data.title, data.subtitle, colours, width) | {
        "width": width, "height": height, "layer": [
            {"data": {"values": rows}, **bars}, {"data": {"values": rows}, **counted}, *lines,
        ],
    }  # fmt: skip


def _upright(line: tuple[float, str, str], row: int, scale: dict, colours: Theme) -> list[dict]:
    value, words, kind = line
    colour = {"limit": colours.bad, "target": colours.second, "mean": colours.good}[kind]
    right = (value - scale["domain"][0]) / (scale["domain"][1] - scale["domain"][0]) > 0.75
    x = {"datum": value, "type": "quantitative", "scale": scale}
    rule = {"type": "rule", "color": colour, "strokeWidth": 1.5, "strokeDash": [] if kind == "mean" else [4, 3]}  # fmt: skip
    text = {"type": "text", "color": colour, "align": "right" if right else "left", "dx": -5 if right else 5, "baseline": "top", "fontSize": 12}  # fmt: skip
    empty = {"data": {"values": [{}]}}
    return [
        empty | {"mark": rule, "encoding": {"x": x}},
        empty | {"mark": text, "encoding": {"x": x, "y": {"value": 2 + 17 * row}, "text": {"value": words}}},
    ]


def scatter_chart(data: ScatterData, *, theme: str = "light", width: int = 560, height: int = 340) -> dict:
    """Points, and the fitted line from the first to the last of them, never beyond."""
    colours = THEMES[theme]
    rows = [{"x": x, "y": y, "label": label} for x, y, label in data.points]
    sides = {"scale": {"zero": False, "nice": True}, "type": "quantitative"}
    encoding = {
        "x": sides | {"field": "x", "axis": {"title": data.across}},
        "y": sides | {"field": "y", "axis": {"title": data.up}},
    }
    tooltip = [{"field": "label", "title": "数据"}, {"field": "x", "title": data.across}, {"field": "y", "title": data.up}]  # fmt: skip
    mark = {"type": "point", "filled": True, "size": 55, "opacity": 0.75, "color": colours.brand}
    layers = [{"data": {"values": rows}, "mark": mark, "encoding": encoding | {"tooltip": tooltip}}]
    if data.line is not None and rows:
        intercept, slope = data.line
        ends = [{"x": x, "y": intercept + slope * x} for x in (min(r["x"] for r in rows), max(r["x"] for r in rows))]  # fmt: skip
        drawn = {"type": "line", "color": colours.second, "strokeDash": [5, 4], "strokeWidth": 1.5}
        layers.append({"data": {"values": ends}, "mark": drawn, "encoding": encoding})
    return frame(data.title, data.subtitle, colours, width) | {"width": width, "height": height, "layer": layers}  # fmt: skip
