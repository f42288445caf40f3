"""The cause-effect diagram (要因图, fishbone): causes beside slanting bones, bones on a spine that leads to the effect.

Chart libraries lay text over bones. Here every label has a place of its own: the causes of a bone stand one below the
other in a column that follows the bone's slant, and the picture grows until all of them fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from zhikong.web.charts.canvas import Box, Canvas, Line, Text
from zhikong.web.charts.text import width_of, wrapped

CHIEF, TRUE = "chief", "true"
MARKS = {CHIEF: "〔要因〕", TRUE: "〔真因〕"}
COLOURS = {"": "text", CHIEF: "brand", TRUE: "bad"}
SIZE, SMALL, HEAD = 13, 12, 15  # px of a cause, of its whys, of bones' names and the effect
LEAP, LITTLE = 18, 16  # px from a line to the next
GAP, PAD, MARGIN = 12, 8, 16
SLANT = 0.22  # px to the left for each px away from the spine
NARROWEST, WIDEST = 170, 300  # px of a column of causes
HEAD_WIDTH, BOX_WIDTH = 150, 150
INDENT = 14


@dataclass(frozen=True)
class Cause:
    """One cause; mark: '', CHIEF (要因: chosen by the team) or TRUE (真因: proved by data); whys: the causes of it."""

    text: str
    mark: str = ""
    whys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bone:
    """One group of causes, such as 人, 机, 料, 法, 环."""

    name: str
    causes: tuple[Cause, ...] = field(default=())


class _Block(NamedTuple):
    """A cause in lines: (text, indent, size, leap, colour); height with the gap below."""

    lines: list[tuple[str, float, float, float, str]]
    height: float
    mark: str


def fishbone_svg(effect: str, bones: Sequence[Bone], *, theme: str = "light", width: float = 1040) -> str:
    """The diagram as SVG text. width: wished; it grows with the number of bones, the height with the causes."""
    return fishbone(effect, bones, width=width).svg(theme)


def fishbone(effect: str, bones: Sequence[Bone], *, width: float = 1040) -> Canvas:
    """Places everything; a test asks the canvas whether anything overlaps or leaves it."""
    columns = max(1, -(-len(bones) // 2))
    room = (width - 2 * MARGIN - HEAD_WIDTH - 20) / columns
    text_width = min(WIDEST, max(NARROWEST, room - 60))
    blocks = [[_block(cause, text_width) for cause in bone.causes] for bone in bones]
    tallest = max((block.height for of in blocks for block in of), default=0)
    pitch = text_width + SLANT * tallest + 3 * PAD
    boxes = [wrapped(bone.name or " ", min(BOX_WIDTH, pitch - 4 * PAD), HEAD) for bone in bones]
    sides = (range(0, len(bones), 2), range(1, len(bones), 2))
    reach = [_reach([blocks[i] for i in side]) for side in sides]
    tallest_box = max((len(lines) * 20 + PAD for lines in boxes), default=0)
    head = wrapped(effect, HEAD_WIDTH - 2 * PAD, HEAD)
    reach = [max(one, len(head) * 11 + PAD + 4) for one in reach]
    spine = MARGIN + tallest_box + reach[0]
    first = MARGIN + SLANT * max(reach) + pitch  # where the first bone meets the spine
    last = first + (columns - 1) * pitch
    canvas = Canvas(
        last + 34 + HEAD_WIDTH + MARGIN, spine + reach[1] + tallest_box + MARGIN, effect, said(effect, bones)
    )
    _spine(canvas, MARGIN, last + 34, spine, head)
    for index in range(len(bones)):
        up = index % 2 == 0
        join = first + (index // 2) * pitch
        _bone(canvas, boxes[index], blocks[index], join, spine, reach[not up], up, text_width)
    return canvas


def said(effect: str, bones: Sequence[Bone]) -> str:
    """The diagram in words, for those who do not see it."""
    told = ["；".join(_told(cause) for cause in bone.causes) for bone in bones]
    return f"{effect}。" + "".join(
        f"{bone.name}：{causes or '（无）'}。" for bone, causes in zip(bones, told, strict=True)
    )


def _told(cause: Cause) -> str:
    whys = f"（{'、'.join(cause.whys)}）" if cause.whys else ""
    return f"{cause.text}{MARKS.get(cause.mark, '')}{whys}"


def _block(cause: Cause, width: float) -> _Block:
    colour = COLOURS[cause.mark]
    inner = width - 2 * PAD
    lines = [
        (line, 0.0, SIZE, LEAP, colour)
        for line in wrapped(cause.text + MARKS.get(cause.mark, ""), inner, SIZE)
    ]
    for why in cause.whys:
        first, *more = wrapped(f"└ {why}", inner - INDENT, SMALL)
        lines += [(line, INDENT, SMALL, LITTLE, "second") for line in (first, *more)]
    return _Block(lines, sum(line[3] for line in lines) + GAP + 6, cause.mark)


def _reach(blocks: Sequence[Sequence[_Block]]) -> float:
    """How far the bones of one side reach from the spine to the boxes at their ends: the causes, gaps around them."""
    return max((sum(block.height for block in of) for of in blocks), default=0) + 3 * GAP


def _spine(canvas: Canvas, left: float, right: float, y: float, head: list[str]) -> None:
    """The spine with its arrow, and the effect in a box at its end."""
    canvas.lines.append(Line([(left, y), (right, y)], "text", 2.5, arrow=True))
    height = len(head) * 22 + 2 * PAD
    canvas.boxes.append(Box(right, y - height / 2, HEAD_WIDTH, height, "card", "bad", 6, 2))
    for i, line in enumerate(head):
        at = y - height / 2 + PAD + 16 + i * 22
        canvas.centred(line, right + HEAD_WIDTH / 2, at, size=HEAD, weight=600)


def _bone(
    canvas: Canvas, name: list[str], blocks: list[_Block], join: float, spine: float, reach: float, up: bool, width: float,
) -> None:  # fmt: skip
    """One bone from its box to the spine, with its causes at the left of it. up: above the spine."""
    box_height = len(name) * 20 + PAD
    far = reach  # from the spine to the box, the same for all of a side: no cause stands beside a box
    sign = -1 if up else 1
    end = join - SLANT * far
    canvas.lines.append(Line([(end, spine + sign * far), (join, spine)], "second", 1.8, arrow=True))
    box_width = max(width_of(line, HEAD) for line in name) + 2 * PAD
    top = spine - far - box_height if up else spine + far
    canvas.boxes.append(Box(end - box_width / 2, top, box_width, box_height, "card", "brand", 4, 1.5))
    for i, line in enumerate(name):
        canvas.centred(line, end, top + 18 + i * 20, size=HEAD, weight=600, colour="brand")
    y = top + box_height + GAP if up else spine + 2 * GAP
    for block in blocks:
        _cause(canvas, block, y, join, spine, width)
        y += block.height


def _cause(canvas: Canvas, block: _Block, top: float, join: float, spine: float, width: float) -> None:
    """A cause between its top and the next: words, and a twig below them to the bone."""
    bottom = top + block.height - GAP
    away = max(abs(spine - top), abs(spine - bottom))
    right = join - SLANT * away - PAD  # left of the bone at every height of the block
    left = right - width
    y = top
    for text, indent, size, leap, colour in block.lines:
        y += leap
        canvas.texts.append(_text(text, left + PAD + indent, y - 4, size, colour, block.mark))
    if block.mark:
        widest = max(width_of(line[0], line[2]) + line[1] for line in block.lines)
        dash = "" if block.mark == TRUE else "4 3"
        stroke = COLOURS[block.mark]
        canvas.boxes.append(Box(left + 2, top, widest + 2 * PAD - 4, y - top + 3, "", stroke, 4, 1.4, dash))
    on_bone = join - SLANT * abs(spine - bottom)
    canvas.lines.append(Line([(left, bottom), (on_bone, bottom)], "second", 1, arrow=True))


def _text(text: str, x: float, y: float, size: float, colour: str, mark: str) -> Text:
    return Text(x, y, text, size, colour, 600 if mark and size == SIZE else 400)
