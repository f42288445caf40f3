"""An indicator file on its way to a Definition: raw values with lines, and bound expressions on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zhikong.engine.definitions import expressions
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.located import Key, Located
from zhikong.engine.definitions.model import How, Kind, Measure
from zhikong.engine.definitions.problems import Problem
from zhikong.engine.tables import TABLES, Table

Path = tuple[Key, ...]


@dataclass(slots=True)
class Draft:
    """What the checks look at. Checks run in order, so each may rely on the ones before it."""

    located: Located
    pack: str
    codes: Mapping[str, tuple[n.CodeRange, ...]] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        return self.located.data  # type: ignore[no-any-return]

    @property
    def id(self) -> str:
        return self.located.file.name.removesuffix(".yaml")

    @property
    def kind(self) -> Kind:
        return Kind(self.data["kind"])

    @property
    def table(self) -> Table:
        return TABLES[self.data["table"]]

    @property
    def scope(self) -> expressions.Scope:
        return expressions.Scope(self.table, self.codes)

    def problem(self, path: Path, message: str, remedy: str) -> Problem:
        return self.located.problem(path, message, remedy)

    def column(self, name: str) -> n.Ref:
        """A bound `date` or `department` column. Raises ExpressionError."""
        node = expressions.parse(self.data[name], self.scope)
        if not isinstance(node, n.Ref):
            raise expressions.ExpressionError(f"{name} 要写列名。", "不能写表达式。")
        return node

    def conditions(self) -> dict[Path, str]:
        """Where the file holds conditions, and their texts."""
        found: dict[Path, str] = {}
        if self.data.get("population") is not None:
            found[("population",)] = self.data["population"]
        for i, exclusion in enumerate(self.data.get("exclusions") or []):
            found[("exclusions", i, "when")] = exclusion["when"]
        return found

    def measure(self, name: str) -> Measure | None:
        """The bound numerator or denominator, None when absent. Raises ExpressionError."""
        raw = self.data.get(name)
        if raw is None:
            return None
        (how, text), *_ = raw.items()
        if how == How.ROWS:
            return Measure(How.ROWS)
        bind = expressions.condition if how == How.COUNT else expressions.whole_number
        return Measure(How(how), bind(str(text), self.scope), str(text))
