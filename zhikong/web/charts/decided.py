"""What people decided about a control chart, drawn: where a phase begins, excluded months, remarks."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from zhikong.web.charts.theme import Theme

if TYPE_CHECKING:
    from zhikong.web.charts.specs import ControlData

PHASE, EXCLUDED, REMARK = "新的一段", "剔除", "注"


def decided_layers(data: "ControlData", colours: Theme) -> list[dict]:
    """Layers for what there is; none for a chart nobody decided about."""
    starts = [
        data.months[index]
        for index in range(1, len(data.phases))
        if data.phases[index] != data.phases[index - 1]
    ]
    out = [
        (month, value)
        for month, value, excluded in zip(data.months, data.values, data.excluded, strict=False)
        if excluded and value is not None
    ]
    remarks = [(month, text) for month, text in zip(data.months, data.remarks, strict=False) if text]
    return [
        *(_phases(starts, colours) if starts else []),
        *([_excluded(out, colours)] if out else []),
        *([_remarks(remarks, colours)] if remarks else []),
    ]


def _phases(starts: Iterable[str], colours: Theme) -> list[dict]:
    """A grey line before the first month of each phase but the first, with words at its top."""
    data = {"values": [{"month": month} for month in starts]}
    rule = {"type": "rule", "color": colours.second, "strokeWidth": 1, "xOffset": -6}
    text = {"type": "text", "text": PHASE, "align": "left", "baseline": "top", "dx": -2, "fontSize": 11}
    return [
        {"data": data, "mark": rule, "encoding": {}},
        {"data": data, "mark": text | {"color": colours.second}, "encoding": {"y": {"value": 0}}},
    ]


def _excluded(out: Iterable[tuple[str, float]], colours: Theme) -> dict:
    """A hollow square around the point of a month that carries no limits."""
    rows = [{"month": month, "value": value, "what": EXCLUDED} for month, value in out]
    mark = {"type": "point", "shape": "square", "size": 220, "filled": False, "color": colours.second}
    y = {"field": "value", "type": "quantitative"}
    return {"data": {"values": rows}, "mark": mark, "encoding": {"y": y, "tooltip": {"field": "what"}}}


def _remarks(remarks: Iterable[tuple[str, str]], colours: Theme) -> dict:
    """A word at the foot of the plot; the text itself is its tooltip and stands below the chart."""
    rows = [{"month": month, "text": text} for month, text in remarks]
    mark = {"type": "text", "text": REMARK, "baseline": "bottom", "fontSize": 12, "color": colours.brand}
    encoding = {"y": {"value": {"expr": "height"}}, "tooltip": {"field": "text"}}
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}
