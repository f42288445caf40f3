"""Points must add up to what the paper says, and belong to items that can be judged."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms.definition import building
from zhikong.foundation.forms.definition.draft import Draft, Path, Raw
from zhikong.foundation.forms.definition.model import SCORABLE, YES_NO, ItemType


def check(draft: Draft) -> Iterator[Problem]:
    for path, item in draft.items():
        yield from _item(draft, path, item)
    for path, section in draft.sections():
        yield from _section(draft, path, section)
    yield from _total(draft)


def _item(draft: Draft, path: Path, raw: Raw) -> Iterator[Problem]:
    item, score = building.item(raw), raw.get("score")
    if item.is_scored and not item.required:
        yield draft.problem(
            (*path, "required"), "计分的条目不能是选填，否则不填就不扣分。", "请去掉 required: false。"
        )
    if item.is_scored and item.full <= 0:
        yield draft.problem(path, f"“{item.text}”的满分不是正数。", "请写大于 0 的分值。")
    if score is None:
        return
    if item.type not in SCORABLE:
        allowed = "、".join(sorted(SCORABLE))
        yield draft.problem((*path, "score"), f"类型 {item.type} 不能计分。", f"可以计分的有：{allowed}。")
    if "when_no" in score and item.type not in YES_NO:
        yield draft.problem((*path, "score", "when_no"), "when_no 只用于是/否条目。", "请去掉。")
    if not 0 <= score.get("when_no", 0) <= score["full"]:
        yield draft.problem((*path, "score", "when_no"), "答“否”的得分应在 0 和满分之间。", "请改正。")
    if "each" in score and (item.type is not ItemType.NUMBER or score["each"] <= 0):
        yield draft.problem(
            (*path, "score", "each"), "each 只用于数字条目，且大于 0。", "例如每处扣 0.5 分写 0.5。"
        )
    if item.type is ItemType.NUMBER and (item.min is None or item.min < 0):
        yield draft.problem((*path, "score"), "计分的数字要写最小值，且不小于 0。", "请补写 min: 0。")
    if item.type in (ItemType.CHOICE, ItemType.CHOICES) and not any(
        o.score is not None for o in item.options
    ):
        yield draft.problem((*path, "score"), "选项没有分数。", "请给每个选项写 score。")


def _section(draft: Draft, path: Path, raw: Raw) -> Iterator[Problem]:
    if raw.get("cap") is None:
        return
    section = building.section(raw)
    total = sum(item.full for item in section.items if item.is_scored)
    if section.cap <= 0 or section.cap > total:
        yield draft.problem(
            (*path, "cap"),
            f"cap 是 {section.cap}，而各项共 {total} 分。",
            "cap 应大于 0，不超过各项之和；相等时可不写。",
        )


def _total(draft: Draft) -> Iterator[Problem]:
    sections = [building.section(raw) for _path, raw in draft.sections()]
    total = sum(section.full for section in sections)
    full = building.number(draft.data.get("full_score"))
    if full is None:
        if total or "pass_score" in draft.data or "grades" in draft.data:
            yield draft.problem(
                ("sections",), "表里有分数，但没有写 full_score。", f"请写 full_score: {total}。"
            )
    elif full != total:
        yield draft.problem(
            ("full_score",),
            f"满分写的是 {full}，各部分加起来是 {total}。",
            "请改 full_score，或改条目的分值。",
        )
