"""The functions of expressions over sets that look at codes and units."""

from __future__ import annotations

from sqlglot import exp

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions import sets_nodes as s
from zhikong.engine.definitions.functions import Arguments, Function
from zhikong.engine.definitions.grammar import Scope, build, type_name
from zhikong.engine.definitions.problems import ExpressionError, suggestion
from zhikong.engine.definitions.sets_units import conversions
from zhikong.engine.definitions.sets_values import arity, source_of
from zhikong.engine.tables import Type

MAX_ADDRESS = 300


def _coded(tree: exp.Expression, scope: Scope, usage: str) -> n.Node:
    node = build(tree, scope)
    if node.type is not Type.CODES:
        raise ExpressionError(
            f"“{source_of(tree)}”是{type_name(node.type)}，这里需要编码列。", f"写法：{usage}。"
        )
    return node


def _word(tree: exp.Expression, usage: str) -> str:
    if isinstance(tree, exp.Literal) and tree.is_string and len(str(tree.this)) <= MAX_ADDRESS:
        return str(tree.this)
    raise ExpressionError("编码和值集的名称要加单引号。", f"写法：{usage}。")


def _in_valueset(arguments: Arguments, scope: Scope) -> n.Node:
    usage = "in_valueset(编码列, '值集')"
    arity(arguments, 2, None, usage)
    operand = _coded(arguments[0], scope, usage)
    found = [_value_set(_word(tree, usage), scope, operand) for tree in arguments[1:]]
    return canonical.disjunction(found)


def _value_set(name: str, scope: Scope, operand: n.Node) -> n.Node:
    known = scope.names.world.value_sets
    found = known.get(name.casefold())
    if found is None:
        near = suggestion(name, {one.title for one in known.values()})
        raise ExpressionError(f"没有值集“{name}”。", f"请把它的 ValueSet（JSON）放进定义的文件夹。{near}")
    if found.fault:
        raise ExpressionError(f"值集“{name}”不能用：{found.fault}", RESOLVE)
    return s.Coded(operand, found.url, found.codes)


RESOLVE = "请先展开（$expand）这个值集，或把所引用的值集也放进文件夹。"
SYSTEMS = {
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
}
"""Short names of code systems, usable in `has_code`."""


def _has_code(arguments: Arguments, scope: Scope) -> n.Node:
    usage = "has_code(编码列, 'http://loinc.org|93857-1')"
    arity(arguments, 2, None, usage)
    operand = _coded(arguments[0], scope, usage)
    codes = sorted({_code(_word(tree, usage), usage) for tree in arguments[1:]})
    return s.Coded(operand, " ".join(codes), frozenset(codes))


def _code(word: str, usage: str) -> str:
    system, bar, code = word.rpartition("|")
    if not bar or not system or not code:
        raise ExpressionError(f"编码“{word}”没有写明编码系统。", f"写法：{usage}。")
    return f"{SYSTEMS.get(system, system)}|{code}"


_IN_UNIT = "in_unit(数值列, 单位列, 'wk')"


def _in_unit(arguments: Arguments, scope: Scope) -> n.Node:
    arity(arguments, 3, 3, _IN_UNIT)
    operand, unit = build(arguments[0], scope), build(arguments[1], scope)
    if operand.type is not Type.FLOAT or unit.type is not Type.TEXT:
        raise ExpressionError("in_unit 的前两个参数是数值列和单位列。", f"写法：{_IN_UNIT}。")
    target = _word(arguments[2], _IN_UNIT)
    return s.Converted(operand, unit, target, conversions(target))


CODE_FUNCTIONS: dict[str, Function] = {
    "in_valueset": Function(
        "in_valueset(编码列, '值集', …)", "有一个编码在值集里（多个值集：在任一个里）", _in_valueset
    ),
    "has_code": Function(
        "has_code(编码列, '系统|编码', …)",
        f"有一个编码与所写的相同；系统可用简称 {'、'.join(SYSTEMS)}",
        _has_code,
    ),
    "in_unit": Function(_IN_UNIT, "换算成所写单位的数值；原单位不能换算时为空", _in_unit),
}
