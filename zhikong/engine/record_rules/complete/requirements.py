"""The single requirements of a rule of completeness; each says what is lacking of one document or row, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from zhikong.engine.backends.reference_eval import Env, evaluate
from zhikong.engine.definitions.nodes import Node
from zhikong.engine.record_rules.complete.blank import bare, blank
from zhikong.engine.record_rules.texts.charts import Chart, Document, Row
from zhikong.engine.record_rules.texts.checks.alone import shown
from zhikong.engine.record_rules.texts.model import Hit, Unknown, hit
from zhikong.engine.record_rules.texts.params import Params
from zhikong.engine.tables import TABLES, event_codes

LEVELS = event_codes.STAFF_LEVEL.codes


class Requirement(Protocol):
    """`columns`: what it reads of the row itself."""

    @property
    def columns(self) -> frozenset[str]: ...

    def lacking(self, chart: Chart, document: Document) -> Iterator[Hit]:
        """What is lacking. Raises Unknown when it cannot be told."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section that must say something. names: what it may be called. words: instead, one of them may stand in any
    section of the document."""

    names: tuple[str, ...]
    words: tuple[str, ...]
    min_chars: int
    allowed: frozenset[str]
    placeholders: frozenset[str]
    title: str

    columns = frozenset[str]()

    @classmethod
    def read(cls, p: Params, table: str, placeholders: frozenset[str]) -> Section:
        names = p.words("section")
        if not names:
            raise p.wrong(("section",), "section 至少要写一个栏目。", "例如 section: 主诉。")
        return cls(
            names, p.words("or_said", ()), p.whole("min_chars", 0), frozenset(p.words("allow", ())),
            placeholders, str(p.take("title", names[0])),
        )  # fmt: skip

    def lacking(self, chart: Chart, document: Document) -> Iterator[Hit]:
        if not chart.texts_known(document):
            raise Unknown(f"{document.name}的文字内容没有上传。")
        pieces = document.named(self.names)
        if any(word in piece.text for word in self.words for piece in document.pieces):
            return
        if not pieces:
            yield Hit(f"缺少“{self.title}”", document, self.title)
            return
        written = [piece for piece in pieces if not blank(piece.text, self.placeholders, self.allowed)]
        if not written:
            first = pieces[0]
            what = f"只写了{shown(first.text)}" if bare(first.text) else "是空的"
            yield hit(first, 0, len(first.text), f"“{self.title}”{what}")
        elif self.min_chars and sum(len(bare(piece.text)) for piece in written) < self.min_chars:
            first = written[0]
            yield hit(first, 0, len(first.text), f"“{self.title}”只有 {len(bare(first.text))} 字")


@dataclass(frozen=True, slots=True)
class Said:
    """One of the words must stand in the document, or in its sections of these names."""

    words: tuple[str, ...]
    sections: tuple[str, ...]
    title: str

    columns = frozenset[str]()

    @classmethod
    def read(cls, p: Params, table: str, placeholders: frozenset[str]) -> Said:
        words = p.words("said")
        if not words:
            raise p.wrong(("said",), "said 至少要写一个词。", "例如 said: [风险]。")
        return cls(words, p.words("in", ()), str(p.take("title", words[0])))

    def lacking(self, chart: Chart, document: Document) -> Iterator[Hit]:
        if not chart.texts_known(document):
            raise Unknown(f"{document.name}的文字内容没有上传。")
        pieces = document.named(self.sections)
        if any(word in piece.text or word in piece.section for word in self.words for piece in pieces):
            return
        first = pieces[0] if pieces else None
        told = f"没有写明{self.title}"
        yield hit(first, 0, len(first.text), told) if first else Hit(told, document)


@dataclass(frozen=True, slots=True)
class Field:
    """A column that must be filled. not_before and not_after: an own column, or `stays.<column>`, within: at most so
    long after not_before. An order is judged only where both times are known."""

    name: str
    not_before: str
    not_after: str
    within: timedelta | None
    filled: bool
    title: str

    @property
    def columns(self) -> frozenset[str]:
        own = {self.name, *(c for c in (self.not_before, self.not_after) if c and "." not in c)}
        return frozenset(own)

    @classmethod
    def read(cls, p: Params, table: str, placeholders: frozenset[str]) -> Field:
        name = p.column("field", table)
        column = TABLES[table].column(name)
        meaning = column.meaning.split("（")[0] if column else name
        made = cls(
            name, _time(p, "not_before", table), _time(p, "not_after", table), p.span("within"),
            not p.flag("may_be_empty"), str(p.take("title", meaning)),
        )  # fmt: skip
        if made.within and not made.not_before:
            raise p.wrong(
                (), "within 要与 not_before 同用。", '例如 not_before: occurred_at, within: "24 h"。'
            )
        return made

    def lacking(self, chart: Chart, document: Document) -> Iterator[Hit]:
        value = document.row.get(self.name)
        if value is None or (isinstance(value, str) and blank(value, frozenset())):
            if self.filled:
                yield Hit(f"没有{self.title}", document)
            return
        start, end = self._of(chart, document, self.not_before), self._of(chart, document, self.not_after)
        if start is not None and value < start:
            yield Hit(f"{self.title}（{_told(value)}）早于应有的时间（{_told(start)}）", document)
        if end is not None and value > end:
            yield Hit(f"{self.title}（{_told(value)}）晚于应有的时间（{_told(end)}）", document)
        if start is not None and self.within is not None and value - start > self.within:
            yield Hit(f"{self.title}（{_told(value)}）超过时限（{_told(start + self.within)}）", document)

    def _of(self, chart: Chart, document: Document, name: str) -> Any:
        _, dot, column = name.rpartition(".")
        return (chart.row if dot else document.row).get(column) if name else None


@dataclass(frozen=True, slots=True)
class Signature:
    """Author and time of signing."""

    title: str

    columns = frozenset({"author", "signed_at"})

    @classmethod
    def read(cls, p: Params, table: str, placeholders: frozenset[str]) -> Signature:
        p.flag("signature")
        if table != "documents":
            raise p.wrong(("signature",), "signature 只用于文书。", "其他表用 field。")
        return cls(str(p.take("title", "签名")))

    def lacking(self, chart: Chart, document: Document) -> Iterator[Hit]:
        if not document.row.get("author"):
            yield Hit("没有书写者", document)
        if document.row.get("signed_at") is None:
            yield Hit(f"没有{self.title}", document)


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Documents of authors of some levels need a second signature of a level that may give it. within: so long after
    the author's own signature."""

    levels: tuple[str, ...]
    authors: tuple[str, ...]
    within: timedelta | None
    title: str

    columns = frozenset({"author_level", "cosigned_by", "cosigner_level", "cosigned_at", "signed_at"})

    @classmethod
    def read(cls, p: Params, table: str, placeholders: frozenset[str]) -> Cosigned:
        levels, authors = p.words("cosigned"), p.words("authors")
        for name, listed in (("cosigned", levels), ("authors", authors)):
            if unknown := next((one for one in listed if one not in LEVELS), None):
                raise p.wrong((name,), f"没有职级 {unknown}。", f"可用：{'、'.join(sorted(LEVELS))}。")
        return cls(levels, authors, p.span("within"), str(p.take("title", "上级审签")))

    def lacking(self, chart: Chart, document: Document) -> Iterator[Hit]:
        row = document.row
        if row.get("author_level") is None:
            raise Unknown(f"{document.name}没有书写者职级，无法判断是否需要审签。")
        if row["author_level"] not in self.authors:
            return
        if not row.get("cosigned_by") and row.get("cosigned_at") is None:
            yield Hit(f"书写者为{_level(row['author_level'])}，没有{self.title}", document)
        elif row.get("cosigner_level") is None:
            raise Unknown(f"{document.name}没有审签者职级。")
        elif row["cosigner_level"] not in self.levels:
            yield Hit(f"审签者为{_level(row['cosigner_level'])}，职级不够", document)
        elif self._late(row):
            yield Hit(f"{self.title}（{_told(row['cosigned_at'])}）超过时限", document)

    def _late(self, row: Row) -> bool:
        given, own = row.get("cosigned_at"), row.get("signed_at")
        return self.within is not None and None not in (given, own) and given - own > self.within


@dataclass(frozen=True, slots=True)
class Holds:
    """A condition on the row itself. What it reads must be known for it to be judged."""

    condition: Node
    text: str
    title: str

    columns = frozenset[str]()

    @classmethod
    def read(cls, p: Params, table: str, placeholders: frozenset[str]) -> Holds:
        condition, text = p.condition("holds", table)
        if condition is None:
            raise p.wrong(("holds",), "holds 是空的。", "写一个条件，如 signer <> 'none'。")
        return cls(condition, text, str(p.take("title")))

    def lacking(self, chart: Chart, document: Document) -> Iterator[Hit]:
        held = evaluate(self.condition, Env(document.row, stay=chart.row))
        if held is None:
            raise Unknown(f"缺少判断“{self.title}”所需的数据。")
        if not held:
            yield Hit(f"不符合“{self.title}”", document)


KINDS: Mapping[str, Any] = {
    "section": Section, "said": Said, "field": Field, "signature": Signature, "cosigned": Cosigned, "holds": Holds,
}  # fmt: skip


def _time(p: Params, name: str, table: str) -> str:
    raw = str(p.take(name, ""))
    owner, dot, column = raw.rpartition(".")
    if raw and column not in TABLES[owner if dot else table].column_names:
        raise p.wrong((name,), f"没有列 {raw}。", "写本行的时间列，或 stays.admitted_at。")
    return raw


def _told(value: Any) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _level(code: str) -> str:
    return event_codes.STAFF_LEVEL.label(code) or code
