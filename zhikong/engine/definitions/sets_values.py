"""The functions of expressions over sets that look at times and periods."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions import sets_nodes as s
from zhikong.engine.definitions.functions import Arguments, Function
from zhikong.engine.definitions.grammar import Scope, build, expect, type_name
from zhikong.engine.definitions.problems import ExpressionError
from zhikong.engine.definitions.sets_scope import moment
from zhikong.engine.tables import Type

_TIMES = (Type.DATE, Type.TIMESTAMP)


def arity(arguments: Arguments, least: int, most: int | None, usage: str) -> None:
    """Raises ExpressionError unless the number of arguments lies between the two."""
    if len(arguments) < least or (most is not None and len(arguments) > most):
        raise ExpressionError("函数的参数个数不对。", f"写法：{usage}。")


def source_of(tree: exp.Expression) -> str:
    """The text of a part of an expression, for messages."""
    return tree.sql(dialect="duckdb")


def _time(tree: exp.Expression, scope: Scope, usage: str) -> n.Node:
    node = build(tree, scope)
    if node.type not in _TIMES:
        raise ExpressionError(
            f"“{source_of(tree)}”是{type_name(node.type)}，这里需要时间。", f"写法：{usage}。"
        )
    return node


def day_of(node: n.Node) -> n.Node:
    """The calendar day of a time; a date is its own."""
    return node if node.type is Type.DATE else s.Day(node)


def _written(kind: Type) -> Callable[[Arguments, Scope], n.Node]:
    usage = "date(时间) 或 date('2026-01-31')" if kind is Type.DATE else "time('2026-01-31T08:00')"

    def make(arguments: Arguments, scope: Scope) -> n.Node:
        arity(arguments, 1, 1, usage)
        tree = arguments[0]
        if isinstance(tree, exp.Literal) and tree.is_string:
            return moment(str(tree.this), kind)
        if kind is Type.TIMESTAMP:
            raise ExpressionError("time 的括号里写一个时间。", f"写法：{usage}。")
        return day_of(_time(tree, scope, usage))

    return make


def _shift(unit: s.Unit) -> Callable[[Arguments, Scope], n.Node]:
    usage = f"add_{unit}(时间, 整数)"

    def make(arguments: Arguments, scope: Scope) -> n.Node:
        arity(arguments, 2, 2, usage)
        time = _time(arguments[0], scope, usage)
        if time.type is Type.DATE and unit in ("minutes", "hours"):
            raise ExpressionError("日期不能加减分钟或小时。", "请用 add_days，或用时间列。")
        amount = expect(build(arguments[1], scope), Type.INT, source_of(arguments[1]))
        return s.Shift(time, amount, unit)

    return make


def _full(kind: type[s.FullYears] | type[s.FullMonths], usage: str) -> Callable[[Arguments, Scope], n.Node]:
    def make(arguments: Arguments, scope: Scope) -> n.Node:
        arity(arguments, 2, 2, usage)
        start, end = (_time(tree, scope, usage) for tree in arguments)
        return kind(day_of(start), day_of(end))

    return make


def _at_most(low: n.Node, high: n.Node) -> n.Node:
    return canonical.comparison("<=", low, high)


def _same_kind(nodes: list[n.Node], usage: str) -> None:
    if len({node.type for node in nodes}) > 1:
        raise ExpressionError("日期与时间不能混用。", f"请用 date(…) 把时间变成日期。写法：{usage}。")


def _within(by_day: bool) -> Callable[[Arguments, Scope], n.Node]:
    usage = "within_days(时间, 起, 止)" if by_day else "within(时间, 起, 止)"

    def make(arguments: Arguments, scope: Scope) -> n.Node:
        arity(arguments, 3, 3, usage)
        parts = [_time(tree, scope, usage) for tree in arguments]
        at, low, high = [day_of(part) for part in parts] if by_day else parts
        _same_kind([at, low, high], usage)
        ends = canonical.disjunction([n.IsNull(high), _at_most(at, high)])
        return canonical.conjunction([_at_most(low, at), ends])

    return make


_OVERLAPS = "overlapping(起, 止, 起, 止)"
_INSIDE = "inside(起, 止, 起, 止)"


def _overlaps(arguments: Arguments, scope: Scope) -> n.Node:
    arity(arguments, 4, 4, _OVERLAPS)
    parts = [_time(tree, scope, _OVERLAPS) for tree in arguments]
    _same_kind(parts, _OVERLAPS)
    low, high, other_low, other_high = parts
    return canonical.conjunction(
        [
            canonical.disjunction([n.IsNull(other_high), _at_most(low, other_high)]),
            canonical.disjunction([n.IsNull(high), _at_most(other_low, high)]),
        ]
    )


def _inside(arguments: Arguments, scope: Scope) -> n.Node:
    arity(arguments, 4, 4, _INSIDE)
    parts = [_time(tree, scope, _INSIDE) for tree in arguments]
    _same_kind(parts, _INSIDE)
    low, high, outer_low, outer_high = parts
    ended = canonical.conjunction([canonical.negation(n.IsNull(high)), _at_most(high, outer_high)])
    return canonical.conjunction(
        [_at_most(outer_low, low), canonical.disjunction([n.IsNull(outer_high), ended])]
    )


def _div(arguments: Arguments, scope: Scope) -> n.Node:
    usage = "quotient(整数, 7)"
    arity(arguments, 2, 2, usage)
    operand = expect(build(arguments[0], scope), Type.INT, source_of(arguments[0]))
    divisor = build(arguments[1], scope)
    if not isinstance(divisor, n.Value) or type(divisor.value) is not int or divisor.value < 1:
        raise ExpressionError("quotient 的第二个参数要写正整数。", f"写法：{usage}。")
    return s.Quotient(operand, divisor.value)


_POWER = "power(底数, 指数)"


def _power(arguments: Arguments, scope: Scope) -> n.Node:
    arity(arguments, 2, 2, _POWER)
    left, right = (build(tree, scope) for tree in arguments)
    return scope.names.calculated("power", left, right)  # type: ignore[no-any-return]


TIME_FUNCTIONS: dict[str, Function] = {
    "date": Function("date(时间)", "时间所在的日期；也可写 date('2026-01-31')", _written(Type.DATE)),
    "time": Function("time('2026-01-31T08:00')", "写明的当地时间", _written(Type.TIMESTAMP)),
    **{
        f"add_{unit}": Function(f"add_{unit}(时间, 整数)", f"时间向后移若干{word}，负数向前", _shift(unit))
        for unit, word in (
            ("minutes", "分钟"), ("hours", "小时"), ("days", "天"), ("months", "个月"), ("years", "年"),
        )
    },
    "years_between": Function(
        "years_between(起, 止)", "满几年，如满几岁", _full(s.FullYears, "years_between(起, 止)")
    ),
    "months_between": Function(
        "months_between(起, 止)", "满几个月", _full(s.FullMonths, "months_between(起, 止)")
    ),
    "within": Function(
        "within(时间, 起, 止)", "不早于起、不晚于止；止为空表示还没有结束", _within(by_day=False)
    ),
    "within_days": Function("within_days(时间, 起, 止)", "同 within，只看日期", _within(by_day=True)),
    "overlapping": Function(_OVERLAPS, "两段时间有共同的时刻；止为空表示还没有结束", _overlaps),
    "inside": Function(_INSIDE, "前一段时间整个在后一段之内；止为空表示还没有结束", _inside),
    "power": Function(_POWER, "底数不小于 0 的乘方，取八位小数；算不出来时为空", _power),
    "quotient": Function("quotient(整数, 7)", "整数除法，向下取整", _div),
}  # fmt: skip
