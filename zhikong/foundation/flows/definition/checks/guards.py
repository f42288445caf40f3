"""A guard is a condition over items of the flow's forms and the names that every case has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from zhikong.engine.conditions import Name, read
from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.problems import ExpressionError, Problem, suggestion
from zhikong.engine.tables import Type
from zhikong.foundation.flows.definition.model import FlowDefinition

FormNames = Callable[[str], Mapping[str, Name] | None]

BUILT_IN = {
    "state_days": Name(Type.INT, "在当前状态的天数"),
    "case_days": Name(Type.INT, "自新建起的天数"),
    "opener_is_actor": Name(Type.BOOL, "办理人就是新建人"),
    "owner_is_actor": Name(Type.BOOL, "办理人就是当前责任人"),
    "concerned_is_actor": Name(Type.BOOL, "办理人就是案件所针对的人"),
    "evidence": Name(Type.INT, "已附的证据份数"),
    "returned": Name(Type.INT, "被退回的次数"),
    "today": Name(Type.DATE, "今天"),
}


def check(flow: FlowDefinition, doc: Located, forms: FormNames | None) -> Iterator[Problem]:
    if forms is None:
        return
    names = dict(BUILT_IN)
    missing = []
    for form in flow.form_ids():
        found = forms(form)
        if found is None:
            missing.append(form)
            continue
        names = {**found, **names}
    yield from (
        doc.problem(_place_of(flow, form), f"没有表单 {form}。", "请先建好表单，或改成已有的表单。")
        for form in missing
    )
    if missing:
        return
    yield from _conditions(flow, doc, names)
    yield from _items(flow, doc, names)


def _place_of(flow: FlowDefinition, form: str) -> tuple[str | int, ...]:
    if flow.opens_form == form:
        return ("opens", "form")
    return ("transitions", next(i for i, t in enumerate(flow.transitions) if t.form == form), "form")


def _conditions(flow: FlowDefinition, doc: Located, names: Mapping[str, Name]) -> Iterator[Problem]:
    for i, step in enumerate(flow.transitions):
        if not step.guard:
            continue
        try:
            read(step.guard, names)
        except ExpressionError as error:
            yield doc.problem(
                ("transitions", i, "guard"), f"步骤“{step.title}”的条件不对：{error.message}", error.remedy
            )


def _items(flow: FlowDefinition, doc: Located, names: Mapping[str, Name]) -> Iterator[Problem]:
    """A deadline counted from an item needs an item that is a date."""
    dates = {name for name, found in names.items() if found.type in (Type.DATE, Type.TIMESTAMP)}
    for i, state in enumerate(flow.states):
        if state.deadline is None:
            continue
        start = state.deadline.start
        item = state.deadline.item or ("" if start in ("entered", "opened") else start)
        if item and item not in dates:
            yield doc.problem(
                ("states", i, "deadline"), f"状态“{state.title}”的时限从 {item} 算起，但表单里没有这个日期。",
                suggestion(item, dates),
            )  # fmt: skip
