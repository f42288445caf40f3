"""From text to nodes: sqlglot parses, and only what is listed here is let through.

Nothing is executed or forwarded: each allowed syntax tree is rebuilt as our own node, so a construct that
is not named here (casts, subqueries, unknown functions, windows …) cannot reach any backend.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import sqlglot
from sqlglot import errors, exp

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.own_words import own_word_of
from zhikong.engine.definitions.problems import ExpressionError, suggestion
from zhikong.engine.tables import TABLES, Table, Type
from zhikong.engine.tables.views import VIEWS

MAX_LENGTH = 2000
MAX_LITERAL = 64
MAX_DEPTH = 40
INT64 = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may name: the table's columns, the stay's (for child rows), and code lists."""

    table: Table
    codes: Mapping[str, tuple[n.CodeRange, ...]] = field(default_factory=dict)
    in_child: bool = False
    beside: Table | None = (
        None  # a table with one row for each row of `table`, whose columns are named likewise
    )

    names: Any = None  # sets_scope.Names: the rows in reach of an expression over sets, asked before all else

    def child(self, name: str) -> Scope:
        """The scope inside `has(name, …)`."""
        return replace(self, table=VIEWS.get(name) or TABLES[name], in_child=True, beside=None)


def parse(source: str, scope: Scope) -> n.Node:
    """Parses and binds one expression. Raises ExpressionError with a Chinese message and a remedy."""
    _guard(source)
    try:
        dialect = "duckdb" if scope.names is None else scope.names.dialect
        trees = sqlglot.parse(source, dialect=dialect)
    except (errors.SqlglotError, RecursionError):
        raise ExpressionError(
            f"表达式“{_short(source)}”写法不完整或有多余的符号。", "请检查括号、引号和 and/or 是否成对。"
        ) from None
    if len(trees) != 1 or trees[0] is None:
        raise ExpressionError("这里只能写一个表达式。", "请去掉分号和其他语句。")
    return build(trees[0], scope)  # type: ignore[arg-type]


def condition(source: str, scope: Scope) -> n.Node:
    """An expression that must be true or false."""
    return expect(parse(source, scope), Type.BOOL, source)


def whole_number(source: str, scope: Scope) -> n.Node:
    """An expression that must be a whole number (minutes, fen, counts)."""
    return expect(parse(source, scope), Type.INT, source)


_KIND_NAMES = {
    Type.BOOL: "是/否条件",
    Type.INT: "整数",
    Type.FLOAT: "小数",
    Type.TEXT: "文字",
    Type.DATE: "日期",
    Type.TIMESTAMP: "时间",
    Type.CODES: "编码组",
}


def type_name(kind: Type) -> str:
    """The Chinese word for a type."""
    return _KIND_NAMES[kind]


def expect(node: n.Node, kind: Type, source: str) -> n.Node:
    """The node itself when it has the type, else an ExpressionError."""
    if node.type is kind:
        return node
    raise ExpressionError(
        f"“{_short(source)}”是{type_name(node.type)}，这里需要{type_name(kind)}。",
        "请写成比较，如 days > 30。" if kind is Type.BOOL else "请使用整数列或整数运算，或 minutes_between。",
    )


def build(tree: exp.Expression, scope: Scope) -> n.Node:
    """The node of one syntax tree; ExpressionError for everything that is not whitelisted."""
    builder = BUILDERS.get(type(tree))
    if builder is None:
        raise refused(tree)
    return builder(tree, scope)


def refused(tree: exp.Expression) -> ExpressionError:
    """Nothing is passed on that is not listed; a word that other tools use for it is answered with our own."""
    instead = own_word_of(tree)
    if isinstance(tree, exp.Func) and not isinstance(tree, exp.Cast | exp.Case):
        name = tree.sql_name().lower()
        return ExpressionError(f"没有函数 {name}。", instead or "可用的函数见手册“函数”一节。")
    return ExpressionError(
        f"指标语言里没有“{_short(tree.sql(dialect='duckdb'))}”这种写法。",
        instead or "可用：列名、and/or/not、比较、in、between、is null、+ - * 和手册所列函数。",
    )


def _guard(source: str) -> None:
    if len(source) > MAX_LENGTH:
        raise ExpressionError(
            f"表达式超过 {MAX_LENGTH} 个字符。", "请把编码清单移到 codes/ 并使用 in_codes。"
        )
    depth = deepest = 0
    for mark in source:
        depth += (mark == "(") - (mark == ")")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise ExpressionError(f"括号嵌套超过 {MAX_DEPTH} 层。", "请化简表达式。")
    if not source.strip():
        raise ExpressionError("表达式是空的。", "请填写条件，或写 null 表示不限。")


def _short(source: str) -> str:
    return source if len(source) <= 60 else source[:57] + "…"


# --- columns and literals -------------------------------------------------------------------------------


def _column(tree: exp.Column, scope: Scope) -> n.Node:
    name, owner = tree.name, tree.table
    if scope.names is not None:
        return scope.names.column(tree)  # type: ignore[no-any-return]
    if owner == "stay" and not tree.db:
        return _stay_column(name, scope)
    if owner:
        raise ExpressionError(f"不能写 {owner}.{name}。", "本表的列直接写列名；所属住院的列写 stay.列名。")
    column, owner_table = scope.table.column(name), scope.table
    if column is None and scope.beside is not None:
        column, owner_table = scope.beside.column(name), scope.beside
    if column is None:
        known = [c.name for t in (scope.table, scope.beside) if t for c in (*t.columns, *t.derived)]
        where = f"表 {scope.table.name} 没有列" if scope.table.name in TABLES else "这里没有"
        raise ExpressionError(f"{where} {name}。", suggestion(name, known))
    return n.Ref(owner_table.name, name, column.type)


def _stay_column(name: str, scope: Scope) -> n.Node:
    if scope.table.child_of != "stays":
        raise ExpressionError(f"这里不能写 stay.{name}。", f"表 {scope.table.name} 的列直接写列名。")
    stays = TABLES["stays"]
    column = stays.column(name)
    if column is None:
        known = [c.name for c in (*stays.columns, *stays.derived)]
        raise ExpressionError(f"住院表 stays 没有列 {name}。", suggestion(name, known))
    return n.Ref("stays", name, column.type, owner="stay")


def literal(tree: exp.Literal, scope: Scope) -> n.Value:
    """A number or a text of at most MAX_LITERAL characters."""
    word = str(tree.this)
    if tree.is_string:
        if len(word) > MAX_LITERAL:
            raise ExpressionError(f"文字“{word[:12]}…”超过 {MAX_LITERAL} 个字符。", "请写编码，不写长文。")
        return n.Value(word, Type.TEXT)
    if word.isdigit():
        if int(word) > INT64:
            raise ExpressionError(f"数字 {word} 太大。", "请写 64 位以内的整数。")
        return n.Value(int(word), Type.INT)
    if word.replace(".", "", 1).isdigit() and len(word) <= 20:
        return n.Value(Decimal(word), Type.FLOAT)
    raise ExpressionError(f"数字 {word} 的写法不认识。", "请写普通的整数或小数。")


def _boolean(tree: exp.Boolean, scope: Scope) -> n.Node:
    return n.Value(bool(tree.this), Type.BOOL)


# --- logic ----------------------------------------------------------------------------------------------


def _operands(tree: exp.Expression, kind: type[exp.Expression], scope: Scope) -> list[n.Node]:
    found: list[n.Node] = []
    stack = [tree]
    while stack:  # a loop, not recursion: long chains of `or` are deep on the left
        top = stack.pop()
        if isinstance(top, kind):
            stack.extend((top.expression, top.this))
        else:
            found.append(expect(build(top, scope), Type.BOOL, top.sql(dialect="duckdb")))
    return found


def _and(tree: exp.And, scope: Scope) -> n.Node:
    return canonical.conjunction(_operands(tree, exp.And, scope))


def _or(tree: exp.Or, scope: Scope) -> n.Node:
    return canonical.disjunction(_operands(tree, exp.Or, scope))


def _not(tree: exp.Not, scope: Scope) -> n.Node:
    return canonical.negation(expect(build(tree.this, scope), Type.BOOL, tree.this.sql(dialect="duckdb")))


def _paren(tree: exp.Paren, scope: Scope) -> n.Node:
    return build(tree.this, scope)


Builder = Callable[[exp.Expression, Scope], n.Node]
BUILDERS: dict[type[exp.Expression], Builder] = {
    exp.Column: _column,  # type: ignore[dict-item]
    exp.Literal: literal,  # type: ignore[dict-item]
    exp.Boolean: _boolean,  # type: ignore[dict-item]
    exp.And: _and,  # type: ignore[dict-item]
    exp.Or: _or,  # type: ignore[dict-item]
    exp.Not: _not,  # type: ignore[dict-item]
    exp.Paren: _paren,  # type: ignore[dict-item]
}
