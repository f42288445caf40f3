"""The functions of expressions over sets: rows, times, codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from sqlglot import exp

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions import sets_nodes as s
from zhikong.engine.definitions.functions import FUNCTIONS, Arguments, Function
from zhikong.engine.definitions.grammar import BUILDERS, Scope, build, expect, refused, type_name
from zhikong.engine.definitions.problems import ExpressionError
from zhikong.engine.definitions.sets_codes import CODE_FUNCTIONS
from zhikong.engine.definitions.sets_scope import Bound, scope_of
from zhikong.engine.definitions.sets_values import TIME_FUNCTIONS, arity, source_of
from zhikong.engine.tables import Type


def _entered(arguments: Arguments, scope: Scope, usage: str) -> tuple[str, Bound, Scope]:
    """The rows that the first argument names, their binding, and the scope inside the function."""
    first, alias = arguments[0], ""
    if isinstance(first, exp.Alias):
        first, alias = first.this, first.alias
    if not isinstance(first, exp.Column) or first.table:
        raise ExpressionError("第一个参数要写表名或集合名。", f"写法：{usage}。")
    rows, names = first.name, scope.names
    taken = {bound.name for bound in names.stack}
    name = alias or rows
    if name in taken or name == s.PATIENT:
        raise ExpressionError(f"名称 {name} 在外层已经使用。", f"请起一个别名，如 {rows} as other。")
    bound = names.world.bind(name, rows)
    names.world.used.add(rows)
    return rows, bound, scope_of(names.inside(bound))


def _condition(arguments: Arguments, place: int, scope: Scope) -> n.Node:
    if len(arguments) <= place:
        return n.TRUE
    return expect(build(arguments[place], scope), Type.BOOL, source_of(arguments[place]))


def _any(arguments: Arguments, scope: Scope) -> n.Node:
    usage = "any(集合, 条件)"
    arity(arguments, 1, 2, usage)
    rows, bound, inner = _entered(arguments, scope, usage)
    return s.Some(rows, bound.row, _condition(arguments, 1, inner))


def _all(arguments: Arguments, scope: Scope) -> n.Node:
    usage = "every(集合, 条件)"
    arity(arguments, 2, 2, usage)
    rows, bound, inner = _entered(arguments, scope, usage)
    condition = _condition(arguments, 1, inner)
    return canonical.negation(s.Some(rows, bound.row, n.Not(n.IsTrue(condition))))


def _count(arguments: Arguments, scope: Scope) -> n.Node:
    usage = "count(集合, 条件)"
    arity(arguments, 1, 2, usage)
    rows, bound, inner = _entered(arguments, scope, usage)
    return s.Count(rows, bound.row, _condition(arguments, 1, inner))


_ORDERED = {Type.INT, Type.FLOAT, Type.DATE, Type.TIMESTAMP}


def _by(tree: exp.Expression, scope: Scope, usage: str) -> n.Node:
    node = build(tree, scope)
    if node.type not in _ORDERED:
        raise ExpressionError(
            f"不能按{type_name(node.type)}排先后。", f"写法：{usage}；先后按时间、日期或数字。"
        )
    return node


def _pick(which: Literal["first", "last"]) -> Callable[[Arguments, Scope], n.Node]:
    usage = f"{which}(集合, 取值, 先后, 条件)"

    def make(arguments: Arguments, scope: Scope) -> n.Node:
        arity(arguments, 3, 4, usage)
        rows, bound, inner = _entered(arguments, scope, usage)
        value, by = build(arguments[1], inner), _by(arguments[2], inner, usage)
        return s.Pick(which, rows, bound.row, value, by, None, _condition(arguments, 3, inner))

    return make


def _nearest(arguments: Arguments, scope: Scope) -> n.Node:
    usage = "nearest(集合, 取值, 时间, 到哪个时间最近, 条件)"
    arity(arguments, 4, 5, usage)
    rows, bound, inner = _entered(arguments, scope, usage)
    value, by = build(arguments[1], inner), _by(arguments[2], inner, usage)
    at = build(arguments[3], scope)
    if by.type is not at.type or by.type not in (Type.TIMESTAMP, Type.DATE, Type.INT):
        raise ExpressionError("远近要用同一种时间、日期或整数来比。", f"写法：{usage}。")
    return s.Pick("nearest", rows, bound.row, value, by, at, _condition(arguments, 4, inner))


def _fold(how: Literal["min", "max", "sum"]) -> Callable[[Arguments, Scope], n.Node]:
    usage = f"{how}(集合, 取值, 条件)"
    allowed = {Type.INT} if how == "sum" else _ORDERED

    def make(arguments: Arguments, scope: Scope) -> n.Node:
        arity(arguments, 2, 3, usage)
        rows, bound, inner = _entered(arguments, scope, usage)
        value = build(arguments[1], inner)
        if value.type not in allowed:
            raise ExpressionError(f"{how} 不能用于{type_name(value.type)}。", f"写法：{usage}。")
        return s.Fold(how, rows, bound.row, value, _condition(arguments, 2, inner))

    return make


_ROWS: dict[str, Function] = {
    "any": Function("any(集合, 条件)", "至少有一行符合条件；省略条件表示任意一行", _any),
    "every": Function("every(集合, 条件)", "没有一行不符合条件；没有行时成立", _all),
    "count": Function("count(集合, 条件)", "符合条件的行数，没有时为 0", _count),
    "first": Function(
        "first(集合, 取值, 先后, 条件)", "符合条件、先后已知的行中最前一行的取值；没有时为空", _pick("first")
    ),
    "last": Function(
        "last(集合, 取值, 先后, 条件)", "符合条件、先后已知的行中最后一行的取值；没有时为空", _pick("last")
    ),
    "nearest": Function(
        "nearest(集合, 取值, 时间, 到哪个时间最近, 条件)",
        "符合条件的行中时间最近一行的取值；一样近时取较早的",
        _nearest,
    ),
    "min": Function("min(集合, 取值, 条件)", "符合条件的行中最小的已知取值；没有时为空", _fold("min")),
    "max": Function("max(集合, 取值, 条件)", "符合条件的行中最大的已知取值；没有时为空", _fold("max")),
    "sum": Function("sum(集合, 整数, 条件)", "符合条件的行中已知取值的和，没有时为 0", _fold("sum")),
}
_COMMON = ("minutes_between", "hours_between", "days_between", "coalesce", "if")
SET_FUNCTIONS: dict[str, Function] = {
    **_ROWS,
    **TIME_FUNCTIONS,
    **CODE_FUNCTIONS,
    **{name: FUNCTIONS[name] for name in _COMMON},
}


def _quantifier(tree: exp.Any, scope: Scope) -> n.Node:
    """`any` is a word of SQL and parsed as such."""
    if scope.names is None:
        raise ExpressionError("没有函数 any。", "可用的函数见手册“函数”一节。")
    inside = tree.this
    arguments = inside.expressions if isinstance(inside, exp.Tuple) else [inside.unnest()]
    return SET_FUNCTIONS["any"].make(arguments, scope)


def _divided(tree: exp.Div, scope: Scope) -> n.Node:
    if scope.names is None:
        raise refused(tree)
    left, right = build(tree.this, scope), build(tree.expression, scope)
    return scope.names.calculated("/", left, right)  # type: ignore[no-any-return]


BUILDERS[exp.Div] = _divided  # type: ignore[assignment]
BUILDERS[exp.Any] = _quantifier  # type: ignore[assignment]
