"""What a subject is called in the house: from the words of a plan to the id of an indicator, department or committee."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from zhikong.reading.items import Item, Link
from zhikong.reading.words import PlanWords

Names = Mapping[str, tuple[str, ...]]
_NOISE = re.compile(r"[“”\"'()（）、,·\s]|^(?:全院|医院|我院|本院|全科|科室|年度|全年|年)|(?:目标|指标)$")
_MEASURED = ("target", "result", "threshold", "quota")


@dataclass(frozen=True)
class Lexicon:
    """id -> names by kind; the first name of each is the proper one. spellings: as written -> as meant."""

    indicators: Names = field(default_factory=dict)
    departments: Names = field(default_factory=dict)
    committees: Names = field(default_factory=dict)
    rules: Names = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)

    def proper(self, words: str) -> str:
        """The words with what was miswritten put right: 均匀住院日 -> 平均住院日."""
        for wrong in sorted(self.spellings, key=len, reverse=True):
            words = words.replace(wrong, self.spellings[wrong])
        return words

    def indicator(self, subject: str) -> str:
        """The indicator that a subject names; '' when none or more than one fits as well."""
        said = self.proper(subject)
        # a name may carry its formula: 年发生率(年投诉总人次数/年门诊住院总人次数)
        return _best(said, self.indicators) or _best(re.split(r"[(（]", said)[0], self.indicators)

    def linked(self, item: Item) -> Item:
        """The item with what it speaks of."""
        if item.kind in _MEASURED and (found := self.indicator(item.subject)):
            return replace(item, link=Link("indicator", found))
        if item.kind == "body" and (found := _best(item.subject, self.committees)):
            return replace(item, link=Link("committee", found))
        if item.kind in ("duty", "deadline"):
            return self._owed(item)
        return item

    def _owed(self, item: Item) -> Item:
        if found := _contained(item.subject + item.department, self.committees):
            return replace(item, link=Link("committee", found))
        if found := _best(item.subject, self.rules):
            return replace(item, link=Link("rule", found))
        if found := _contained(item.department, self.departments):
            return replace(item, link=Link("department", found))
        return item


def with_words(lexicon: Lexicon, words: PlanWords) -> Lexicon:
    """A lexicon with the packaged words added; the names that the caller gave come first."""
    return Lexicon(
        _joined(lexicon.indicators, words.indicators), _joined(lexicon.departments, words.departments),
        _joined(lexicon.committees, words.committees), _joined(lexicon.rules, words.rules),
        {**words.spellings, **lexicon.spellings},
    )  # fmt: skip


def _joined(own: Names, more: Names) -> Names:
    return {
        one: (*own.get(one, ()), *(n for n in more.get(one, ()) if n not in own.get(one, ())))
        for one in {**own, **more}
    }


@lru_cache(maxsize=8192)
def _plain(words: str) -> str:
    before, words = "", re.sub(r"[(（][^()（）]{3,}[)）]", "", words)
    while before != words:
        before, words = words, _NOISE.sub("", words)
    return words.replace("病人", "患者").replace("病历", "病案").replace("I类", "Ⅰ类").lower()


def _best(subject: str, names: Names) -> str:
    """The same name, or the longest one that makes up most of the subject (or the other way round)."""
    wanted = _plain(subject)
    if len(wanted) < 2:
        return ""
    scored: dict[str, float] = {}
    for one, spellings in names.items():
        scored[one] = max((_likeness(wanted, _plain(name)) for name in spellings), default=0.0)
    ranked = sorted(scored.items(), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < 0.6 or (len(ranked) > 1 and ranked[1][1] == ranked[0][1]):
        return ""
    return ranked[0][0]


def _likeness(wanted: str, name: str) -> float:
    """1 for the same words; the share of the longer that the shorter makes up where one ends with the other."""
    if wanted == name:
        return 1.0
    short, long = sorted((wanted, name), key=len)
    return len(short) / len(long) * 0.99 if len(short) >= 3 and long.endswith(short) else 0.0


def _contained(words: str, names: Names) -> str:
    """The longest name that stands in the words."""
    found = [(len(name), one) for one, spellings in names.items() for name in spellings if name in words]
    return max(found)[1] if found else ""
