"""A reader must learn why an indicator matters, where it comes from, and who stands for it."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.model import Mark
from zhikong.engine.definitions.problems import Problem


def check(draft: Draft) -> Iterator[Problem]:
    if not draft.data["why"].strip():
        yield draft.problem(("why",), "why 是空的。", "用一句话写明临床为什么要关心。")
    mark = draft.data["source"]["mark"]
    if mark not in tuple(Mark):
        yield draft.problem(
            ("source", "mark"), f"mark 没有取值 {mark}。", f"应为以下之一：{'、'.join(Mark)}。"
        )
    if draft.data["owner"] == draft.data["checker"]:
        yield draft.problem(("checker",), "负责岗位与复核岗位相同。", "复核应由另一个岗位承担。")
