"""The check of a rule of completeness: all its requirements on each document or row that it looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhikong.engine.backends.reference_eval import Env, evaluate
from zhikong.engine.definitions.nodes import Node
from zhikong.engine.record_rules.complete.blank import PLACEHOLDERS
from zhikong.engine.record_rules.complete.requirements import KINDS, Requirement
from zhikong.engine.record_rules.texts.charts import Chart, Document
from zhikong.engine.record_rules.texts.checks.alone import Alone
from zhikong.engine.record_rules.texts.model import Hit, Looked, Unknown
from zhikong.engine.record_rules.texts.params import Params


@dataclass(frozen=True, slots=True)
class Required:
    """A requirement, and the condition on the encounter under which it stands."""

    what: Requirement
    condition: Node | None
    condition_text: str


@dataclass(frozen=True, slots=True)
class Complete(Alone):
    """any_of_them: it is enough when one of the documents has everything."""

    required: tuple[Required, ...]
    any_of_them: bool
    table: str

    @classmethod
    def read(cls, p: Params, table: str, encounter: str, which: str) -> Complete:
        """`p` stands at the top of the rule: it takes `requires` and `placeholders`."""
        placeholders = frozenset(p.words("placeholders", PLACEHOLDERS))
        raw = p.take("requires")
        if not isinstance(raw, list) or not raw:
            raise p.wrong(("requires",), "requires 应是列表。", "例如 [{section: 主诉}, {signature: true}]。")
        made = []
        for place, one in enumerate(raw):
            own = Params(p.draft, (*p.path, "requires", place), one)
            named = [kind for kind in KINDS if own.has(kind)]
            if len(named) != 1:
                raise own.wrong((), "每项要求写一种。", f"以下之一：{'、'.join(KINDS)}。")
            condition, text = own.condition("if", encounter, beside=True)
            made.append(Required(KINDS[named[0]].read(own, table, placeholders), condition, text))
            own.done()
        return cls(tuple(made), which == "any", table)

    @property
    def tables(self) -> Mapping[str, frozenset[str]]:
        own = frozenset[str]().union(*(one.what.columns for one in self.required))
        return {self.table: own} if own else {}

    def look(self, chart: Chart, documents: Sequence[Document], known: None) -> Looked:
        looked, unknown = Looked(), None
        standing = [one.what for one in self.required if self._stands(one, chart)]
        found = []
        for document in documents if standing else ():
            hits, doubt = _all(standing, chart, document)
            found.append((hits, doubt))
            looked.seen += 1
        if self.any_of_them and any(not hits and doubt is None for hits, doubt in found):
            return looked
        looked.hits = [hit for hits, _ in (found[:1] if self.any_of_them else found) for hit in hits]
        unknown = next((doubt for _, doubt in found if doubt is not None), None)
        if unknown is not None and (self.any_of_them or not looked.hits):
            raise unknown
        return looked

    def _stands(self, one: Required, chart: Chart) -> bool:
        if one.condition is None:
            return True
        held = evaluate(one.condition, Env(chart.whole, children=chart.children))
        if held is None:
            raise Unknown(f"缺少判断“{one.condition_text}”所需的数据。")
        return bool(held)


def _all(
    standing: Sequence[Requirement], chart: Chart, document: Document
) -> tuple[list[Hit], Unknown | None]:
    """What is lacking of one document, and the first thing that could not be told."""
    hits: list[Hit] = []
    doubt = None
    for what in standing:
        try:
            hits += what.lacking(chart, document)
        except Unknown as error:
            doubt = doubt or error
    return hits, doubt
