"""What all kinds of record rules say of themselves: checked alike, built alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from zhikong.engine.definitions.building import origin
from zhikong.engine.definitions.checks import prose
from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.fields import Field
from zhikong.engine.definitions.located import Key
from zhikong.engine.definitions.model import Status
from zhikong.engine.definitions.problems import ExpressionError, Problem, suggestion
from zhikong.engine.record_rules.fields import HEAD
from zhikong.engine.record_rules.model import Aspect, Role, RuleKind, Severity, Stage, Valid

PATTERN = re.compile(r"[a-z][a-z0-9_-]{2,59}")


def shape(draft: Draft, fields: Mapping[str, Field]) -> Iterator[Problem]:
    """Fields that do not exist, are missing, or hold something else than they may."""
    if not isinstance(draft.located.data, dict):
        yield draft.problem((), "文件应写成“字段: 值”的形式。", "请参照 record_rules 里已有的规则。")
        return
    for name in draft.data:
        if name not in fields:
            yield draft.problem((name,), f"没有字段 {name}。", suggestion(str(name), fields))
    for name, one in fields.items():
        if name not in draft.data:
            if one.required:
                yield draft.problem((), f"缺少字段 {name}（{one.meaning}）。", f"请加上 {name}: …")
        elif not one.shape.fits(draft.data[name]):
            value = draft.data[name]
            yield draft.problem((name,), f"字段 {name} 的值 {value!r} 不对。", f"应为{one.shape.words}。")


def said(draft: Draft) -> Iterator[Problem]:
    """What a reader must be able to learn, and the numbers."""
    source = draft.data["source"]
    if not isinstance(source.get("document"), str) or not isinstance(source.get("mark"), str):
        yield draft.problem(("source",), "source 要写 document 和 mark。", HEAD["source"].meaning)
        return
    yield from _identity(draft)
    yield from prose.check(draft)
    for name in ("title", "message"):
        if not draft.data[name].strip():
            yield draft.problem((name,), f"{name} 是空的。", f"请写明{HEAD[name].meaning}。")
    points = Decimal(str(draft.data["points"]))
    if not 0 < points <= 100 or points * 10 != int(points * 10):
        yield draft.problem(("points",), f"points 不能是 {points}。", "大于 0、不大于 100，最多一位小数。")
    yield from _lists(draft)
    yield from _valid(draft)


def _identity(draft: Draft) -> Iterator[Problem]:
    written = draft.data["id"]
    if written != draft.id:
        yield draft.problem(("id",), f"id {written} 与文件名 {draft.id} 不同。", "请让两者相同。")
    elif not PATTERN.fullmatch(written):
        remedy = "用 3–60 个小写英文字母、数字、连字符和下划线，字母开头。"
        yield draft.problem(("id",), f"id {written} 的写法不对。", remedy)
    if draft.data["version"] < 1:
        yield draft.problem(("version",), "版本号从 1 开始。", "请写 version: 1。")


def _lists(draft: Draft) -> Iterator[Problem]:
    written = {(key,): draft.data.get(key) for key in ("systems", "presets")}
    written |= {("source", "rows"): draft.data["source"].get("rows")}
    for path, value in written.items():
        if value is not None and not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
            yield draft.problem(path, f"{'.'.join(path)} 要写成文字的列表。", "例如 [T01, T-03]。")


def _valid(draft: Draft) -> Iterator[Problem]:
    valid = draft.data.get("valid") or {}
    for key, value in valid.items():
        if key not in ("from", "to"):
            yield draft.problem(
                ("valid", key), f"valid 里没有 {key}。", "写成 {from: 2018-04-18, to: null}。"
            )
        elif value is not None and type(value) is not date:
            yield draft.problem(("valid", key), f"valid.{key} 不是日期。", "写成 2018-04-18。")
    start, end = valid.get("from"), valid.get("to")
    if type(start) is date and type(end) is date and end < start:
        yield draft.problem(("valid", "to"), "valid 的结束日期早于开始日期。", "请检查两个日期。")


def head(data: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a `Head`, but for hash and file. The data have passed `shape` and `said`."""
    valid = data.get("valid") or {}
    return {
        "id": data["id"],
        "version": data["version"],
        "status": Status(data["status"]),
        "kind": RuleKind(data["kind"]),
        "title": data["title"].strip(),
        "why": data["why"].strip(),
        "source": origin(data["source"]),
        "owner": data["owner"],
        "checker": data["checker"],
        "next_review": data["next_review"],
        "severity": Severity(data["severity"]),
        "points": Decimal(str(data["points"])),
        "message": data["message"].strip(),
        "notes": data.get("notes", "").strip(),
        "applies_text": data.get("applies") or "",
        "rows": tuple(data["source"].get("rows") or ()),
        "valid": Valid(valid.get("from"), valid.get("to")),
        "active": data.get("active", True),
        "stage": Stage(data["stage"]) if data.get("stage") else None,
        "aspect": Aspect(data["aspect"]) if data.get("aspect") else None,
        "systems": tuple(data.get("systems") or ()),
        "responsible": Role(data["responsible"]) if data.get("responsible") else None,
        "presets": tuple(data.get("presets") or ()),
        "replaces": data.get("replaces", ""),
    }


def validity(valid: Valid) -> dict[str, str | None]:
    """The part of the meaning that says when the rule holds; empty for always, so that older hashes stay."""
    if valid == Valid():
        return {}
    return {"from": valid.start and valid.start.isoformat(), "to": valid.end and valid.end.isoformat()}


def tried(draft: Draft, path: tuple[Key, ...], bind: Callable[[], object]) -> Iterator[Problem]:
    """The problem that binding an expression raises, told at its place."""
    try:
        bind()
    except ExpressionError as error:
        yield draft.problem(path, error.message, error.remedy)
