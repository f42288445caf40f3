"""Names of persons in Chinese clinical text: after a label, after a cue, before a title, or known from the stay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from zhikong.intake.deidentifying.patterns import FOLLOWS, NAME_CUE, NAME_LABEL, NOT_IN_A_GIVEN_NAME, POLITE
from zhikong.intake.deidentifying.surnames import COMPOUND, NOT_NAMES, SINGLE, STAFF_TITLES

_HAN = "\u3400-\u9fff"
_SURNAME = f"(?:{'|'.join(COMPOUND)}|[{SINGLE}])"
_NAME = re.compile(rf"{_SURNAME}\s?(?:[{_HAN}]\s?[{_HAN}]|[{_HAN}])")
_FOREIGN = re.compile(rf"[{_HAN}]{{1,8}}(?:[·•][{_HAN}]{{1,8}}){{1,3}}")
_LONG = re.compile(rf"({_SURNAME})(\s?)([{_HAN}])(?:(\s?)([{_HAN}]))?")
_TITLED = re.compile(rf"({_SURNAME}[{_HAN}]{{0,2}}?)(?={STAFF_TITLES}|{POLITE})")
_NOT_NAMES = NOT_NAMES
# what stands before a title and is no name: 上级医师, 主管护师, 责任护士 …
_BEFORE_A_TITLE = re.compile(
    r"^(?:管床|值班|高级|应急|全科|白班|夜班|常规|安全|单位|金牌|麻醉|康复|全体|连续|曾任|担任|任$|曾$)"
)
# without a cue: at the head of a sentence before sex, age or the day; before what only a person does
_AT_THE_HEAD = re.compile(
    rf"(?:^|[。；;\n]\s?|\d[.、]\s?)({_SURNAME}\s?[{_HAN}](?:\s?[{_HAN}])?)(?=[，,]\s?(?:男|女|[\d]{{1,3}}岁)|今日|昨日|今晨|术毕|术后)"
)
_ACTS = re.compile(rf"({_SURNAME}[{_HAN}]{{1,2}})(?=主持|汇报|查房|记录：|指出)")

Place = tuple[int, int]


def names(text: str, known: Iterable[str]) -> Iterator[Place]:
    """Places of names in the text; the same place may come twice."""
    yield from _known(text, known)
    for label in NAME_LABEL.finditer(text):
        yield from _at(text, label.end(), sure=True)
    for cue in NAME_CUE.finditer(text):
        yield from _at(text, cue.end(), sure=False)
    for found in _TITLED.finditer(text):
        if text[max(0, found.start() - 1) : found.start() + 1] in ("主管", "主任"):
            continue  # the second half of a title
        if not _ordinary(text, found.start()) and not _BEFORE_A_TITLE.match(found.group(1)):
            yield found.start(1), found.end(1)
    for pattern in (_AT_THE_HEAD, _ACTS):
        for found in pattern.finditer(text):
            if not _ordinary(text, found.start(1)) and not _doubtful(found.group(1)):
                yield found.start(1), found.end(1)
    for found in _FOREIGN.finditer(text):
        yield found.start(), found.end()


def _known(text: str, known: Iterable[str]) -> Iterator[Place]:
    """A known name wherever it stands, also with spaces between its characters."""
    for name in known:
        if len(name) >= 2:
            spaced = r"\s?".join(map(re.escape, name))
            yield from ((m.start(), m.end()) for m in re.finditer(spaced, text))


def _doubtful(name: str) -> bool:
    """What has a word of running text, or a title, in place of a given name."""
    return any(c in NOT_IN_A_GIVEN_NAME for c in name[1:]) or name.endswith(("医师", "医生", "护士", "主任"))


def _ordinary(text: str, start: int) -> bool:
    return text.startswith(_NOT_NAMES, start)


def _at(text: str, start: int, *, sure: bool) -> Iterator[Place]:
    """The name that begins here. sure: a label stood before it, so that only the length is open."""
    foreign = _FOREIGN.match(text, start)
    if foreign:
        yield foreign.start(), foreign.end()
        return
    found = _LONG.match(text, start)
    if not found or (not sure and _ordinary(text, start)):
        return
    end = _end(text, found, sure)
    if end:
        yield start, end


def _end(text: str, found: re.Match, sure: bool) -> int | None:
    """Where the name ends: the longer form when what follows it may follow a name, else the shorter."""
    if found.group(3) in NOT_IN_A_GIVEN_NAME:
        return None
    longer = found.group(5) and found.group(5) not in NOT_IN_A_GIVEN_NAME
    if longer and FOLLOWS.match(text, found.end(5)):
        return found.end(5)
    if FOLLOWS.match(text, found.end(3)):
        return found.end(3)
    return (found.end(5) if longer else found.end(3)) if sure else None
