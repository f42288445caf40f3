"""What an import passes on: rows as read, and the proposal that a person confirms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
"""One line of a list: ``row`` (where it stands), its fields as text, dates as 2026-01-31."""


@dataclass(frozen=True)
class Line:
    """One thing that would happen, or does not: where it stands, whom it is about, a sentence, and what is written."""

    key: str
    row: str
    who: str
    what: str
    data: Row = field(default_factory=dict)


@dataclass(frozen=True)
class Unknown:
    """A department's name that nothing here is called by, how many rows say it, and what it may mean."""

    name: str
    rows: int
    likely: tuple[tuple[int, str, int], ...]  # (department, name, likeness in percent)
    chosen: str = ""


@dataclass
class Proposal:
    """What would be written. held: not written before somebody decides or corrects; skipped: nothing to do, and why."""

    kind: str
    new: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)
    missing: list[Line] = field(default_factory=list)
    leaving: list[Line] = field(default_factory=list)  # the missing whose end somebody has confirmed
    held: list[Line] = field(default_factory=list)
    skipped: list[Line] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    same: int = 0
    notes: Row = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "same": self.same,
            "missing": len(self.missing),
            "left": len(self.leaving),
            "held": len(self.held),
        }

    @property
    def ready(self) -> bool:
        """Something would be written."""
        return bool(self.new or self.changed or self.leaving)
