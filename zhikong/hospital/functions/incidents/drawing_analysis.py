"""Pictures of an analysis as SVG: the tree of causes, the fishbone by groups of factors, the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from zhikong.hospital.functions.incidents.rules_analysis import Node, children
from zhikong.web.charts.canvas import Box, Canvas, Line
from zhikong.web.charts.fishbone import CHIEF, TRUE, Bone, Cause, fishbone_svg
from zhikong.web.charts.text import wrapped

BOX, GAP, LEAP, PAD, MARGIN, SIZE = 190, 44, 18, 8, 16, 13
LOOKS = {"confirmed": ("good", ""), "ruled_out": ("second", "4 3"), "suspected": ("second", "")}
WORDS = {"confirmed": "已证实", "ruled_out": "已排除", "suspected": "待证实"}


@dataclass(frozen=True)
class Placed:
    """A box of the tree: its lines of words and where it stands."""

    node: Node | None
    lines: list[str]
    x: float
    y: float
    height: float


def tree_svg(event: str, nodes: Sequence[Node], *, theme: str = "light") -> str:
    """The event at the left, each why one column further right; every box has a place of its own."""
    placed: dict[int | None, Placed] = {}
    bottom = _place(None, event, nodes, 0, MARGIN, placed)
    columns = max((round((one.x - MARGIN) / (BOX + GAP)) for one in placed.values()), default=0) + 1
    canvas = Canvas(columns * (BOX + GAP) - GAP + 2 * MARGIN, bottom + MARGIN, event, said(event, nodes))
    for one in placed.values():
        _draw(canvas, one, placed)
    return canvas.svg(theme)


def _place(node: Node | None, text: str, nodes: Sequence[Node], depth: int, top: float, placed) -> float:
    """Places a box in the middle of what hangs on it; gives the lower edge of all of it."""
    mark = "" if node is None else f"〔{'根本原因，' if node.root else ''}{WORDS[node.status]}〕"
    lines = wrapped(text + mark, BOX - 2 * PAD, SIZE)
    height = len(lines) * LEAP + 2 * PAD
    at = top
    below = children(nodes, node.id if node else None)
    for one in below:
        at = _place(one, one.text, nodes, depth + 1, at, placed) + PAD
    end = max(at - PAD if below else top, top + height)
    y = top + (end - top - height) / 2
    placed[node.id if node else None] = Placed(node, lines, MARGIN + depth * (BOX + GAP), y, height)
    return end


def _draw(canvas: Canvas, one: Placed, placed) -> None:
    node = one.node
    stroke, dash = LOOKS[node.status] if node else ("bad", "")
    width = 2.4 if node is None or node.root else 1.2
    stroke = "bad" if node and node.root and node.status == "confirmed" else stroke
    canvas.boxes.append(Box(one.x, one.y, BOX, one.height, "card", stroke, 4, width, dash))
    canvas.say(one.lines, one.x + PAD, one.y + PAD + 13, size=SIZE, gap=LEAP)
    if node is not None:
        before = placed[node.parent]
        y0, y1 = before.y + before.height / 2, one.y + one.height / 2
        middle = before.x + BOX + GAP / 2
        points = [(before.x + BOX, y0), (middle, y0), (middle, y1), (one.x, y1)]
        canvas.lines.append(Line(points, "second", 1.2))


def said(event: str, nodes: Sequence[Node]) -> str:
    """The tree in words, for those who do not see it."""
    told = []

    def walk(parent: int | None, depth: int) -> None:
        for one in children(nodes, parent):
            told.append(f"{'—' * depth}{one.text}（{WORDS[one.status]}{'，根本原因' if one.root else ''}）")
            walk(one.id, depth + 1)

    walk(None, 1)
    return f"{event}。" + "；".join(told)


def fishbone(
    event: str, nodes: Sequence[Node], groups: Sequence[tuple[str, str]], group_of, *, theme: str = "light"
) -> str:
    """Causes by group of factors: confirmed ones marked as chief, root causes as true; ruled out ones left out.

    groups: (id, title) in their order; group_of(factor id) -> group id or ''.
    """
    standing = [one for one in nodes if one.status != "ruled_out"]
    bones = []
    for group, title in (*groups, ("", "未归类")):
        of = [one for one in standing if group_of(one.factor) == group]
        if of:
            bones.append(Bone(title, tuple(Cause(one.text, _mark(one)) for one in of)))
    return fishbone_svg(event, bones, theme=theme) if bones else ""


def _mark(one: Node) -> str:
    if one.root and one.status == "confirmed":
        return TRUE
    return CHIEF if one.status == "confirmed" else ""


@dataclass(frozen=True)
class Stop:
    """One event of the timeline as it is drawn. at: local time or None; expected: '' where all went as it should."""

    at: datetime | None
    about: bool
    what: str
    expected: str
    gap: bool
    silence: str


def timeline_svg(title: str, stops: Sequence[Stop], *, theme: str = "light", width: float = 760) -> str:
    """From top to bottom: time, a dot on the line, what happened; a gap is a broken stretch, a departure stands in red."""
    left, y = 150, MARGIN + 10
    canvas = Canvas(width, 0, title, "；".join(_stop_said(one) for one in stops))
    room = width - left - 2 * MARGIN - 10
    for index, one in enumerate(stops):
        if one.silence:
            y = canvas.say([f"⋯ {one.silence}没有记录"], left + 18, y + 12, size=12, gap=22, colour="warn")
        lines = wrapped(one.what, room, SIZE)
        canvas.say([_time(one)], MARGIN, y + 12, size=12, colour="second")
        colour = "warn" if one.gap else "bad" if one.expected else "brand"
        canvas.boxes.append(Box(left - 6, y + 2, 12, 12, colour if not one.gap else "card", colour, 6, 2))
        start = y + 8
        y = canvas.say(lines, left + 18, y + 13, size=SIZE, gap=LEAP, weight=400)
        if one.expected:
            y = canvas.say(
                wrapped(f"应当：{one.expected}", room, 12), left + 18, y, size=12, gap=16, colour="bad"
            )
        y += 8
        if index + 1 < len(stops):
            canvas.lines.append(
                Line([(left, start + 8), (left, y + 2)], "second", 2, "4 4" if one.gap else "")
            )
    canvas.height = y + MARGIN
    return canvas.svg(theme)


def _time(one: Stop) -> str:
    if one.at is None:
        return "时间不明"
    return f"{'约 ' if one.about else ''}{one.at:%m-%d %H:%M}"


def _stop_said(one: Stop) -> str:
    return f"{_time(one)} {one.what}" + (f"（应当：{one.expected}）" if one.expected else "")
