"""A veto falls on a clear "no"; where the points are needed they must be given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.foundation.forms.definition.draft import Draft
from zhikong.foundation.forms.definition.fields import NUMBER
from zhikong.foundation.forms.definition.model import YES_NO, Effect

WITH_POINTS = ("cap", "deduct")
FREE_OF_POINTS = ("none", "fail")


def check(draft: Draft) -> Iterator[Problem]:
    for path, item in draft.items():
        raw = item.get("veto")
        if raw is None:
            if item.get("veto_list"):
                yield draft.problem(
                    (*path, "veto_list"), "没有 veto，veto_list 不起作用。", "请补写 veto，或去掉它。"
                )
            continue
        where = (*path, "veto")
        if item["type"] not in YES_NO:
            yield draft.problem(where, "单项否决只能用在是/否条目上。", "请改成是/否条目，或去掉 veto。")
        elif problem := _written_wrong(raw):
            yield draft.problem(where, *problem)
        elif raw not in FREE_OF_POINTS and "full_score" not in draft.data:
            yield draft.problem(where, "这份表不计分，不能扣分或归零。", "请写 full_score，或用 veto: fail。")


def _written_wrong(raw: Any) -> tuple[str, str] | None:
    if isinstance(raw, str):
        if raw in WITH_POINTS:
            return f"veto: {raw} 缺少分数。", f"请写成 {{{raw}: 60}}。"
        return None if raw in tuple(Effect) else (f"veto 没有取值 {raw}。", suggestion(raw, Effect))
    if len(raw) != 1 or next(iter(raw)) not in WITH_POINTS:
        return "veto 的写法不对。", "写 fail、section_zero、sheet_zero、{cap: 60} 或 {deduct: 10}。"
    (points,) = raw.values()
    return None if NUMBER.fits(points) and points >= 0 else ("veto 的分数不对。", "写 0 或正数。")
