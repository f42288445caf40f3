"""Ids are addresses, names in conditions and keys of stored answers: unique, plain, and not taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms.definition.draft import Draft, Path, Raw
from zhikong.foundation.forms.definition.names import TODAY

ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 60
TAKEN = frozenset({TODAY, "stay", "true", "false", "null", "and", "or", "not", "in", "is", "between", "case"})


def check(draft: Draft) -> Iterator[Problem]:
    if draft.data["id"] != draft.id:
        yield draft.problem(
            ("id",), f"id 是 {draft.data['id']}，文件名是 {draft.id}.yaml。", "两者必须相同。"
        )
    if draft.data["version"] < 1:
        yield draft.problem(("version",), "version 小于 1。", "第一版写 1。")
    yield from _plain(draft, ("id",), draft.data["id"])
    yield from _unique(draft, draft.sections(), "id", "部分")
    yield from _unique(draft, draft.items(), "id", "条目")
    for path, item in draft.items():
        columns = [((*path, "columns", i), c) for i, c in enumerate(item.get("columns") or [])]
        yield from _unique(draft, columns, "id", "列")
    for path, item in draft.items_and_columns():
        options = [((*path, "options", i), o) for i, o in enumerate(item.get("options") or [])]
        yield from _unique(draft, options, "code", "选项")


def _unique(draft: Draft, entries: Iterable[tuple[Path, Raw]], key: str, what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for path, entry in entries:
        name = entry[key]
        if name in seen:
            yield draft.problem((*path, key), f"{what}的标识 {name} 用了两次。", "请换一个，每个只用一次。")
        seen.add(name)
        yield from _plain(draft, (*path, key), name)


def _plain(draft: Draft, path: Path, name: str) -> Iterator[Problem]:
    if not ID.fullmatch(name) or len(name) > LONGEST:
        yield draft.problem(
            path,
            f"标识 {name!r} 的写法不对。",
            f"用小写英文字母、数字和单个下划线，以字母开头，不超过 {LONGEST} 个字符，如 crash_cart。",
        )
    elif name in TAKEN and path != ("id",):
        yield draft.problem(path, f"标识 {name} 在条件里另有用处。", "请换一个。")
