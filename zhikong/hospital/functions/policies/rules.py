"""Clauses of a text, their numbers through all versions, what differs between two versions, when a review is due."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

MARK = re.compile(
    r"^\s*(第[一二三四五六七八九十百零\d]+[章节条]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d{1,2}(?:\.\d{1,2})+|\d{1,2}[、.．](?!\d)|[①-⑳])\s*"
)
ALIKE = 0.55  # of the letters: below it a clause is another one
NO_CHOICES = 2
COMPARED = 600


@dataclass(frozen=True)
class Part:
    """A clause as it stands in a text. key 0: not numbered yet."""

    mark: str
    text: str
    is_heading: bool = False
    key: int = 0


@dataclass(frozen=True)
class Change:
    """What became of a clause. kind: same, changed, added, removed. pieces: (kind, words) for a changed one."""

    kind: str
    key: int
    before: str = ""
    after: str = ""
    pieces: tuple[tuple[str, str], ...] = ()


def parts(text: str) -> list[Part]:
    """A paragraph is a clause; what has a mark and no sentence's end is a heading."""
    found = []
    for line in text.split("\n"):
        words = " ".join(line.replace("\t", "　").split())
        if not words:
            continue
        mark = MARK.match(words)
        sign = mark[1] if mark else ""
        rest = words[mark.end() :] if mark else words
        heading = bool(sign) and len(rest) <= 24 and not re.search(r"[。；;，,：:]", rest)
        found.append(Part(sign, rest or sign, heading))
    return found


def numbered(new: Sequence[Part], old: Sequence[Part], used: int) -> list[Part]:
    """The new parts with keys: that of the old clause they continue, or the next number never used before.

    used: the highest number that any version of the document has given out.
    """
    keys = _same(new, old)
    _alike(new, old, keys)
    found = []
    for place, one in enumerate(new):
        if place not in keys:
            used += 1
        found.append(Part(one.mark, one.text, one.is_heading, keys.get(place, used)))
    return found


def _same(new: Sequence[Part], old: Sequence[Part]) -> dict[int, int]:
    matcher = SequenceMatcher(None, [one.text for one in old], [one.text for one in new], autojunk=False)
    return {b + n: old[a + n].key for a, b, size in matcher.get_matching_blocks() for n in range(size)}


def _alike(new: Sequence[Part], old: Sequence[Part], keys: dict[int, int]) -> None:
    """Of those that are left, the most alike pairs first."""
    taken = set(keys.values())
    pairs = sorted(
        (
            (_likeness(one.text, other.text), -abs(place - at), place, other.key)
            for place, one in enumerate(new) if place not in keys
            for at, other in enumerate(old) if other.key not in taken and abs(place - at) <= 40
        ),
        reverse=True,
    )  # fmt: skip
    for likeness, _, place, key in pairs:
        if likeness >= ALIKE and place not in keys and key not in taken:
            keys[place] = key
            taken.add(key)


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one[:COMPARED], other[:COMPARED], autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


def compared(before: Sequence[Part], after: Sequence[Part]) -> list[Change]:
    """All clauses of the later version in order; one that is gone stands where it was."""
    earlier, later = {one.key: one for one in before}, {one.key for one in after}
    found = [_change(earlier.get(one.key), one) for one in after]
    for place, one in enumerate(before):
        if one.key not in later:
            follows = before[place - 1].key if place else None
            at = next((n + 1 for n, done in enumerate(found) if done.key == follows), 0)
            found.insert(at, Change("removed", one.key, before=_whole(one)))
    return found


def _change(old: Part | None, new: Part) -> Change:
    if old is None:
        return Change("added", new.key, after=_whole(new))
    if _whole(old) == _whole(new):
        return Change("same", new.key, _whole(old), _whole(new))
    return Change("changed", new.key, _whole(old), _whole(new), _pieces(_whole(old), _whole(new)))


def _whole(one: Part) -> str:
    return f"{one.mark} {one.text}".strip() if one.mark != one.text else one.text


def _pieces(before: str, after: str) -> tuple[tuple[str, str], ...]:
    found = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(("same", before[a:b]))
            continue
        if b > a:
            found.append(("removed", before[a:b]))
        if d > c:
            found.append(("added", after[c:d]))
    return tuple(found)


def year_later(day: date) -> date:
    """The same day next year; 28 February for 29 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def questions_of(text: str) -> list[tuple[str, list[str], int]]:
    """(question, choices, right) of lines such as 问题？|*对的|错的; raises ValueError with a Chinese sentence."""
    found = []
    for number, line in enumerate((one.strip() for one in text.split("\n") if one.strip()), 1):
        asked, *choices = (one.strip() for one in re.split(r"[|｜]", line))
        right = [n for n, one in enumerate(choices) if one.startswith("*")]
        if (
            not asked
            or len(choices) < NO_CHOICES
            or len(right) != 1
            or not all(one.strip("*") for one in choices)
        ):
            raise ValueError(f"第 {number} 题写法不对：题目|*正确答案|其他答案，至少两个答案，恰好一个带 *。")
        found.append((asked[:300], [one.lstrip("*").strip()[:200] for one in choices], right[0]))
    return found
