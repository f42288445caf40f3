"""The funnel of units: each a point over its number of cases, limits that widen where there are few."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhikong.web.charts.theme import THEMES, Theme, config

INSIDE, NEAR, OUTSIDE, SMALL = "在界限内", "超出 95% 界限", "超出 99.8% 界限", "例数少"
SHAPES = {INSIDE: "circle", NEAR: "square", OUTSIDE: "diamond", SMALL: "cross"}


@dataclass(frozen=True)
class FunnelData:
    """A funnel's content. units: (name, cases, value, one of the states above); curve: (cases, lower 99.8 %, lower
    95 %, upper 95 %, upper 99.8 %) at rising cases, None where a limit is not known. All in the indicator's unit."""

    title: str
    subtitle: str
    across: str
    up: str
    units: Sequence[tuple[str, float, float, str]]
    curve: Sequence[tuple[float, float | None, float | None, float | None, float | None]]
    target: float


def funnel_chart(data: FunnelData, *, theme: str = "light", width: int = 720, height: int = 320) -> dict:
    """Points with words at those outside; solid inner limits, dashed outer ones, a line at the comparison's centre."""
    colours = THEMES[theme]
    names = ("cases", "low998", "low95", "high95", "high998")
    curve = [dict(zip(names, row, strict=True)) for row in data.curve]
    units = [
        {"name": name, "cases": cases, "value": value, "state": state}
        for name, cases, value, state in data.units
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": {"text": data.title, "subtitle": data.subtitle},
        "width": width,
        "height": height,
        "config": config(colours),
        "layer": [
            *(_limit(curve, name, colours, data) for name in names[1:]),
            _centre(data, colours),
            _points(units, data, colours),
            _names(units, colours),
        ],
    }


def _x(data: FunnelData) -> dict:
    return {"field": "cases", "type": "quantitative", "title": data.across, "scale": {"zero": True}}


def _y(name: str, data: FunnelData) -> dict:
    return {"field": name, "type": "quantitative", "title": data.up, "scale": {"zero": False, "nice": True}}


def _limit(curve: list[dict], name: str, colours: Theme, data: FunnelData) -> dict:
    dash = {"strokeDash": [4, 3]} if name.endswith("998") else {}
    mark = {"type": "line", "color": colours.bad, "strokeWidth": 1.2, "clip": True} | dash
    return {"data": {"values": curve}, "mark": mark, "encoding": {"x": _x(data), "y": _y(name, data)}}


def _centre(data: FunnelData, colours: Theme) -> dict:
    mark = {"type": "rule", "color": colours.good, "strokeWidth": 1.5}
    return {
        "data": {"values": [{"centre": data.target}]},
        "mark": mark,
        "encoding": {"y": _y("centre", data)},
    }


def _points(units: list[dict], data: FunnelData, colours: Theme) -> dict:
    shown = [state for state in SHAPES if state in {unit["state"] for unit in units}]
    ranges = {INSIDE: colours.brand, NEAR: colours.warn, OUTSIDE: colours.bad, SMALL: colours.second}
    encoding = {
        "x": _x(data),
        "y": _y("value", data),
        "color": {
            "field": "state", "type": "nominal", "title": None,
            "scale": {"domain": shown, "range": [ranges[state] for state in shown]},
        },
        "shape": {
            "field": "state", "type": "nominal", "title": None,
            "scale": {"domain": shown, "range": [SHAPES[state] for state in shown]},
        },
        "tooltip": [
            {"field": "name", "title": "科室"},
            {"field": "cases", "title": data.across},
            {"field": "value", "title": data.up, "format": ".4~g"},
            {"field": "state", "title": "判断"},
        ],
    }  # fmt: skip
    mark = {"type": "point", "filled": True, "size": 70, "opacity": 1}
    return {"data": {"values": units}, "mark": mark, "encoding": encoding}


def _names(units: list[dict], colours: Theme) -> dict:
    """Only those outside carry their name: a name at every point would hide the points."""
    mark = {"type": "text", "dy": -12, "fontSize": 12, "color": colours.text, "clip": True}
    encoding = {
        "x": {"field": "cases", "type": "quantitative"},
        "y": {"field": "value", "type": "quantitative"},
        "text": {"field": "name"},
    }
    return {
        "data": {"values": [unit for unit in units if unit["state"] in (NEAR, OUTSIDE)]},
        "mark": mark,
        "encoding": encoding,
    }
