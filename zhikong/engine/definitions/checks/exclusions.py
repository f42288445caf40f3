"""Every exclusion has a condition and says why."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.problems import Problem

USAGE = '写法：- {when: "day_surgery", why: 日间手术不计}。'


def check(draft: Draft) -> Iterator[Problem]:
    for i, item in enumerate(draft.data.get("exclusions") or []):
        whole = isinstance(item, dict) and set(item) == {"when", "why"}
        if not whole or not all(isinstance(v, str) and v.strip() for v in item.values()):
            yield draft.problem(("exclusions", i), "排除条件要写 when 和 why 两项。", USAGE)
