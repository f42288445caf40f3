"""The id is the file name: it is also the address of the page, so it is plain lower-case English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.problems import Problem

PATTERN = re.compile(r"[a-z][a-z0-9_]{2,59}")


def check(draft: Draft) -> Iterator[Problem]:
    written = draft.data["id"]
    if written != draft.id:
        yield draft.problem(("id",), f"id {written} 与文件名 {draft.id} 不同。", "请让两者相同。")
    elif not PATTERN.fullmatch(written):
        yield draft.problem(
            ("id",), f"id {written} 的写法不对。", "用 3–60 个小写英文字母、数字和下划线，字母开头。"
        )
    if draft.data["version"] < 1:
        yield draft.problem(("version",), "版本号从 1 开始。", "请写 version: 1。")
