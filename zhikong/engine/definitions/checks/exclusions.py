"""Every exclusion and exception has a condition and says why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhikong.engine.definitions.draft import Draft, Path
from zhikong.engine.definitions.problems import Problem

USAGE = '写法：- {when: "day_surgery", why: 日间手术不计}。'
WORDS = {"exclusions": "排除条件", "exceptions": "例外条件"}


def check(draft: Draft) -> Iterator[Problem]:
    for name, word in WORDS.items():
        yield from listed(draft, (name,), draft.data.get(name), word)


def listed(draft: Draft, path: Path, items: Any, word: str = "排除条件") -> Iterator[Problem]:
    """The same for a list that stands at `path`."""
    for i, item in enumerate(items or []):
        whole = isinstance(item, dict) and set(item) == {"when", "why"}
        if not whole or not all(isinstance(v, str) and v.strip() for v in item.values()):
            yield draft.problem((*path, i), f"{word}要写 when 和 why 两项。", USAGE)
