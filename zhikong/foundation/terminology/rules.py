"""Which standard codes a local code may mean: by its spelling, by the likeness of names. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

MOST_SUGGESTIONS = 5
LEAST_SCORE = 55
SAME_SPELLING = 100
_FILLER = re.compile(r"[\s.\-+*†]|X00\d*$|x00\d*$")


@dataclass(frozen=True)
class Suggestion:
    """A standard code, its name, and how alike it is: 0 to 100."""

    code: str
    name: str
    score: int

    def as_dict(self) -> dict[str, str | int]:
        return {"code": self.code, "name": self.name, "score": self.score}


def plain_code(code: str) -> str:
    """A code without points, fillers and extensions: I10.x00x002, i10 and I10.X00 are one."""
    narrow = unicodedata.normalize("NFKC", code).strip()
    return _FILLER.sub("", _FILLER.sub("", narrow)).upper()


def plain_name(name: str) -> str:
    """A name for comparing: full width made half, brackets and punctuation out, lower case."""
    return utils.default_process(unicodedata.normalize("NFKC", name))


class Candidates:
    """A code table prepared for many look-ups."""

    def __init__(self, codes: Mapping[str, str]) -> None:
        self.codes = codes
        self._keys = list(codes)
        self._names = [plain_name(codes[key]) for key in self._keys]
        self._by_spelling: dict[str, list[str]] = {}
        for key in self._keys:
            self._by_spelling.setdefault(plain_code(key), []).append(key)

    def suggest(self, code: str, name: str = "") -> list[Suggestion]:
        """The likeliest codes, best first: the same spelling, then names that are alike."""
        found = {key: SAME_SPELLING for key in self._by_spelling.get(plain_code(code), ())[:MOST_SUGGESTIONS]}
        asked = plain_name(name or code)
        if asked:
            alike = process.extract(
                asked, self._names, scorer=fuzz.WRatio, limit=MOST_SUGGESTIONS * 2, score_cutoff=LEAST_SCORE
            )
            for _name, score, place in alike:
                key = self._keys[place]
                found[key] = max(found.get(key, 0), round(min(score, SAME_SPELLING - 1)))
        best = sorted(found, key=lambda key: (-found[key], key))[:MOST_SUGGESTIONS]
        return [Suggestion(key, self.codes[key], found[key]) for key in best]


@dataclass(frozen=True)
class Difference:
    """Two editions side by side. renamed: code -> (old name, new name)."""

    added: Mapping[str, str]
    removed: Mapping[str, str]
    renamed: Mapping[str, tuple[str, str]]


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> Difference:
    """What a newer edition adds, drops and renames."""
    return Difference(
        {code: name for code, name in new.items() if code not in old},
        {code: name for code, name in old.items() if code not in new},
        {code: (old[code], name) for code, name in new.items() if code in old and old[code] != name},
    )


_CODE_HEADERS = (
    "编码",
    "代码",
    "疾病编码",
    "诊断编码",
    "手术编码",
    "主要编码",
    "项目代码",
    "药品代码",
    "code",
)
_NAME_HEADERS = (
    "名称",
    "疾病名称",
    "诊断名称",
    "手术名称",
    "手术操作名称",
    "项目名称",
    "药品名称",
    "通用名",
    "name",
)


def code_and_name(header: Sequence[str]) -> tuple[int, int] | None:
    """The places of the code and the name column in a header, or None when they cannot be told."""
    places = [_place(header, words) for words in (_CODE_HEADERS, _NAME_HEADERS)]
    return None if None in places or places[0] == places[1] else (places[0], places[1])


def _place(header: Sequence[str], words: Sequence[str]) -> int | None:
    plain = [cell.strip().lower() for cell in header]
    exact = [n for n, cell in enumerate(plain) if cell in words]
    like = [n for n, cell in enumerate(plain) if any(cell.endswith(word) for word in words)]
    return next(iter([*exact, *like]), None)
