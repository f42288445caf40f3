"""A definition in Chinese sentences (F-32): what is counted, among what, and what is left out.

Built from the bound expression, not from prose beside it, so that the words cannot drift from the number.
"""

from dataclasses import replace
from functools import singledispatch

from django.utils.translation import gettext, gettext_lazy

from zhikong.engine.definitions import Definition, nodes
from zhikong.engine.definitions.model import How, Measure
from zhikong.engine.tables import TABLES
from zhikong.engine.tables.model import Column
from zhikong.engine.tables.views import VIEWS
from zhikong.hospital.functions.indicators.wording_codes import called

SIGNS = {"=": "为", "<>": "不为", "<": "小于", "<=": "不大于"}
MARKS = {
    "verified": gettext_lazy("已核对原文"),
    "paraphrased": gettext_lazy("转述"),
    "memory": gettext_lazy("凭记忆，待核对"),
}
UNITS = {"minutes": "分钟数", "hours": "小时数", "days": "天数"}


def measure_text(measure: Measure | None, definition: Definition) -> str:
    """A numerator or denominator: “出院人次中，离院方式为死亡的例数”."""
    if measure is None:
        return _no_denominator(definition)
    if measure.how is How.RESULTS:
        return _standing_on(definition)
    if measure.how is How.PASSES and definition.rule is not None:
        return gettext("按质控规则“%(rule)s”判断为通过的病案") % {"rule": definition.rule.title}
    rows = TABLES[definition.table].meaning.split("：")[0].rstrip("。")
    if measure.how is How.ROWS:
        return gettext("纳入范围内的全部记录（%(rows)s）") % {"rows": rows}
    said = words(measure.expression)
    if measure.how is How.COUNT:
        return gettext("纳入范围内，%(condition)s的记录数") % {"condition": said}
    if measure.how is How.DISTINCT:
        where = (
            gettext("（限于%(condition)s）") % {"condition": words(measure.where)} if measure.where else ""
        )
        return gettext("%(what)s不同的个数") % {"what": said} + where
    return (
        gettext("%(what)s之和") % {"what": said}
        if measure.how is How.SUM
        else gettext("%(what)s的各个值") % {"what": said}
    )


def _no_denominator(definition: Definition) -> str:
    """What stands below the line of a kind that has no denominator of its own table."""
    if definition.per is not None:
        per = definition.per
        other = replace(definition, table=per.table, population=per.population, per=None)
        return f"{measure_text(per.measure, other)}（{population_text(other)}）"
    if definition.rule is not None:
        return gettext("判断为通过或不通过的病案")
    if definition.bases():
        return gettext("不设分母（由其他指标算出）")
    return gettext("不设分母（计数）")


def _standing_on(definition: Definition) -> str:
    if definition.growth is None:
        parts = (f"{part.of.title()} {part.weight.normalize():f}%" for part in definition.parts)
        return gettext("各部分按权重合成：%(parts)s") % {"parts": "、".join(parts)}
    growth = definition.growth
    then = (
        gettext("%(year)s 年全年") % {"year": growth.base}
        if growth.base
        else gettext("%(months)s 个月前") % {"months": growth.months}
    )
    return gettext("“%(name)s”与%(then)s相比的变化") % {"name": growth.of.title(), "then": then}


def population_text(definition: Definition) -> str:
    rows = TABLES[definition.table].meaning
    if definition.population is None:
        return rows
    return gettext("%(rows)s；限于%(condition)s") % {
        "rows": rows.rstrip("。"),
        "condition": words(definition.population),
    }


def exclusion_texts(definition: Definition) -> list[tuple[str, str]]:
    """(condition in words, why) of every exclusion."""
    return [(words(exclusion.when), exclusion.why) for exclusion in definition.exclusions]


@singledispatch
def words(node: nodes.Node) -> str:
    """An expression in Chinese."""
    raise TypeError(f"no words for {type(node).__name__}")


def column_of(ref: nodes.Node) -> Column | None:
    if not isinstance(ref, nodes.Ref):
        return None
    return (VIEWS.get(ref.table) or TABLES[ref.table]).column(ref.column)


def _label(value: nodes.Node, beside: nodes.Node) -> str:
    """A literal as its code set calls it: '5' beside discharge_way is 死亡."""
    column = column_of(beside)
    if isinstance(value, nodes.Value) and column is not None:
        known = (
            column.domain.label(str(value.value))
            if column.domain
            else called(beside.table, column.name, value.value)
        )
        if known:
            return f"“{known}”"
    return words(value)


def _short(meaning: str) -> str:
    """The head of a column's meaning: before the colon, without the bracketed remark."""
    return meaning.split("：")[0].split("（")[0].split("，")[0]


@words.register
def _(node: nodes.Ref) -> str:
    column = column_of(node)
    return _short(column.meaning) if column else node.column


@words.register
def _(node: nodes.Value) -> str:
    return {True: "是", False: "否"}[node.value] if isinstance(node.value, bool) else str(node.value)


@words.register
def _(node: nodes.Not) -> str:
    inner = node.operand
    if isinstance(inner, nodes.IsNull):
        return f"{words(inner.operand)}有记录"
    if isinstance(inner, nodes.Ref):
        return f"{_asked(inner)}为否"
    return f"并非（{words(inner)}）"


def _joined(items: tuple[nodes.Node, ...], word: str, bracketed: type) -> str:
    texts = (f"（{words(item)}）" if isinstance(item, bracketed) else _condition(item) for item in items)
    return word.join(texts)


@words.register
def _(node: nodes.And) -> str:
    return _joined(node.items, "，且", nodes.Or)


@words.register
def _(node: nodes.Or) -> str:
    return _joined(node.items, "，或", nodes.And)


def _condition(node: nodes.Node) -> str:
    """A bare flag reads as a condition: “是否日间手术为是”."""
    return f"{_asked(node)}为是" if isinstance(node, nodes.Ref) else words(node)


def _asked(node: nodes.Node) -> str:
    return f"“{words(node)}”"


@words.register
def _(node: nodes.Compare) -> str:
    right, left = _label(node.right, node.left), _label(node.left, node.right)
    if isinstance(node.left, nodes.Value):  # 30 < days was written days > 30
        mirrored = {"<": "大于", "<=": "不小于"}
        return f"{right}{mirrored.get(node.op, SIGNS[node.op])} {left}"
    return f"{left}{SIGNS[node.op]} {right}"


@words.register
def _(node: nodes.In) -> str:
    return f"{words(node.operand)}为 {'、'.join(_label(value, node.operand) for value in node.values)} 之一"


@words.register
def _(node: nodes.IsNull) -> str:
    return f"{words(node.operand)}缺失"


@words.register
def _(node: nodes.IsTrue) -> str:
    return words(node.operand)


@words.register
def _(node: nodes.Arithmetic) -> str:
    return f"{words(node.left)} {node.op.replace('*', '×')} {words(node.right)}"


@words.register
def _(node: nodes.Negate) -> str:
    return f"−{words(node.operand)}"


@words.register
def _(node: nodes.CodeIn) -> str:
    spans = (r.low if r.low == r.high else f"{r.low}–{r.high}" for r in node.ranges)
    return f"{words(node.operand)}属于 {'、'.join(spans)}"


@words.register
def _(node: nodes.Elapsed) -> str:
    return f"从{words(node.start)}到{words(node.end)}的{UNITS[node.unit]}"


@words.register
def _(node: nodes.Coalesce) -> str:
    return f"{words(node.items[0])}（缺失时取 {'、'.join(words(item) for item in node.items[1:])}）"


@words.register
def _(node: nodes.If) -> str:
    return f"{words(node.then)}（不满足“{_condition(node.condition)}”时取 {words(node.otherwise)}）"


@words.register
def _(node: nodes.Has) -> str:
    return f"有一条{_child(node.child)}满足“{_condition(node.condition)}”"


@words.register
def _(node: nodes.CountOf) -> str:
    return f"满足“{_condition(node.condition)}”的{_child(node.child)}条数"


@words.register
def _(node: nodes.Extreme) -> str:
    which = {"earliest": "最早", "latest": "最晚"}[node.which]
    return f"满足“{_condition(node.condition)}”的{_child(node.child)}中{which}的{words(node.column)}"


@words.register
def _(node: nodes.SumOf) -> str:
    return f"满足“{_condition(node.condition)}”的{_child(node.child)}的{words(node.column)}之和"


@words.register
def _(node: nodes.By) -> str:
    which = {"first": "最早", "last": "最晚"}[node.which]
    rows = f"满足“{_condition(node.condition)}”的{_child(node.child)}"
    return f"{rows}中{words(node.time)}{which}一条的{words(node.column)}"


@words.register
def _(node: nodes.Gap) -> str:
    rows = f"满足“{_condition(node.condition)}”的{_child(node.child)}"
    return f"{rows}相邻两条{words(node.column)}之间最长的{UNITS[node.unit]}"


def _child(name: str) -> str:
    return _short((VIEWS.get(name) or TABLES[name]).meaning)
