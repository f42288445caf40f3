"""Vega-Lite specifications: data in, one dictionary out; it serves the page, Word and PDF alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from zhikong.web.charts.theme import THEMES, Theme, config

NORMAL, BEYOND, SHIFT = "正常", "超出控制限", "连续偏移"
SHAPES = {NORMAL: "circle", BEYOND: "diamond", SHIFT: "square"}


@dataclass(frozen=True)
class ControlData:
    """A control chart's content. Lists run over the months; None is a month without a value or limit.

    title says the finding; subtitle gives scope, period, unit and denominator. marks: NORMAL, BEYOND or SHIFT.
    target: the value to reach. axis: the name of the value axis with its unit.
    """

    title: str
    subtitle: str
    axis: str
    months: Sequence[str]
    values: Sequence[float | None]
    centre: Sequence[float | None]
    lower: Sequence[float | None]
    upper: Sequence[float | None]
    marks: Sequence[str]
    target: float | None = None
    target_label: str = "目标"


@dataclass(frozen=True)
class ComparisonData:
    """Departments beside each other: names, values (None: cannot be computed), and the target."""

    title: str
    subtitle: str
    axis: str
    names: Sequence[str]
    values: Sequence[float | None]
    states: Sequence[str] = field(default=())
    target: float | None = None


def control_chart(data: ControlData, *, theme: str = "light", width: int = 720, height: int = 260) -> dict:
    """The control chart of the look guide: stepped dashed limits, green centre line, marked special causes."""
    colours = THEMES[theme]
    layers = [
        *_limit_layers(colours),
        _value_line(colours),
        _points(colours),
        _labels(colours, len(data.months)),
    ]
    if data.target is not None:
        layers.append(_target(data, colours))
    return _frame(data.title, data.subtitle, width, height, colours) | {
        "data": {"name": "points", "values": _rows(data)},
        "encoding": {"x": _month_axis(data.months)},
        "layer": layers,
    }


def _frame(title: str, subtitle: str, width: int, height: int, colours: Theme) -> dict:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": {"text": title, "subtitle": subtitle},
        "width": width,
        "height": height,
        "config": config(colours),
    }


def _rows(data: ControlData) -> list[dict]:
    columns = (data.months, data.values, data.centre, data.lower, data.upper, data.marks)
    names = ("month", "value", "centre", "lower", "upper", "mark")
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return [row | {"order": index, "note": _note(row)} for index, row in enumerate(rows)]


def _note(row: dict) -> str:
    return "▲ 特殊原因" if row["mark"] == BEYOND else ""


def _month_axis(months: Sequence[str]) -> dict:
    step = max(1, -(-len(months) // 12))
    shown = [m for i, m in enumerate(months) if i % step == 0]
    axis = {"title": None, "labelAngle": -45, "grid": False, "values": shown}
    return {"field": "month", "type": "ordinal", "sort": None, "axis": axis, "scale": {"paddingOuter": 0.3}}


def _limit_layers(colours: Theme) -> list[dict]:
    step = {"interpolate": "step", "invalid": "break-paths-show-path-domains"}
    dashed = step | {"type": "line", "color": colours.bad, "strokeDash": [4, 3], "strokeWidth": 1.2}
    band = step | {"type": "area", "color": colours.brand, "opacity": 0.06}
    return [
        {"mark": band, "encoding": {"y": _y("lower"), "y2": {"field": "upper"}}},
        {"mark": dashed, "encoding": {"y": _y("lower")}},
        {"mark": dashed, "encoding": {"y": _y("upper")}},
        {
            "mark": dashed | {"color": colours.good, "strokeDash": [], "strokeWidth": 1.5},
            "encoding": {"y": _y("centre")},
        },
    ]


def _y(name: str) -> dict:
    return {
        "field": name,
        "type": "quantitative",
        "axis": {"title": None},
        "scale": {"zero": False, "nice": True},
    }


def _value_line(colours: Theme) -> dict:
    mark = {
        "type": "line",
        "color": colours.brand,
        "strokeWidth": 2,
        "invalid": "break-paths-show-path-domains",
    }
    return {"mark": mark, "encoding": {"y": _y("value")}}


def _points(colours: Theme) -> dict:
    domain = list(SHAPES)
    colour = {"domain": domain, "range": [colours.brand, colours.bad, colours.warn]}
    tooltip = [
        {"field": "month", "title": "月份"},
        {"field": "value", "title": "数值", "format": ".4~g"},
        {"field": "lower", "title": "下限", "format": ".4~g"},
        {"field": "upper", "title": "上限", "format": ".4~g"},
        {"field": "mark", "title": "判断"},
    ]
    shape = {"domain": domain, "range": list(SHAPES.values())}
    encoding = {
        "y": _y("value"),
        "color": {"field": "mark", "type": "nominal", "scale": colour},
        "shape": {"field": "mark", "type": "nominal", "scale": shape},
        "tooltip": tooltip,
    }
    return {
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "invalid": "filter"},
        "encoding": encoding,
    }


def _labels(colours: Theme, count: int) -> dict:
    """The words at a special cause; near the right edge they end at the point, so that they are not cut off."""
    align = {"expr": f"datum.order >= {count - 2} ? 'right' : 'center'"}
    mark = {
        "type": "text",
        "dy": -12,
        "fontSize": 12,
        "color": colours.bad,
        "align": align,
        "invalid": "filter",
    }
    return {"mark": mark, "encoding": {"y": _y("value"), "text": {"field": "note"}}}


def _target(data: ControlData, colours: Theme) -> dict:
    rule = {"type": "rule", "color": colours.second, "strokeDash": [2, 2], "strokeWidth": 1.2}
    text = {
        "type": "text",
        "align": "right",
        "baseline": "bottom",
        "dx": -2,
        "dy": -2,
        "color": colours.second,
    }
    label = f"{data.target_label} {data.target:g}"
    y = {"datum": data.target, "type": "quantitative"}
    return {
        "data": {"values": [{}]},
        "layer": [
            {"mark": rule, "encoding": {"x": None, "y": y}},
            {"mark": text, "encoding": {"x": {"value": "width"}, "y": y, "text": {"value": label}}},
        ],
    }


STATE_ORDER = ("达标", "预警", "未达标", "例数过少", "无目标")


def comparison_chart(data: ComparisonData, *, theme: str = "light", width: int = 640) -> dict:
    """Departments as bars, best at the top as given, with the target as a dotted line."""
    colours = THEMES[theme]
    states = data.states or ["无目标"] * len(data.names)
    rows = [
        {"name": n, "value": v, "state": s}
        for n, v, s in zip(data.names, data.values, states, strict=True)
        if v is not None
    ]
    layers = [_bars(colours, data.axis), _bar_labels(colours)]
    if data.target is not None:
        rule = {"type": "rule", "color": colours.second, "strokeDash": [2, 2]}
        x = {"datum": data.target, "type": "quantitative"}
        layers.append({"data": {"values": [{}]}, "mark": rule, "encoding": {"y": None, "x": x}})
    axis = {"title": None, "labelLimit": 160, "grid": False}
    return _frame(data.title, data.subtitle, width, max(60, 22 * len(rows)), colours) | {
        "data": {"values": rows},
        "encoding": {"y": {"field": "name", "type": "nominal", "sort": None, "axis": axis}},
        "layer": layers,
    }


def _bars(colours: Theme, axis: str) -> dict:
    scale = {
        "domain": list(STATE_ORDER),
        "range": [colours.good, colours.warn, colours.bad, colours.second, colours.brand],
    }
    encoding = {
        "x": {"field": "value", "type": "quantitative", "title": axis},
        "color": {
            "field": "state",
            "type": "nominal",
            "scale": scale,
            "legend": {"values": list(STATE_ORDER[:4])},
        },
        "tooltip": [
            {"field": "name", "title": "科室"},
            {"field": "value", "title": axis},
            {"field": "state", "title": "判断"},
        ],
    }
    return {"mark": {"type": "bar", "height": 14}, "encoding": encoding}


def _bar_labels(colours: Theme) -> dict:
    mark = {"type": "text", "align": "left", "dx": 4, "color": colours.text, "fontSize": 12}
    text = {"field": "value", "type": "quantitative", "format": ".4~g"}
    return {"mark": mark, "encoding": {"x": {"field": "value", "type": "quantitative"}, "text": text}}
