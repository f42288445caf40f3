"""A chart as the rules of content see it: one encounter with its rows and its documents in their order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from zhikong.engine.record_rules.texts.patterns import LONGEST
from zhikong.engine.tables import TABLES, codes

Row = dict[str, Any]
VISITS = "visit_records"
_NEVER = datetime(9999, 1, 1)  # noqa: DTZ001 (local wall time, as all clinical times)
SECTIONS_OF_VISIT = {
    "chief_complaint": "主诉",
    "present_illness": "现病史",
    "past_history": "既往史",
    "examination": "体格检查",
    "tests": "辅助检查",
    "diagnosis": "诊断",
    "plan": "处理",
}
"""Columns of a visit's record that hold words, and the section that each stands for."""
TITLES = dict(codes.DOCUMENT_TYPE.values)
_HEADING = r"(?:^|[\n。；;])\s{0,4}(?:[一二三四五六七八九十\d]{1,2}[、.．])?\s{0,2}%s\s{0,2}[:：]"
_NEXT = re.compile(r"\n\s{0,4}(?:[一二三四五六七八九十\d]{1,2}[、.．])?\s{0,2}[一-鿿]{2,8}[:：]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a document's text: `start` is where it begins within its section."""

    document: Document
    section: str
    text: str
    start: int = 0


@dataclass
class Document:
    """One document (or the one record of a visit) with its sections in their order."""

    row: Row
    pieces: list[Piece] = field(default_factory=list)

    @property
    def id(self) -> str | None:
        return self.row.get("document_id")

    @property
    def type(self) -> str:
        return self.row.get("type") or ""

    @property
    def name(self) -> str:
        """What a reader calls it."""
        return TITLES.get(self.type) or self.row.get("title") or "门诊病历"

    @property
    def at(self) -> datetime | None:
        """When it was written; when that is unknown, when it was signed or what it tells of happened."""
        row = self.row
        return row.get("written_at") or row.get("signed_at") or row.get("occurred_at")

    def named(self, names: Sequence[str]) -> list[Piece]:
        """The sections of these names; all of them when none is named. A text that was delivered in one piece is cut
        at its headings ("主诉：…")."""
        if not names:
            return self.pieces
        own = [piece for piece in self.pieces if piece.section in names]
        return own or [cut for piece in self.pieces if (cut := _under(piece, names)) is not None]


def _under(piece: Piece, names: Sequence[str]) -> Piece | None:
    """What stands under one of these headings within a text."""
    if not any(name in piece.text for name in names):
        return None
    for name in names:
        found = _heading(name).search(piece.text)
        if found:
            after = _NEXT.search(piece.text, found.end())
            end = after.start() if after else len(piece.text)
            text = piece.text[found.end() : end]
            return Piece(piece.document, piece.section, text, piece.start + found.end())
    return None


@lru_cache(maxsize=1024)
def _heading(name: str) -> re.Pattern[str]:
    return re.compile(_HEADING % re.escape(name))


@dataclass
class Chart:
    """One encounter. `children` holds the tables that were delivered; a table that is not there is unknown."""

    key: str
    row: Row
    children: Mapping[str, list[Row]]
    table: str = "stays"
    now: datetime | None = None
    said: frozenset[str] | None = None
    """Document types of which any text was delivered; None: every type."""

    @property
    def institution(self) -> str | None:
        return self.row.get("institution")

    @property
    def department(self) -> str | None:
        return self.row.get("discharge_department") or self.row.get("department")

    @cached_property
    def whole(self) -> Row:
        """The stay's row with its front page's columns and what is derived from its times."""
        pages = self.children.get("front_pages") or [{}]
        return pages[0] | self.row | _derived(self.row)

    @cached_property
    def documents(self) -> list[Document]:
        """In order of writing; those without a time come last."""
        if self.table == VISITS:
            return [visit_document(self.row)]
        texts: dict[str, list[Row]] = defaultdict(list)
        for row in self.children.get("document_sections", ()):
            texts[row["document_id"]].append(row)
        made = [document_of(row, texts[row["document_id"]]) for row in self.children.get("documents", ())]
        return sorted(made, key=lambda d: (d.at is None, d.at or _NEVER, d.id or ""))

    @cached_property
    def by_type(self) -> dict[str, list[Document]]:
        found: dict[str, list[Document]] = defaultdict(list)
        for document in self.documents:
            found[document.type].append(document)
        return found

    def of_types(self, types: Sequence[str]) -> list[Document]:
        """Documents of these types in order of writing."""
        if len(types) == 1:
            return self.by_type.get(types[0], [])
        return [document for document in self.documents if document.type in types]

    def texts_known(self, document: Document) -> bool:
        """Whether any text of documents of its type was delivered."""
        return bool(document.pieces) or self.said is None or document.type in self.said


def document_of(row: Row, sections: Sequence[Row]) -> Document:
    """A document of its row and the rows of its sections; texts are cut at LONGEST."""
    document = Document(row)
    for one in sorted(sections, key=lambda r: r.get("seq") or 0):
        document.pieces.append(Piece(document, one["section"], (one.get("text") or "")[:LONGEST]))
    return document


def visit_document(row: Row) -> Document:
    """A visit's record as a document: each column of words is a section."""
    own = row | {"written_at": row.get("written_at"), "author": row.get("doctor")}
    document = Document(own)
    document.pieces = [
        Piece(document, title, str(row[column])[:LONGEST])
        for column, title in SECTIONS_OF_VISIT.items()
        if row.get(column) is not None
    ]
    return document


def _derived(row: Row) -> Row:
    start, end = row.get("admitted_at"), row.get("discharged_at")
    if start is None or end is None:
        return {}
    stayed = end - start
    return {"stay_minutes": stayed // timedelta(minutes=1), "stay_days_elapsed": stayed // timedelta(days=1)}


def charts(
    rows: Mapping[str, Sequence[Row]],
    *,
    table: str = "stays",
    now: datetime | None = None,
    said: frozenset[str] | None = None,
) -> Iterator[Chart]:
    """Charts of rows by table, in the order of the encounters. said: see `Chart`."""
    if table == VISITS:
        yield from (Chart(row["visit_id"], row, {}, table=VISITS, now=now) for row in rows.get(VISITS, ()))
        return
    names = [name for name in rows if name in TABLES and TABLES[name].child_of]
    children: dict[str, dict[str, list[Row]]] = {
        row["stay_id"]: {n: [] for n in names} for row in rows["stays"]
    }
    for name in names:
        for row in rows[name]:
            if row["stay_id"] in children:
                children[row["stay_id"]][name].append(row)
    for row in rows["stays"]:
        yield Chart(row["stay_id"], row, children[row["stay_id"]], now=now, said=said)
