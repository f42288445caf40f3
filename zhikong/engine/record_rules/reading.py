"""A rule's YAML -> RecordRule, or everything that is wrong with it, in Chinese with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import canonical, expressions
from zhikong.engine.definitions.building import origin
from zhikong.engine.definitions.checks import identity, prose
from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.located import Key, Located, read, read_text
from zhikong.engine.definitions.model import Status
from zhikong.engine.definitions.nodes import CodeRange, Node, Ref
from zhikong.engine.definitions.problems import ExpressionError, Problem, suggestion
from zhikong.engine.record_rules.fields import FIELDS
from zhikong.engine.record_rules.model import RecordRule, RuleKind, Severity
from zhikong.engine.record_rules.refs import BESIDE
from zhikong.engine.tables import TABLES

Codes = Mapping[str, tuple[CodeRange, ...]]
EXAMPLES = ".examples.yaml"


def scope(codes: Codes) -> expressions.Scope:
    """What a row rule may name: columns of the stay and of its front page, child tables through has(…) and the like."""
    return expressions.Scope(TABLES["stays"], codes, beside=TABLES[BESIDE])


def rule_files(pack: Path) -> list[Path]:
    """The rule files of a pack, without the examples beside them, in a stable order."""
    return sorted(f for f in (pack / "record_rules").glob("*.yaml") if not f.name.endswith(EXAMPLES))


def load_rules(pack: Path, codes: Codes) -> tuple[list[RecordRule], list[Problem]]:
    """Every rule of a pack, and every problem found; a rule with problems is absent."""
    rules: list[RecordRule] = []
    problems: list[Problem] = []
    for file in rule_files(pack):
        found = rule_of(read(file), codes)
        if isinstance(found, RecordRule):
            rules.append(found)
        else:
            problems += found
    return rules, problems


def rule_of_text(text: str, *, file: Path, codes: Codes) -> RecordRule | list[Problem]:
    """The rule of a text that may lie in no file; `file` is what problems name, its stem is the id."""
    return rule_of(read_text(text, file=file), codes)


def rule_of(located: Located | Problem, codes: Codes) -> RecordRule | list[Problem]:
    """One rule, or what is wrong with it."""
    if isinstance(located, Problem):
        return [located]
    draft = Draft(located, "", codes)
    for stage in (_shape, _said, _language):
        problems = sorted(stage(draft), key=lambda p: p.line)
        if problems:
            return problems
    return _build(draft)


def _shape(draft: Draft) -> Iterator[Problem]:
    if not isinstance(draft.located.data, dict):
        yield draft.problem((), "文件应写成“字段: 值”的形式。", "请参照 record_rules 里已有的规则。")
        return
    for name in draft.data:
        if name not in FIELDS:
            yield draft.problem((name,), f"没有字段 {name}。", suggestion(name, FIELDS))
    for name, one in FIELDS.items():
        if name not in draft.data:
            if one.required:
                yield draft.problem((), f"缺少字段 {name}（{one.meaning}）。", f"请加上 {name}: …")
        elif not one.shape.fits(draft.data[name]):
            value = draft.data[name]
            yield draft.problem((name,), f"字段 {name} 的值 {value!r} 不对。", f"应为{one.shape.words}。")


def _said(draft: Draft) -> Iterator[Problem]:
    source = draft.data["source"]
    if not isinstance(source.get("document"), str) or not isinstance(source.get("mark"), str):
        yield draft.problem(("source",), "source 要写 document 和 mark。", FIELDS["source"].meaning)
        return
    yield from identity.check(draft)
    yield from prose.check(draft)
    for name in ("title", "message"):
        if not draft.data[name].strip():
            yield draft.problem((name,), f"{name} 是空的。", f"请写明{FIELDS[name].meaning}。")
    points = Decimal(str(draft.data["points"]))
    if not 0 < points <= 100 or points * 10 != int(points * 10):
        yield draft.problem(("points",), f"points 不能是 {points}。", "大于 0、不大于 100，最多一位小数。")


def _language(draft: Draft) -> Iterator[Problem]:
    names = scope(draft.codes)
    for key in ("applies", "passes"):
        if draft.data.get(key) is not None:
            yield from _tried(draft, (key,), lambda key=key: expressions.condition(draft.data[key], names))
    for place, name in enumerate(draft.data.get("needs") or ()):
        yield from _tried(draft, ("needs", place), lambda name=name: _column(str(name), names))
    for place, name in enumerate(draft.data.get("delivered") or ()):
        yield from _tried(draft, ("delivered", place), lambda name=name: _delivered(str(name)))


def _tried(draft: Draft, path: tuple[Key, ...], bind) -> Iterator[Problem]:
    try:
        bind()
    except ExpressionError as error:
        yield draft.problem(path, error.message, error.remedy)


def _column(name: str, names: expressions.Scope) -> Ref:
    node = expressions.parse(name, names)
    if not isinstance(node, Ref):
        raise ExpressionError(f"needs 里的 {name} 不是列名。", "needs 只写列名，条件写在 applies 里。")
    return node


def _delivered(written: str) -> tuple[str, str]:
    table, _, column = written.partition(".")
    if table != "stays" and (table not in TABLES or TABLES[table].child_of != "stays"):
        known = [t.name for t in TABLES.values() if t.child_of == "stays"]
        raise ExpressionError(f"没有表 {table}。", suggestion(table, known))
    if column not in TABLES[table].column_names:
        raise ExpressionError(f"表 {table} 没有列 {column}。", suggestion(column, TABLES[table].column_names))
    return table, column


def _build(draft: Draft) -> RecordRule:
    data, names = draft.data, scope(draft.codes)
    applies = None if data.get("applies") is None else expressions.condition(data["applies"], names)
    needs = tuple(_column(str(name), names) for name in data.get("needs") or ())
    delivered = tuple(_delivered(str(name)) for name in data.get("delivered") or ())
    passes, points = expressions.condition(data["passes"], names), Decimal(str(data["points"]))
    return RecordRule(
        id=data["id"],
        version=data["version"],
        status=Status(data["status"]),
        hash=_hash(applies, needs, delivered, passes, points),
        kind=RuleKind(data["kind"]),
        title=data["title"].strip(),
        why=data["why"].strip(),
        source=origin(data["source"]),
        owner=data["owner"],
        checker=data["checker"],
        next_review=data["next_review"],
        severity=Severity(data["severity"]),
        applies=applies,
        needs=needs,
        delivered=delivered,
        passes=passes,
        points=points,
        message=data["message"].strip(),
        notes=data.get("notes", "").strip(),
        applies_text=data.get("applies") or "",
        passes_text=data["passes"].strip(),
        file=draft.located.file,
    )


def _hash(applies: Node | None, needs, delivered, passes: Node, points: Decimal) -> str:
    meaning: dict[str, Any] = {
        "language": 1,
        "applies": None if applies is None else canonical.text(applies),
        "needs": sorted(canonical.text(ref) for ref in needs),
        "delivered": sorted(".".join(pair) for pair in delivered),
        "passes": canonical.text(passes),
        "points": format(points.normalize(), "f"),
    }
    return canonical.digest(json.dumps(meaning, sort_keys=True, ensure_ascii=False))
