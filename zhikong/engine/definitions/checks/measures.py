"""Numerator and denominator are written in a way that the kind of indicator allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhikong.engine.definitions.draft import Draft, Path
from zhikong.engine.definitions.kinds import How, Kind
from zhikong.engine.definitions.problems import Problem

NUMERATORS = {
    Kind.RATIO: (How.COUNT, How.SUM, How.ROWS, How.PASSES),
    Kind.MEAN: (How.SUM,),
    Kind.COUNT: (How.ROWS, How.COUNT, How.SUM),
    Kind.MEDIAN: (How.VALUES,),
    Kind.PERCENTILE: (How.VALUES,),
    Kind.RATE: (How.COUNT, How.SUM, How.ROWS),
    Kind.DISTINCT: (How.DISTINCT,),
}
DENOMINATORS = {
    Kind.RATIO: (How.ROWS, How.COUNT, How.SUM),
    Kind.MEAN: (How.ROWS, How.COUNT),
    Kind.DISTINCT: (How.DISTINCT,),
}
OPTIONAL = frozenset({Kind.DISTINCT})  # without a denominator it is a plain number
WORDS = {
    How.ROWS: "{rows: true}",
    How.COUNT: "{count: 条件}",
    How.SUM: "{sum: 整数表达式}",
    How.VALUES: "{values: 整数表达式}",
    How.DISTINCT: "{distinct: 列名, where: 条件}",
    How.PASSES: "{passes: 质控规则的 id}",
}


def check(draft: Draft) -> Iterator[Problem]:
    if draft.derived:
        return
    yield from measure(draft, ("numerator",), draft.data["numerator"], NUMERATORS[draft.kind])
    allowed = () if draft.passes else DENOMINATORS.get(draft.kind, ())
    if allowed and "denominator" not in draft.data and draft.kind not in OPTIONAL:
        yield draft.problem((), f"{draft.kind} 指标缺少分母。", "例如 denominator: {rows: true}。")
    elif allowed and "denominator" in draft.data:
        yield from measure(draft, ("denominator",), draft.data["denominator"], allowed)
    elif "denominator" in draft.data:
        yield draft.problem(("denominator",), f"{draft.kind} 指标没有分母。", "请删除 denominator。")


def measure(draft: Draft, path: Path, raw: Any, allowed: tuple[How, ...]) -> Iterator[Problem]:
    """What is wrong with the way in which a numerator or denominator at `path` is written."""
    name, usage = path[-1], "写成 " + " 或 ".join(WORDS[how] for how in allowed) + "。"
    how = next(iter(raw), None)
    if how not in allowed or set(raw) - {how} - _beside(how):
        yield draft.problem(path, f"{name} 的写法不适合 {draft.kind} 指标。", usage)
        return
    if how == How.ROWS:
        wrong = [how] if raw[how] is not True else []
    else:
        wrong = [key for key, said in raw.items() if not isinstance(said, (str, int)) or said is True]
    for key in wrong:
        yield draft.problem((*path, key), f"{name} 的值 {raw[key]!r} 不对。", usage)


def _beside(how: str | None) -> set[str]:
    return {"where"} if how == How.DISTINCT else set()
