"""What a rule reads of the record itself, and whether that is on its front page."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions import nodes as n
from zhikong.engine.record_rules.model import RecordRule

BESIDE = "front_pages"
"""The table whose columns a rule names as if they were the stay's own: one row a stay."""


def direct(node: n.Node) -> Iterator[n.Ref]:
    """Columns that an expression reads of the record itself, not inside questions about child rows."""
    if isinstance(node, n.Ref):
        yield node
    elif not isinstance(node, n.CHILD_NODES):
        for child in node.children():
            yield from direct(child)


def reads_page(rule: RecordRule) -> bool:
    """Whether the rule names a column of the front page: without the page it cannot be assessed."""
    return any(ref.table == BESIDE for expression in rule.expressions() for ref in direct(expression))
