"""The function vocabulary of the language. A function that is not in `FUNCTIONS` does not exist."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

from sqlglot import exp

from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.grammar import BUILDERS, Scope, build, expect, type_name
from zhikong.engine.definitions.operators import comparable
from zhikong.engine.definitions.own_words import own_word
from zhikong.engine.definitions.problems import ExpressionError, suggestion
from zhikong.engine.tables import TABLES, Type
from zhikong.engine.tables.views import VIEWS

Arguments = list[exp.Expression]
CODE_PATTERN = re.compile(r"[A-Z0-9][A-Z0-9.xX+*]{0,15}")


@dataclass(frozen=True, slots=True)
class Function:
    """One function: how it is written, what it means in Chinese, and how its node is built."""

    usage: str
    meaning: str
    make: Callable[[Arguments, Scope], n.Node]


def _arity(arguments: Arguments, least: int, most: int | None, usage: str) -> None:
    if len(arguments) < least or (most is not None and len(arguments) > most):
        raise ExpressionError("函数的参数个数不对。", f"写法：{usage}。")


def _child(arguments: Arguments, scope: Scope, usage: str) -> str:
    first = arguments[0]
    if not isinstance(first, exp.Column) or first.table:
        raise ExpressionError("第一个参数要写子表名。", f"写法：{usage}。")
    children = [t.name for t in (*TABLES.values(), *VIEWS.values()) if t.child_of == "stays"]
    if first.name not in children:
        raise ExpressionError(f"没有子表 {first.name}。", suggestion(first.name, children))
    if scope.in_child or scope.table.name != "stays":
        raise ExpressionError(
            "只有以住院（stays）为单位的条件才能查子表，子表条件里也不能再查子表。",
            "请用 and/or 把几个 has(…) 并列写。",
        )
    return first.name


def _child_condition(arguments: Arguments, position: int, scope: Scope) -> n.Node:
    if len(arguments) <= position:
        return n.TRUE
    tree = arguments[position]
    return expect(build(tree, scope), Type.BOOL, tree.sql(dialect="duckdb"))


_HAS = "has(子表, 条件)"
_COUNT = "count_of(子表, 条件)"


def _has(arguments: Arguments, scope: Scope) -> n.Node:
    _arity(arguments, 1, 2, _HAS)
    child = _child(arguments, scope, _HAS)
    return n.Has(child, _child_condition(arguments, 1, scope.child(child)))


def _count_of(arguments: Arguments, scope: Scope) -> n.Node:
    _arity(arguments, 1, 2, _COUNT)
    child = _child(arguments, scope, _COUNT)
    return n.CountOf(child, _child_condition(arguments, 1, scope.child(child)))


def _extreme(which: Literal["earliest", "latest"]) -> Callable[[Arguments, Scope], n.Node]:
    usage = f"{which}(子表, 时间列, 条件)"

    def make(arguments: Arguments, scope: Scope) -> n.Node:
        _arity(arguments, 2, 3, usage)
        child = _child(arguments, scope, usage)
        column = build(arguments[1], scope.child(child))
        if not isinstance(column, n.Ref) or column.type is not Type.TIMESTAMP or column.owner != "row":
            raise ExpressionError(f"{which} 的第二个参数要写子表里的时间列。", f"写法：{usage}。")
        return n.Extreme(which, child, column, _child_condition(arguments, 2, scope.child(child)))

    return make


_SUM = "sum_of(子表, 整数列, 条件)"


def _sum_of(arguments: Arguments, scope: Scope) -> n.Node:
    _arity(arguments, 2, 3, _SUM)
    child = _child(arguments, scope, _SUM)
    column = build(arguments[1], scope.child(child))
    if not isinstance(column, n.Ref) or column.type is not Type.INT or column.owner != "row":
        raise ExpressionError("sum_of 的第二个参数要写子表里的整数列。", f"写法：{_SUM}。")
    return n.SumOf(child, column, _child_condition(arguments, 2, scope.child(child)))


def _own_column(tree: exp.Expression, scope: Scope, kinds: frozenset[Type], said: str, usage: str) -> n.Ref:
    column = build(tree, scope)
    if not isinstance(column, n.Ref) or column.type not in kinds or column.owner != "row":
        raise ExpressionError(f"{said}。", f"写法：{usage}。")
    return column


_TIMES = frozenset({Type.TIMESTAMP})


def _by(which: Literal["first", "last"]) -> Callable[[Arguments, Scope], n.Node]:
    name = f"{which}_by"
    usage = f"{name}(子表, 列, 时间列, 条件)"

    def make(arguments: Arguments, scope: Scope) -> n.Node:
        _arity(arguments, 3, 4, usage)
        child = _child(arguments, scope, usage)
        inner = scope.child(child)
        said = f"{name} 的第二个参数要写子表里的列"
        column = _own_column(arguments[1], inner, frozenset(Type), said, usage)
        said = f"{name} 的第三个参数要写子表里的时间列"
        time = _own_column(arguments[2], inner, _TIMES, said, usage)
        return n.By(which, child, column, time, _child_condition(arguments, 3, inner))

    return make


def _gap(unit: Literal["minutes", "hours"]) -> Callable[[Arguments, Scope], n.Node]:
    usage = f"gap_{unit}(子表, 时间列, 条件)"

    def make(arguments: Arguments, scope: Scope) -> n.Node:
        _arity(arguments, 2, 3, usage)
        child = _child(arguments, scope, usage)
        said = f"gap_{unit} 的第二个参数要写子表里的时间列"
        column = _own_column(arguments[1], scope.child(child), _TIMES, said, usage)
        return n.Gap(unit, child, column, _child_condition(arguments, 2, scope.child(child)))

    return make


def code_range(written: str) -> n.CodeRange:
    """'I21' or 'I20-I25' as a range. Raises ExpressionError for anything that is no code."""
    low, dash, high = written.partition("-")
    high = high if dash else low
    if (
        not (CODE_PATTERN.fullmatch(low) and CODE_PATTERN.fullmatch(high))
        or high[: len(low)] < low[: len(high)]
    ):
        raise ExpressionError(f"“{written}”不是编码或编码范围。", "写成 'I21' 或 'I20-I25'，字母大写。")
    return n.CodeRange(low, high)


def _code_column(tree: exp.Expression, scope: Scope, name: str) -> n.Ref:
    node = build(tree, scope)
    if isinstance(node, n.Ref) and node.type is Type.TEXT:
        return node
    raise ExpressionError(f"{name} 的第一个参数要写编码列。", f"例如 {name}(principal_diagnosis, …)。")


def _string(tree: exp.Expression, scope: Scope, name: str) -> str:
    node = build(tree, scope)
    if isinstance(node, n.Value) and node.type is Type.TEXT:
        return str(node.value)
    raise ExpressionError(f"{name} 的编码要加引号。", "例如 'I21'。")


def _icd_prefix(arguments: Arguments, scope: Scope) -> n.Node:
    _arity(arguments, 2, None, "icd_prefix(编码列, 'I21', 'I22')")
    ref = _code_column(arguments[0], scope, "icd_prefix")
    ranges = {code_range(_string(a, scope, "icd_prefix")) for a in arguments[1:]}
    return n.CodeIn(ref, tuple(sorted(ranges)))


def _in_codes(arguments: Arguments, scope: Scope) -> n.Node:
    _arity(arguments, 2, 2, "in_codes(编码列, '编码清单')")
    ref = _code_column(arguments[0], scope, "in_codes")
    name = _string(arguments[1], scope, "in_codes")
    if name not in scope.codes:
        raise ExpressionError(
            f"没有编码清单 {name}。", "请在 codes/ 里建立它。" + suggestion(name, scope.codes)
        )
    return n.CodeIn(ref, scope.codes[name])


def _elapsed(unit: Literal["minutes", "hours", "days"]) -> Callable[[Arguments, Scope], n.Node]:
    usage = f"{unit}_between(起, 止)"
    allowed = {Type.TIMESTAMP, Type.DATE} if unit == "days" else {Type.TIMESTAMP}

    def make(arguments: Arguments, scope: Scope) -> n.Node:
        _arity(arguments, 2, 2, usage)
        start, end = (build(a, scope) for a in arguments)
        for node in (start, end):
            if node.type not in allowed:
                raise ExpressionError(
                    f"{unit}_between 不能用于{type_name(node.type)}。",
                    "日期之间请用 days_between；分钟和小时需要两个时间列。",
                )
        return n.Elapsed(unit, start, end)

    return make


def _coalesce(arguments: Arguments, scope: Scope) -> n.Node:
    _arity(arguments, 2, None, "coalesce(甲, 乙)")
    items = tuple(build(a, scope) for a in arguments)
    _same_type(items)
    return n.Coalesce(items)


def _if(arguments: Arguments, scope: Scope) -> n.Node:
    _arity(arguments, 3, 3, "if(条件, 是则, 否则)")
    test = expect(build(arguments[0], scope), Type.BOOL, arguments[0].sql(dialect="duckdb"))
    then, otherwise = build(arguments[1], scope), build(arguments[2], scope)
    _same_type((then, otherwise))
    return n.If(test, then, otherwise)


def _same_type(items: tuple[n.Node, ...]) -> None:
    for item in items[1:]:
        comparable("=", items[0], item)
        if item.type is not items[0].type:
            raise ExpressionError("各个取值的类型不一致。", "请都写整数，或都写同一种类型。")


FUNCTIONS: dict[str, Function] = {
    "has": Function(_HAS, "这次住院至少有一条符合条件的子表记录；省略条件表示任意一条", _has),
    "count_of": Function(_COUNT, "符合条件的子表记录条数，没有时为 0", _count_of),
    "sum_of": Function(_SUM, "符合条件的子表记录中该列已知值的和，没有时为 0", _sum_of),
    "earliest": Function(
        "earliest(子表, 时间列, 条件)", "符合条件的子表记录中最早的时间；没有时为空", _extreme("earliest")
    ),
    "latest": Function(
        "latest(子表, 时间列, 条件)", "符合条件的子表记录中最晚的时间；没有时为空", _extreme("latest")
    ),
    "first_by": Function(
        "first_by(子表, 列, 时间列, 条件)", "按时间最早的一条里该列的值；值或时间未知的记录不看", _by("first")
    ),
    "last_by": Function(
        "last_by(子表, 列, 时间列, 条件)", "按时间最晚的一条里该列的值；值或时间未知的记录不看", _by("last")
    ),
    "gap_hours": Function(
        "gap_hours(子表, 时间列, 条件)", "相邻两条记录间隔最长的整小时数；不足两条时为空", _gap("hours")
    ),
    "gap_minutes": Function("gap_minutes(子表, 时间列, 条件)", "同上，以整分钟计", _gap("minutes")),
    "icd_prefix": Function(
        "icd_prefix(编码列, 'I21', 'I20-I25')", "编码以其中之一开头，或落在范围内", _icd_prefix
    ),
    "in_codes": Function(
        "in_codes(编码列, '清单名')",
        "编码落在 codes/清单名.yaml 所列范围内；有几个版本时写 '清单名@版本'",
        _in_codes,
    ),
    "minutes_between": Function(
        "minutes_between(起, 止)", "经过的整分钟数，向下取整；止早于起为负", _elapsed("minutes")
    ),
    "hours_between": Function("hours_between(起, 止)", "经过的整小时数，向下取整", _elapsed("hours")),
    "days_between": Function("days_between(起, 止)", "两个日期相差的天数（与钟点无关）", _elapsed("days")),
    "coalesce": Function("coalesce(甲, 乙, …)", "第一个不为空的值", _coalesce),
    "if": Function("if(条件, 是则, 否则)", "条件成立取前者，不成立或未知取后者", _if),
}


def _call(name: str, arguments: Arguments, scope: Scope) -> n.Node:
    known = FUNCTIONS if scope.names is None else scope.names.functions
    function = known.get(name.lower())
    if function is None:
        instead = own_word(name) if scope.names is None else ""
        raise ExpressionError(f"没有函数 {name}。", instead or suggestion(name.lower(), known))
    return function.make(arguments, scope)


def _anonymous(tree: exp.Anonymous, scope: Scope) -> n.Node:
    return _call(str(tree.this), tree.expressions, scope)


def _coalesce_tree(tree: exp.Coalesce, scope: Scope) -> n.Node:
    return _call("coalesce", [tree.this, *tree.expressions], scope)


def _if_tree(tree: exp.If, scope: Scope) -> n.Node:
    parts = [tree.this, tree.args.get("true"), tree.args.get("false")]
    return _call("if", [part for part in parts if part is not None], scope)


BUILDERS.update(
    cast(
        "dict[type[exp.Expression], Callable[[exp.Expression, Scope], n.Node]]",
        {exp.Anonymous: _anonymous, exp.Coalesce: _coalesce_tree, exp.If: _if_tree},
    )
)
