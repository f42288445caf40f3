"""copy: notes that repeat an earlier note, another patient's note, or another section (不合理复制)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from zhikong.engine.record_rules.texts.alike import earlier_likes, ratio
from zhikong.engine.record_rules.texts.charts import Chart, Document, Piece
from zhikong.engine.record_rules.texts.checks.alone import Alone, texts
from zhikong.engine.record_rules.texts.model import Hit, Looked, Selection, hit
from zhikong.engine.record_rules.texts.params import Params

_BLANK = re.compile(r"\s")
_DIGITS = re.compile(r"[\d.．/]")
SCOPES = ("patient", "department", "sections")
RUN = 4
SHARED = 0.5
"""Sections of which fewer runs of four characters are common than this share are not compared further."""


@dataclass(frozen=True, slots=True)
class Copy(Alone):
    """scope patient: with the `back` notes before it in the same chart. department: with notes of other patients of the
    same institution, department and disease (first three characters of the principal diagnosis). sections: with the
    sections of other documents of the chart; `contained`: the shorter text may stand within the longer.
    ignore: what is left out before comparing; numbers: false leaves all figures out.
    """

    sections: tuple[str, ...]
    scope: str
    alike: float
    min_chars: int
    back: int
    types: tuple[str, ...]
    other_sections: tuple[str, ...]
    contained: bool
    numbers: bool
    ignore: tuple[re.Pattern[str], ...]

    @classmethod
    def read(cls, p: Params) -> Copy:
        scope = p.choice("scope", SCOPES, "patient")
        other = p.inner("with", None)
        if (scope == "sections") is (other is None):
            raise p.wrong(
                (), "scope: sections 要写 with，其余不写。", "例如 with: {document: 入院记录, in: 现病史}。"
            )
        made = cls(
            p.words("in", ()), scope, p.share("alike", 0.95), p.whole("min_chars", 40, least=10),
            p.whole("back", 3, least=1, most=60), other.types("document") if other else (),
            other.words("in", ()) if other else (), p.flag("contained"),
            p.take("numbers", True) is not False, p.patterns("ignore", ()),
        )  # fmt: skip
        if other:
            other.done()
        return made

    def prepare(self, selection: Selection, charts: Sequence[Chart]) -> Any:
        """For scope department: which pieces repeat whose; {(encounter, document, section): (other, share)}."""
        if self.scope != "department":
            return None
        rows = [
            (chart, piece) for chart in charts for piece in self._pieces(chart, selection.documents(chart))
        ]
        rows.sort(key=lambda row: (row[1].document.at is None, row[1].document.at, row[0].key))
        cut = [self._cut(piece.text) for _, piece in rows]
        kept = [place for place, text in enumerate(cut) if len(text) >= self.min_chars]
        rows, cut = [rows[place] for place in kept], [cut[place] for place in kept]
        groups = [_room(chart) for chart, _ in rows]
        owners = [chart.row.get("patient_key") or chart.key for chart, _ in rows]
        found = earlier_likes(cut, groups, owners, self.alike)
        return {_place(*rows[here]): (rows[there][0].key, share) for here, there, share in found}

    def _pieces(self, chart: Chart, documents: Sequence[Document]) -> list[Piece]:
        return [piece for document in documents for piece in document.named(self.sections)]

    def look(self, chart: Chart, documents: Sequence[Document], known: Any) -> Looked:
        looked = Looked()
        pieces = [piece for document in documents for piece in texts(chart, document, self.sections)]
        judged = [(piece, cut) for piece in pieces if len(cut := self._cut(piece.text)) >= self.min_chars]
        looked.seen = len(judged)
        if self.scope == "department":
            looked.hits += self._borrowed(chart, judged, known or {})
        elif self.scope == "patient":
            looked.hits += self._repeated(judged)
        else:
            looked.hits += self._taken_over(chart, judged)
        return looked

    def _cut(self, text: str) -> str:
        for pattern in self.ignore:
            text = pattern.sub("", text)
        return _BLANK.sub("", text) if self.numbers else _DIGITS.sub("", _BLANK.sub("", text))

    def _borrowed(self, chart: Chart, judged, known: Mapping[Any, tuple[str, float]]) -> list[Hit]:
        found = []
        for piece, _ in judged:
            if (other := known.get(_place(chart, piece))) is not None:
                told = f"与同科同病种另一患者（{other[0]}）的记录有 {other[1]:.0%} 相同"
                found.append(hit(piece, 0, len(piece.text), told))
        return found

    def _repeated(self, judged: Sequence[tuple[Piece, str]]) -> list[Hit]:
        found = []
        for place, (piece, text) in enumerate(judged):
            for other, before in reversed(judged[max(0, place - self.back) : place]):
                same = ratio(text, before, self.alike)
                if same >= self.alike:
                    when = f"{other.document.at:%m-%d %H:%M}" if other.document.at else "之前"
                    told = f"与 {when} 的《{other.document.name}》有 {same:.0%} 相同"
                    found.append(hit(piece, 0, len(piece.text), told))
                    break
        return found

    def _taken_over(self, chart: Chart, judged: Sequence[tuple[Piece, str]]) -> list[Hit]:
        others = [
            piece for document in chart.of_types(self.types) for piece in document.named(self.other_sections)
        ]
        found = []
        for piece, text in judged:
            for other in others:
                if other.document is piece.document and other.section == piece.section:
                    continue
                theirs = self._cut(other.text)
                if len(theirs) >= self.min_chars and (same := self._common(text, theirs)) >= self.alike:
                    told = f"与《{other.document.name}》{other.section}有 {same:.0%} 相同"
                    found.append(hit(piece, 0, len(piece.text), told))
                    break
        return found

    def _common(self, text: str, theirs: str) -> float:
        if not self.contained:
            return ratio(text, theirs, self.alike)
        own, other = _runs(text), _runs(theirs)
        if len(own & other) < SHARED * min(len(own), len(other)):
            return 0.0
        return fuzz.partial_ratio(text, theirs, score_cutoff=self.alike * 100) / 100


def _runs(text: str) -> set[str]:
    return {text[at : at + RUN] for at in range(len(text) - RUN + 1)}


def _room(chart: Chart) -> tuple[Any, ...]:
    return chart.institution, chart.department, str(chart.row.get("principal_diagnosis") or "")[:3]


def _place(chart: Chart, piece: Piece) -> tuple[str, str | None, str]:
    return chart.key, piece.document.id, piece.section
