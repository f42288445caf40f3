"""All questions about one child table, answered in one grouped scan.

`has` conditions share bit masks; `count_of`, `earliest` and `latest` have a column each. Rows that
answer nothing are dropped before grouping, so a rare condition costs little.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from zhikong.engine.backends.sql.codes import CodeMasks
from zhikong.engine.backends.sql.lower import lower
from zhikong.engine.backends.sql.relations import Months, Relations
from zhikong.engine.backends.sql.scope import RowNames
from zhikong.engine.backends.sql.text import clause, listed, name
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.needs import collect, walk

BITS = 62
ChildNode = n.Has | n.CountOf | n.Extreme


def child_nodes(expressions: Iterable[n.Node]) -> dict[str, list[ChildNode]]:
    """Child table -> its distinct questions, in a stable order."""
    found: dict[str, dict[str, ChildNode]] = defaultdict(dict)
    for expression in expressions:
        for node in walk(expression):
            if isinstance(node, n.CHILD_NODES):
                found[node.child][canonical.text(node)] = node
    return {child: [nodes[key] for key in sorted(nodes)] for child, nodes in sorted(found.items())}


@dataclass(slots=True)
class ChildQuery:
    """The aggregated subquery of one child table and how its answers are read through `alias`."""

    sql: str
    alias: str
    readers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Columns:
    inner: list[str] = field(default_factory=list)
    outer: list[str] = field(default_factory=list)
    keep: list[str] = field(default_factory=list)


def child_query(
    child: str,
    nodes: Sequence[ChildNode],
    *,
    relations: Relations,
    masks: CodeMasks,
    months: Months,
) -> ChildQuery:
    """One row per stay that answers at least one question; stays without such a row are absent."""
    names = RowNames(masks, own="x", stay="s")
    query = ChildQuery("", f"child_{child}")
    columns = _Columns()
    _has_columns([x for x in nodes if isinstance(x, n.Has)], names, columns, query)
    for i, counted in enumerate(x for x in nodes if isinstance(x, n.CountOf)):
        _count_column(i, counted, names, columns, query)
    for i, extreme in enumerate(x for x in nodes if isinstance(x, n.Extreme)):
        _extreme_column(i, extreme, names, columns, query)
    query.sql = clause(
        "(SELECT stay_id,", listed(columns.outer),
        "FROM (SELECT x.stay_id AS stay_id,", listed(columns.inner),
        "FROM", _from(child, nodes, relations, months), names.joins(), ")",
        "WHERE", " OR ".join(columns.keep), "GROUP BY stay_id)",
    )  # fmt: skip
    return query


def _from(child: str, nodes: Sequence[ChildNode], relations: Relations, months: Months) -> str:
    needs: dict[str, set[str]] = {child: {"stay_id"}}
    refs: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        collect(node.condition, needs)
        for below in walk(node.condition):
            if isinstance(below, n.Ref) and below.owner == "stay":
                refs["stays"].add(below.column)
        if isinstance(node, n.Extreme):
            needs[child].add(node.column.column)
    rows = clause(relations.scan(child, needs[child], months), "AS x")
    if not refs:
        return rows
    stays = relations.scan("stays", refs["stays"] | {"stay_id"}, months)
    return clause(rows, "JOIN", stays, "AS s ON s.stay_id = x.stay_id")


def _has_columns(nodes: Sequence[n.Has], names: RowNames, columns: _Columns, query: ChildQuery) -> None:
    for start in range(0, len(nodes), BITS):
        part, label = nodes[start : start + BITS], f"has{start // BITS}"
        terms = [
            f"CASE WHEN {lower(x.condition, names)} THEN {1 << i} ELSE 0 END" for i, x in enumerate(part)
        ]
        columns.inner.append(f"CAST({' | '.join(terms)} AS BIGINT) AS {label}")
        columns.outer.append(f"bit_or({label}) AS {label}")
        columns.keep.append(f"{label} <> 0")
        for i, node in enumerate(part):
            reader = f"((coalesce({query.alias}.{label}, 0) & {1 << i}) <> 0)"
            query.readers[canonical.text(node)] = reader


def _count_column(i: int, node: n.CountOf, names: RowNames, columns: _Columns, query: ChildQuery) -> None:
    label = f"count{i}"
    columns.inner.append(f"coalesce({lower(node.condition, names)}, FALSE) AS {label}")
    # `count`, not `count_if`: the latter is null, not 0, over nulls
    columns.outer.append(f"count(CASE WHEN {label} THEN 1 END) AS {label}")
    columns.keep.append(label)
    query.readers[canonical.text(node)] = f"coalesce({query.alias}.{label}, 0)"


def _extreme_column(i: int, node: n.Extreme, names: RowNames, columns: _Columns, query: ChildQuery) -> None:
    label = f"time{i}"
    time = f"x.{name(node.column.column)}"
    columns.inner.append(f"CASE WHEN {lower(node.condition, names)} THEN {time} END AS {label}")
    aggregate = "min" if node.which == "earliest" else "max"
    columns.outer.append(f"{aggregate}({label}) AS {label}")
    columns.keep.append(f"{label} IS NOT NULL")
    query.readers[canonical.text(node)] = f"{query.alias}.{label}"
