"""negation: the same illness is denied in one place of a chart and affirmed in another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from zhikong.engine.record_rules.texts.charts import Chart, Document, Piece
from zhikong.engine.record_rules.texts.checks.alone import Alone, shown, texts
from zhikong.engine.record_rules.texts.model import Looked, hit
from zhikong.engine.record_rules.texts.params import Params


@dataclass(frozen=True)
class Negation(Alone):
    """terms: illnesses, each with its other names. denied and asserted: patterns in which {} stands for the illness;
    what an asserting pattern finds within a denying one is not an assertion."""

    sections: tuple[str, ...]
    terms: tuple[tuple[str, ...], ...]
    denied: tuple[str, ...]
    asserted: tuple[str, ...]
    readers: tuple[tuple[str, tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]], ...]

    @classmethod
    def read(cls, p: Params) -> Negation:
        terms, denied, asserted = p.groups("terms"), p.words("denied"), p.words("asserted")
        if not terms or any("{}" not in one for one in (*denied, *asserted)):
            raise p.wrong(
                (), "要写 terms，denied 和 asserted 里用 {} 代表疾病名。", "例如 denied: ['否认{}']。"
            )
        readers = []
        for group in terms:
            names = "(?:" + "|".join(map(re.escape, group)) + ")"
            no = tuple(p.pattern("denied", one.replace("{}", names)) for one in denied)
            yes = tuple(p.pattern("asserted", one.replace("{}", names)) for one in asserted)
            readers.append((group[0], no, yes))
        return cls(p.words("in", ()), terms, denied, asserted, tuple(readers))

    @cached_property
    def _words(self) -> tuple[str, ...]:
        return tuple(word for group in self.terms for word in group)

    def look(self, chart: Chart, documents: Sequence[Document], known: None) -> Looked:
        looked = Looked()
        pieces = [p for d in documents for p in texts(chart, d, self.sections) if self._named(p.text)]
        for term, no, yes in self.readers:
            denials = [(p, m.span()) for p in pieces for one in no for m in one.finditer(p.text)]
            claims = [
                (p, m.span()) for p in pieces for one in yes for m in one.finditer(p.text)
                if not any(q is p and a < m.end() and m.start() < b for q, (a, b) in denials)
            ]  # fmt: skip
            if not denials and not claims:
                continue
            if not denials or not claims:
                looked.add()
                continue
            (piece, (start, end)), (other, (a, b)) = denials[0], claims[0]
            where = f"《{other.document.name}》{other.section}"
            told = f"{shown(piece.text[start:end])}与{where}中的{shown(other.text[a:b])}矛盾（{term}）"
            looked.add(hit(piece, start, end, told))
        return looked

    def _named(self, text: str) -> bool:
        return any(word in text for word in self._words)


def whole(piece: Piece) -> tuple[int, int]:
    """The span of all of a piece."""
    return 0, len(piece.text)
