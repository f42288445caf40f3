"""A rule's YAML -> the rule, or everything that is wrong with it, in Chinese with its line."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import canonical, expressions
from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.located import Located, read, read_text
from zhikong.engine.definitions.nodes import CodeRange, Node, Ref
from zhikong.engine.definitions.problems import ExpressionError, Problem, suggestion
from zhikong.engine.record_rules import heading
from zhikong.engine.record_rules.clock import reading as clock
from zhikong.engine.record_rules.events import Events, load_events
from zhikong.engine.record_rules.fields import FIELDS
from zhikong.engine.record_rules.model import RecordRule, RuleKind
from zhikong.engine.record_rules.refs import BESIDE
from zhikong.engine.record_rules.texts import reading as content
from zhikong.engine.tables import TABLES

Codes = Mapping[str, tuple[CodeRange, ...]]
EXAMPLES = ".examples.yaml"


def scope(codes: Codes) -> expressions.Scope:
    """What a row rule may name: columns of the stay and of its front page, child tables through has(…) and the like."""
    return expressions.Scope(TABLES["stays"], codes, beside=TABLES[BESIDE])


def rule_files(pack: Path) -> list[Path]:
    """The rule files of a pack, without the examples beside them, in a stable order."""
    return sorted(f for f in (pack / "record_rules").glob("*.yaml") if not f.name.endswith(EXAMPLES))


def vocabulary(pack: Path, codes: Codes) -> Events:
    """The events that rules of a pack may name: those of the packs beside it, and its own before them."""
    beside = sorted(f.parent for f in pack.parent.glob("*/pack.yaml") if f.parent != pack)
    return load_events([*beside, pack], codes)[0]


def load_rules(
    pack: Path,
    codes: Codes,
    events: Events | None = None,
    *,
    kinds: Sequence[RuleKind] | None = None,
    only: Collection[str] | None = None,
) -> tuple[list[Any], list[Problem]]:
    """Every rule of a pack, and every problem found; a rule with problems is absent.

    events: the vocabulary; None means that of `vocabulary`. kinds, only: rules of these kinds, or with these ids;
    None means all.
    """
    rules: list[Any] = []
    problems: list[Problem] = []
    known = vocabulary(pack, codes) if events is None else events
    for file in rule_files(pack):
        if only is not None and file.stem not in only:
            continue
        located = read(file)
        if kinds is not None and kind_of(located) not in kinds:
            continue
        found = rule_of(located, codes, known)
        if isinstance(found, list):
            problems += found
        else:
            rules.append(found)
    return rules, problems


def rule_of_text(text: str, *, file: Path, codes: Codes, events: Events | None = None) -> Any:
    """The rule of a text that may lie in no file; `file` is what problems name, its stem is the id."""
    return rule_of(read_text(text, file=file), codes, events)


def kind_of(located: Located | Problem) -> str | None:
    """The kind that a file names, as far as it can be read at all."""
    data = located.data if isinstance(located, Located) else None
    return str(data.get("kind")) if isinstance(data, dict) else None


def rule_of(located: Located | Problem, codes: Codes, events: Events | None = None) -> Any:
    """One rule, or the list of what is wrong with it. events: the vocabulary that clock rules name."""
    if isinstance(located, Problem):
        return [located]
    if kind_of(located) == RuleKind.CLOCK:
        return clock.rule_of(located, codes, events or {})
    if content.takes(located.data):
        return content.rule_of(located, codes)
    draft = Draft(located, "", codes)
    for stage in (_shape, heading.said, _language):
        problems = sorted(stage(draft), key=lambda p: p.line)
        if problems:
            return problems
    return _build(draft)


def _shape(draft: Draft) -> Iterator[Problem]:
    yield from heading.shape(draft, FIELDS)


def _language(draft: Draft) -> Iterator[Problem]:
    names = scope(draft.codes)
    for key in ("applies", "passes"):
        if draft.data.get(key) is not None:
            yield from heading.tried(
                draft, (key,), lambda key=key: expressions.condition(draft.data[key], names)
            )
    for place, name in enumerate(draft.data.get("needs") or ()):
        yield from heading.tried(draft, ("needs", place), lambda name=name: _column(str(name), names))
    for place, name in enumerate(draft.data.get("delivered") or ()):
        yield from heading.tried(draft, ("delivered", place), lambda name=name: _delivered(str(name)))


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
    passes = expressions.condition(data["passes"], names)
    head = heading.head(data)
    return RecordRule(
        **head,
        hash=_hash(applies, needs, delivered, passes, head),
        file=draft.located.file,
        applies=applies,
        needs=needs,
        delivered=delivered,
        passes=passes,
        passes_text=data["passes"].strip(),
    )


def _hash(applies: Node | None, needs, delivered, passes: Node, head: Mapping[str, Any]) -> str:
    meaning: dict[str, Any] = {
        "language": 1,
        "applies": None if applies is None else canonical.text(applies),
        "needs": sorted(canonical.text(ref) for ref in needs),
        "delivered": sorted(".".join(pair) for pair in delivered),
        "passes": canonical.text(passes),
        "points": format(head["points"].normalize(), "f"),
    } | heading.validity(head["valid"])
    return canonical.digest(json.dumps(meaning, sort_keys=True, ensure_ascii=False))
