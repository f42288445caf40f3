"""copy: notes that repeat an earlier note, another patient's note, or another section (不合理复制)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rapidfuzz import fuzz

from zhikong.engine.record_rules.texts.alike import earlier_likes, ratio
from zhikong.engine.record_rules.texts.charts import Chart, Document, Piece
from zhikong.engine.record_rules.texts.checks.alone import Alone, texts
from zhikong.engine.record_rules.texts.model import Hit, Looked, Selection, hit
from zhikong.engine.record_rules.texts.params import Params

_BLANK = re.compile(r"\s")
_DIGITS = re.compile(r"[\d.．/]")
SCOPES = ("patient", "department", "institution", "visits", "sections")
WHOSE = {
    "department": "同科同病种另一患者（{}）",
    "institution": "另一患者（{}）",
    "visits": "此前就诊（{}）",
}
RUN = 4
SHARED = 0.5
"""Sections of which fewer runs of four characters are common than this share are not compared further."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A text to compare with those of other charts: within one room, of different owners."""

    place: tuple[str, str | None, str]
    at: datetime | None
    room: tuple[Any, ...]
    owner: str
    text: str


@dataclass(frozen=True, slots=True)
class Copy(Alone):
    """scope patient: with the `back` notes before it in the same chart. visits: with earlier visits of the same patient
    `within` that time. department: with notes of other patients of the same institution, department and disease (first
    three characters of the principal diagnosis). institution: with notes of all other patients. sections: with the
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
    within: timedelta | None

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
            p.take("numbers", True) is not False, p.patterns("ignore", ()), p.span("within"),
        )  # fmt: skip
        if other:
            other.done()
        return made

    @property
    def compares_charts(self) -> bool:
        return self.scope in ("department", "institution", "visits")

    def prepare(self, selection: Selection, charts: Iterable[Chart]) -> Any:
        """Which pieces repeat those of other charts: {(encounter, document, section): (other, share)}."""
        pieces = [one for chart in charts for one in self._of_chart(selection, chart)]
        pieces.sort(key=lambda one: (one.at is None, one.at, one.place[0]))
        found = earlier_likes(
            [one.text for one in pieces],
            [one.room for one in pieces],
            [one.owner for one in pieces],
            self.alike,
        )
        near = ((pieces[here], pieces[there], share) for here, there, share in found)
        return {one.place: (other.place[0], share) for one, other, share in near if self._near(one, other)}

    def _of_chart(self, selection: Selection, chart: Chart) -> Iterator[Compared]:
        for document in selection.documents(chart):
            for piece in document.named(self.sections):
                cut = self._cut(piece.text)
                if len(cut) >= self.min_chars:
                    room, owner = _room(chart, piece, self.scope), _owner(chart, self.scope)
                    yield Compared(_place(chart, piece), document.at, room, owner, cut)

    def _near(self, one: Compared, other: Compared) -> bool:
        known = self.within is not None and one.at is not None and other.at is not None
        return not known or one.at - other.at <= self.within

    def look(self, chart: Chart, documents: Sequence[Document], known: Any) -> Looked:
        looked = Looked()
        pieces = [piece for document in documents for piece in texts(chart, document, self.sections)]
        judged = [(piece, cut) for piece in pieces if len(cut := self._cut(piece.text)) >= self.min_chars]
        looked.seen = len(judged)
        if self.compares_charts:
            looked.hits += self._borrowed(judged, chart, known or {})
        elif self.scope == "patient":
            looked.hits += self._repeated(judged)
        else:
            looked.hits += self._taken_over(chart, judged)
        return looked

    def _cut(self, text: str) -> str:
        for pattern in self.ignore:
            text = pattern.sub("", text)
        return _BLANK.sub("", text) if self.numbers else _DIGITS.sub("", _BLANK.sub("", text))

    def _borrowed(self, judged, chart: Chart, known: Mapping[Any, tuple[str, float]]) -> list[Hit]:
        found = []
        for piece, _ in judged:
            if (other := known.get(_place(chart, piece))) is not None:
                whose = WHOSE[self.scope].format(other[0])
                told = f"与{whose}的记录有 {other[1]:.0%} 相同"
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


def _room(chart: Chart, piece: Piece, scope: str) -> tuple[Any, ...]:
    if scope == "institution":
        return chart.institution, piece.section
    if scope == "visits":
        return chart.institution, chart.row.get("patient_key") or chart.key, piece.section
    disease = str(chart.row.get("principal_diagnosis") or "")[:3]
    return chart.institution, chart.department, disease, piece.section


def _owner(chart: Chart, scope: str) -> str:
    return chart.key if scope == "visits" else chart.row.get("patient_key") or chart.key


def _place(chart: Chart, piece: Piece) -> tuple[str, str | None, str]:
    return chart.key, piece.document.id, piece.section
