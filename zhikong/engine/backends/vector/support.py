"""Which definitions the vectorised backend computes; all others go to DuckDB."""

from __future__ import annotations

from zhikong.engine.backends.vector.evaluate import FALSE, SPANS, VALUES, question
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.model import Definition, How, Kind
from zhikong.engine.plan.needs import expressions_of, walk
from zhikong.engine.tables import TABLES, Type

KINDS = frozenset({Kind.RATIO, Kind.MEAN, Kind.COUNT})
HOWS = frozenset({How.ROWS, How.COUNT, How.SUM})
NODES = frozenset({*FALSE, *VALUES}) - {n.Has, n.CountOf, n.Extreme, n.SumOf}


def supported(definition: Definition) -> bool:
    """Whether the vectorised form says exactly what the definition means, as far as its text tells.

    Some values of the data only show at run time that it does not: see `evaluate.Unsupported`.
    """
    measures = [m for m in (definition.numerator, definition.denominator) if m is not None]
    return (
        definition.kind in KINDS
        and all(m.how in HOWS for m in measures)
        and TABLES[definition.table].child_of is None
        and _key(definition.date)
        and (definition.department is None or _key(definition.department))
        and all(_plain(x) for e in expressions_of(definition) for x in walk(e))
    )


def _key(node: n.Node) -> bool:
    return isinstance(node, n.Ref) and node.type in (Type.TEXT, Type.DATE, Type.TIMESTAMP)


def _plain(node: n.Node) -> bool:
    if isinstance(node, n.Ref):
        return node.owner == "row" and _there(node)
    if isinstance(node, n.Compare | n.In) and node.children()[0].type is Type.TEXT:
        return question(node) is not None  # of one column, not of two or of a choice between them
    return type(node) in NODES and (isinstance(node, n.Value) or node.type is not Type.TEXT)


def _there(node: n.Ref) -> bool:
    """Supplied, or worked out from the row's own columns."""
    return node.column in SPANS or node.column in TABLES[node.table].column_names
