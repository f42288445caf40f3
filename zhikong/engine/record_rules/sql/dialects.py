"""One text for three engines: what they write differently is written as a function of ours and put in its place here.

The statement's arithmetic is on whole minutes, so that little is left: reading a time as minutes, writing a time as
text, dividing whole numbers, comparing codes byte by byte. A function that is not listed is refused, because a
statement that runs everywhere proves nothing about its answer.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import sqlglot
from sqlglot import exp


class Dialect(StrEnum):
    """Whose SQL is written."""

    DUCKDB = "duckdb"
    POSTGRESQL = "postgres"
    SPARK = "spark"


class Unsupported(Exception):
    """The rule holds something that is not said in SQL; the message names it in Chinese."""


Make = Callable[[list[exp.Expression]], str]
_US = 60_000_000


def translated(sql: str, dialect: Dialect) -> str:
    """The statement in another dialect. Raises Unsupported."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    for node in reversed(list(tree.walk())):
        _known(node)
        made = _rewritten(node, dialect)
        if made is not node:
            node.replace(made)
    return tree.sql(dialect=dialect.value)


def _rewritten(node: exp.Expression, dialect: Dialect) -> exp.Expression:
    if isinstance(node, exp.IntDiv):
        return _from(_DIVIDED[dialect], [node.this, node.expression], dialect)
    if isinstance(node, exp.Sub) and dialect is Dialect.SPARK and _is_date(node.this):
        return _from(lambda a: f"datediff({_text(a[0], dialect)}, {_text(a[1], dialect)})",
                     [node.this, node.expression], dialect)  # fmt: skip
    if isinstance(node, exp.Anonymous):
        return _from(_OURS[node.name.lower()][dialect], node.expressions, dialect)
    return node


def _is_date(node: exp.Expression) -> bool:
    return isinstance(node, exp.Cast) and node.to.this is exp.DataType.Type.DATE


def _text(node: exp.Expression, dialect: Dialect) -> str:
    return node.sql(dialect=dialect.value)


def _from(make, given: list[exp.Expression], dialect: Dialect) -> exp.Expression:
    """An expression of the dialect's own text, which nothing reads again."""
    template = make if callable(make) else lambda a: make.format(*(_text(one, dialect) for one in a))
    return exp.Var(this=template(given))


_DIVIDED = {
    Dialect.DUCKDB: "({0} // {1})",
    Dialect.POSTGRESQL: "({0} / {1})",  # of whole numbers: drops the remainder
    Dialect.SPARK: "({0} div {1})",
}
_OURS = {
    "zk_minute": {  # a moment of local wall time -> whole minutes since 1970
        Dialect.DUCKDB: f"(epoch_us({{0}}) // {_US})",
        Dialect.POSTGRESQL: "CAST(floor(extract(epoch FROM {0}) / 60) AS BIGINT)",
        Dialect.SPARK: f"(unix_micros(CAST({{0}} AS TIMESTAMP)) div {_US})",  # the session's zone is UTC
    },
    "epoch_us": {
        Dialect.DUCKDB: "epoch_us({0})",
        Dialect.POSTGRESQL: "CAST(extract(epoch FROM {0}) * 1000000 AS BIGINT)",
        Dialect.SPARK: "unix_micros(CAST({0} AS TIMESTAMP))",
    },
    "zk_written": {  # a moment as references write it: 2026-01-01T08:00
        Dialect.DUCKDB: "strftime({0}, '%Y-%m-%dT%H:%M')",
        Dialect.POSTGRESQL: "to_char({0}, 'YYYY-MM-DD\"T\"HH24:MI')",
        Dialect.SPARK: "date_format({0}, 'yyyy-MM-dd\\'T\\'HH:mm')",
    },
    "zk_bytes": {  # a text that is compared by its bytes, whatever the database's language
        Dialect.DUCKDB: "{0}",
        Dialect.POSTGRESQL: '{0} COLLATE "C"',
        Dialect.SPARK: "{0}",
    },
}
_SAME = (
    exp.And, exp.Or, exp.Case, exp.If, exp.Coalesce, exp.Cast, exp.Count, exp.Sum, exp.Min, exp.Max, exp.Greatest,
    exp.Least, exp.Nullif, exp.RowNumber, exp.Lead, exp.Exists, exp.Left, exp.IntDiv,
)  # fmt: skip


def _known(node: exp.Expression) -> None:
    if not isinstance(node, exp.Func) or isinstance(node, _SAME):
        return
    if isinstance(node, exp.Anonymous) and node.name.lower() in _OURS:
        return
    raise Unsupported(f"规则里的 {node.sql(dialect='duckdb')[:80]} 没有对应的 SQL 写法，请用批量评估。")
