"""value: what a text states (a sex, an age, a side, a date) must be what the tables say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from zhikong.engine.record_rules.texts.charts import Chart, Document, Row
from zhikong.engine.record_rules.texts.checks.alone import Alone, shown, texts
from zhikong.engine.record_rules.texts.model import Looked, Unknown, hit
from zhikong.engine.record_rules.texts.params import Params
from zhikong.engine.tables import TABLES

_DAY = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})")
_HAN = {
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}


def _number(said: str) -> int | None:
    return int(said) if said.isdigit() else _HAN.get(said)


def _date(said: str) -> date | None:
    found = _DAY.search(said)
    try:
        return None if found is None else date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


_AS: dict[str, Callable[[str], Any]] = {"number": _number, "date": _date, "word": lambda said: said}


@dataclass(frozen=True, slots=True)
class Value(Alone):
    """`against`: "stays.<column>", "front_pages.<column>", "about.<column>" (the row that the document is about, in the
    table `about`), "document.<column>". mapping: said word -> the codes that agree with it. tolerance: of numbers, in
    their unit; of dates, in days."""

    sections: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    excepted: tuple[re.Pattern[str], ...]
    form: str
    mapping: Mapping[str, tuple[str, ...]]
    table: str
    column: str
    about: str
    tolerance: int
    title: str

    @classmethod
    def read(cls, p: Params) -> Value:
        patterns = p.patterns("patterns")
        if any(pattern.groups != 1 for pattern in patterns):
            raise p.wrong(("patterns",), "每个模式要有一个括号，括住要比较的内容。", "例如 '(\\d{1,3})岁'。")
        about = p.child("about") if p.has("about") else ""
        table, _, column = str(p.take("against")).partition(".")
        real = {"stays": "stays", "front_pages": "front_pages", "about": about, "document": "documents"}.get(
            table
        )
        if not real or column not in TABLES[real].column_names:
            raise p.wrong(("against",), "against 的写法不对。", "例如 stays.age_years、about.side。")
        form = p.choice("as", _AS, "word")
        mapping = p.take("map", {})
        if not isinstance(mapping, dict):
            raise p.wrong(("map",), "map 写成“词: 编码”。", "例如 {男: '1', 女: '2'}。")
        listed = {str(k): tuple(v) if isinstance(v, list) else (str(v),) for k, v in mapping.items()}
        return cls(
            p.words("in", ()), patterns, p.patterns("except", ()), form, listed,
            table, column, about, p.whole("tolerance", 0), str(p.take("title", column)),
        )  # fmt: skip

    @property
    def tables(self) -> Mapping[str, frozenset[str]]:
        real = {"about": self.about, "document": "documents"}.get(self.table, self.table)
        return {real: frozenset({self.column})}

    def look(self, chart: Chart, documents: Sequence[Document], known: None) -> Looked:
        looked, unknown = Looked(), False
        for document in documents:
            pieces = texts(chart, document, self.sections)
            stated = [(piece, match) for piece in pieces for match in self._stated(piece.text)]
            if not stated:
                continue
            true = self._true(chart, document)
            if true is None:
                unknown = True
                continue
            wrong = [(piece, match) for piece, match in stated if not self._agrees(match[1], true)]
            looked.add(*(hit(piece, *match.span(1), self._reason(match[1], true)) for piece, match in wrong))
        if unknown and not looked.hits:
            raise Unknown(f"没有{self.title}，无法与文书核对。")
        return looked

    def _stated(self, text: str) -> list[re.Match[str]]:
        free = [match.span() for pattern in self.excepted for match in pattern.finditer(text)]
        found = [match for pattern in self.patterns for match in pattern.finditer(text) if match[1]]
        return [m for m in found if not any(a <= m.start(1) and m.end(1) <= b for a, b in free)]

    def _true(self, chart: Chart, document: Document) -> Any:
        if self.table == "document":
            return document.row.get(self.column)
        if self.table == "about":
            row = about_row(chart, document, self.about)
            return None if row is None else row.get(self.column)
        return chart.whole.get(self.column)

    def _agrees(self, said: str, true: Any) -> bool:
        if self.mapping:
            return said not in self.mapping or str(true) in self.mapping[said]
        value = _AS[self.form](said)
        if value is None:
            return True
        if self.form == "date":
            day = true.date() if isinstance(true, datetime) else true
            return bool(abs((value - day).days) <= self.tolerance)
        if self.form == "number":
            return bool(abs(value - true) <= self.tolerance)
        return bool(said == str(true))

    def _reason(self, said: str, true: Any) -> str:
        words = {code: word for word, codes in self.mapping.items() for code in codes}
        told = words.get(str(true), true.strftime("%Y-%m-%d") if isinstance(true, date) else true)
        return f"写作{shown(said)}，而{self.title}为“{told}”"


def about_row(chart: Chart, document: Document, table: str) -> Row | None:
    """The row that the document says it is about; the only one when it does not say and there is one."""
    rows = chart.children.get(table, [])
    named, _, key = str(document.row.get("about") or "").partition(":")
    if named == table and key:
        return next((row for row in rows if reference(table, row) == key), None)
    return rows[0] if len(rows) == 1 and not named else None


def reference(table: str, row: Row) -> str:
    """How other rows name this one after the table's name: its key without the stay, times to the minute."""
    return "@".join(_key(row.get(column)) for column in TABLES[table].key if column != "stay_id")


def _key(value: Any) -> str:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else str(value)
