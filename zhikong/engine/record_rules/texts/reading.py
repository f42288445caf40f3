"""A rule of content as its file says it -> ContentRule, or everything that is wrong with it, with its line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from zhikong.engine.definitions import canonical, expressions
from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.fields import Field, Shape
from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.nodes import CodeRange, Node
from zhikong.engine.definitions.problems import ExpressionError, Problem
from zhikong.engine.record_rules import heading
from zhikong.engine.record_rules.complete.checking import Complete
from zhikong.engine.record_rules.fields import HEAD, choice
from zhikong.engine.record_rules.texts.charts import VISITS
from zhikong.engine.record_rules.texts.checks import CHECKS
from zhikong.engine.record_rules.texts.model import ABSENT, WHICH, Check, ContentRule, Selection
from zhikong.engine.record_rules.texts.params import Params, Wrong, scope
from zhikong.engine.record_rules.texts.row import Passes
from zhikong.engine.tables import TABLES

SELECTS = frozenset({"document", "rows", "where", "which", "absent"})
OWN: dict[str, frozenset[str]] = {
    "complete": SELECTS | {"requires", "placeholders"},
    "text": SELECTS | {"check"},
    "row": frozenset({"passes"}),
}
"""Which further fields each kind has; `Params` looks at what they hold."""
_TABLE = Field(choice("stays", VISITS), "以住院还是以门诊就诊为单位", required=False)
_FREE = Field(Shape((object,), "见手册“内容规则”一节"), "类别自己的字段", required=False)


def takes(data: Any) -> bool:
    """Whether this is a rule of content: of what a document says or has, or any rule over visits."""
    return isinstance(data, dict) and (
        data.get("kind") in ("complete", "text") or data.get("table") == VISITS
    )


def rule_of(located: Located, codes: Mapping[str, tuple[CodeRange, ...]]) -> ContentRule | list[Problem]:
    """One rule, or what is wrong with it."""
    draft = Draft(located, "", codes)
    own = OWN.get(str(draft.data.get("kind")), frozenset())
    fields = HEAD | {"table": _TABLE} | dict.fromkeys(sorted(own), _FREE)
    for stage in (lambda: heading.shape(draft, fields), lambda: heading.said(draft)):
        problems = sorted(stage(), key=lambda p: p.line)
        if problems:
            return problems
    try:
        return _build(draft)
    except Wrong as error:
        return [error.problem]


def _build(draft: Draft) -> ContentRule:
    values = heading.head(draft.data)
    table, kind = draft.data.get("table", "stays"), values["kind"].value
    if table not in TABLES:
        raise Wrong(draft.problem(("table",), f"没有表 {table}。", "写 stays 或 visit_records。"))
    if table == VISITS and any(draft.data.get(name) for name in ("document", "rows", "where")):
        raise Wrong(
            draft.problem((), "以就诊为单位时不写 document、rows 和 where。", "条件写在 applies 里。")
        )
    top = Params(draft, (), {k: v for k, v in draft.data.items() if k in OWN[kind]})
    selection = _selection(top, table) if kind != "row" else Selection()
    check = _check(top, table, kind, selection)
    top.done()
    applies = _condition(draft, "applies", table)
    return ContentRule(
        **values, table=table, selection=selection, check=check, applies=applies, file=draft.located.file,
        hash=_hash(draft, applies, OWN[kind], heading.validity(values["valid"])),
    )  # fmt: skip


def _selection(top: Params, table: str) -> Selection:
    rows = top.child("rows") if top.has("rows") else ""
    types = top.types("document", ())
    if rows and types:
        raise top.wrong((), "document 和 rows 只写一个。", "例如 document: [入院记录]。")
    where, text = (None, "") if table == VISITS else top.condition("where", rows or "documents")
    which = top.choice("which", WHICH, "every")
    absent = ABSENT[top.choice("absent", ABSENT, "not_applicable")]
    return Selection(types, where, text, which, absent, rows)


def _check(top: Params, table: str, kind: str, selection: Selection) -> Check:
    if kind == "row":
        condition = _condition(top.draft, "passes", table)
        if condition is None:
            raise top.wrong((), "缺少 passes。", "写必须成立的条件。")
        top.take("passes")
        return Passes(condition, str(top.draft.data["passes"]))
    if kind == "complete":
        own = table if table == VISITS else selection.rows or "documents"
        return Complete.read(top, own, table, selection.which)
    inner = top.inner("check")
    assert inner is not None
    named = [name for name in CHECKS if inner.has(name)]
    if len(named) != 1 or len(inner.raw) != 1:
        raise top.wrong(("check",), "check 要写一种检查。", f"以下之一：{'、'.join(CHECKS)}。")
    own_params = inner.inner(named[0])
    assert own_params is not None
    check: Check = CHECKS[named[0]].read(own_params)
    own_params.done()
    return check


def _condition(draft: Draft, name: str, table: str) -> Node | None:
    text = draft.data.get(name)
    if text is None:
        return None
    try:
        return expressions.condition(str(text), scope(table, draft.codes, beside=True))
    except ExpressionError as error:
        raise Wrong(draft.problem((name,), error.message, error.remedy)) from None


def _hash(draft: Draft, applies: Node | None, own: frozenset[str], valid: Mapping[str, Any]) -> str:
    data = draft.data
    meaning = {
        "language": 1,
        "kind": data["kind"],
        "table": data.get("table", "stays"),
        "applies": None if applies is None else canonical.text(applies),
        "points": str(data["points"]),
        "own": {name: data[name] for name in sorted(own) if name in data},
    } | dict(valid)
    return canonical.digest(json.dumps(meaning, sort_keys=True, ensure_ascii=False, default=str))
