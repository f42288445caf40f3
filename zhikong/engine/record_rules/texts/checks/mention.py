"""mention: each row of a table (an abnormal result, a consultation, a transfusion) must be spoken of in the notes after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from zhikong.engine.backends.reference_eval import Env, evaluate
from zhikong.engine.definitions.nodes import Node
from zhikong.engine.record_rules.texts.charts import Chart, Document, Row
from zhikong.engine.record_rules.texts.checks.alone import Alone, texts
from zhikong.engine.record_rules.texts.checks.value import reference
from zhikong.engine.record_rules.texts.model import Hit, Looked, Unknown
from zhikong.engine.record_rules.texts.params import Params
from zhikong.engine.tables import TABLES, Type


@dataclass(frozen=True, slots=True)
class Mention(Alone):
    """The documents of the rule that were signed (else written) from `before` ahead of the row's time until `within` after it must
    hold one of `words`, the row's own name (`name`), or one of its other names (`aliases`). about: a document that says
    it is about the row counts as well. A row whose time for it is not over yet, or ends after the stay, is not judged.
    """

    table: str
    where: Node | None
    where_text: str
    at: str
    within: timedelta
    before: timedelta
    sections: tuple[str, ...]
    words: tuple[str, ...]
    name: str
    aliases: Mapping[str, tuple[str, ...]]
    share: float
    title: str

    @property
    def asks_of_rows(self) -> bool:
        return True

    @classmethod
    def read(cls, p: Params) -> Mention:
        table = p.child("rows")
        where, text = p.condition("where", table)
        within = p.span("within")
        if within is None:
            raise p.wrong((), "缺少 within。", '例如 within: "48 h"。')
        raw = p.inner("aliases", None)
        aliases = {} if raw is None else {name: raw.words(name) for name in raw.raw}
        made = cls(
            table, where, text, p.column("at", table), within, p.span("before") or timedelta(0),
            p.words("in", ()), p.words("words", ()), p.column("name", table) if p.has("name") else "",
            aliases, p.share("share", 1), str(p.take("title", TABLES[table].meaning.split("：")[0])),
        )  # fmt: skip
        column = TABLES[table].column(made.at)
        if column is None or column.type is not Type.TIMESTAMP:
            raise p.wrong(("at",), f"{made.at} 不是时间列。", "写这张表里的时间列。")
        if not made.words and not made.name:
            raise p.wrong((), "要写 words 或 name。", "例如 name: name 用每行自己的名称。")
        return made

    @property
    def tables(self) -> Mapping[str, frozenset[str]]:
        return {self.table: frozenset({self.at, *([self.name] if self.name else [])})}

    def look(self, chart: Chart, documents: Sequence[Document], known: None) -> Looked:
        looked = Looked()
        rows = [row for row in chart.children.get(self.table, ()) if self._counts(row, chart)]
        notes = (
            [(d, "\n".join(p.text for p in texts(chart, d, self.sections))) for d in documents]
            if rows
            else []
        )
        missing = [row for row in rows if not self._spoken(row, notes)]
        if rows and 1 - len(missing) / len(rows) < self.share:
            looked.add(*(self._hit(row) for row in missing))
        looked.seen = len(rows)
        return looked

    def _counts(self, row: Row, chart: Chart) -> bool:
        if self.where is not None and evaluate(self.where, Env(row, stay=chart.row)) is not True:
            return False
        if row.get(self.at) is None:
            raise Unknown(f"{self.title}没有时间。")
        end = chart.row.get("discharged_at") or chart.now
        return end is None or row[self.at] + self.within <= end

    def _spoken(self, row: Row, notes: Sequence[tuple[Document, str]]) -> bool:
        start, end = row[self.at] - self.before, row[self.at] + self.within
        subject, words = f"{self.table}:{reference(self.table, row)}", self._words(row)
        for document, text in notes:
            if document.row.get("about") == subject:
                return True
            moment: datetime | None = document.row.get("signed_at") or document.at
            if moment is not None and start <= moment <= end and any(word in text for word in words):
                return True
        return False

    def _words(self, row: Row) -> tuple[str, ...]:
        own = str(row.get(self.name) or "") if self.name else ""
        named = (own, *self.aliases.get(own, ())) if own else ()
        return (*named, *self.words)

    def _hit(self, row: Row) -> Hit:
        own = str(row.get(self.name) or "") if self.name else ""
        told = f"{self.title}{own}（{row[self.at]:%m-%d %H:%M}）之后的病程中没有记载"
        return Hit(told, subject=f"{self.table}:{reference(self.table, row)}")
