"""Evidence "when no" needs a "no"; what is itself a picture needs no further evidence."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms.definition.draft import Draft
from zhikong.foundation.forms.definition.model import YES_NO

WITHOUT = ("note", "photo", "signature")


def check(draft: Draft) -> Iterator[Problem]:
    for path, item in draft.items():
        evidence = item.get("evidence", "never")
        if evidence == "when_no" and item["type"] not in YES_NO:
            yield draft.problem(
                (*path, "evidence"), "when_no 只能用在是/否条目上。", "请改成 always 或 never。"
            )
        if evidence != "never" and item["type"] in WITHOUT:
            yield draft.problem((*path, "evidence"), f"类型 {item['type']} 不用附证据。", "请去掉 evidence。")
