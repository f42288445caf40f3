"""forbid: words or patterns that must not stand in these sections, save within what is excepted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zhikong.engine.record_rules.texts.charts import Chart, Document
from zhikong.engine.record_rules.texts.checks.alone import Alone, shown, texts
from zhikong.engine.record_rules.texts.model import Looked, hit
from zhikong.engine.record_rules.texts.params import Params


@dataclass(frozen=True, slots=True)
class Forbid(Alone):
    """`whole_words`: a word of letters counts only where no letter or digit adjoins it."""

    sections: tuple[str, ...]
    words: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    excepted: tuple[re.Pattern[str], ...]
    whole_words: bool
    at_most: int

    @classmethod
    def read(cls, p: Params) -> Forbid:
        made = cls(
            p.words("in", ()),
            p.words("words", ()),
            p.patterns("patterns", ()),
            p.patterns("except", ()),
            p.flag("whole_words"),
            p.whole("at_most", 0),
        )
        if not made.words and not made.patterns:
            raise p.wrong((), "forbid 没有写 words 或 patterns。", "例如 words: [待查]。")
        return made

    def look(self, chart: Chart, documents: Sequence[Document], known: None) -> Looked:
        looked = Looked()
        for document in documents:
            for piece in texts(chart, document, self.sections):
                found = sorted(set(self._places(piece.text)))
                told = [hit(piece, a, b, f"出现{shown(piece.text[a:b])}") for a, b in found]
                looked.add(*(told if len(told) > self.at_most else ()))
        return looked

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        found = [place for word in self.words if word in text for place in self._of_word(text, word)]
        found += [match.span() for pattern in self.patterns for match in pattern.finditer(text)]
        if not found:
            return
        free = [match.span() for pattern in self.excepted for match in pattern.finditer(text)]
        for start, end in found:
            if start < end and not any(a <= start and end <= b for a, b in free):
                yield start, end

    def _of_word(self, text: str, word: str) -> Iterator[tuple[int, int]]:
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if not self.whole_words or not (_letter(text[at - 1 : at]) or _letter(text[end : end + 1])):
                yield at, end
            at = text.find(word, end)


def _letter(mark: str) -> bool:
    return mark.isascii() and mark.isalnum()
