"""Charts: specifications, drawing and the page's script."""

from zhikong.web.charts.render import render
from zhikong.web.charts.specs import (
    BEYOND,
    NORMAL,
    SHIFT,
    ComparisonData,
    ControlData,
    comparison_chart,
    control_chart,
)

__all__ = [
    "BEYOND",
    "NORMAL",
    "SHIFT",
    "ComparisonData",
    "ControlData",
    "comparison_chart",
    "control_chart",
    "render",
]
