"""Composites and growths: the indicators that they stand on exist, weights add up to 100, scores are whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhikong.engine.definitions.draft import Draft, Path
from zhikong.engine.definitions.goals import Change
from zhikong.engine.definitions.kinds import NOT_ADDITIVE, Kind
from zhikong.engine.definitions.model import Definition
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.engine.definitions.scores import USAGE as SCORES
from zhikong.engine.definitions.scores import decimal_of, score_of

PART = {"indicator", "weight", "score"}
USAGE = "写成 - {indicator: grade_a_records, weight: 30, score: {linear: {zero: 80, full: 95}}}。"
MOST_MONTHS = 120


def check(draft: Draft) -> Iterator[Problem]:
    if draft.kind is Kind.COMPOSITE:
        yield from _composite(draft)
    elif draft.kind is Kind.GROWTH:
        yield from _growth(draft)


def _composite(draft: Draft) -> Iterator[Problem]:
    parts = draft.data["parts"]
    found = [p for i, part in enumerate(parts) for p in _part(draft, ("parts", i), part)]
    yield from found
    if not parts:
        yield draft.problem(("parts",), "综合得分没有组成部分。", USAGE)
    if found or not parts:
        return
    total = sum(decimal_of(part["weight"]) or 0 for part in parts)
    if total != 100:
        yield draft.problem(("parts",), f"权重合计为 {total}，应为 100。", "请调整各部分的 weight。")
    names = [part["indicator"] for part in parts]
    for i, name in enumerate(names):
        if name in names[:i]:
            yield draft.problem(("parts", i, "indicator"), f"指标 {name} 写了两次。", "请合并权重。")


def _part(draft: Draft, path: Path, part: Any) -> Iterator[Problem]:
    if not isinstance(part, dict) or set(part) != PART or not isinstance(part["indicator"], str):
        yield draft.problem(path, "每一部分要写 indicator、weight 和 score。", USAGE)
        return
    yield from known(draft, (*path, "indicator"), part["indicator"])
    weight = decimal_of(part["weight"])
    if weight is None or weight <= 0:
        yield draft.problem((*path, "weight"), f"权重 {part['weight']!r} 不对。", "请写大于 0 的数。")
    if score_of(part["score"]) is None:
        yield draft.problem((*path, "score"), "score 的写法不对。", SCORES)


def known(draft: Draft, path: Path, name: str) -> Iterator[Problem]:
    """A problem unless the indicator exists and was read before this one."""
    if name == draft.id:
        yield draft.problem(path, "指标不能引用自己。", "请写另一个指标的 id。")
    elif name not in draft.indicators:
        remedy = suggestion(name, draft.indicators) or "请先建立它；两个指标也不能互相引用。"
        yield draft.problem(path, f"引用的指标 {name} 不存在，它的定义有误，或与本指标互相引用。", remedy)


def _growth(draft: Draft) -> Iterator[Problem]:
    yield from known(draft, ("of",), draft.data["of"])
    against = draft.data["against"]
    (key, said), *more = list(against.items()) or [("", None)]
    whole = isinstance(said, int) and not isinstance(said, bool)
    if more or key not in ("months", "base") or not whole:
        yield draft.problem(("against",), "against 的写法不对。", "写成 {months: 12} 或 {base: 2025}。")
    elif key == "months" and not 1 <= said <= MOST_MONTHS:
        yield draft.problem(("against", key), f"months {said} 不对。", f"请写 1 到 {MOST_MONTHS}。")
    elif key == "base":
        yield from _base_year(draft, said)
    yield from _unit(draft)


def _base_year(draft: Draft, year: int) -> Iterator[Problem]:
    if not 1990 <= year <= 2200:
        yield draft.problem(("against", "base"), f"年份 {year} 不对。", "请写四位年份，如 2025。")
    of = draft.indicators.get(draft.data["of"])
    if of is not None and not of.additive:
        message = f"{of.id} 是{_word(of)}，各月不能合成全年值。"
        yield draft.problem(("against", "base"), message, "请与几个月前比，如 {months: 12}。")


def _word(of: Definition) -> str:
    return "中位数、百分位数或去重计数" if of.kind in NOT_ADDITIVE else "由其他指标算出的"


def _unit(draft: Draft) -> Iterator[Problem]:
    points = draft.data["change"] == Change.POINTS
    unit, multiplier = draft.data["unit"].strip(), draft.data["multiplier"]
    if points and (unit == "%" or multiplier != 1):
        yield draft.problem(
            ("unit",), "差值的单位不是 %，乘数为 1。", "比率的差写 unit: 百分点、multiplier: 1。"
        )
    if not points and unit not in ("%", "‰"):
        yield draft.problem(("unit",), f"变化比例的单位不能是 {unit}。", 'unit: "%"、multiplier: 100。')
