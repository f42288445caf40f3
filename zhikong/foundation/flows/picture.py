"""A flow drawn for those who review it: one box a state, top to bottom as written; steps leave to the right.

Every label has a line of its own, so that none overlaps another; steps to the same state share a track at the
right, and a dot marks where a step joins it. Own SVG, no library, no script, no inline style: colours are
attributes that the page's style sheet may overrule by class.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from zhikong.foundation.flows.definition.model import ANY, FlowDefinition, Kind, State, Transition
from zhikong.foundation.flows.wording import deadline_words, ladder_words, owner_words, step_words

SIZE, SMALL = 14, 12  # px of titles, of everything else
LINE = 18  # px from one line of a box to the next
PAD, GAP, SLOT = 10, 26, 22  # inside a box, between boxes, height of one step's line
MARGIN, TRACK = 12, 16
BOX_CHARACTERS = 15  # Chinese characters on one line of a box
ARROW = 5

INK, MUTED, RULE, FACE, END_FACE, BACK = "#1b2430", "#4d5a6a", "#8591a1", "#ffffff", "#e5f4ed", "#8a5200"


@dataclass(frozen=True)
class Text:
    """A label: where its baseline starts, how high it is, and how wide it will be at most."""

    x: float
    y: float
    text: str
    size: int = SMALL
    css: str = "flow-note"
    colour: str = MUTED

    @property
    def width(self) -> float:
        return width_of(self.text, self.size)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """left, top, right, bottom"""
        return self.x, self.y - self.size, self.x + self.width, self.y + self.size * 0.25


@dataclass
class Drawing:
    """What is to be drawn, in no order that matters but this: lines first, boxes, then labels."""

    width: float = 0
    height: float = 0
    lines: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


@dataclass
class _Block:
    """A state's box with the lines of the steps that leave it."""

    id: str
    rows: list[Text]
    steps: list[Transition]
    top: float = 0
    height: float = 0
    end: bool = False
    dashed: bool = False

    @property
    def entry(self) -> float:
        """Where steps from elsewhere arrive at the right edge."""
        return self.top + PAD + SMALL / 2


def width_of(text: str, size: int) -> float:
    """Width in px: a Chinese character is as wide as it is high, a Latin one at most 0.62 of that."""
    wide = sum(1 for c in text if unicodedata.east_asian_width(c) in "WFA")
    return size * (wide + 0.62 * (len(text) - wide))


def wrapped(text: str, characters: int = BOX_CHARACTERS) -> list[str]:
    """Lines of at most so many Chinese characters' width."""
    lines, line = [], ""
    for character in text:
        if width_of(line + character, 1) > characters:
            lines.append(line)
            line = ""
        line += character
    return [*lines, line] if line else lines


# ---- layout ---------------------------------------------------------------------------------------------------------


def layout(flow: FlowDefinition, titles: Mapping[str, str]) -> Drawing:
    """Places everything; the test asks it whether labels overlap."""
    blocks = _blocks(flow, titles)
    box_width = BOX_CHARACTERS * SIZE + 2 * PAD
    _stack(blocks)
    labels_at = MARGIN + box_width + 14
    longest = max((width_of(step_words(s, titles), SMALL) for b in blocks for s in b.steps), default=0)
    tracks = _tracks(blocks, labels_at + longest + 14)
    drawing = Drawing(
        width=max([labels_at + longest, *tracks.values()]) + MARGIN,
        height=blocks[-1].top + blocks[-1].height + MARGIN,
    )
    by_id = {block.id: block for block in blocks}
    for block in blocks:
        _draw_box(drawing, block, box_width)
        for i, step in enumerate(block.steps):
            _draw_step(drawing, by_id, block, i, step, tracks, titles, labels_at)
    for target, x in tracks.items():
        _draw_track(drawing, by_id, target, x, MARGIN + box_width)
    return drawing


def _blocks(flow: FlowDefinition, titles: Mapping[str, str]) -> list[_Block]:
    """One a state in the written order; steps from anywhere come out of a dashed box before the ends."""
    blocks = [_block(flow, state, titles) for state in flow.states]
    anywhere = [step for step in flow.transitions if ANY in step.sources]
    if anywhere:
        rows = _rows([("任何未结束的状态", SIZE, "flow-title", INK)])
        first_end = next((i for i, block in enumerate(blocks) if block.end), len(blocks))
        blocks.insert(first_end, _Block(ANY, rows, anywhere, dashed=True))
    for block in blocks:
        block.height = max(len(block.rows) * LINE, (len(block.steps) + 1) * SLOT) + 2 * PAD
    return blocks


def _block(flow: FlowDefinition, state: State, titles: Mapping[str, str]) -> _Block:
    said = [(line, SIZE, "flow-title", INK) for line in wrapped(state.title)]
    for words in (
        owner_words(state.owner, titles),
        deadline_words(state) and f"时限 {deadline_words(state)}",
    ):
        said += [(line, SMALL, "flow-note", MUTED) for line in wrapped(words, 17)] if words else []
    for words in ladder_words(state, titles):
        said += [(line, SMALL, "flow-note", MUTED) for line in wrapped(words, 17)]
    steps = [step for step in flow.transitions if state.id in step.sources]
    return _Block(state.id, _rows(said), steps, end=state.end)


def _rows(said: list[tuple[str, int, str, str]]) -> list[Text]:
    return [
        Text(MARGIN + PAD, PAD + i * LINE + SIZE, text, size, css, colour)
        for i, (text, size, css, colour) in enumerate(said)
    ]


def _stack(blocks: list[_Block]) -> None:
    top = float(MARGIN)
    for block in blocks:
        block.top = top
        top += block.height + GAP


def _tracks(blocks: list[_Block], first: float) -> dict[str, float]:
    """target → x of its track, in the order in which targets stand."""
    reached = {target for block in blocks for step in block.steps for target in step.targets}
    order = [block.id for block in blocks if block.id in reached]
    return {target: first + i * TRACK for i, target in enumerate(order)}


def _slot(block: _Block, index: int) -> float:
    """Height of the line of a block's n-th step; the first slot is where others arrive."""
    return block.top + PAD + (index + 1) * SLOT + SMALL / 2


# ---- drawing --------------------------------------------------------------------------------------------------------


def _draw_box(drawing: Drawing, block: _Block, width: float) -> None:
    dash = ' stroke-dasharray="4 3"' if block.dashed else ""
    css, face = ("flow-end", END_FACE) if block.end else ("flow-state", FACE)
    drawing.boxes.append(
        f'<rect class="{css}" x="{MARGIN}" y="{block.top:g}" width="{width:g}" height="{block.height:g}" rx="6"'
        f' fill="{face}" stroke="{RULE}"{dash}/>'
    )
    drawing.texts += [
        Text(row.x, row.y + block.top, row.text, row.size, row.css, row.colour) for row in block.rows
    ]


def _draw_step(drawing, by_id, block, index, step, tracks, titles, labels_at) -> None:
    y = _slot(block, index)
    css, colour = ("flow-back", BACK) if step.kind is not Kind.FORWARD else ("flow-line", RULE)
    far = max(tracks[target] for target in step.targets)
    label = Text(labels_at, y - 4, step_words(step, titles), SMALL, "flow-step", INK)
    drawing.texts.append(label)
    start = MARGIN + BOX_CHARACTERS * SIZE + 2 * PAD
    drawing.lines.append(_line(css, colour, (start, y), (far, y)))
    for target in step.targets:
        x = tracks[target]
        drawing.lines.append(_line(css, colour, (x, y), (x, by_id[target].entry)))
        drawing.lines.append(f'<circle class="{css}" cx="{x:g}" cy="{y:g}" r="3" fill="{colour}"/>')


def _draw_track(drawing: Drawing, by_id: Mapping[str, _Block], target: str, x: float, edge: float) -> None:
    """From the track back to the state's box, with the arrow's head."""
    y = by_id[target].entry
    drawing.lines.append(_line("flow-line", RULE, (x, y), (edge, y)))
    points = f"{edge:g},{y:g} {edge + 2 * ARROW:g},{y - ARROW:g} {edge + 2 * ARROW:g},{y + ARROW:g}"
    drawing.lines.append(f'<polygon class="flow-line" points="{points}" fill="{RULE}"/>')


def _line(css: str, colour: str, start: tuple[float, float], end: tuple[float, float]) -> str:
    (x1, y1), (x2, y2) = start, end
    return f'<path class="{css}" d="M{x1:g} {y1:g}L{x2:g} {y2:g}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def draw(flow: FlowDefinition, titles: Mapping[str, str], *, prefix: str = "flow", marked: str = "") -> str:
    """The picture as SVG text. titles: role code → title. marked: the state where a case stands, drawn stronger.

    prefix: makes the ids unique when several pictures stand on one page.
    """
    drawing = layout(flow, titles)
    name = f"{prefix}-{flow.id}"
    about = escape(f"{len(flow.states)} 个状态，{len(flow.transitions)} 个步骤。文字版见图下的列表。")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow-picture" role="img" viewBox="0 0 {drawing.width:g}'
        f' {drawing.height:g}" width="{drawing.width:g}" height="{drawing.height:g}"'
        f' aria-labelledby="{name}-title {name}-desc">',
        f'<title id="{name}-title">{escape(f"流程图：{flow.title}")}</title>',
        f'<desc id="{name}-desc">{about}</desc>',
        *drawing.lines,
        *drawing.boxes,
        *_texts(drawing, flow, marked),
        "</svg>",
    ]
    return "\n".join(parts)


def _texts(drawing: Drawing, flow: FlowDefinition, marked: str) -> Iterator[str]:
    title = flow.by_state[marked].title if marked in flow.by_state else None
    for text in drawing.texts:
        here = text.css == "flow-title" and text.text == title
        words = f"▶ {text.text}" if here and text.width + text.size * 2 < BOX_CHARACTERS * SIZE else text.text
        weight = ' font-weight="600"' if text.css == "flow-title" else ""
        yield (
            f'<text class="{text.css}{" flow-here" if here else ""}" x="{text.x:g}" y="{text.y:g}"'
            f' font-size="{text.size}"{weight} fill="{text.colour}">{escape(words)}</text>'
        )
