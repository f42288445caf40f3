"""The check of a row rule over visits: one condition on the visit's record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhikong.engine.backends.reference_eval import Env, evaluate
from zhikong.engine.definitions.nodes import Node
from zhikong.engine.record_rules.texts.charts import Chart, Document
from zhikong.engine.record_rules.texts.checks.alone import Alone
from zhikong.engine.record_rules.texts.model import Hit, Looked, Unknown


@dataclass(frozen=True, slots=True)
class Passes(Alone):
    """What must hold of each row; what cannot be told is not assessable."""

    condition: Node
    text: str

    def look(self, chart: Chart, documents: Sequence[Document], known: None) -> Looked:
        held = evaluate(self.condition, Env(chart.row))
        if held is None:
            raise Unknown("缺少判断所需的数据。")
        hits = [] if held else [Hit("", documents[0] if documents else None)]
        return Looked(1, hits)
