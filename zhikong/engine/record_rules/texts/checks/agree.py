"""agree: what two documents name (a diagnosis, an operation), or a document and a row, must be alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from zhikong.engine.record_rules.texts.charts import Chart, Document
from zhikong.engine.record_rules.texts.checks.alone import Alone, shown, texts
from zhikong.engine.record_rules.texts.checks.value import about_row
from zhikong.engine.record_rules.texts.model import Looked, hit
from zhikong.engine.record_rules.texts.params import Params
from zhikong.engine.tables import TABLES

_SPLIT = re.compile(r"[\n；;、]|(?:^|\s)\d{1,2}[.．、)）]")
_NOISE = re.compile(r"[\s，。,.:：()（）\[\]【】“”\"'?？]|左侧|右侧|双侧|术后|待查")


def names_in(text: str) -> list[str]:
    """The names that a section lists, without numbering, marks and sides."""
    return [name for part in _SPLIT.split(text) if len(name := _NOISE.sub("", part)) > 1]


@dataclass(frozen=True, slots=True)
class Agree(Alone):
    """At least one name of the text must be `alike` (0 to 1) to one of the other's names.

    patterns: where in the text the name stands (one bracket); none: the whole section lists names. other: the table
    and column, or document types and sections, that give the other names; rows of a table may be chosen by `where`.
    same_about: the other document must be about the same row.
    """

    sections: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    alike: float
    table: str
    column: str
    kinds: tuple[str, ...]
    types: tuple[str, ...]
    other_sections: tuple[str, ...]
    other_patterns: tuple[re.Pattern[str], ...]
    same_about: bool
    title: str

    @classmethod
    def read(cls, p: Params) -> Agree:
        other = p.inner("with")
        assert other is not None
        table = other.child("table") if other.has("table") else ""
        made = cls(
            p.words("in", ()),
            p.patterns("patterns", ()),
            p.share("alike", 0.6),
            table,
            other.column("column", table) if table else "",
            other.words("kinds", ()),
            other.types("document", ()),
            other.words("in", ()),
            other.patterns("patterns", ()),
            other.flag("same_about"),
            str(p.take("title", "另一处")),
        )
        other.done()
        if not made.table and not made.types:
            raise p.wrong(
                ("with",), "with 要写 table 或 document。", "例如 {document: 出院记录, in: 出院诊断}。"
            )
        return made

    @property
    def tables(self) -> Mapping[str, frozenset[str]]:
        return {self.table: frozenset({self.column})} if self.table else {}

    def look(self, chart: Chart, documents: Sequence[Document], known: None) -> Looked:
        looked = Looked()
        for document in documents:
            others = list(self._others(chart, document))
            if not others:
                continue
            for piece in texts(chart, document, self.sections):
                for start, end in _places(piece.text, self.patterns):
                    own = names_in(piece.text[start:end])
                    if own and not self._alike(own, others):
                        reason = (
                            f"{shown(piece.text[start:end])}与{self.title}{shown('、'.join(others))}不一致"
                        )
                        looked.add(hit(piece, start, end, reason))
                    elif own:
                        looked.add()
        return looked

    def _alike(self, own: Sequence[str], others: Sequence[str]) -> bool:
        limit = self.alike * 100
        return any(fuzz.partial_ratio(a, b, score_cutoff=limit) >= limit for a in own for b in others)

    def _others(self, chart: Chart, document: Document) -> Iterator[str]:
        if self.table:
            yield from self._of_rows(chart, document)
            return
        for other in chart.of_types(self.types):
            if other is document or (self.same_about and other.row.get("about") != document.row.get("about")):
                continue
            for piece in other.named(self.other_sections):
                for start, end in _places(piece.text, self.other_patterns):
                    yield from names_in(piece.text[start:end])

    def _of_rows(self, chart: Chart, document: Document) -> Iterator[str]:
        rows = chart.children.get(self.table, [])
        if self.same_about:
            own = about_row(chart, document, self.table)
            rows = [] if own is None else [own]
        if self.kinds and "kind" in TABLES[self.table].column_names:
            rows = [row for row in rows if row.get("kind") in self.kinds]
        for row in rows:
            yield from names_in(str(row.get(self.column) or ""))


def _places(text: str, patterns: Sequence[re.Pattern[str]]) -> list[tuple[int, int]]:
    if not patterns:
        return [(0, len(text))] if text.strip() else []
    return [
        match.span(1 if pattern.groups else 0) for pattern in patterns for match in pattern.finditer(text)
    ]
