"""The text as rules read it: half-width, Simplified, without blanks; each of its characters knows its place in the text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

from zhikong.reading.tables import is_row

_DROPPED = set(" \r\v\f\u00a0\u3000\u200b\u200c\u200d\ufeff*`")
_SAME = {
    "≧": "≥", "⩾": "≥", "≦": "≤", "⩽": "≤", "～": "-", "~": "-", "—": "-", "–": "-", "－": "-", "﹣": "-", "―": "-",
    "﹪": "%", "％": "%", "×": "x", "〇": "零",
}  # fmt: skip
_KEPT = set("（），：；！？。、“”‘’《》【】①②③④⑤⑥⑦⑧⑨⑩‰‱≥≤≈⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽")


_GAP = re.compile(r"(?<=\S)(?:[ \u00a0]{3,}|\u3000{2,})(?=\S)")


@dataclass(frozen=True)
class Tight:
    """`text` without blanks; `places[i]` is the offset of its i-th character in the original."""

    text: str
    places: tuple[int, ...]
    original: str = ""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The same stretch in the original text; end excluded."""
        return self.places[start], self.places[end - 1] + 1


def tighten(original: str) -> Tight:
    """The original for the rules. Line ends stay: they may end a sentence."""
    letters, places = [], []
    plain = _IN_CAPITALS.sub(lambda found: found[0].translate(_CAPITALS), _cells(_simplified(original)))
    plain = _YEAR.sub(lambda found: found[0].translate(_DIGITS), plain)
    for place, letter in enumerate(plain):
        if letter in _DROPPED:
            if not _between_digits(plain, place):
                continue
            letter = " "
        letters.append(_one(letter))
        places.append(place)
    return Tight("".join(letters), tuple(places), original)


_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_DIGITS = str.maketrans("零〇○一二三四五六七八九", "000123456789")
_YEAR = re.compile(r"二[零〇○][零〇○一二三四五六七八九]{2}(?=年)")
_IN_CAPITALS = re.compile(r"[壹贰叁肆伍陆柒捌玖拾佰仟零]+(?=[万元圆])")


def _cells(plain: str) -> str:
    """Rows of a table have their cells parted by tabs, whether the text has tabs, bars or wide gaps."""
    return "\n".join(_row(line) for line in plain.split("\n"))


def _row(line: str) -> str:
    if len(re.findall(r"[|｜]", line)) >= 2:
        return re.sub(r"[|｜]", "\t", line)
    if "\t" in line and not is_row(line):
        return line.replace("\t", " ")
    gaps = list(_GAP.finditer(line))
    if len(gaps) >= 2 and "\t" not in line:
        for gap in gaps:
            line = line[: gap.start()] + "\t" + " " * (len(gap[0]) - 1) + line[gap.end() :]
    return line


def _between_digits(plain: str, place: int) -> bool:
    """A blank that keeps two numbers of a table apart stays."""
    return 0 < place < len(plain) - 1 and plain[place - 1].isdigit() and plain[place + 1].isdigit()


def _one(letter: str) -> str:
    if letter in _SAME:
        return _SAME[letter]
    if letter in _KEPT or letter == "\n":
        return {"，": ",", "：": ":", "；": ";", "（": "(", "）": ")"}.get(letter, letter)
    plain = unicodedata.normalize("NFKC", letter)
    return plain if len(plain) == 1 else letter


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _simplified(original: str) -> str:
    """Traditional to Simplified, letter for letter: a conversion that changes the length is done by single letters."""
    found = _converter().convert(original)
    if len(found) == len(original):
        return found
    singles = (_converter().convert(one) for one in original)
    return "".join(new if len(new) == 1 else old for old, new in zip(original, singles, strict=True))
