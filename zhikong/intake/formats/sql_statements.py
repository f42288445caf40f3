"""What may be asked of a hospital's database: one SELECT that changes nothing, written anew from its parsed form.

The text that a person typed is never sent. It is parsed in the database's own dialect, judged node by node and
generated again, so that comments which a server would execute, a second statement or a half-open quote have no way
through. Names of views and columns are written as quoted identifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import sqlglot
from sqlglot import exp

from zhikong.intake.reasons import FileRefused

DIALECTS = {
    "postgresql": "postgres",
    "mysql": "mysql",
    "sqlserver": "tsql",
    "oracle": "oracle",
    "sqlite": "sqlite",
}
SINCE = "zhikong_since"
"""Stands in a composed statement where the driver's own placeholder goes."""

_LONGEST = 20_000
_REMEDY = "只能写一条 SELECT 查询；需要的计算请在数据库里做成视图。"
_FORBIDDEN: tuple[type[exp.Expr], ...] = (
    exp.DML,
    exp.DDL,
    exp.Command,
    exp.Into,
    exp.Lock,
    exp.Set,
    exp.Use,
    exp.Parameter,
    exp.SessionParameter,
    exp.Placeholder,
    exp.PropertyEQ,
    exp.NextValueFor,
    exp.ReadCSV,
    exp.ReadParquet,
    exp.ToFile,
    exp.NetFunc,
    exp.OpenJSON,
)
_READS = (exp.Select, exp.SetOperation, exp.Subquery)
_SYSTEM_SCHEMAS = frozenset(
    ["information_schema", "mysql", "performance_schema", "sys", "system", "master", "msdb", "tempdb"]
)
_SEQUENCES = frozenset(["nextval", "currval"])
_KNOWN_FUNCTIONS = frozenset(
    [
        "abs",
        "ceil",
        "ceiling",
        "floor",
        "round",
        "sign",
        "mod",
        "power",
        "sqrt",
        "greatest",
        "least",
        "coalesce",
        "ifnull",
        "isnull",
        "nvl",
        "nvl2",
        "nullif",
        "decode",
        "iif",
        "concat",
        "concat_ws",
        "substr",
        "substring",
        "substring_index",
        "left",
        "right",
        "lpad",
        "rpad",
        "ltrim",
        "rtrim",
        "trim",
        "upper",
        "lower",
        "length",
        "len",
        "char_length",
        "instr",
        "charindex",
        "locate",
        "position",
        "replace",
        "translate",
        "reverse",
        "repeat",
        "split_part",
        "regexp_substr",
        "regexp_replace",
        "regexp_like",
        "to_char",
        "to_date",
        "to_timestamp",
        "to_number",
        "format",
        "date_format",
        "str_to_date",
        "time_format",
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "second",
        "date",
        "time",
        "dateadd",
        "datediff",
        "datepart",
        "datename",
        "date_add",
        "date_sub",
        "date_trunc",
        "timestampdiff",
        "timestampadd",
        "extract",
        "add_months",
        "months_between",
        "last_day",
        "trunc",
        "convert",
        "try_convert",
        "cast",
        "try_cast",
        "row_number",
        "rank",
        "dense_rank",
        "lag",
        "lead",
        "first_value",
        "last_value",
        "count",
        "sum",
        "min",
        "max",
        "avg",
        "string_agg",
        "group_concat",
        "listagg",
        "make_date",
        "make_timestamp",
        "convert_tz",
        "hex",
        "unhex",
        "ascii",
        "chr",
        "char",
        "field",
        "elt",
        "quarter",
        "week",
        "weekday",
        "dayofweek",
    ]
)
"""Functions that sqlglot has no class for and that are still known to have no effect."""


def checked(statement: str, kind: str) -> exp.Expr:
    """The parsed statement of a database of `kind` (a key of DIALECTS).

    Raises FileRefused, with the reason in Chinese, for whatever is not a single SELECT without side effects.
    """
    if len(statement) > _LONGEST:
        raise FileRefused(f"查询语句超过 {_LONGEST} 个字符。", _REMEDY)
    try:
        found = [one for one in sqlglot.parse(statement, read=DIALECTS[kind]) if one is not None]
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        raise FileRefused("查询语句无法解析，请检查语法。", _REMEDY) from error
    if len(found) != 1:
        raise FileRefused(f"写了 {len(found)} 条语句。", _REMEDY)
    tree = found[0].unnest() if isinstance(found[0], exp.Subquery) else found[0]
    if not isinstance(tree, _READS):
        raise FileRefused("这不是 SELECT 查询。", _REMEDY)
    for node in tree.walk():
        if reason := _objection(node):
            raise FileRefused(f"查询语句里不允许{reason}。", _REMEDY)
    return tree


def _objection(node: exp.Expr) -> str:
    """Why a node has no place in a query that only reads; empty when it has."""
    if isinstance(node, _FORBIDDEN) or type(node).__name__.startswith("AI"):
        return f"出现 {node.key.upper()}"
    if isinstance(node, exp.Anonymous) and node.name.casefold() not in _KNOWN_FUNCTIONS:
        return f"使用函数 {node.name}"
    if isinstance(node, exp.Identifier) and "@" in node.name:
        return "使用变量或数据库链接"
    if isinstance(node, exp.Column) and node.name.casefold() in _SEQUENCES:
        return "取序列的值"
    return _objection_to_table(node) if isinstance(node, exp.Table) else ""


def _objection_to_table(node: exp.Table) -> str:
    if not isinstance(node.this, exp.Identifier):
        return "从函数或文件读取"
    schemas = {part.name.casefold() for part in node.parts[:-1]}
    if schemas & _SYSTEM_SCHEMAS or any(name.startswith("pg_") for name in (*schemas, node.name.casefold())):
        return "读取系统表"
    return "跨服务器读取" if len(node.parts) > 3 else ""


def relation_named(name: str) -> exp.Expr:
    """A view or table by its name, `view` or `schema.view`, as SELECT. Raises FileRefused for what is no name."""
    parts = [part.strip() for part in name.split(".")]
    if not 1 <= len(parts) <= 3 or not all(re.fullmatch(r"[\w$# -]{1,128}", part) for part in parts):
        raise FileRefused(f"“{name[:60]}”不是视图或表的名称。", "写成 视图名 或 模式名.视图名。")
    table = exp.Table(
        **dict(zip(("this", "db", "catalog"), (_name(part) for part in reversed(parts)), strict=False))
    )
    if reason := _objection_to_table(table):
        raise FileRefused(f"不允许{reason}。", "请填写医院业务库中的视图。")
    return exp.select("*").from_(table)


def _name(text: str) -> exp.Identifier:
    return exp.to_identifier(text, quoted=True)


def nothing_of(inner: exp.Expr, kind: str) -> str:
    """A query that gives the columns of `inner` and no row."""
    return _outer(inner).where(exp.EQ(this=_one(), expression=exp.Literal.number(0))).sql(**_dialect(kind))


def first_of(inner: exp.Expr, kind: str, rows: int) -> str:
    """A query that gives the first rows of `inner`."""
    return _outer(inner).limit(rows).sql(**_dialect(kind))


def rows_of(inner: exp.Expr, kind: str, columns: Iterable[str], cursor: str | None, *, since: bool) -> str:
    """A query that gives `columns` of `inner`, with a cursor in its order and from SINCE on.

    A row whose cursor is null is given every time: it cannot be told whether it is new.
    """
    columns = [exp.column(_name(name), table="q") for name in columns]
    query = _outer(inner).select(*columns, append=False)
    if cursor is not None:
        at = exp.column(_name(cursor), table="q")
        if since:
            query = query.where(
                exp.or_(exp.GTE(this=at.copy(), expression=exp.var(SINCE)), at.copy().is_(exp.null()))
            )
        query = query.order_by(at)
    return query.sql(**_dialect(kind))


def _outer(inner: exp.Expr) -> exp.Select:
    """`inner` as a derived table. It loses an order of its own, which a derived table must not have everywhere."""
    inner = inner.copy()
    if not inner.args.get("limit") and not inner.args.get("offset"):
        inner.set("order", None)
    return exp.select("*").from_(exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("q"))))


def _one() -> exp.Expr:
    return exp.Literal.number(1)


def _dialect(kind: str) -> dict:
    return {"dialect": DIALECTS[kind], "comments": False}
