"""A form is a paper, not a database: what is longer nobody fills, and it would slow every page down."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms.definition.draft import Draft

MOST = {"sections": 30, "items": 100, "columns": 12, "options": 40, "fixed": 100}
MOST_ITEMS = 300
MOST_ROWS = 200


def check(draft: Draft) -> Iterator[Problem]:
    if sum(1 for _ in draft.items()) > MOST_ITEMS:
        yield draft.problem(("sections",), f"全表超过 {MOST_ITEMS} 个条目。", "请拆成几份表。")
    for path, holder in (((), draft.data), *draft.sections(), *draft.items_and_columns()):
        for name, most in MOST.items():
            if len(holder.get(name) or ()) > most:
                yield draft.problem((*path, name), f"{name} 超过 {most} 个。", "请精简，或拆成几份表。")
    if not draft.data["sections"]:
        yield draft.problem(("sections",), "表里还没有内容。", "至少写一个部分。")
    for path, section in draft.sections():
        if not section["items"]:
            yield draft.problem(path, f"“{section['title']}”里没有条目。", "至少写一个条目，或删去这一部分。")
