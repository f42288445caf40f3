"""How wide words are, and where they break: for pictures of our own, whose labels must never overlap.

Widths are those of Noto Sans SC, as a table: the same everywhere, without opening a font. A character that is not in
it counts as a full one, so that a measured line is never narrower than what is drawn.
"""

import unicodedata

# advance of the characters from the space to the tilde, in thousandths of the size
ADVANCE = (
    224, 323, 474, 555, 555, 921, 680, 278, 338, 338, 467, 555, 278, 347, 278, 392, 555, 555, 555, 555, 555, 555, 555,
    555, 555, 555, 278, 278, 555, 555, 555, 474, 946, 608, 657, 638, 688, 589, 552, 689, 728, 293, 535, 646, 543, 812,
    723, 742, 633, 742, 635, 596, 599, 721, 575, 878, 573, 531, 603, 338, 392, 338, 555, 559, 606, 563, 618, 510, 620,
    554, 325, 564, 607, 275, 275, 552, 284, 926, 610, 606, 620, 620, 388, 468, 377, 607, 521, 802, 498, 521, 475, 338,
    270, 338, 555,
)  # fmt: skip
LATIN_SLACK = 1.06  # other computers draw Latin letters in another font
FULL, PICTOGRAM = 1.0, 1.4
NOT_FIRST = frozenset("，。、；：？！）》】〕”’…,.;:?!)]}%℃")  # never begins a line
NOT_LAST = frozenset("（《【〔“‘([{")


def width_of(text: str, size: float) -> float:
    """The width of a line in px at most, when drawn ``size`` px high."""
    return size * sum(_advance(character) for character in text)


def _advance(character: str) -> float:
    code = ord(character)
    if 32 <= code < 127:
        return ADVANCE[code - 32] * LATIN_SLACK / 1000
    if unicodedata.combining(character):
        return 0.0
    return PICTOGRAM if 0x1F000 <= code < 0x20000 else FULL


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines no wider than ``width`` px: broken between Chinese characters and at spaces; a long word is cut."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(" ".join(paragraph.split())):
            for part in _cut(piece, width, size):
                if line and width_of(line + part.rstrip(), size) > width:
                    lines.append(line.rstrip())
                    line = ""
                line += part if line or part.strip() else ""
        lines += [line.rstrip()] if line.strip() else []
    return lines or [""]


def _pieces(text: str) -> list[str]:
    """What may not be broken: one Chinese character with the signs that belong to it, or one Latin word."""
    found: list[str] = []
    for character in text:
        before = found[-1][-1] if found else ""
        word = before.isascii() and character.isascii() and before not in ("", " ")
        marked = bool(found) and "〔" in found[-1] and "〕" not in found[-1]  # a mark is one word
        if found and (word or marked or character in NOT_FIRST or before in NOT_LAST):
            found[-1] += character
        else:
            found.append(character)
    return found


def _cut(piece: str, width: float, size: float) -> list[str]:
    """A piece that is wider than a line by itself, in parts that are not."""
    parts, part = [], ""
    for character in piece:
        if part and width_of(part + character, size) > width:
            parts.append(part)
            part = ""
        part += character
    return [*parts, part] if part else parts
