"""A reader must learn what the form is for, where it comes from, and who stands for it."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.fields import ROLES
from zhikong.engine.definitions.model import Mark
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.foundation.forms.definition.draft import Draft, Path
from zhikong.foundation.forms.numbering import numbering_problem

LONGEST = {"text": 300, "title": 80, "help": 600, "clause": 200, "unit": 16}


def check(draft: Draft) -> Iterator[Problem]:
    data = draft.data
    if not data["purpose"].strip():
        yield draft.problem(("purpose",), "purpose 是空的。", "用一句话写明为什么填、填了给谁看。")
    if not str(data["title"]["zh"]).strip():
        yield draft.problem(("title", "zh"), "表名是空的。", "请写中文表名。")
    if data["source"]["mark"] not in tuple(Mark):
        yield draft.problem(
            ("source", "mark"),
            f"mark 没有取值 {data['source']['mark']}。",
            f"应为以下之一：{'、'.join(Mark)}。",
        )
    if data["owner"] == data["checker"]:
        yield draft.problem(("checker",), "负责岗位与复核岗位相同。", "复核应由另一个岗位承担。")
    for i, role in enumerate(data.get("fill") or []):
        if role not in ROLES:
            yield draft.problem(("fill", i), f"没有岗位 {role}。", suggestion(str(role), ROLES))
    if problem := numbering_problem(data.get("number", "")):
        yield draft.problem(("number",), problem, "例如 JJC-{year}-{serial:04d}。")
    yield from _texts(draft)


def _texts(draft: Draft) -> Iterator[Problem]:
    for path, entry in (*draft.sections(), *draft.items_and_columns()):
        name = "title" if "title" in entry else "text"
        if not entry[name].strip():
            yield draft.problem((*path, name), f"{name} 是空的。", "请写上文字。")
        yield from _lengths(draft, path, entry)


def _lengths(draft: Draft, path: Path, entry: dict) -> Iterator[Problem]:
    for name, most in LONGEST.items():
        if len(entry.get(name) or "") > most:
            yield draft.problem((*path, name), f"{name} 超过 {most} 个字。", "请写短一些。")
