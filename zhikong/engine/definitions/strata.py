"""Dimensions by which results can be split: any coded column of the table or of its stay."""

from __future__ import annotations

from typing import Any

from zhikong.engine.definitions import expressions
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.problems import ExpressionError
from zhikong.engine.tables import Type

OWN = "department"
"""The stratum that every department's own result already is."""
USAGE = "例如 strata: [department, sex, stay.insurance]。"


def bound_stratum(name: Any, scope: expressions.Scope) -> n.Node:
    """The column of a stratum as text. Raises ExpressionError for what is no coded column."""
    if not isinstance(name, str):
        raise ExpressionError(f"分层维度 {name!r} 的写法不对。", USAGE)
    node = expressions.parse(name, scope)
    if not isinstance(node, n.Ref):
        raise ExpressionError(f"分层维度 {name} 要写列名。", USAGE)
    if node.type is Type.BOOL:
        return _yes_no(node)
    if node.type is not Type.TEXT:
        raise ExpressionError(f"列 {name} 不是编码列，不能分层。", USAGE)
    return node


def _yes_no(node: n.Ref) -> n.Node:
    """'1', '0', and an empty text for unknown: groups are named by text."""
    word = {value: n.Value(value, Type.TEXT) for value in ("1", "0", "")}
    return n.If(node, word["1"], n.If(n.Not(node), word["0"], word[""]))
