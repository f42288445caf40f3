"""A reader must learn what the duty is for, where it is written, and who stands for it."""

import re
from collections.abc import Iterator

from zhikong.engine.definitions.model import Mark
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.duties.definition.draft import Draft

MOST_TIMES = 60
NAME = re.compile(r"[a-z][a-z0-9_]{2,79}")


def check(draft: Draft) -> Iterator[Problem]:
    data = draft.data
    yield from _identity(draft)
    for name in ("purpose", "says"):
        if not data[name].strip():
            yield draft.problem((name,), f"{name} 是空的。", "请写一句话。")
    if data["source"]["mark"] not in tuple(Mark):
        yield draft.problem(
            ("source", "mark"),
            f"mark 没有取值 {data['source']['mark']}。",
            f"应为以下之一：{'、'.join(Mark)}。",
        )
    if data["owner"] == data["checker"]:
        yield draft.problem(("checker",), "负责岗位与复核岗位相同。", "复核应由另一个岗位承担。")
    if not 1 <= data.get("times", 1) <= MOST_TIMES:
        yield draft.problem(("times",), f"次数 {data['times']} 不对。", f"应为 1 到 {MOST_TIMES}。")


def _identity(draft: Draft) -> Iterator[Problem]:
    data = draft.data
    if data["id"] != draft.id:
        yield draft.problem(("id",), f"id {data['id']} 与文件名 {draft.id} 不同。", "请让两者相同。")
    elif not NAME.fullmatch(data["id"]):
        yield draft.problem(
            ("id",), f"id {data['id']} 的写法不对。", "用小写英文字母、数字和下划线，3 到 80 个字符。"
        )
    if data["version"] < 1:
        yield draft.problem(("version",), "版本号从 1 开始。", "请写 version: 1。")
