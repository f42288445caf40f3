"""Numerator and denominator are written in a way that the kind of indicator allows."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.model import How, Kind
from zhikong.engine.definitions.problems import Problem

NUMERATORS = {
    Kind.RATIO: (How.COUNT, How.SUM, How.ROWS),
    Kind.MEAN: (How.SUM,),
    Kind.COUNT: (How.ROWS, How.COUNT, How.SUM),
    Kind.MEDIAN: (How.VALUES,),
}
DENOMINATORS = {Kind.RATIO: (How.ROWS, How.COUNT, How.SUM), Kind.MEAN: (How.ROWS, How.COUNT)}
WORDS = {
    How.ROWS: "{rows: true}",
    How.COUNT: "{count: 条件}",
    How.SUM: "{sum: 整数表达式}",
    How.VALUES: "{values: 整数表达式}",
}


def check(draft: Draft) -> Iterator[Problem]:
    yield from _measure(draft, "numerator", NUMERATORS[draft.kind])
    allowed = DENOMINATORS.get(draft.kind, ())
    if allowed and "denominator" not in draft.data:
        yield draft.problem((), f"{draft.kind} 指标缺少分母。", "例如 denominator: {rows: true}。")
    elif allowed:
        yield from _measure(draft, "denominator", allowed)
    elif "denominator" in draft.data:
        yield draft.problem(("denominator",), f"{draft.kind} 指标没有分母。", "请删除 denominator。")


def _measure(draft: Draft, name: str, allowed: tuple[How, ...]) -> Iterator[Problem]:
    raw = draft.data[name]
    usage = "写成 " + " 或 ".join(WORDS[how] for how in allowed) + "。"
    if len(raw) != 1 or next(iter(raw)) not in allowed:
        yield draft.problem((name,), f"{name} 的写法不适合 {draft.kind} 指标。", usage)
        return
    how, value = next(iter(raw.items()))
    if (how == How.ROWS and value is not True) or (how != How.ROWS and not isinstance(value, (str, int))):
        yield draft.problem((name, how), f"{name} 的值 {value!r} 不对。", usage)
