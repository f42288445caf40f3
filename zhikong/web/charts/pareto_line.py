"""The Pareto chart as quality circles draw it (柏拉图): columns, the cumulative line, the 80 % line; one, or a pair."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhikong.web.charts.text import wrapped
from zhikong.web.charts.theme import THEMES, Theme, config

LABEL = 70  # px of a column's words before they break
COLUMN = 84


@dataclass(frozen=True)
class Columns:
    """One chart: names with counts, the most frequent first; reached: cumulative per cent; vital: of the vital few."""

    name: str
    names: Sequence[str]
    counts: Sequence[float]
    reached: Sequence[float]
    vital: Sequence[bool]


@dataclass(frozen=True)
class ParetoLineData:
    """title says the finding. axis: what is counted. charts: one, or before and after, side by side on one scale."""

    title: str
    subtitle: str
    axis: str
    charts: Sequence[Columns]
    line: float = 80


def pareto_columns(data: ParetoLineData, *, theme: str = "light", height: int = 280) -> dict:
    """The left axis ends at the total, the right one at 100 %, so that the line starts at the first column's corner."""
    colours = THEMES[theme]
    highest = max((sum(one.counts) for one in data.charts), default=0) or 1
    drawn = [_one(one, data, highest, colours, height, len(data.charts) > 1) for one in data.charts]
    head = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": {"text": wrapped(data.title, 640, 15), "subtitle": wrapped(data.subtitle, 640, 12)},
        "config": config(colours),
    }
    return head | (drawn[0] if len(drawn) == 1 else {"hconcat": drawn, "spacing": 60, "bounds": "flush"})


def _one(one: Columns, data: ParetoLineData, highest: float, colours: Theme, height: int, paired: bool) -> dict:  # fmt: skip
    total = sum(one.counts) or 1
    rows = [
        {
            "order": i, "name": "\n".join(wrapped(name, LABEL, 12)[:4]), "count": count, "reached": reached,
            "height": reached / 100 * total, "said": f"{reached:g}%", "vital": "重点项目" if vital else "其余项目",
        }
        for i, (name, count, reached, vital) in enumerate(zip(one.names, one.counts, one.reached, one.vital, strict=True))
    ]  # fmt: skip
    x = {
        "field": "name", "type": "ordinal", "sort": None,
        "axis": {"title": None, "labelAngle": 0, "labelExpr": "split(datum.label, '\\n')", "labelLimit": LABEL + 20,
                 "ticks": False, "labelOverlap": False},
        "scale": {"paddingInner": 0.12, "paddingOuter": 0.1},
    }  # fmt: skip
    scale = {"domain": [0, highest if paired else total], "nice": False}
    layers = [_bars(data.axis, scale, colours), *_counts(scale, colours), *_reached(scale, colours)]
    layers += _limit(data.line / 100 * total, f"{data.line:g}%", scale, colours)
    named = {"title": {"text": one.name, "fontSize": 13}} if paired else {}
    return named | {
        "width": max(COLUMN * len(rows), 220), "height": height, "data": {"values": rows},
        "encoding": {"x": x}, "layer": layers,
    }  # fmt: skip


def _bars(axis: str, scale: dict, colours: Theme) -> dict:
    colour = {
        "field": "vital", "type": "nominal", "legend": {"orient": "top"},
        "scale": {"domain": ["重点项目", "其余项目"], "range": [colours.brand, colours.second]},
    }  # fmt: skip
    y = {
        "field": "count", "type": "quantitative", "scale": scale, "axis": {"title": axis, "tickCount": 6, "tickMinStep": 1},
    }  # fmt: skip
    return {"mark": {"type": "bar"}, "encoding": {"y": y, "color": colour}}


def _counts(scale: dict, colours: Theme) -> list[dict]:
    """The count in the foot of its column, with a rim in the card's colour, where no other words can be."""
    mark = {"type": "text", "baseline": "bottom", "dy": -4, "fontSize": 12}
    encoding = {"y": {"datum": 0, "type": "quantitative", "scale": scale}, "text": {"field": "count", "format": ",~r"}}  # fmt: skip
    rim = {"color": colours.card, "stroke": colours.card, "strokeWidth": 4, "strokeJoin": "round"}
    return [
        {"mark": mark | rim, "encoding": encoding},
        {"mark": mark | {"color": colours.text}, "encoding": encoding},
    ]


def _reached(scale: dict, colours: Theme) -> list[dict]:
    y = {"field": "height", "type": "quantitative", "scale": scale}
    line = {
        "type": "line",
        "color": colours.warn,
        "strokeWidth": 2,
        "point": {"color": colours.warn, "size": 45},
    }
    mark = {"type": "text", "dy": -12, "fontSize": 12, "color": colours.warn, "fontWeight": 600}
    rim = {"stroke": colours.card, "strokeWidth": 4, "strokeJoin": "round", "color": colours.card}
    text = {"y": y, "text": {"field": "said"}}
    return [
        {"mark": line, "encoding": {"y": y}},
        {"mark": mark | rim, "encoding": text},
        {"mark": mark, "encoding": text},
    ]


def _limit(at: float, words: str, scale: dict, colours: Theme) -> list[dict]:
    """The line of the vital few, across the plot; its words stand right of it."""
    y = {"datum": at, "type": "quantitative", "scale": scale}
    rule = {"type": "rule", "color": colours.bad, "strokeDash": [4, 3], "strokeWidth": 1.2}
    text = {"type": "text", "align": "left", "baseline": "middle", "dx": 6, "color": colours.bad}
    return [
        {"data": {"values": [{}]}, "mark": rule, "encoding": {"x": None, "y": y}},
        {"data": {"values": [{}]}, "mark": text, "encoding": {"x": {"value": "width"}, "y": y, "text": {"value": words}}},
    ]  # fmt: skip
