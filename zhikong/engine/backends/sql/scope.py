"""How one query level spells columns, code masks and child aggregates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zhikong.engine.backends.sql.codes import CodeMasks
from zhikong.engine.backends.sql.text import name
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n


@dataclass(slots=True)
class RowNames:
    """`own` is the alias of the table's rows, `stay` the alias of the stays that child rows belong to.

    `children` maps a child node's canonical text to the SQL that reads its aggregate. `dictionaries`
    collects the code columns whose masks the query must join, as (owner, table, column).
    """

    masks: CodeMasks
    own: str = "r"
    stay: str = "s"
    children: Mapping[str, str] = field(default_factory=dict)
    dictionaries: set[tuple[str, str, str]] = field(default_factory=set)

    def ref(self, node: n.Ref) -> str:
        return f"{self._alias(node)}.{name(node.column)}"

    def _alias(self, node: n.Ref) -> str:
        return self.stay if node.owner == "stay" else self.own

    def code_in(self, node: n.CodeIn) -> str:
        ref = node.operand
        self.dictionaries.add((self._alias(ref), ref.table, ref.column))
        mask, bit = self.masks.of(node)
        return f"(({dictionary_alias(self._alias(ref), ref.column)}.m{mask} & {1 << bit}) <> 0)"

    def child(self, node: n.Node) -> str:
        return self.children[canonical.text(node)]

    def joins(self, required: frozenset[str] = frozenset()) -> str:
        """The joins that bring the masks used so far. Rows whose code is in none of the sets are dropped
        for the columns in `required`."""
        return " ".join(self._join(*key, key[2] in required) for key in sorted(self.dictionaries))

    def _join(self, alias: str, table: str, column: str, required: bool) -> str:
        dictionary, label = self.masks.dictionary((table, column)), dictionary_alias(alias, column)
        if required:
            held = " OR ".join(f"m{i} <> 0" for i in range(self.masks.masks[table, column]))
            dictionary = f"(FROM {dictionary} WHERE {held})"
        kind = "JOIN" if required else "LEFT JOIN"
        return f"{kind} {dictionary} AS {label} ON {label}.code = {alias}.{name(column)}"


def dictionary_alias(alias: str, column: str) -> str:
    return f"codes_{alias}_{column}"
