"""What checks share that look at one chart by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zhikong.engine.record_rules.texts.charts import Chart, Document, Piece
from zhikong.engine.record_rules.texts.model import Selection


class Alone:
    """A check that needs nothing but one chart.

    asks_of_rows: it starts from rows of a table and asks for documents, so that none at all is an answer too.
    reads_documents: whether it looks at documents at all; reads_words: at their texts.
    """

    @property
    def asks_of_rows(self) -> bool:
        return False

    @property
    def reads_documents(self) -> bool:
        return True

    @property
    def tables(self) -> Mapping[str, frozenset[str]]:
        return {}

    @property
    def reads_words(self) -> bool:
        return self.reads_documents

    @property
    def compares_charts(self) -> bool:
        return False

    def prepare(self, selection: Selection, charts: Iterable[Chart]) -> Any:
        return None


def texts(chart: Chart, document: Document, sections: Sequence[str]) -> list[Piece]:
    """The pieces of these sections."""
    return document.named(sections)


def shown(words: str, most: int = 24) -> str:
    """A few characters of a text, in quotation marks, for a sentence."""
    line = " ".join(words.split())
    return f"“{line if len(line) <= most else line[: most - 1] + '…'}”"
