"""From the SQL that the plan writes for DuckDB to Spark's, with the same meaning.

Spark and DuckDB share names that mean different things (`date - date`, `//`, list positions from 1). Each is
rewritten here or refused: a function that is not listed raises Unsupported, because a statement that parses on
both sides proves nothing about its answer.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlglot
from sqlglot import exp

PathsToView = Callable[[tuple[str, ...], bool], str]


class Unsupported(Exception):
    """The statement holds something whose meaning on Spark is not settled."""


def translate(sql: str, *, view_of: PathsToView) -> str:
    """Spark SQL of one statement. `view_of` names the view over some Parquet files (paths, columns may differ).

    Raises Unsupported.
    """
    return translated(parsed(sql), view_of=view_of)


def parsed(sql: str) -> exp.Expression:
    """The statement as a tree."""
    return sqlglot.parse_one(sql, read="duckdb")


def translated(tree: exp.Expression, *, view_of: PathsToView) -> str:
    """As `translate`, of a tree, which is changed. Raises Unsupported."""
    whole = exp.Subquery(this=tree)  # so that no node is without a parent
    for node in reversed(list(whole.walk())):  # what lies inside first
        _known(node)
        node.replace(_rewritten(_files(node, view_of)))
    return whole.this.sql(dialect="spark")


def _files(node: exp.Expression, view_of: PathsToView) -> exp.Expression:
    """`read_parquet([…], union_by_name = …)` becomes the view over these files."""
    if not isinstance(node, exp.Table) or not isinstance(node.this, exp.ReadParquet):
        return node
    files, *options = node.this.expressions
    paths = tuple(str(path.this) for path in files.expressions)
    differing = any(_says(option, "union_by_name", "true") for option in options)
    return exp.Table(this=exp.to_identifier(view_of(paths, differing)), alias=node.args.get("alias"))


def _says(option: exp.Expression, name: str, value: str) -> bool:
    return option.sql(dialect="duckdb").replace(" ", "").lower() == f"{name}={value}"


def _rewritten(node: exp.Expression) -> exp.Expression:
    maker = REWRITES.get(type(node))
    if maker is not None:
        return maker(node)
    if isinstance(node, exp.Anonymous):
        return BY_NAME[node.name.lower()](node)
    return node


def _micros(node: exp.Expression) -> exp.Expression:
    """Wall time is kept without zone, the session's zone is UTC: microseconds are the same."""
    moment = exp.cast(_first(node), exp.DataType.Type.TIMESTAMPTZ)
    return exp.Anonymous(this="unix_micros", expressions=[moment])


def _days(node: exp.Sub) -> exp.Expression:
    """The difference of two dates is a number of days in DuckDB and an interval in Spark."""
    if _is_date(node.this) and _is_date(node.expression):
        return exp.Anonymous(this="datediff", expressions=[node.this, node.expression])
    return node


def _is_date(node: exp.Expression) -> bool:
    return isinstance(node, exp.Cast) and node.to.this is exp.DataType.Type.DATE


def _length(node: exp.Expression) -> exp.Expression:
    """The length of a list; unknown for one without elements, as `list()` over no rows is unknown in DuckDB."""
    size = exp.Anonymous(this="size", expressions=[node.this])
    return exp.func("nullif", size, exp.Literal.number(0))


def _element(node: exp.Bracket) -> exp.Expression:
    """The element at a position counted from 1, unknown beyond the ends.

    The parser has taken off 1 already, except from the variable of a lambda.
    """
    (position,) = node.expressions
    if node.find_ancestor(exp.Lambda):
        return exp.Anonymous(this="element_at", expressions=[node.this, position])
    return exp.Anonymous(this="get", expressions=[node.this, position])


def _first(node: exp.Expression) -> exp.Expression:
    return node.expressions[0] if node.expressions else node.this


def _quotient(node: exp.Div) -> exp.Expression:
    raise Unsupported("a division with remainder dropped must be written with //")


REWRITES: dict[type[exp.Expression], Callable] = {
    exp.Sub: _days,
    exp.Length: _length,
    exp.Bracket: _element,
    exp.Div: _quotient,
}
BY_NAME: dict[str, Callable[[exp.Expression], exp.Expression]] = {"epoch_us": _micros}
if hasattr(exp, "EpochUs"):  # newer parsers know the function by name
    REWRITES[exp.EpochUs] = _micros  # pragma: no cover

SAME = (
    exp.And, exp.Or, exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Cast, exp.Count, exp.CountIf, exp.Sum, exp.Min,
    exp.Max, exp.Year, exp.Month, exp.Grouping, exp.ReadParquet, exp.BitwiseOrAgg, exp.ArrayAgg,
    exp.Exists, exp.Array, exp.ArraySort, exp.ArrayMax, exp.Transform, exp.GenerateSeries, exp.Greatest, exp.Least,
    exp.Struct,
)  # fmt: skip


def _known(node: exp.Expression) -> None:
    if not isinstance(node, exp.Func) or isinstance(node, SAME) or type(node) in REWRITES:
        return
    if isinstance(node, exp.Anonymous) and node.name.lower() in BY_NAME:
        return
    raise Unsupported(f"no settled meaning on Spark: {node.sql(dialect='duckdb')[:80]}")
