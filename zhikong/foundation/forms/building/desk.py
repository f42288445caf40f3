"""What the editor's page shows: outline, the fields in the middle, problems, what can be undone, who else wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from zhikong.foundation.forms.building import (
    documents,
    editing,
    history,
    outline,
    problems,
    rows,
    scores,
    words,
)
from zhikong.foundation.forms.building.documents import Data, chinese
from zhikong.foundation.forms.building.item_form import ItemForm
from zhikong.foundation.forms.building.models import DraftStep
from zhikong.foundation.forms.building.outline import EditError
from zhikong.foundation.forms.building.paper_form import PaperForm, SectionForm, grade_rows
from zhikong.foundation.packstore import kinds
from zhikong.foundation.packstore.models import Version

BULK_TYPES = ("yes_no", "yes_no_na", "number", "text", "long_text", "date", "photo", "signature")


@dataclass
class Line:
    """One item in the outline."""

    at: str
    id: str
    number: int
    text: str
    kind: str
    marks: list[str] = field(default_factory=list)
    faulty: bool = False


@dataclass
class Part:
    """One section in the outline."""

    at: str
    id: str
    title: str
    lines: list[Line] = field(default_factory=list)
    points: Any = 0
    faulty: bool = False


@dataclass
class Desk:
    """The page of one person at one draft."""

    version: Version
    data: Data
    by: Any
    at: str = "form"
    said: list[str] = field(default_factory=list)  # what the last act did
    warned: list[str] = field(default_factory=list)  # conflicts and refusals
    others: list[DraftStep] = field(default_factory=list)
    bound: Any = None
    hint: str = ""
    post: Any = None
    focus: bool = False  # a new item waits for its text

    def __post_init__(self) -> None:
        self.at = self._place(self.at)

    @property
    def seen(self) -> int:
        return self.version.revision

    @property
    def title(self) -> str:
        return chinese(self.data.get("title")) or self.version.definition_id

    @property
    def saved_at(self) -> str:
        return timezone.localtime(self.version.changed_at).strftime("%H:%M:%S")

    @property
    def points(self) -> Any:
        return scores.plain(scores.total(self.data))

    @property
    def count(self) -> int:
        return sum(1 for _ in outline.items(self.data))

    @property
    def offer(self) -> history.Offer:
        return editing.offered(self.version, self.by)

    @cached_property
    def problems(self) -> list[problems.Shown]:
        found = kinds.read("form", self.version.definition_id, self.version.text).problems
        return problems.shown(self.version.text, self.data, found)

    def parts(self) -> list[Part]:
        """The outline."""
        faulty = {shown.at for shown in self.problems}
        found, number = [], 0
        for section in outline.sections(self.data):
            name = str(section.get("id"))
            part = Part(f"s.{name}", name, chinese(section.get("title")), faulty=f"s.{name}" in faulty)
            for item in section["items"]:
                number += 1
                part.lines.append(_line(item, number, faulty))
            part.points = scores.plain(scores.total({"sections": [section]}))
            found.append(part)
        return found

    # ---- the middle

    @property
    def kind(self) -> str:
        """item, section or form: what stands in the middle."""
        return {"i": "item", "s": "section"}.get(self.at.partition(".")[0], "form")

    @property
    def name(self) -> str:
        return self.at.partition(".")[2]

    @property
    def item(self) -> Data:
        return outline.find_item(self.data, self.name)

    @property
    def number(self) -> int:
        return outline.number_of(self.data, self.name)

    @property
    def section(self) -> Data:
        return outline.find_section(self.data, self.name)

    @property
    def form(self) -> Any:
        """The controls: with what was typed when that could not be saved, else with what is saved."""
        if self.bound is not None and self.bound.errors:
            return self.bound
        if self.kind == "item":
            return ItemForm(draft=self.data, item=self.item)
        return SectionForm(section=self.section) if self.kind == "section" else PaperForm(draft=self.data)

    @property
    def options(self) -> list[Data]:
        return rows.option_rows(self.item) if self.form.kind in words.CHOICES else []

    @property
    def columns(self) -> list[Data]:
        return rows.column_rows(self.item) if self.form.kind == "table" else []

    @property
    def column_types(self) -> list[tuple[str, Any]]:
        return [(kind, words.TYPES[kind]) for kind in rows.COLUMN_TYPES]

    @property
    def bulk_types(self) -> list[tuple[str, Any]]:
        return [(kind, words.TYPES[kind]) for kind in BULK_TYPES]

    @property
    def showing(self) -> rows.Showing:
        return rows.showing_of(self.data, self.item, self.post if self.hint else None)

    @property
    def grades(self) -> list[Data]:
        return grade_rows(self.data) if scores.total(self.data) else []

    def _place(self, at: str) -> str:
        """The place that was asked for; the form itself when that is gone."""
        kind, _dot, name = at.partition(".")
        try:
            if kind == "i":
                outline.find_item(self.data, name)
            elif kind == "s":
                outline.find_section(self.data, name)
            else:
                return "form"
        except EditError:
            return "form"
        return at


def of(version: Version, by: Any, at: str = "form") -> Desk:
    """The desk at a draft. Raises NotADefinition when its text is no form at all."""
    return Desk(version, documents.read(version.text), by, at)


def _line(item: Data, number: int, faulty: set[str]) -> Line:
    name = str(item.get("id"))
    line = Line(f"i.{name}", name, number, chinese(item.get("text")), str(item.get("type")))
    line.faulty = line.at in faulty
    worth = scores.plain(scores.worth(item))
    line.marks = [
        mark
        for mark, shown in (
            (f"{worth} 分", bool(worth)),
            ("否决", item.get("veto") not in (None, "none")),
            ("有条件", bool(item.get("show_if"))),
        )
        if shown
    ]
    return line
