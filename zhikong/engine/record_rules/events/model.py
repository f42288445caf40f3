"""What an event is after loading."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions.nodes import Node, Ref

START, END = ".start", ".end"


class NoTime(StrEnum):
    """What a row without a time says."""

    UNKNOWN = "unknown"
    """It happened; when is not known."""
    UNDONE = "undone"
    """It has not happened, or is not finished: a draft, a document that nobody signed."""


@dataclass(frozen=True, slots=True)
class Event:
    """Rows of one table of the contract that tell of one kind of happening.

    where: which rows; None means all. at: columns of time, the first that is known counts. until: with it the event is
    a state that lasts from `at` to `until`, and without a value there to the end of the stay. by: column with who did
    it; level: column with that person's level.
    """

    id: str
    title: str
    table: str
    where: Node | None
    at: tuple[Ref, ...]
    until: Ref | None = None
    no_time: NoTime = NoTime.UNKNOWN
    by: Ref | None = None
    level: Ref | None = None
    where_text: str = ""
    file: Path = field(default_factory=Path)
    line: int = 1

    @property
    def is_state(self) -> bool:
        """Whether it lasts."""
        return self.until is not None

    def edge(self, suffix: str) -> Event:
        """The event that a row of the state begins (".start") or ends (".end")."""
        if self.until is None:
            raise ValueError(f"{self.id} is no state")
        begins = suffix == START
        return replace(
            self,
            id=self.id + suffix,
            title=self.title + ("开始" if begins else "结束"),
            at=self.at if begins else (self.until,),
            until=None,
            no_time=self.no_time if begins else NoTime.UNDONE,
        )

    def meaning(self) -> dict[str, object]:
        """What decides when it happens, for the hash of the rules that name it."""
        return {
            "table": self.table,
            "where": None if self.where is None else canonical.text(self.where),
            "at": [canonical.text(ref) for ref in self.at],
            "until": None if self.until is None else canonical.text(self.until),
            "no_time": self.no_time.value,
        }
