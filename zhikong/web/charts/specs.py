"""Vega-Lite specifications: data in, one dictionary out; it serves the page, Word and PDF alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from zhikong.web.charts.decided import decided_layers
from zhikong.web.charts.theme import THEMES, Theme, config

NORMAL, BEYOND, SHIFT = "正常", "超出控制限", "连续偏移"
HIGH, LOW = "▲ 特殊原因", "▼ 特殊原因"
WORDS_APART = 4  # months
TARGET_REACH = 2  # a target further away than so many times the height of points and limits is only said
SHAPES = {NORMAL: "circle", BEYOND: "diamond", SHIFT: "square"}


@dataclass(frozen=True)
class ControlData:
    """A control chart's content. Lists run over the months; None is a month without a value or limit.

    title says the finding; subtitle gives scope, period, unit and denominator. marks: NORMAL, BEYOND or SHIFT.
    target: the value to reach. axis: the name of the value axis with its unit. phases: number of the phase of each
    month; excluded: months that carry no limits; remarks: what people wrote beside a month. Empty: none of it.
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
    phases: Sequence[int] = ()
    excluded: Sequence[bool] = ()
    remarks: Sequence[str] = ()


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
        *_labels(colours, len(data.months)),
        *decided_layers(data, colours),
    ]
    if data.phases:  # lines end with a phase
        for layer in layers[:4]:
            layer["encoding"]["detail"] = {"field": "phase", "type": "nominal"}
    rows = _rows(data)
    near = _target_near(data.target, rows)
    if near:
        layers.append(_target(data, colours))
    _make_room(rows, data.target if near else None, layers)
    subtitle = (
        data.subtitle if near or data.target is None else f"{data.subtitle} · {_target_words(data)}，在图外"
    )
    return _frame(data.title, subtitle, width, height, colours) | {
        "data": {"name": "points", "values": rows},
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
    if data.phases:
        rows = [row | {"phase": phase} for row, phase in zip(rows, data.phases, strict=True)]
    named = _named(data.marks)
    return [
        row | {"order": index, "note": _note(row) if index in named else ""} for index, row in enumerate(rows)
    ]


def _target_near(target: float | None, rows: list[dict]) -> bool:
    """Whether the target may stand in the chart: one far from all points would press them into a flat line."""
    known = [row[k] for row in rows for k in ("value", "lower", "upper") if row[k] is not None]
    if target is None or not known:
        return target is not None
    room = TARGET_REACH * (max(known) - min(known))
    return min(known) - room <= target <= max(known) + room or room == 0


def _make_room(rows: list[dict], target: float | None, layers: list[dict]) -> None:
    """Lower the value axis a little when words stand below the lowest point; never below zero without need."""
    known = [row[k] for row in rows for k in ("value", "lower", "upper") if row[k] is not None]
    known += [] if target is None else [target]
    if not any(row["note"] == LOW for row in rows):
        return
    lowest, room = min(known), 0.14 * (max(known) - min(known))
    start = lowest - room if lowest < 0 else max(0.0, lowest - room)
    for layer in layers:
        if "scale" in layer.get("encoding", {}).get("y", {}):
            layer["encoding"]["y"]["scale"]["domainMin"] = round(start, 6)


def _named(marks: Sequence[str]) -> set[int]:
    """The points beyond the limits that carry words: the newest first, none so near that the words overlap."""
    named: list[int] = []
    for index in reversed(range(len(marks))):
        if marks[index] == BEYOND and (not named or named[-1] - index >= WORDS_APART):
            named.append(index)
    return set(named)


def _note(row: dict) -> str:
    return LOW if row["lower"] is not None and row["value"] < row["lower"] else HIGH


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


def _labels(colours: Theme, count: int) -> list[dict]:
    """Words above a high point and below a low one; near the right edge they end at the point, not cut off."""
    align = {"expr": f"datum.order >= {count - 2} ? 'right' : 'center'"}
    mark = {"type": "text", "fontSize": 12, "color": colours.bad, "align": align, "invalid": "filter"}
    encoding = {"y": _y("value"), "text": {"field": "note"}}
    return [
        {
            "mark": mark | {"dy": distance},
            "transform": [{"filter": f"datum.note === '{words}'"}],
            "encoding": encoding,
        }
        for words, distance in ((HIGH, -13), (LOW, 15))
    ]


def _target_words(data: ControlData) -> str:
    return f"{data.target_label} {data.target:g}"


def _target(data: ControlData, colours: Theme) -> dict:
    """A dotted line over the whole width; its words stand right of the plot, where no point can be."""
    rule = {"type": "rule", "color": colours.second, "strokeDash": [2, 2], "strokeWidth": 1.2}
    text = {"type": "text", "align": "left", "baseline": "middle", "dx": 6, "color": colours.second}
    label = _target_words(data)
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
    """Departments as bars in the given order, with the target as a dotted line; unknown values are left out."""
    colours = THEMES[theme]
    states = data.states or ["无目标"] * len(data.names)
    rows = [
        {"name": n, "value": v, "state": s}
        for n, v, s in zip(data.names, data.values, states, strict=True)
        if v is not None
    ]
    shown = [state for state in STATE_ORDER if state in {row["state"] for row in rows}]
    target = [] if data.target is None else _target_across(data.target, colours)
    axis = {"title": None, "labelLimit": 160, "grid": False}
    return _frame(data.title, data.subtitle, width, max(60, 22 * len(rows)), colours) | {
        "data": {"values": rows},
        "encoding": {"y": {"field": "name", "type": "nominal", "sort": None, "axis": axis}},
        "layer": [_bars(colours, data.axis, shown), *target, *_bar_labels(colours)],
    }


def _bars(colours: Theme, axis: str, shown: Sequence[str]) -> dict:
    ranges = dict(
        zip(
            STATE_ORDER,
            (colours.good, colours.warn, colours.bad, colours.second, colours.brand),
            strict=True,
        )
    )
    encoding = {
        "x": {"field": "value", "type": "quantitative", "title": axis, "axis": {"tickCount": 6}},
        "color": {
            "field": "state",
            "type": "nominal",
            "scale": {"domain": list(shown), "range": [ranges[state] for state in shown]},
        },
        "tooltip": [
            {"field": "name", "title": "科室"},
            {"field": "value", "title": axis, "format": ".4~g"},
            {"field": "state", "title": "判断"},
        ],
    }
    return {"mark": {"type": "bar", "height": 14}, "encoding": encoding}


def _target_across(target: float, colours: Theme) -> list[dict]:
    x = {"datum": target, "type": "quantitative"}
    rule = {"type": "rule", "color": colours.text, "strokeDash": [2, 2], "strokeWidth": 1.2}
    text = {"type": "text", "align": "center", "baseline": "bottom", "dy": -3, "color": colours.second}
    words = {"x": x, "y": {"value": 0}, "text": {"value": f"目标 {target:g}"}}
    return [
        {"data": {"values": [{}]}, "mark": rule, "encoding": {"y": None, "x": x}},
        {"data": {"values": [{}]}, "mark": text, "encoding": words},
    ]


def _bar_labels(colours: Theme) -> list[dict]:
    """Values right of their bars, with a rim in the card's colour where the target line passes under them."""
    mark = {"type": "text", "align": "left", "dx": 4, "fontSize": 12}
    text = {"field": "value", "type": "quantitative", "format": ".2f"}
    encoding = {"x": {"field": "value", "type": "quantitative"}, "text": text}
    rim = {"stroke": colours.card, "strokeWidth": 4, "color": colours.card}
    return [
        {"mark": mark | rim, "encoding": encoding},
        {"mark": mark | {"color": colours.text}, "encoding": encoding},
    ]
