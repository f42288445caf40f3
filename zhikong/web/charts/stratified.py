"""Stratification (层别法): one quantity split by what may matter, in small charts on one scale; and before against after."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhikong.web.charts.distributions import frame
from zhikong.web.charts.text import wrapped
from zhikong.web.charts.theme import THEMES, Theme

MOST_PANELS, MOST_BARS = 12, 12
PANEL, NARROW = 230, 150
BAR = 24


@dataclass(frozen=True)
class Panel:
    """One small chart: names with values; None cannot be computed."""

    name: str
    names: Sequence[str]
    values: Sequence[float | None]


@dataclass(frozen=True)
class StratifiedData:
    """panels share one scale. lines: names are periods in order, drawn as a line instead of bars."""

    title: str
    subtitle: str
    axis: str
    panels: Sequence[Panel]
    lines: bool = False


@dataclass(frozen=True)
class BeforeAfterData:
    """Periods in order: (name, value, low, high); low and high: the 95 % interval. target: the value to reach."""

    title: str
    subtitle: str
    axis: str
    periods: Sequence[tuple[str, float, float, float]]
    target: float | None = None


def stratified_chart(data: StratifiedData, *, theme: str = "light", columns: int = 3) -> dict:
    """Small multiples, the same scale in each, so that heights may be compared across them."""
    colours = THEMES[theme]
    rows = [
        {"panel": panel.name, "name": name, "value": value, "order": i}
        for panel in data.panels[:MOST_PANELS]
        for i, (name, value) in enumerate(zip(panel.names[:MOST_BARS], panel.values, strict=False))
        if value is not None
    ]
    wide = min(columns, max(1, len(data.panels)))
    panel = _lines(data, colours) if data.lines else _bars(data, colours)
    head = {"title": None, "labelFontSize": 13, "labelFontWeight": 600, "labelColor": colours.text, "labelAnchor": "start", "labelLimit": PANEL}  # fmt: skip
    facet = {"field": "panel", "type": "nominal", "sort": [one.name for one in data.panels], "header": head}
    return frame(data.title, data.subtitle, colours, 720) | {
        "data": {"values": rows}, "facet": facet, "columns": wide, "spec": panel, "spacing": 18,
    }  # fmt: skip


def _bars(data: StratifiedData, colours: Theme) -> dict:
    """Lying bars, with the value in words beside them."""
    most = max((v for p in data.panels for v in p.values if v is not None), default=1) or 1
    names = list(dict.fromkeys(n for p in data.panels for n in p.names[:MOST_BARS]))
    axis = {"title": None, "labelLimit": 110, "ticks": False, "domain": False}
    y = {"field": "name", "type": "nominal", "sort": names, "axis": axis}
    x = {"field": "value", "type": "quantitative", "scale": {"domain": [0, most * 1.25]}, "axis": {"title": data.axis, "tickCount": 3, "tickMinStep": 1 if most >= 3 else 0}}  # fmt: skip
    text = {"mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 12, "color": colours.text},
            "encoding": {"x": x, "y": y, "text": {"field": "value", "format": ",.4~r"}}}  # fmt: skip
    bars = {"mark": {"type": "bar", "color": colours.brand, "height": 14}, "encoding": {"x": x, "y": y}}
    return {"width": NARROW, "height": {"step": BAR}, "layer": [bars, text]}


def _lines(data: StratifiedData, colours: Theme) -> dict:
    periods = sorted({name for panel in data.panels for name in panel.names})
    step = max(1, -(-len(periods) // 3))
    known = [value for panel in data.panels for value in panel.values if value is not None]
    from_zero = not known or min(known) < max(known) / 2
    axis = {"title": None, "labelAngle": 0, "values": periods[::step], "grid": False, "labelOverlap": True}
    x = {"field": "name", "type": "ordinal", "sort": periods, "axis": axis, "scale": {"domain": periods}}
    y = {"field": "value", "type": "quantitative", "axis": {"title": data.axis, "tickCount": 4}, "scale": {"zero": from_zero}}  # fmt: skip
    mark = {"type": "line", "color": colours.brand, "strokeWidth": 2, "point": {"size": 28, "color": colours.brand}}  # fmt: skip
    return {"width": PANEL - 40, "height": 110, "mark": mark, "encoding": {"x": x, "y": y}}


def before_after_chart(
    data: BeforeAfterData, *, theme: str = "light", width: int = 460, height: int = 260
) -> dict:
    """A column a period with its interval as a whisker; the target as a dotted line."""
    colours = THEMES[theme]
    rows = [
        {"name": "\n".join(wrapped(name, 130, 12)), "value": value, "low": low, "high": high, "said": f"{value:.4g}", "now": i == len(data.periods) - 1}
        for i, (name, value, low, high) in enumerate(data.periods)
    ]  # fmt: skip
    top = max([row["high"] for row in rows] + ([data.target] if data.target is not None else [])) or 1
    low = min([0.0, *(row["low"] for row in rows)])
    scale = {"domain": [low, top * 1.12], "nice": True}
    x = {"field": "name", "type": "ordinal", "sort": None, "scale": {"padding": 0.4},
         "axis": {"title": None, "labelAngle": 0, "labelExpr": "split(datum.label, '\\n')"}}  # fmt: skip
    y = {"field": "value", "type": "quantitative", "scale": scale, "axis": {"title": data.axis}}
    colour = {"condition": {"test": "datum.now", "value": colours.brand}, "value": colours.second}
    whisker = {"type": "rule", "color": colours.text, "strokeWidth": 1.6}
    span = {"y": {"field": "low", "type": "quantitative", "scale": scale}, "y2": {"field": "high"}}
    words = {"type": "text", "align": "left", "dx": 8, "dy": -8, "fontSize": 13, "fontWeight": 600}
    rim = {"stroke": colours.card, "strokeWidth": 4, "color": colours.card, "strokeJoin": "round"}
    layers = [
        {"mark": {"type": "bar", "opacity": 0.85}, "encoding": {"y": y, "color": colour}},
        {"mark": whisker, "encoding": span},
        *(
            {"mark": {"type": "tick", "color": colours.text, "width": 16, "thickness": 1.6}, "encoding": {"y": {"field": end, "type": "quantitative", "scale": scale}}}
            for end in ("low", "high")
        ),
        {"mark": words | rim, "encoding": {"y": y, "text": {"field": "said"}}},
        {"mark": words | {"color": colours.text}, "encoding": {"y": y, "text": {"field": "said"}}},
    ]  # fmt: skip
    made = {"width": width, "height": height, "data": {"values": rows}, "encoding": {"x": x}, "layer": layers}
    if data.target is not None:
        layers += _target(data.target, scale, colours)
    return frame(data.title, data.subtitle, colours, width) | made


def _target(target: float, scale: dict, colours: Theme) -> list[dict]:
    y = {"datum": target, "type": "quantitative", "scale": scale}
    rule = {"type": "rule", "color": colours.bad, "strokeDash": [2, 2], "strokeWidth": 1.4}
    text = {"type": "text", "align": "left", "baseline": "middle", "dx": 6, "color": colours.bad}
    words = {"x": {"value": "width"}, "y": y, "text": {"value": f"目标 {target:g}"}}
    empty = {"data": {"values": [{}]}}
    return [
        empty | {"mark": rule, "encoding": {"x": None, "y": y}},
        empty | {"mark": text, "encoding": words},
    ]
