"""An indicator file on its way to a Definition: raw values with lines, and bound expressions on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zhikong.engine.definitions import expressions
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.located import Key, Located
from zhikong.engine.definitions.model import DERIVED, Definition, How, JudgedBy, Kind, Measure
from zhikong.engine.definitions.problems import Problem
from zhikong.engine.tables import TABLES, Table

Path = tuple[Key, ...]


@dataclass(slots=True)
class Draft:
    """What the checks look at. Checks run in order, so each may rely on the ones before it.

    rules and indicators: what the definition may name besides tables, by id.
    """

    located: Located
    pack: str
    codes: Mapping[str, tuple[n.CodeRange, ...]] = field(default_factory=dict)
    rules: Mapping[str, JudgedBy] = field(default_factory=dict)
    indicators: Mapping[str, Definition] = field(default_factory=dict)

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
    def derived(self) -> bool:
        """Made from other indicators, so without a table of its own."""
        return self.kind in DERIVED

    @property
    def table(self) -> Table:
        return TABLES[self.data["table"]]

    @property
    def scope(self) -> expressions.Scope:
        return expressions.Scope(self.table, self.codes)

    @property
    def passes(self) -> str | None:
        """The record rule whose verdicts are the numerator, None for other numerators."""
        said = self.data.get("numerator")
        return str(said[How.PASSES]) if isinstance(said, dict) and How.PASSES in said else None

    def problem(self, path: Path, message: str, remedy: str) -> Problem:
        return self.located.problem(path, message, remedy)

    def column(self, name: str) -> n.Ref:
        """A bound `date` or `department` column. Raises ExpressionError."""
        return bound_column(self.data[name], name, self.scope)

    def conditions(self) -> dict[Path, str]:
        """Where the file holds conditions, and their texts."""
        found: dict[Path, str] = {}
        if self.data.get("population") is not None:
            found[("population",)] = self.data["population"]
        for name in ("exclusions", "exceptions"):
            for i, exclusion in enumerate(self.data.get(name) or []):
                found[(name, i, "when")] = exclusion["when"]
        return found

    def measure(self, name: str) -> Measure | None:
        """The bound numerator or denominator, None when absent. Raises ExpressionError."""
        return bound_measure(self.data.get(name), self.scope)


def bound_column(text: str, name: str, scope: expressions.Scope) -> n.Ref:
    """A column that `name` (date, department) gives. Raises ExpressionError."""
    node = expressions.parse(text, scope)
    if not isinstance(node, n.Ref):
        raise expressions.ExpressionError(f"{name} 要写列名。", "不能写表达式。")
    return node


def bound_measure(raw: dict[str, Any] | None, scope: expressions.Scope) -> Measure | None:
    """A numerator or denominator as the file says it, None when absent. Raises ExpressionError."""
    if raw is None:
        return None
    (how, text), *_ = raw.items()
    if how == How.ROWS:
        return Measure(How.ROWS)
    if how == How.PASSES:
        return Measure(How.PASSES, text=str(text))
    if how == How.DISTINCT:
        where = raw.get("where")
        return Measure(
            How.DISTINCT,
            bound_column(str(text), "distinct", scope),
            str(text),
            None if where is None else expressions.condition(where, scope),
        )
    bind = expressions.condition if how == How.COUNT else expressions.whole_number
    return Measure(How(how), bind(str(text), scope), str(text))
