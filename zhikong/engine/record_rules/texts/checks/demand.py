"""demand: what these sections must say: words, patterns, a length, a number of items, something beyond boilerplate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zhikong.engine.record_rules.texts.charts import Chart, Document, Piece
from zhikong.engine.record_rules.texts.checks.alone import Alone, shown, texts
from zhikong.engine.record_rules.texts.model import Hit, Looked, hit
from zhikong.engine.record_rules.texts.params import Params

_MARKS = re.compile(r"[\s，。；：、,.;:（）()【】\[\]“”\"'!！?？…⋯—\-_/0-9０-９①-⑳]")
_ITEM = re.compile(r"(?:^|[\s。；;：:，])(?:\d{1,2}[.、．)）]|[(（]\d{1,2}[)）]|[①-⑳])")


def meat(text: str) -> str:
    """The text without marks, numbers and blanks: what remains has been said."""
    return _MARKS.sub("", text)


@dataclass(frozen=True, slots=True)
class Demand(Alone):
    """`groups`: of each group at least one word must be said, all but `lacking_at_most` of them. boilerplate: sentences
    that say nothing; without them `min_chars` characters must remain. `only_if`: looked at only where a text of the
    document holds one of these patterns. A section that is not there at all is not looked at: completeness says it.
    """

    sections: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    patterns: tuple[re.Pattern[str], ...]
    boilerplate: tuple[re.Pattern[str], ...]
    only_if: tuple[re.Pattern[str], ...]
    min_chars: int
    max_chars: int
    min_items: int
    lacking_at_most: int

    @classmethod
    def read(cls, p: Params) -> Demand:
        made = cls(
            p.words("in", ()),
            p.groups("say"),
            p.patterns("patterns", ()),
            p.patterns("boilerplate", ()),
            p.patterns("only_if", ()),
            p.whole("min_chars", 0),
            p.whole("max_chars", 0),
            p.whole("min_items", 0),
            p.whole("lacking_at_most", 0),
        )
        if not (made.groups or made.patterns or made.min_chars or made.max_chars or made.min_items):
            raise p.wrong((), "demand 没有写要求。", "写 say、patterns、min_chars、max_chars 或 min_items。")
        return made

    def look(self, chart: Chart, documents: Sequence[Document], known: None) -> Looked:
        looked = Looked()
        for document in documents:
            pieces = [piece for piece in texts(chart, document, self.sections) if meat(piece.text)]
            if self.only_if and not any(
                o.search(piece.text) for o in self.only_if for piece in document.pieces
            ):
                continue
            if pieces:
                looked.add(*self._of(document, pieces))
        return looked

    def _of(self, document: Document, pieces: list[Piece]) -> Iterator[Hit]:
        whole = "\n".join(piece.text for piece in pieces)
        first = pieces[0]
        for reason in self._faults(whole):
            yield hit(first, 0, len(first.text), reason)

    def _faults(self, whole: str) -> Iterator[str]:
        lacking = [group[0] for group in self.groups if not any(word in whole for word in group)]
        if len(lacking) > self.lacking_at_most:
            yield f"没有写明{'、'.join(lacking)}"
        if self.patterns and not any(pattern.search(whole) for pattern in self.patterns):
            yield f"写法不符合要求：{shown(whole)}"
        if self.max_chars and len(whole.strip().rstrip("。.")) > self.max_chars:
            yield f"共 {len(whole.strip().rstrip('。.'))} 字，超过 {self.max_chars} 字"
        said = whole
        for pattern in self.boilerplate:
            said = pattern.sub("", said)
        if self.min_chars and len(meat(said)) < self.min_chars:
            yield (
                f"除套话外只有 {len(meat(said))} 字，内容不足"
                if self.boilerplate
                else f"只有 {len(meat(said))} 字"
            )
        if self.min_items and len(_ITEM.findall(whole)) < self.min_items:
            yield f"只列出 {len(_ITEM.findall(whole))} 条，应不少于 {self.min_items} 条"
