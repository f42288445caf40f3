"""All questions about child tables, answered by one scan per child table and one grouping for all of them.

`has` conditions of every child share bit masks; `count_of`, `sum_of`, `earliest` and `latest` have a column each.
Rows that answer nothing are dropped before grouping, so a rare condition costs little.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from zhikong.engine.backends.sql.codes import CodeMasks
from zhikong.engine.backends.sql.lower import MICROSECONDS, lower
from zhikong.engine.backends.sql.relations import Months, Relations
from zhikong.engine.backends.sql.scope import RowNames
from zhikong.engine.backends.sql.text import clause, listed, name
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.needs import walk
from zhikong.engine.tables import Type

BITS = 62
ALIAS = "child"
ChildNode = n.Has | n.CountOf | n.Extreme | n.SumOf | n.By | n.Gap
_TYPES = {
    Type.TEXT: "VARCHAR",
    Type.INT: "BIGINT",
    Type.FLOAT: "DOUBLE",
    Type.BOOL: "BOOLEAN",
    Type.DATE: "DATE",
    Type.TIMESTAMP: "TIMESTAMP",
}


@dataclass(slots=True)
class Answer:
    """One column of the grouped child rows: which questions it answers and how rows are aggregated."""

    label: str
    nodes: Sequence[ChildNode]
    absent: str  # what the rows of other child tables give
    aggregate: str
    relevant: str  # when a row answers something

    def column(self, child: str, names: RowNames) -> str:
        """The column for the rows of one child table."""
        own = [(i, x) for i, x in enumerate(self.nodes) if x.child == child]
        return f"{_answer(own, names) if own else self.absent} AS {self.label}"


def _answer(own: list[tuple[int, ChildNode]], names: RowNames) -> str:
    first = own[0][1]
    if isinstance(first, n.Has):
        terms = [f"CASE WHEN {lower(x.condition, names)} THEN {1 << i} ELSE 0 END" for i, x in own]
        return f"CAST({' | '.join(terms)} AS BIGINT)"
    if isinstance(first, n.CountOf):
        return f"coalesce({lower(first.condition, names)}, FALSE)"
    condition, value = lower(first.condition, names), names.ref(first.column)
    if isinstance(first, n.By):
        time = names.ref(first.time)
        known = f"{condition} AND {time} IS NOT NULL AND {value} IS NOT NULL"
        return f"CASE WHEN {known} THEN struct_pack(t := {time}, v := {value}) END"
    return f"CASE WHEN {condition} THEN {f'epoch_us({value})' if isinstance(first, n.Gap) else value} END"


@dataclass(slots=True)
class ChildQuery:
    """The grouped subquery, one row per stay that answers anything, and how each answer is read."""

    sql: str
    readers: dict[str, str] = field(default_factory=dict)


def child_query(
    expressions: Iterable[n.Node], *, relations: Relations, masks: CodeMasks, months: Months
) -> ChildQuery | None:
    """The child questions of all expressions together, or None when there are none."""
    nodes = _questions(expressions)
    if not nodes:
        return None
    answers = _answers(nodes)
    children = sorted({x.child for x in nodes})
    parts = [_part(child, answers, relations, masks, months) for child in children]
    grouped = listed(f"{a.aggregate} AS {a.label}" for a in answers)
    sql = clause("(SELECT stay_id,", grouped, "FROM (", " UNION ALL ".join(parts), ") GROUP BY stay_id)")
    return ChildQuery(sql, {key: reader for a in answers for key, reader in _readers(a)})


def _questions(expressions: Iterable[n.Node]) -> list[ChildNode]:
    found: dict[str, ChildNode] = {}
    for expression in expressions:
        for node in walk(expression):
            if isinstance(node, n.CHILD_NODES):
                found[canonical.text(node)] = node
    return [found[key] for key in sorted(found)]


def _answers(nodes: list[ChildNode]) -> list[Answer]:
    has = [x for x in nodes if isinstance(x, n.Has)]
    answers = []
    for start in range(0, len(has), BITS):
        label = f"has{start // BITS}"
        part = has[start : start + BITS]
        answers.append(Answer(label, part, "CAST(0 AS BIGINT)", f"bit_or({label})", f"{label} <> 0"))
    for i, node in enumerate(x for x in nodes if isinstance(x, n.CountOf)):
        label = f"count{i}"
        # `count`, not `count_if`: the latter is null, not 0, over nulls
        answers.append(Answer(label, [node], "FALSE", f"count(CASE WHEN {label} THEN 1 END)", label))
    for i, extreme in enumerate(x for x in nodes if isinstance(x, n.Extreme)):
        label, word = f"time{i}", "min" if extreme.which == "earliest" else "max"
        absent = "CAST(NULL AS TIMESTAMP)"
        answers.append(Answer(label, [extreme], absent, f"{word}({label})", f"{label} IS NOT NULL"))
    for i, total in enumerate(x for x in nodes if isinstance(x, n.SumOf)):
        label, absent = f"sum{i}", "CAST(NULL AS BIGINT)"
        # back to 64 bits: a sum outside them is an error, as everywhere
        added = f"CAST(sum({label}) AS BIGINT)"
        answers.append(Answer(label, [total], absent, added, f"{label} IS NOT NULL"))
    return [*answers, *_by_time(nodes), *_gaps(nodes)]


def _by_time(nodes: list[ChildNode]) -> Iterable[Answer]:
    """Time and value travel together, so that the least or greatest pair holds the value wanted."""
    for i, node in enumerate(x for x in nodes if isinstance(x, n.By)):
        label, word = f"by{i}", "min" if node.which == "first" else "max"
        absent = f"CAST(NULL AS STRUCT(t {_TYPES[node.time.type]}, v {_TYPES[node.type]}))"
        yield Answer(label, [node], absent, f"{word}({label}).v", f"{label} IS NOT NULL")


def _gaps(nodes: list[ChildNode]) -> Iterable[Answer]:
    for i, node in enumerate(x for x in nodes if isinstance(x, n.Gap)):
        label = f"gap{i}"
        times = f"list_sort(list({label}) FILTER (WHERE {label} IS NOT NULL))"
        longest = f"list_max(list_transform(range(1, len({times})), lambda i: {times}[i + 1] - {times}[i]))"
        aggregate = f"{longest} // {MICROSECONDS[node.unit]}"
        yield Answer(label, [node], "CAST(NULL AS BIGINT)", aggregate, f"{label} IS NOT NULL")


def _readers(answer: Answer) -> Iterable[tuple[str, str]]:
    column = f"{ALIAS}.{answer.label}"
    for i, node in enumerate(answer.nodes):
        if isinstance(node, n.Has):
            reader = f"((coalesce({column}, 0) & {1 << i}) <> 0)"
        else:
            reader = f"coalesce({column}, 0)" if isinstance(node, n.CountOf | n.SumOf) else column
        yield canonical.text(node), reader


def _part(
    child: str, answers: Sequence[Answer], relations: Relations, masks: CodeMasks, months: Months
) -> str:
    """The rows of one child table that answer anything."""
    names = RowNames(masks, own="x", stay="s")
    columns = listed(a.column(child, names) for a in answers)
    own = [a for a in answers if any(x.child == child for x in a.nodes)]
    nodes = [x for a in own for x in a.nodes if x.child == child]
    joins = names.joins(_required_codes(nodes))
    rows = _from(child, nodes, relations, months)
    inner = clause("(SELECT x.stay_id AS stay_id,", columns, "FROM", rows, joins, ")")
    labels = listed(("stay_id", *(a.label for a in answers)))
    return clause("SELECT", labels, "FROM", inner, "WHERE", " OR ".join(a.relevant for a in own))


def _required_codes(nodes: Sequence[ChildNode]) -> frozenset[str]:
    """Code columns that every question asks about, so that a row whose code nobody wants can be dropped."""
    asked = [_codes(x.condition) for x in nodes]
    return frozenset.intersection(*asked)


def _codes(condition: n.Node) -> frozenset[str]:
    parts = condition.items if isinstance(condition, n.And) else (condition,)
    return frozenset(p.operand.column for p in parts if isinstance(p, n.CodeIn) and p.operand.owner == "row")


def _from(child: str, nodes: Sequence[ChildNode], relations: Relations, months: Months) -> str:
    own, stays = {"stay_id"}, set[str]()
    for node in nodes:
        refs = [x for x in walk(node.condition) if isinstance(x, n.Ref)]
        own |= {x.column for x in refs if x.owner == "row"}
        stays |= {x.column for x in refs if x.owner == "stay"}
        if not isinstance(node, n.Has | n.CountOf):
            own.add(node.column.column)
        if isinstance(node, n.By):
            own.add(node.time.column)
    rows = clause(relations.scan(child, own, months), "AS x")
    if not stays:
        return rows
    parents = relations.scan("stays", stays | {"stay_id"}, months)
    return clause(rows, "JOIN", parents, "AS s ON s.stay_id =", f"x.{name('stay_id')}")
