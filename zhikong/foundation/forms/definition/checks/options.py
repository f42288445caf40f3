"""A choice needs at least two things to choose from, and points on all of them or on none."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms.definition.draft import Draft
from zhikong.foundation.forms.definition.fields import OWN_FIELDS


def check(draft: Draft) -> Iterator[Problem]:
    for path, item in draft.items_and_columns():
        if item["type"] not in OWN_FIELDS["options"]:
            continue
        options = item.get("options") or []
        if len(options) < (2 if item["type"] == "choice" else 1):
            yield draft.problem((*path, "options"), "选项太少。", "单选至少两个选项，多选至少一个。")
        given = [o.get("score") is not None for o in options]
        if any(given) and not all(given):
            where = (*path, "options", given.index(False))
            yield draft.problem(where, "有的选项有分，有的没有。", "请给每个选项写 score，不得分写 0。")
        for i, option in enumerate(options):
            if not option["text"].strip():
                yield draft.problem((*path, "options", i, "text"), "选项的文字是空的。", "请写上文字。")
            if (option.get("score") or 0) < 0:
                yield draft.problem((*path, "options", i, "score"), "选项的分数小于 0。", "最低写 0。")
