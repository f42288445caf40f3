"""The departments that a list speaks of: found by code, name or alias, by a decision, or not at all."""

from __future__ import annotations

from collections import Counter

from zhikong.foundation.organisation.importing import likeness
from zhikong.foundation.organisation.importing.known import World
from zhikong.foundation.organisation.importing.shapes import Row, Unknown

SKIP = "skip"
KEYS = frozenset({"departments", "renames", "left", "accept"})


class Departments:
    """Finds departments and remembers the names that it could not find."""

    def __init__(self, world: World, decisions: Row):
        self.world = world
        self.chosen: dict[str, str] = decisions.get("departments", {})
        self._asked: Counter[str] = Counter()

    def find(self, name: str) -> int | None:
        """The department, or None when nothing here is called so and nobody has decided."""
        if (found := self.world.words.get(name)) is not None:
            return found
        if name:
            self._asked[name] += 1
        decided = self.chosen.get(name, "")
        return int(decided) if decided.isdigit() and int(decided) in self.world.places else None

    def reason(self, name: str) -> str:
        """Why a row with this name is held."""
        if not name:
            return "科室为空"
        if self.chosen.get(name) == SKIP:
            return f"科室“{name}”已选择不导入"
        return f"不认识科室“{name}”，请在上面指定它是哪个科室"

    def unknown(self) -> list[Unknown]:
        """Every name that was asked for in vain, the commonest first, with what it may mean."""
        return [
            Unknown(name, rows, likeness.likely(name, self.world), self.chosen.get(name, ""))
            for name, rows in self._asked.most_common()
        ]

    def aliases(self) -> dict[str, int]:
        """Decided names: they become aliases."""
        return {
            name: int(pk)
            for name, pk in self.chosen.items()
            if pk.isdigit() and int(pk) in self.world.places and name not in self.world.words
        }
