"""Colours and sizes of charts in light and dark; the values of the look guide."""

from dataclasses import dataclass

from zhikong.web.charts.fonts import STACK


@dataclass(frozen=True)
class Theme:
    card: str
    text: str
    second: str
    line: str
    brand: str
    good: str
    warn: str
    bad: str


THEMES = {
    "light": Theme("#ffffff", "#1b2430", "#4d5a6a", "#dde3ea", "#1557b0", "#14694a", "#8a5200", "#b3261e"),
    "dark": Theme("#18212c", "#e7edf4", "#a8b5c4", "#2b3846", "#7db2ff", "#7fd6ae", "#f2be6a", "#ff9d94"),
}


def config(theme: Theme) -> dict:
    """Vega-Lite configuration shared by all charts."""
    axis = {
        "labelColor": theme.second,
        "titleColor": theme.second,
        "gridColor": theme.line,
        "domainColor": theme.line,
    }
    return {
        "background": theme.card,
        "font": STACK,
        "axis": axis | {"tickColor": theme.line, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 400},
        "legend": {"labelColor": theme.text, "labelFontSize": 12, "title": None, "orient": "top"},
        "title": {
            "color": theme.text, "subtitleColor": theme.second, "anchor": "start", "fontSize": 15,
            "fontWeight": 600, "subtitleFontSize": 12, "offset": 8,
        },
        "view": {"stroke": None},
    }  # fmt: skip
