"""The fields of a clock rule beside those of every rule: which exist, what each holds and means."""

from __future__ import annotations

from zhikong.engine.definitions.fields import Field, Shape
from zhikong.engine.record_rules.clock.model import Demand
from zhikong.engine.record_rules.fields import HEAD, LIST

_EVENT = Shape((str, dict), "事件标识，或 {event: …, where: …}、{any_of: […]}、{state: …}")
_EVENTS = Shape((str, list, type(None)), "事件标识、时长或它们的列表")
_LIMIT = Shape(
    (str, type(None)), '时限，如 "30 min"、"8 h"、"3 d"、"2 workdays"、"1 calendar_day"、same_day、same_shift'
)
_STATES = Shape((str, list, type(None)), "状态标识的列表")
_SPAN = Shape((str,), '时长，如 "2 h"')
_TRUE = Shape((bool,), "true")

DEMANDS: dict[str, Field] = {
    Demand.WITHIN: Field(_LIMIT, "从起点起多久之内完成，含端点；null 表示由医院设定", required=False),
    Demand.BEFORE: Field(_LIMIT, "在起点之前至少多久完成，含端点", required=False),
    Demand.EVERY: Field(_LIMIT, "从起点起每隔多久至少一次，首尾的间隔也算", required=False),
    Demand.REQUIRED: Field(_TRUE, "只要求有，不限时间", required=False),
    Demand.NEVER: Field(_TRUE, "从起点起不得发生", required=False),
}
CLOCK: dict[str, Field] = {
    "when": Field(_EVENT, "从什么起算"),
    "then": Field(_EVENT, "要完成什么"),
    **DEMANDS,
    "while": Field(_STATES, "只在这些状态之一中", required=False),
    "not_while": Field(_STATES, "不在这些状态中", required=False),
    "unless": Field(LIST, "发生了其中之一就不要求", required=False),
    "until": Field(_EVENTS, "every、never 到什么为止：事件，或时长", required=False),
    "restart": Field(_EVENTS, "every 遇到它重新起算", required=False),
    "suspend": Field(_STATES, "在这些状态中停止计时", required=False),
    "not_before": Field(
        _SPAN, "不得早于：within 从起点往后，before 从起点往前；within 可以写负数", required=False
    ),
    "times": Field(Shape((int,), "整数"), "至少几次，默认 1", required=False),
    "warn": Field(_SPAN, "到期前多久提醒；默认过去四分之三时提醒", required=False),
}
FIELDS: dict[str, Field] = HEAD | CLOCK
SELECTION = {
    "event": "一个事件",
    "any_of": "几个事件中的任一个",
    "state": "一个状态，从它开始时起算（只用于 when）",
    "where": "这些行还要符合的条件",
    "level": "完成者职级之一",
    "same": "about：所记事项须与起点相同；没有 about 列的表，指与起点同一行（不用于 when）",
    "pick": "each 每一次（默认）、first 第一次、last 最后一次（只用于 when）",
    "anywhere": "true：住院期间任何时候（只用于 unless）",
}
