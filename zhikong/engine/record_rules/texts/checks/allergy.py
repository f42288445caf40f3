"""allergy: a medicine to which the record says that the patient is allergic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zhikong.engine.record_rules.texts.charts import Chart, Document
from zhikong.engine.record_rules.texts.checks.alone import Alone, texts
from zhikong.engine.record_rules.texts.model import Hit, Looked, hit
from zhikong.engine.record_rules.texts.params import Params

_NONE = re.compile(r"^(?:无|否认|未发现|不详|-|—)")


@dataclass(frozen=True, slots=True)
class Allergy(Alone):
    """patterns: how a text states an allergy, the substance in the bracket. classes: substance -> parts of names of
    medicines that hold it. page: what the front page names is looked at instead of texts."""

    sections: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    excepted: tuple[re.Pattern[str], ...]
    classes: Mapping[str, tuple[str, ...]]
    page: bool

    @classmethod
    def read(cls, p: Params) -> Allergy:
        raw = p.inner("classes")
        assert raw is not None
        classes = {name: raw.words(name) for name in raw.raw}
        page = p.flag("page")
        patterns = p.patterns("patterns", () if page else None)
        return cls(p.words("in", ()), patterns, p.patterns("except", ()), classes, page)

    @property
    def tables(self) -> Mapping[str, frozenset[str]]:
        found = {"medications": frozenset({"name"})}
        return found | ({"front_pages": frozenset({"allergens"})} if self.page else {})

    @property
    def reads_documents(self) -> bool:
        return not self.page

    @property
    def asks_of_rows(self) -> bool:
        return self.page

    def look(self, chart: Chart, documents: Sequence[Document], known: None) -> Looked:
        looked = Looked()
        given = [str(row["name"]) for row in chart.children.get("medications", ()) if row.get("name")]
        if self.page:
            return self._of_page(chart, given)
        for document in documents:
            for piece in texts(chart, document, self.sections):
                for match in self._stated(piece.text):
                    told = self._against(match[1], given)
                    looked.add(*([hit(piece, *match.span(), told)] if told else []))
        return looked

    def _stated(self, text: str) -> Iterator[re.Match[str]]:
        free = [match.span() for pattern in self.excepted for match in pattern.finditer(text)]
        for pattern in self.patterns:
            for match in pattern.finditer(text):
                if not _NONE.match(match[1]) and not any(a <= match.start(1) < b for a, b in free):
                    yield match

    def _of_page(self, chart: Chart, given: Sequence[str]) -> Looked:
        substances = str(chart.whole.get("allergens") or "")
        looked = Looked()
        if substances and not _NONE.match(substances):
            told = self._against(substances, given)
            looked.add(*([Hit(told, subject=f"front_pages:{chart.key}")] if told else []))
        return looked

    def _against(self, stated: str, given: Sequence[str]) -> str:
        for substance, parts in self.classes.items():
            if substance in stated:
                taken = next((name for name in given if any(part in name for part in parts)), None)
                if taken:
                    return f"病历记有{substance}过敏，医嘱却用了{taken}"
        return ""
