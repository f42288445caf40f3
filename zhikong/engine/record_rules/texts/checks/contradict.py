"""contradict: two documents near in time say opposite things of the same patient, such as the doctor's and the nurse's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from zhikong.engine.record_rules.texts.charts import Chart, Document, Piece
from zhikong.engine.record_rules.texts.checks.alone import Alone, shown, texts
from zhikong.engine.record_rules.texts.model import Looked, Unknown, hit
from zhikong.engine.record_rules.texts.params import Params

Patterns = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Contradict(Alone):
    """pairs: (what the rule's documents say, what the other documents then must not say). other: types of the others.
    within: how far apart they may be. state: instead of other documents, kinds of `condition_periods` that must hold
    when the text says so (a text of grave illness without an order of it)."""

    sections: tuple[str, ...]
    pairs: tuple[tuple[Patterns, Patterns], ...]
    other: tuple[str, ...]
    within: timedelta
    says: Patterns
    excepted: Patterns
    state: tuple[str, ...]

    @classmethod
    def read(cls, p: Params) -> Contradict:
        raw = p.take("pairs", [])
        if not isinstance(raw, list):
            raise p.wrong(("pairs",), "pairs 应是列表。", "每项写 {this: [神志清], other: [昏迷]}。")
        pairs = []
        for place, one in enumerate(raw):
            inner = Params(p.draft, (*p.path, "pairs", place), one)
            pairs.append((inner.patterns("this"), inner.patterns("other")))
            inner.done()
        within = p.span("within", "12 h")
        made = cls(
            p.words("in", ()), tuple(pairs), p.types("other", ()), within or timedelta(0),
            p.patterns("says", ()), p.patterns("except", ()), p.words("state", ()),
        )  # fmt: skip
        if bool(made.pairs and made.other) == bool(made.says and made.state):
            raise p.wrong(
                (), "写 pairs 和 other，或写 says 和 state。", "例如 says: [病危], state: [critical]。"
            )
        return made

    @property
    def tables(self) -> Mapping[str, frozenset[str]]:
        return {"condition_periods": frozenset({"kind", "started_at", "ended_at"})} if self.state else {}

    def look(self, chart: Chart, documents: Sequence[Document], known: None) -> Looked:
        return self._states(chart, documents) if self.state else self._others(chart, documents)

    def _states(self, chart: Chart, documents: Sequence[Document]) -> Looked:
        looked = Looked()
        for document in documents:
            for piece in texts(chart, document, self.sections):
                for start, end in _found(piece.text, self.says, self.excepted):
                    if document.at is None:
                        raise Unknown(f"{document.name}没有书写时间，无法与病情医嘱核对。")
                    told = f"写有{shown(piece.text[start:end])}，当时没有相应的医嘱状态"
                    looked.add(*([] if self._held(chart, document) else [hit(piece, start, end, told)]))
        return looked

    def _held(self, chart: Chart, document: Document) -> bool:
        moment = document.at
        assert moment is not None
        for row in chart.children.get("condition_periods", ()):
            end = row.get("ended_at")
            began = row["kind"] in self.state and row["started_at"] - self.within <= moment
            if began and (end is None or moment <= end + self.within):
                return True
        return False

    def _others(self, chart: Chart, documents: Sequence[Document]) -> Looked:
        looked = Looked()
        others = [one for one in chart.of_types(self.other) if one.at is not None]
        for document in documents:
            for other in others:
                if document.at is None or other is document or abs(document.at - other.at) > self.within:
                    continue
                looked.add(*self._between(chart, document, other))
        return looked

    def _between(self, chart: Chart, document: Document, other: Document) -> Iterator:
        theirs = texts(chart, other, ())
        for piece in texts(chart, document, self.sections):
            for this, that in self.pairs:
                for start, end in _found(piece.text, this, self.excepted)[:1]:
                    yield from self._clash(piece, start, end, that, theirs)

    def _clash(self, piece: Piece, start: int, end: int, that: Patterns, theirs: Sequence[Piece]) -> Iterator:
        for their in theirs:
            for a, b in _found(their.text, that, self.excepted)[:1]:
                told = (
                    f"{shown(piece.text[start:end])}，而《{their.document.name}》写{shown(their.text[a:b])}"
                )
                yield hit(piece, start, end, told)


def _found(text: str, patterns: Patterns, excepted: Patterns) -> list[tuple[int, int]]:
    free = [match.span() for pattern in excepted for match in pattern.finditer(text)]
    spans = [match.span() for pattern in patterns for match in pattern.finditer(text)]
    return [(a, b) for a, b in sorted(spans) if not any(x <= a and b <= y for x, y in free)]
