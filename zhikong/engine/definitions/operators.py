"""Comparisons, membership and arithmetic: which types go together, and the codes that a column can hold."""

from __future__ import annotations

from sqlglot import exp

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.grammar import BUILDERS, Scope, build, expect, literal, type_name
from zhikong.engine.definitions.problems import ExpressionError
from zhikong.engine.tables import TABLES, Type
from zhikong.engine.tables.views import VIEWS

_OPS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_SIGNS: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_NUMBERS = {Type.INT, Type.FLOAT}


def comparable(op: str, left: n.Node, right: n.Node) -> None:
    """Raises ExpressionError unless the two sides may be compared with `op`."""
    kinds = {left.type, right.type}
    if kinds == {Type.DATE, Type.TIMESTAMP}:
        raise ExpressionError("日期不能直接与时间比较。", "请用 days_between(起, 止) 求相差天数。")
    if len(kinds) > 1 and not kinds <= _NUMBERS:
        names = "与".join(type_name(t) for t in (left.type, right.type))
        raise ExpressionError(f"{names}不能比较。", "请让两边类型一致；编码列的取值要加引号，如 sex = '1'。")
    if op not in ("=", "<>") and kinds <= {Type.TEXT, Type.BOOL}:
        raise ExpressionError("文字和是/否值不能比较大小。", "请用 = 、in 或 icd_prefix。")
    for side, other in ((left, right), (right, left)):
        if isinstance(side, n.Ref) and isinstance(other, n.Value):
            in_domain(side, other)


def in_domain(ref: n.Ref, value: n.Value) -> None:
    """Raises ExpressionError when the column has a closed code set without this value."""
    table = VIEWS.get(ref.table) or TABLES.get(
        ref.table
    )  # None: names of a form or flow, whose choices engine/conditions.py checks
    column = table.column(ref.column) if table else None
    if column is None or column.domain is None or str(value.value) in column.domain.codes:
        return
    shown = "、".join(f"'{code}' {label}" for code, label in column.domain.values[:12])
    raise ExpressionError(
        f"列 {ref.column}（{column.meaning}）没有取值 '{value.value}'。", f"可用：{shown}。"
    )


def _compare(tree: exp.Expression, scope: Scope) -> n.Node:
    op = _OPS[type(tree)]
    if isinstance(tree.this, exp.Null) or isinstance(tree.expression, exp.Null):
        raise ExpressionError("不能与 null 比较。", "请写 is null 或 is not null。")
    left, right = build(tree.this, scope), build(tree.expression, scope)
    comparable(op, left, right)
    return canonical.comparison(op, left, right)


def _between(tree: exp.Between, scope: Scope) -> n.Node:
    operand = build(tree.this, scope)
    low, high = build(tree.args["low"], scope), build(tree.args["high"], scope)
    comparable("<=", operand, low)
    comparable("<=", operand, high)
    return canonical.conjunction(
        [canonical.comparison("<=", low, operand), canonical.comparison("<=", operand, high)]
    )


def _in(tree: exp.In, scope: Scope) -> n.Node:
    operand = build(tree.this, scope)
    if not tree.expressions or any(tree.args.get(a) for a in ("query", "unnest", "field")):
        raise ExpressionError("in 后面要写括号里的取值。", "例如 discharge_way in ('2', '3')。")
    values = [_plain_value(item, scope) for item in tree.expressions]
    for value in values:
        comparable("=", operand, value)
    return canonical.membership(operand, values)


def _plain_value(tree: exp.Expression, scope: Scope) -> n.Value:
    node = build(tree, scope)
    if isinstance(node, n.Value) and node.type in (Type.TEXT, Type.INT):
        return node
    raise ExpressionError("in 的括号里只能写文字或整数。", "例如 in ('1', '2') 或 in (1, 2)。")


def _is(tree: exp.Is, scope: Scope) -> n.Node:
    if not isinstance(tree.expression, exp.Null):
        raise ExpressionError("is 后面只能写 null 或 not null。", "是/否列直接写列名，如 day_surgery。")
    return n.IsNull(build(tree.this, scope))


def _arithmetic(tree: exp.Expression, scope: Scope) -> n.Node:
    op = _SIGNS[type(tree)]
    left, right = build(tree.this, scope), build(tree.expression, scope)
    if {left.type, right.type} & {Type.DATE, Type.TIMESTAMP}:
        raise ExpressionError("日期和时间不能加减。", "请用 minutes_between、hours_between 或 days_between。")
    if scope.names is not None and Type.FLOAT in (left.type, right.type):
        return scope.names.calculated(op, left, right)  # type: ignore[no-any-return]
    for side, part in ((left, tree.this), (right, tree.expression)):
        expect(side, Type.INT, part.sql(dialect="duckdb"))
    return canonical.arithmetic(op, left, right)


def _negate(tree: exp.Neg, scope: Scope) -> n.Node:
    operand = literal(tree.this, scope) if isinstance(tree.this, exp.Literal) else build(tree.this, scope)
    if isinstance(operand, n.Value) and operand.type in _NUMBERS:
        return n.Value(-operand.value, operand.of)  # type: ignore[operator]
    return n.Negate(expect(operand, Type.INT, tree.sql(dialect="duckdb")))


BUILDERS.update(dict.fromkeys(_OPS, _compare))
BUILDERS.update(dict.fromkeys((exp.Add, exp.Sub, exp.Mul), _arithmetic))
BUILDERS.update(
    {exp.Between: _between, exp.In: _in, exp.Is: _is, exp.Neg: _negate}  # type: ignore[dict-item]
)
