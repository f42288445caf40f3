"""The numbers that Word counts by itself (一、（一）1、①): they are in no text, but a plan's structure hangs on them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhikong.reading.files.docx_parts import W

_DIGITS = "零一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_CHINESE = ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital", "taiwaneseCounting",
            "taiwaneseCountingThousand", "chineseLegalSimplified", "koreanCounting")  # fmt: skip
_MOST = 9999


@dataclass(frozen=True)
class Level:
    """How a level is counted: format, template such as %1.%2, first number."""

    form: str = "decimal"
    template: str = ""
    start: int = 1


class Numbers:
    """The counters of a document; `mark(paragraph)` gives the number before a paragraph and counts on."""

    def __init__(self, numbering, styles) -> None:
        self._lists = _lists(numbering) if numbering is not None else {}
        self._styles = _styled(styles) if styles is not None else {}
        self._at: dict[str, dict[int, int]] = {}

    def mark(self, paragraph) -> str:
        """'一、', '(1)' or '' where the paragraph is not counted."""
        found = self._placed(paragraph)
        if found is None or found[0] not in self._lists:
            return ""
        number, depth = found
        abstract, levels = self._lists[number]
        if depth not in levels:
            return ""
        counts = self._at.setdefault(abstract, {})
        counts[depth] = min(counts.get(depth, levels[depth].start - 1) + 1, _MOST)
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        return _written(levels, counts, depth)

    def _placed(self, paragraph) -> tuple[str, int] | None:
        about = paragraph.find(f"{W}pPr")
        if about is None:
            return None
        style = about.find(f"{W}pStyle")
        number, depth = self._styles.get(style.get(f"{W}val"), ("", 0)) if style is not None else ("", 0)
        own = about.find(f"{W}numPr")
        if own is not None:
            said, level = _value(own, "numId"), _value(own, "ilvl")
            number, depth = said if said is not None else number, _whole(level, depth)
        return (number, depth) if number and number != "0" else None


def _lists(root) -> dict[str, tuple[str, dict[int, Level]]]:
    """numId -> (the counter that it shares, its levels)."""
    abstract = {
        one.get(f"{W}abstractNumId"): {
            _whole(level.get(f"{W}ilvl"), 0): _level(level) for level in one.iter(f"{W}lvl")
        }
        for one in root.iter(f"{W}abstractNum")
    }
    found = {}
    for one in root.findall(f"{W}num"):
        base, name = _value(one, "abstractNumId"), one.get(f"{W}numId")
        restarted = {
            _whole(over.get(f"{W}ilvl"), 0): _whole(_value(over, "startOverride"), 1)
            for over in one.findall(f"{W}lvlOverride")
        }
        levels = dict(abstract.get(base, {}))
        for depth, start in restarted.items():
            if depth in levels:
                levels[depth] = Level(levels[depth].form, levels[depth].template, start)
        found[name] = (name if restarted else f"of {base}", levels)
    return found


def _level(level) -> Level:
    return Level(
        _value(level, "numFmt") or "decimal",
        _value(level, "lvlText") or "",
        _whole(_value(level, "start"), 1),
    )


def _styled(root) -> dict[str, tuple[str, int]]:
    found = {}
    for style in root.iter(f"{W}style"):
        about = style.find(f"{W}pPr/{W}numPr")
        if about is not None and (number := _value(about, "numId")):
            found[style.get(f"{W}styleId")] = (number, _whole(_value(about, "ilvl"), 0))
    return found


def _value(parent, name: str) -> str | None:
    found = parent.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val")


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"\d{1,4}", text) else default


def _written(levels: dict[int, Level], counts: dict[int, int], depth: int) -> str:
    level = levels[depth]
    if level.form in ("bullet", "none"):
        return ""

    def one(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        counted = levels.get(place, Level())
        return _number(counts.get(place, counted.start), "decimal" if place != depth else counted.form)

    same = len(re.findall(r"%\d", level.template)) == 1
    text = re.sub(r"%(\d)", lambda m: _number(counts[depth], level.form) if same else one(m), level.template)
    return text[:40]


def _number(count: int, form: str) -> str:
    if form in _CHINESE:
        return _chinese(count)
    if form.startswith("decimalEnclosedCircle") and 0 < count <= 20:
        return chr(0x2460 + count - 1)
    if form in ("ideographTraditional", "ideographZodiac"):
        signs = _STEMS if form == "ideographTraditional" else _BRANCHES
        return signs[count - 1] if 0 < count <= len(signs) else str(count)
    if form in ("lowerLetter", "upperLetter") and 0 < count <= 26:
        return chr((97 if form == "lowerLetter" else 65) + count - 1)
    if form in ("lowerRoman", "upperRoman") and 0 < count < 400:
        return _roman(count) if form == "lowerRoman" else _roman(count).upper()
    return f"{count:02d}" if form == "decimalZero" else str(count)


def _chinese(count: int) -> str:
    """Up to 九十九; beyond it in digits, as Word's plans do not go further."""
    if not 0 < count < 100:
        return str(count)
    tens, ones = divmod(count, 10)
    head = {0: "", 1: "十"}.get(tens, f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones else "")


def _roman(count: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        written += sign * (count // value)
        count %= value
    return written
