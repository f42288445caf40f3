"""Conditions of rules and events as SQL over the contract's tables."""

from __future__ import annotations

from dataclasses import dataclass

from zhikong.engine.backends.sql.lower import lower
from zhikong.engine.backends.sql.text import literal, name
from zhikong.engine.definitions import nodes as n
from zhikong.engine.record_rules.refs import BESIDE
from zhikong.engine.record_rules.sql.dialects import Unsupported


@dataclass(frozen=True, slots=True)
class RowNames:
    """Spells what a condition names. own: alias of the rows; stay, page: of their stay and its front page."""

    own: str
    stay: str = "s"
    page: str = "p"

    def ref(self, node: n.Ref) -> str:
        """A column."""
        if node.owner == "stay":
            return f"{self.stay}.{name(node.column)}"
        return f"{self.page if node.table == BESIDE and self.own != 'c' else self.own}.{name(node.column)}"

    def code_in(self, node: n.CodeIn) -> str:
        """Codes in ranges, compared by their bytes."""
        code = self.ref(node.operand)
        held = " OR ".join(_in_range(code, one) for one in node.ranges) or "FALSE"
        return f"({held})"

    def child(self, node: n.Node) -> str:
        """Whether the stay has such a row; other questions about child rows are not said in SQL."""
        if not isinstance(node, n.Has) or self.own == "c":
            raise Unsupported(f"条件里的 {type(node).__name__} 没有对应的 SQL 写法，请用批量评估。")
        inner = lower(node.condition, RowNames("c", self.own))
        return (
            f"EXISTS (SELECT 1 FROM {name(node.child)} AS c WHERE c.stay_id = {self.own}.stay_id AND {inner})"
        )


def _in_range(code: str, one: n.CodeRange) -> str:
    low, high = f"zk_bytes({code}) >= {literal(one.low)}", literal(one.high)
    return f"({low} AND zk_bytes(LEFT({code}, {len(one.high)})) <= {high})"
