"""A field that the item's type does not know would be silently without effect."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms.definition.draft import Draft
from zhikong.foundation.forms.definition.fields import OWN_FIELDS
from zhikong.foundation.forms.definition.model import (
    NOT_IN_TABLES,
    WITHOUT_ANSWER,
    YES_NO,
    ItemType,
)

JUDGED = frozenset({*YES_NO, ItemType.OBSERVATION})


def check(draft: Draft) -> Iterator[Problem]:
    for path, item in draft.items_and_columns():
        kind = ItemType(item["type"])
        for name, types in OWN_FIELDS.items():
            if name in item and kind not in types:
                yield draft.problem(
                    (*path, name),
                    f"类型 {kind} 没有 {name}。",
                    f"{name} 只用于：{'、'.join(sorted(types))}。",
                )
        if "severity" in item and kind not in JUDGED:
            yield draft.problem(
                (*path, "severity"),
                f"类型 {kind} 没有“否”可言，不能定问题的级别。",
                "请去掉 severity，或改成是/否条目。",
            )
        if kind in WITHOUT_ANSWER and item.get("required"):
            yield draft.problem((*path, "required"), "说明文字不用填写，不能是必填。", "请去掉 required。")
    for path, column in draft.columns():
        if ItemType(column["type"]) in NOT_IN_TABLES:
            yield draft.problem(
                (*path, "type"), f"表格里不能用 {column['type']}。", "请放到表格外面，单独作为条目。"
            )
        for name in ("show_if", "score", "veto", "evidence", "severity", "check"):
            if name in column:
                yield draft.problem((*path, name), f"表格的列没有 {name}。", "请写在单独的条目上。")
