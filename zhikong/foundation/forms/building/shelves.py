"""The list of forms that can be changed or copied, with what is on its way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhikong.foundation.forms.building import documents, outline, words
from zhikong.foundation.forms.building.documents import NotADefinition, chinese
from zhikong.foundation.packstore import queries, rules
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.queries import Resolved
from zhikong.foundation.packstore.rules import State

FORM = "form"


@dataclass
class Line:
    """One form: what is in force, and the version that is being written or reviewed."""

    id: str
    title: str
    kind: Any = ""
    version: int | None = None
    own: bool = False
    count: int = 0
    open: Version | None = None

    @property
    def is_draft(self) -> bool:
        return self.open is not None and self.open.state == State.DRAFT


def lines(*, on: date, text: str = "") -> list[Line]:
    """Forms in force and forms that only exist as drafts; those being worked on come first."""
    found = {line.id: line for line in map(_in_force, queries.resolve_all(FORM, on=on))}
    for version in _open_versions():
        line = found.get(version.definition_id) or _only_draft(version)
        found[line.id], line.open = line, version
    shown = [line for line in found.values() if text in line.title or text in line.id]
    return sorted(shown, key=lambda line: (line.open is None, line.title))


def copies(*, on: date) -> list[tuple[str, str]]:
    """What a new form may be copied from."""
    return sorted(((r.id, r.title) for r in queries.resolve_all(FORM, on=on)), key=lambda pair: pair[1])


def _in_force(found: Resolved) -> Line:
    form = found.obj
    count = sum(1 for item in form.items() if item.has_answer)
    return Line(
        found.id, found.title, words.KINDS.get(str(form.kind), ""), found.version, found.is_own, count
    )


def _open_versions() -> Iterable[Version]:
    return Version.objects.filter(kind=FORM, state__in=rules.OPEN).select_related("changed_by")


def _only_draft(version: Version) -> Line:
    """What the draft's text says of itself: with problems, the pack store knows it by its id only."""
    try:
        data = documents.read(version.text)
    except NotADefinition:
        return Line(version.definition_id, version.title, own=True)
    title = chinese(data.get("title")) or version.definition_id
    count = sum(1 for item in outline.items(data) if item.get("type") != "note")
    return Line(
        version.definition_id, title, words.KINDS.get(str(data.get("kind")), ""), own=True, count=count
    )
