"""Pictures of our own as SVG text: labels whose bounds are known, boxes and lines; no script, no inline style."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from zhikong.web.charts.fonts import STACK
from zhikong.web.charts.text import width_of
from zhikong.web.charts.theme import THEMES, Theme

Bounds = tuple[float, float, float, float]
"""left, top, right, bottom"""
RISE, FALL = 0.9, 0.24  # how far letters reach above and below their baseline, of the size


@dataclass(frozen=True)
class Text:
    """One line of words; x, y: where its baseline starts. colour: a name of the theme."""

    x: float
    y: float
    text: str
    size: float = 13
    colour: str = "text"
    weight: int = 400

    @property
    def bounds(self) -> Bounds:
        return self.x, self.y - RISE * self.size, self.x + width_of(self.text, self.size), self.y + FALL * self.size  # fmt: skip


@dataclass(frozen=True)
class Box:
    """A rectangle; fill, stroke: names of the theme, '' for none."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    stroke: str = "second"
    radius: float = 4
    stroke_width: float = 1.2
    dash: str = ""
    opacity: float = 1

    @property
    def bounds(self) -> Bounds:
        return self.x, self.y, self.x + self.width, self.y + self.height


@dataclass(frozen=True)
class Line:
    """A path through points; arrow: a head at its end; closed and fill: an area."""

    points: Sequence[tuple[float, float]]
    stroke: str = "second"
    width: float = 1.2
    dash: str = ""
    arrow: bool = False
    closed: bool = False
    fill: str = ""
    opacity: float = 1


@dataclass
class Canvas:
    """What is drawn, in the order lines, boxes, texts. title and said: read to those who do not see it."""

    width: float
    height: float
    title: str = ""
    said: str = ""
    lines: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def say(
        self, lines: Sequence[str], x: float, y: float, *, size: float = 13, gap: float = 18, **how
    ) -> float:
        """Lines below one another from the baseline y; gives the baseline after the last."""
        for line in lines:
            self.texts.append(Text(x, y, line, size, **how))
            y += gap
        return y

    def centred(self, text: str, x: float, y: float, *, size: float = 13, **how) -> None:
        """One line with its middle at x."""
        self.texts.append(Text(x - width_of(text, size) / 2, y, text, size, **how))

    def svg(self, theme: str = "light") -> str:
        """The picture in the colours of a theme (light, dark), on the card's own ground."""
        colours = THEMES[theme]
        size = f'width="{_n(self.width)}" height="{_n(self.height)}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_n(self.width)} {_n(self.height)}" role="img" font-family="{STACK}">'
        return "".join([
            head, f"<title>{escape(self.title)}</title><desc>{escape(self.said)}</desc>",
            f'<rect {size} fill="{colours.card}"/>',
            *(_line(one, colours) for one in self.lines), *(_box(one, colours) for one in self.boxes),
            *(_text(one, colours) for one in self.texts), "</svg>",
        ])  # fmt: skip


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _colour(name: str, colours: Theme) -> str:
    return getattr(colours, name) if name else "none"


def _line(one: Line, colours: Theme) -> str:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in one.points)
    stroke = f'stroke="{_colour(one.stroke, colours)}" stroke-width="{_n(one.width)}"'
    dash = f' stroke-dasharray="{one.dash}"' if one.dash else ""
    shape = "polygon" if one.closed else "polyline"
    fill = f'fill="{_colour(one.fill, colours)}" fill-opacity="{one.opacity:g}"'
    return f'<{shape} points="{points}" {fill} {stroke}{dash}/>' + (_arrow(one, colours) if one.arrow else "")


def _arrow(one: Line, colours: Theme) -> str:
    (x0, y0), (x1, y1) = one.points[-2:]
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 or 1
    dx, dy, reach = (x1 - x0) / length, (y1 - y0) / length, 5 + 2 * one.width
    wide = reach * 0.45
    back = x1 - dx * reach, y1 - dy * reach
    corners = ((x1, y1), (back[0] - dy * wide, back[1] + dx * wide), (back[0] + dy * wide, back[1] - dx * wide))  # fmt: skip
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in corners)
    return f'<polygon points="{points}" fill="{_colour(one.stroke, colours)}"/>'


def _box(one: Box, colours: Theme) -> str:
    dash = f' stroke-dasharray="{one.dash}"' if one.dash else ""
    faint = f' fill-opacity="{one.opacity:g}"' if one.opacity != 1 else ""
    return (
        f'<rect x="{_n(one.x)}" y="{_n(one.y)}" width="{_n(one.width)}" height="{_n(one.height)}" rx="{_n(one.radius)}" '
        f'fill="{_colour(one.fill, colours)}"{faint} stroke="{_colour(one.stroke, colours)}" '
        f'stroke-width="{_n(one.stroke_width)}"{dash}/>'
    )


def _text(one: Text, colours: Theme) -> str:
    weight = f' font-weight="{one.weight}"' if one.weight != 400 else ""
    at = f'x="{_n(one.x)}" y="{_n(one.y)}" font-size="{_n(one.size)}"'
    return f'<text {at} fill="{_colour(one.colour, colours)}"{weight}>{escape(one.text)}</text>'
