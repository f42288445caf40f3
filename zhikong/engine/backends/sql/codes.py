"""Code conditions without text in the hot pass.

Every distinct code of a column is looked at once; the row then carries a bit mask that says which of the
wanted code sets hold it. An unknown code has no mask (null), so the condition stays unknown.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from zhikong.engine.backends.sql.relations import Months, Relations
from zhikong.engine.backends.sql.text import clause, name
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.needs import walk

BITS = 62  # bits in one mask that stay clear of the sign
Column = tuple[str, str]  # table, column


@dataclass(slots=True)
class CodeMasks:
    """Which bit of which mask answers each code condition, and the names of the registered dictionaries."""

    places: dict[str, tuple[int, int]] = field(default_factory=dict)  # canonical text -> mask number, bit
    masks: dict[Column, int] = field(default_factory=dict)  # column -> number of masks

    def of(self, node: n.CodeIn) -> tuple[int, int]:
        return self.places[_key(node)]

    def dictionary(self, column: Column) -> str:
        """The relation with columns code, m0, m1, …"""
        return f"codes_{column[0]}_{column[1]}"


def _key(node: n.CodeIn) -> str:
    return canonical.text(
        n.CodeIn(n.Ref(node.operand.table, node.operand.column, node.operand.of), node.ranges)
    )


def build(
    connection: duckdb.DuckDBPyConnection,
    relations: Relations,
    expressions: Iterable[n.Node],
    months: Months,
) -> CodeMasks:
    """Registers one dictionary per code column that the expressions ask about, over the given months."""
    wanted: dict[Column, dict[str, n.CodeIn]] = defaultdict(dict)
    for expression in expressions:
        for node in walk(expression):
            if isinstance(node, n.CodeIn):
                wanted[node.operand.table, node.operand.column][_key(node)] = node
    masks = CodeMasks()
    for column, nodes in wanted.items():
        for i, key in enumerate(sorted(nodes)):
            masks.places[key] = divmod(i, BITS)
        masks.masks[column] = (len(nodes) - 1) // BITS + 1
        codes = _distinct(connection, relations, column, months)
        connection.register(masks.dictionary(column), _table(codes, [nodes[k] for k in sorted(nodes)]))
    return masks


def _distinct(
    connection: duckdb.DuckDBPyConnection, relations: Relations, column: Column, months: Months
) -> list[str]:
    scan = relations.scan(column[0], [column[1]], months)
    query = clause(
        "SELECT DISTINCT", name(column[1]), "AS code FROM", scan, "WHERE", name(column[1]), "IS NOT NULL"
    )
    return [row[0] for row in connection.execute(query).fetchall()]


def _table(codes: list[str], nodes: list[n.CodeIn]) -> pa.Table:
    ordered = sorted(codes)
    masks = [[0] * len(ordered) for _ in range((len(nodes) - 1) // BITS + 1)]
    for i, node in enumerate(nodes):
        mask, bit = masks[i // BITS], 1 << (i % BITS)
        for held in node.ranges:
            for position in _slice(ordered, held):
                mask[position] |= bit
    arrays = {"code": pa.array(ordered, pa.string())}
    arrays |= {f"m{i}": pa.array(mask, pa.int64()) for i, mask in enumerate(masks)}
    return pa.table(arrays)


def _slice(ordered: list[str], held: n.CodeRange) -> range:
    """Positions of the codes that a range holds: in sorted order they stand together."""
    start = bisect_left(ordered, held.low)
    return range(start, bisect_right(ordered, held.high, lo=start, key=lambda code: code[: len(held.high)]))
