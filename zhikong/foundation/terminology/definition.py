"""A code system as a pack file says it: what it codes, where its codes stand in the data, and its list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located
from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.engine.tables import TABLES

_REQUIRED: dict[str, type] = {
    "id": str,
    "version": int,
    "title": dict,
    "purpose": str,
    "edition": str,
    "source": dict,
    "owner": str,
    "covers": list,
}
_MARKS = ("verified", "paraphrased", "memory")


class CodesFrom(StrEnum):
    """Where the standard codes come from: the file's own list, or what the organisation keeps."""

    LIST = "list"
    DEPARTMENTS = "departments"
    STAFF = "staff"


@dataclass(frozen=True)
class CodeSystem:
    """codes: code -> name. complete: the list is the whole official table, so that a code outside it is a finding.

    covers: (table, column) pairs of the data contract that carry these codes. names: the column with the name beside it.
    """

    id: str
    version: int
    title: str
    titles: Mapping[str, str]
    purpose: str
    edition: str
    source: str
    owner: str
    covers: tuple[tuple[str, str], ...]
    codes_from: CodesFrom
    complete: bool
    codes: Mapping[str, str]


def parse(text: str, *, file: Path) -> CodeSystem | list[Problem]:
    """Read one code system. Problems are Chinese sentences with line and remedy; nothing is raised for bad content."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    if not isinstance(found.data, dict):
        return [found.problem((), "文件应写成“字段: 值”的形式。", "请按 code_systems/ 里的样例填写。")]
    return _shape(found) or [*_covers(found), *_codes(found)] or _built(found.data)


def _shape(found: Located) -> list[Problem]:
    data = found.data
    problems = [
        found.problem((name,), f"缺少字段 {name}，或它的写法不对。", f"请填写 {name}。")
        for name, kind in _REQUIRED.items()
        if not isinstance(data.get(name), kind)
    ]
    source = data.get("source")
    if isinstance(source, dict) and (not source.get("document") or source.get("mark") not in _MARKS):
        problems.append(
            found.problem(
                ("source",), "source 要写 document 和 mark。", f"mark 为 {'、'.join(_MARKS)} 之一。"
            )
        )
    title = data.get("title")
    if isinstance(title, dict) and not isinstance(title.get("zh"), str):
        problems.append(found.problem(("title",), "title 要写中文名称 zh。", "例：title: {zh: 检验项目}。"))
    if data.get("codes_from", "list") not in [str(word) for word in CodesFrom]:
        problems.append(
            found.problem(("codes_from",), "codes_from 的写法不对。", f"可写 {'、'.join(CodesFrom)}。")
        )
    return problems


def _covers(found: Located) -> list[Problem]:
    problems = []
    for n, place in enumerate(found.data["covers"]):
        table, _, column = str(place).partition(".")
        if table not in TABLES:
            problems.append(found.problem(("covers", n), f"没有表 {table}。", suggestion(table, TABLES)))
        elif TABLES[table].column(column) is None:
            names = TABLES[table].column_names
            problems.append(
                found.problem(("covers", n), f"表 {table} 没有列 {column}。", suggestion(column, names))
            )
    return problems


def _codes(found: Located) -> list[Problem]:
    data, problems, seen = found.data, [], set()
    listed = data.get("codes")
    if data.get("codes_from", "list") != "list":
        return []
    if not isinstance(listed, list) or not listed:
        return [found.problem(("codes",), "没有编码。", "请写成 - [编码, 名称]，每行一个。")]
    for n, pair in enumerate(listed):
        if not (
            isinstance(pair, list) and len(pair) == 2 and all(isinstance(p, str) and p.strip() for p in pair)
        ):
            problems.append(
                found.problem(
                    ("codes", n), "编码应写成 [编码, 名称]，都要加引号。", "例：- ['I10.x00', 高血压]。"
                )
            )
        elif pair[0] in seen:
            problems.append(found.problem(("codes", n), f"编码 {pair[0]} 写了两次。", "请删去一个。"))
        else:
            seen.add(pair[0])
    return problems


def _built(data: dict[str, Any]) -> CodeSystem:
    return CodeSystem(
        id=data["id"],
        version=data["version"],
        title=data["title"]["zh"],
        titles=dict(data["title"]),
        purpose=data["purpose"],
        edition=data["edition"],
        source=data["source"]["document"],
        owner=data["owner"],
        covers=tuple(tuple(place.split(".", 1)) for place in data["covers"]),
        codes_from=CodesFrom(data.get("codes_from", "list")),
        complete=bool(data.get("complete", False)),
        codes={code: name for code, name in data.get("codes", ())},
    )
