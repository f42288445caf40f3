"""The pack file of data-quality rules: read, checked, bound to the contract."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions.building import origin
from zhikong.engine.definitions.expressions import ExpressionError, Scope, condition
from zhikong.engine.definitions.fields import ROLES
from zhikong.engine.definitions.located import Located, read, read_text
from zhikong.engine.definitions.model import Mark
from zhikong.engine.definitions.nodes import CHILD_NODES, Node
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.engine.plan.needs import walk
from zhikong.engine.quality.model import (
    Check,
    Coding,
    Expected,
    Field,
    Kind,
    Limit,
    Repeats,
    Rulebook,
    Thresholds,
)
from zhikong.engine.tables import TABLES

_HEAD: dict[str, type] = {
    "id": str, "version": int, "name": dict, "source": dict, "owner": str, "checker": str, "next_review": date,
    "window_months": int, "thresholds": dict, "expected": list, "implausible": list, "late": list, "codes": list,
    "duplicated": list, "arrival": dict, "outside_stay": dict,
}  # fmt: skip
_DECIDES = ("expected", "implausible", "late", "codes", "duplicated", "arrival", "outside_stay")
_LIMITED = (Kind.MISSING, Kind.UNMAPPED, Kind.IMPLAUSIBLE, Kind.LATE, Kind.DUPLICATED, Kind.SET_ASIDE)


class _Wrong(ValueError):
    """One entry that cannot be used; message and remedy are Chinese sentences."""

    def __init__(self, message: str, remedy: str):
        super().__init__(message)
        self.message, self.remedy = message, remedy


def load_rulebook(file: Path) -> Rulebook | list[Problem]:
    """The rules of one file, or everything that is wrong with it, with line and remedy."""
    return _rulebook(read(file))


def read_rulebook(text: str, *, file: Path) -> Rulebook | list[Problem]:
    """The same for a text; `file` only names it in messages."""
    return _rulebook(read_text(text, file=file))


def _rulebook(located: Located | Problem) -> Rulebook | list[Problem]:
    if isinstance(located, Problem):
        return [located]
    try:
        return _checked(located)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # a value of a wrong shape somewhere deep; the author is told, and nothing falls over it
        message = f"文件里有一处的写法不对（{type(error).__name__}: {error}），无法读取。"
        return [located.problem((), message, "请对照 packs/README.md 和已有的规则逐项核对。")]


def _checked(located: Located) -> Rulebook | list[Problem]:
    problems = list(_head_problems(located))
    if problems:
        return problems
    data = located.data
    expected = _each(located, "expected", _expected, problems)
    checks = _each(located, "implausible", _check(Kind.IMPLAUSIBLE), problems)
    checks += _each(located, "late", _check(Kind.LATE), problems)
    codings = _each(located, "codes", _coding, problems)
    repeats = _each(located, "duplicated", _repeats, problems)
    outside = data["outside_stay"]
    exceptions = [_named(located, outside, i, problems) for i in range(len(outside.get("except") or ()))]
    if problems:
        return problems
    return Rulebook(
        id=data["id"],
        version=data["version"],
        name=data["name"]["zh"],
        source=origin(data["source"]),
        owner=data["owner"],
        checker=data["checker"],
        next_review=data["next_review"],
        window_months=data["window_months"],
        thresholds=_thresholds(data["thresholds"]),
        expected={e.field: e for group in expected for e in group},
        checks=tuple(checks),
        codings=tuple(codings),
        repeats={r.table: r for r in repeats},
        arrival_day=data["arrival"]["day"],
        stay_before_days=outside["before_days"],
        stay_after_days=outside["after_days"],
        outside_except=frozenset(e for e in exceptions if e is not None),
        fingerprint=_fingerprint(data),
    )


def _fingerprint(data: dict[str, Any]) -> str:
    """Thresholds are not in it: they judge counts and do not change them."""
    decides = json.dumps([data[key] for key in _DECIDES], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(decides.encode()).hexdigest()[:12]


def _head_problems(located: Located) -> Iterator[Problem]:
    data = located.data
    if not isinstance(data, dict):
        yield located.problem((), "文件应写成“字段: 值”的形式。", "请按 packs/README.md 的样例填写。")
        return
    for key, kind in _HEAD.items():
        if not isinstance(data.get(key), kind):
            yield located.problem((key,), f"缺少字段 {key}，或它的写法不对。", f"请填写 {key}。")
    if any(not isinstance(data.get(key), kind) for key, kind in _HEAD.items()):
        return
    if data["id"] != located.file.stem:
        yield located.problem(("id",), f"id {data['id']} 与文件名不同。", "请让两者相同。")
    if data["owner"] == data["checker"] or not {data["owner"], data["checker"]} <= set(ROLES):
        yield located.problem(
            ("checker",), "owner 和 checker 要写两个不同的岗位。", f"可用：{'、'.join(ROLES)}。"
        )
    if data["source"].get("mark") not in tuple(Mark):
        yield located.problem(
            ("source",), "source 要写 document 和 mark。", f"mark 为 {'、'.join(Mark)} 之一。"
        )
    yield from _threshold_problems(located)


def _threshold_problems(located: Located) -> Iterator[Problem]:
    given = located.data["thresholds"]
    wanted = {str(kind): ("percent", "rows") for kind in _LIMITED}
    wanted |= {"jump": ("points", "rows", "months"), "silent": ("days", "usual")}
    for name, keys in wanted.items():
        entry = given.get(name)
        if not isinstance(entry, dict) or any(not isinstance(entry.get(key), (int, float)) for key in keys):
            yield located.problem(
                ("thresholds",), f"thresholds 里 {name} 的写法不对。", f"请写 {', '.join(keys)}。"
            )
    for name in ("hospital_wide", "severe"):
        if not isinstance(given.get(name), (int, float)):
            yield located.problem(
                ("thresholds",), f"thresholds 里缺少 {name}。", f"请写 {name}: 百分数，如 90。"
            )


def _thresholds(data: dict[str, Any]) -> Thresholds:
    jump, silent = data["jump"], data["silent"]
    return Thresholds(
        limits={kind: Limit(data[kind]["percent"], data[kind]["rows"]) for kind in _LIMITED},
        jump_points=jump["points"],
        jump_rows=jump["rows"],
        jump_months=jump["months"],
        silent_days=silent["days"],
        silent_usual=silent["usual"],
        hospital_wide=data["hospital_wide"],
        severe=data["severe"],
    )


def _each(located: Located, section: str, make: Callable[[Any], Any], problems: list[Problem]) -> list[Any]:
    made = []
    for index, raw in enumerate(located.data[section]):
        try:
            made.append(make(raw))
        except (_Wrong, ExpressionError) as wrong:
            problems.append(located.problem((section, index), wrong.message, wrong.remedy))
        except (KeyError, TypeError, AttributeError):
            problems.append(located.problem((section, index), "这一条缺少必填的键。", "请对照前后几条补全。"))
    return made


def _named(located: Located, outside: dict, index: int, problems: list[Problem]) -> Field | None:
    try:
        return _field(outside["except"][index])
    except _Wrong as wrong:
        problems.append(located.problem(("outside_stay",), wrong.message, wrong.remedy))
        return None


def _field(written: str) -> Field:
    """'stays.age_years' as table and column."""
    table, _, column = str(written).partition(".")
    if table not in TABLES:
        raise _Wrong(f"没有表 {table}。", suggestion(table, TABLES))
    if TABLES[table].column(column) is None:
        raise _Wrong(f"表 {table} 没有列 {column}。", suggestion(column, TABLES[table].column_names))
    return table, column


def _condition(table: str, text: str) -> Node:
    node = condition(text, Scope(TABLES[table]))
    if any(isinstance(part, CHILD_NODES) for part in walk(node)):
        raise _Wrong("数据质量的条件只看本行和所属住院。", "请不要用 has、count_of、earliest 和 latest。")
    return node


def _expected(raw: dict[str, Any]) -> list[Expected]:
    fields = [_field(name) for name in raw["fields"]]
    text = raw.get("when") or ""
    return [Expected(f, _condition(f[0], text) if text else None, text) for f in fields]


def _check(kind: Kind) -> Callable[[dict[str, Any]], Check]:
    def make(raw: dict[str, Any]) -> Check:
        field = _field(raw["field"])
        return Check(field, kind, _condition(field[0], raw["when"]), raw["when"], raw["why"])

    return make


def _coding(raw: dict[str, Any]) -> Coding:
    pattern = raw.get("pattern") or ""
    if bool(pattern) == bool(raw.get("known")):
        raise _Wrong("known 和 pattern 要写一个。", "known 写代码表的名字，pattern 写正则表达式。")
    try:
        re.compile(pattern)
    except re.error:
        raise _Wrong(f"正则表达式“{pattern}”写法不对。", "请检查括号和反斜线。") from None
    return Coding(tuple(_field(name) for name in raw["fields"]), raw.get("known") or "", pattern)


def _repeats(raw: dict[str, Any]) -> Repeats:
    table = raw["table"]
    columns = [_field(f"{table}.{name}")[1] for name in (*raw["apart_from"], *(raw.get("needs") or ()))]
    kept = len(raw["apart_from"])
    return Repeats(table, tuple(columns[:kept]), tuple(columns[kept:]))
