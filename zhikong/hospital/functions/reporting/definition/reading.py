"""From the text of `packs/<pack>/reporting/<id>.yaml` to a set, or to the list of what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located
from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.hospital.functions.reporting.definition.model import (
    COUNT,
    EVIDENCE,
    KINDS,
    PART,
    Departments,
    Item,
    ReportingSet,
)

_ID = re.compile(r"[a-z][a-z0-9_]*")
_REQUIRED = {
    "id": str, "version": int, "title": dict, "purpose": str, "source": dict, "owner": str, "checker": str,
    "next_review": date, "departments": dict, "deadline": dict, "fill": list, "accept": list, "items": list,
}  # fmt: skip
_ITEM_REQUIRED = ("id", "title", "numerator", "unit")
_ITEM_FIELDS = {
    *_ITEM_REQUIRED, "kind", "denominator", "multiplier", "value_unit", "decimals", "indicator", "same_as",
    "evidence", "aliases", "help",
}  # fmt: skip
_DEPARTMENT_FIELDS = ("kinds", "functions", "codes")
_WORDS = {str: "文字", int: "整数", dict: "一组“名称: 值”", list: "列表", date: "日期，如 2027-10-31"}


def parse(text: str, *, file: Path) -> ReportingSet | list[Problem]:
    """The set, or every problem with file, line and remedy."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    problems = list(_problems(found))
    return problems or _built(found.data)


def _problems(read: Located) -> Iterator[Problem]:
    if not isinstance(read.data, dict):
        yield read.problem((), "文件应是“名称: 值”的写法。", "请按 packs/README.md 的样例填写。")
        return
    yield from _fields(read)
    if isinstance(read.data.get("items"), list):
        for number, row in enumerate(read.data["items"]):
            yield from _item_problems(read, number, row)
        yield from _twice(read)
    yield from _deadline(read)
    yield from _departments(read)


def _fields(read: Located) -> Iterator[Problem]:
    data = read.data
    for name, kind in _REQUIRED.items():
        if name not in data:
            yield read.problem((), f"缺少字段 {name}。", "请补上；必填字段见 packs/README.md。")
        elif not isinstance(data[name], kind) or isinstance(data[name], bool):
            yield read.problem((name,), f"字段 {name} 应是{_WORDS[kind]}。", "请改正。")
    for name in data.keys() - _REQUIRED.keys():
        yield read.problem((name,), f"不认识的字段 {name}。", suggestion(str(name), _REQUIRED))
    if isinstance(data.get("id"), str) and (data["id"] != read.file.stem or not _ID.fullmatch(data["id"])):
        yield read.problem(
            ("id",), "id 应与文件名相同，用小写字母、数字和下划线。", f"请写 {read.file.stem}。"
        )
    if isinstance(data.get("title"), dict) and not data["title"].get("zh"):
        yield read.problem(("title",), "标题缺少中文 zh。", "请写 title: {zh: …}。")
    for name in ("fill", "accept", "items"):
        if data.get(name) == []:
            yield read.problem((name,), f"{name} 不能为空。", "请至少写一项。")
    if data.get("owner") and data.get("owner") == data.get("checker"):
        yield read.problem(("checker",), "负责人与复核人相同。", "复核应由另一个岗位承担。")


def _item_problems(read: Located, number: int, row: Any) -> Iterator[Problem]:
    where = ("items", number)
    if not isinstance(row, dict):
        yield read.problem(where, "项目应是“名称: 值”的写法。", "请写 id、title、numerator、unit。")
        return
    for name in _ITEM_REQUIRED:
        if not isinstance(row.get(name), str) or not row[name].strip():
            yield read.problem(where, f"项目缺少 {name}。", "请补上文字。")
    for name in row.keys() - _ITEM_FIELDS:
        yield read.problem((*where, name), f"不认识的字段 {name}。", suggestion(str(name), _ITEM_FIELDS))
    if row.get("kind", PART) not in KINDS:
        yield read.problem((*where, "kind"), "kind 不在可选范围内。", f"可用的有：{'、'.join(KINDS)}。")
    elif row.get("kind", PART) != COUNT and not row.get("denominator"):
        yield read.problem(where, "缺少分母 denominator。", "只填一个数的项目请写 kind: count。")
    if row.get("evidence", "never") not in EVIDENCE:
        yield read.problem(
            (*where, "evidence"), "evidence 不在可选范围内。", f"可用的有：{'、'.join(EVIDENCE)}。"
        )
    if not _is_words(row.get("aliases", [])):
        yield read.problem((*where, "aliases"), "aliases 应是文字的列表。", "请写成 [别名一, 别名二]。")
    if row.get("decimals", 0) not in (0, 1, 2):
        yield read.problem((*where, "decimals"), "decimals 只能是 0、1 或 2。", "请改正。")


def _is_words(said: Any) -> bool:
    return isinstance(said, list) and all(isinstance(word, str) for word in said)


def _twice(read: Located) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, row in enumerate(read.data["items"]):
        code = row.get("id") if isinstance(row, dict) else None
        if not isinstance(code, str):
            continue  # said already: an item lacks its id
        if code in seen:
            yield read.problem(("items", number), f"项目 {code} 写了两次。", "请只保留一处。")
        seen.add(code)


def _deadline(read: Located) -> Iterator[Problem]:
    said = read.data.get("deadline")
    if not isinstance(said, dict):
        return
    if not isinstance(said.get("working_day"), int) or not 1 <= said["working_day"] <= 20:
        yield read.problem(("deadline",), "期限应写次月第几个工作日。", "请写 working_day: 5（1 到 20）。")
    if not said.get("says"):
        yield read.problem(("deadline",), "期限缺少依据 says。", "请写一句话，页面会原样显示。")


def _departments(read: Located) -> Iterator[Problem]:
    said = read.data.get("departments")
    if not isinstance(said, dict):
        return
    for name in said.keys() - set(_DEPARTMENT_FIELDS):
        yield read.problem(
            ("departments", name), f"不认识的字段 {name}。", suggestion(name, _DEPARTMENT_FIELDS)
        )
    for name in _DEPARTMENT_FIELDS:
        if not _is_words(said.get(name, [])):
            yield read.problem(
                ("departments", name), f"{name} 应是文字的列表。", "请写成 [clinical] 的样子。"
            )
    if not any(said.get(name) for name in _DEPARTMENT_FIELDS):
        yield read.problem(("departments",), "没有指定填报科室。", "请写 kinds、functions 或 codes。")


def _built(data: dict) -> ReportingSet:
    source, deadline = data["source"], data["deadline"]
    return ReportingSet(
        id=data["id"],
        version=data["version"],
        title=data["title"]["zh"],
        purpose=data["purpose"],
        document=source.get("document", ""),
        clause=source.get("clause", ""),
        mark=source.get("mark", "memory"),
        owner=data["owner"],
        checker=data["checker"],
        next_review=data["next_review"],
        departments=Departments(**{name: tuple(data["departments"].get(name, ())) for name in _DEPARTMENT_FIELDS}),
        working_day=deadline["working_day"],
        says=deadline["says"],
        fill=tuple(data["fill"]),
        accept=tuple(data["accept"]),
        items=tuple(_item(row) for row in data["items"]),
    )  # fmt: skip


def _item(row: dict) -> Item:
    kind = row.get("kind", PART)
    counted = kind == COUNT
    return Item(
        id=row["id"],
        title=row["title"],
        kind=kind,
        numerator=row["numerator"],
        denominator=row.get("denominator", ""),
        unit=row["unit"],
        multiplier=row.get("multiplier", 1 if counted else 100),
        value_unit=row.get("value_unit", row["unit"] if counted else "%"),
        decimals=row.get("decimals", 0),
        indicator=row.get("indicator", ""),
        same_as=row.get("same_as", ""),
        evidence=row.get("evidence", "never"),
        aliases=tuple(row.get("aliases", ())),
        help=row.get("help", ""),
    )
