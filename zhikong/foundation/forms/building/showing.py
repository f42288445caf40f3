"""The show-if of an item as three choices (which item, which comparison, what value) and back to its expression.

The engine's language is richer than three choices. An expression that does not fit them stays as text, and the page
says so; nothing is simplified behind the author's back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from zhikong.engine import conditions
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.problems import ExpressionError
from zhikong.engine.tables import Type
from zhikong.foundation.forms.building.documents import Data, chinese, listed
from zhikong.foundation.forms.building.outline import items

Kind = Literal["choice", "ticked", "number", "text"]
Joiner = Literal["and", "or"]
EQUAL, OTHER, LESS, AT_MOST, MORE, AT_LEAST = "=", "<>", "<", "<=", ">", ">="
OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    "choice": (EQUAL, OTHER),
    "ticked": (EQUAL,),
    "number": (EQUAL, OTHER, MORE, AT_LEAST, LESS, AT_MOST),
    "text": (EQUAL, OTHER),
}
TICKED, NOT_TICKED = "ticked", "not_ticked"
TURNED = {LESS: MORE, AT_MOST: AT_LEAST, EQUAL: EQUAL, OTHER: OTHER}
YES_NO = (("yes", "是"), ("no", "否"))
NOT_APPLICABLE = ("na", "不适用")


class NotSimple(ValueError):
    """A part that cannot be written: a value is missing or does not fit."""


@dataclass(frozen=True)
class Askable:
    """One name that a condition may ask: an item above, or one option of a multiple choice."""

    name: str
    label: str
    kind: Kind
    type: Type
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Part:
    """One comparison: name, operator, and the value as it is written in the page's field."""

    name: str
    operator: str
    value: str


@dataclass(frozen=True)
class Parts:
    """Comparisons that must all hold (`and`), or of which one must (`or`)."""

    parts: tuple[Part, ...] = ()
    joiner: Joiner = "and"


def askables(data: Data, item_id: str) -> list[Askable]:
    """What the condition of an item may ask: the items above it, in their order."""
    found: list[Askable] = []
    for number, item in enumerate(items(data), start=1):
        if item.get("id") == item_id:
            break
        found.extend(_of(number, item))
    return found


def _of(number: int, item: Data) -> Iterator[Askable]:
    name, kind = str(item.get("id")), item.get("type")
    label = f"第 {number} 题 {chinese(item.get('text'))}"
    options = tuple((str(o.get("code")), chinese(o.get("text"))) for o in _options(item))
    if kind in ("yes_no", "yes_no_na"):
        yield Askable(name, label, "choice", Type.TEXT, _answers(kind))
    elif kind == "choice":
        yield Askable(name, label, "choice", Type.TEXT, options)
    elif kind == "choices":
        ticks = ((TICKED, "选中"), (NOT_TICKED, "没有选中"))
        for code, text in options:
            yield Askable(f"{name}__{code}", f"{label}：{text}", "ticked", Type.BOOL, ticks)
    elif kind == "number":
        yield Askable(name, label, "number", Type.FLOAT if item.get("decimals") else Type.INT)
    elif kind == "observation":
        yield Askable(f"{name}__n", f"{label}：合格数", "number", Type.INT)
        yield Askable(f"{name}__m", f"{label}：抽查数", "number", Type.INT)
    elif kind in ("text", "long_text"):
        yield Askable(name, label, "text", Type.TEXT)


def _options(item: Data) -> list[Data]:
    return [o for o in listed(item.get("options")) if isinstance(o, dict)]


def _answers(kind: str) -> tuple[tuple[str, str], ...]:
    return (*YES_NO, NOT_APPLICABLE) if kind == "yes_no_na" else YES_NO


# ---- from the expression to the choices ------------------------------------------------------------------------------


def split(source: str, asked: Sequence[Askable]) -> Parts | None:
    """The choices that an expression stands for, or None when it says more than they can."""
    if not source.strip():
        return Parts()
    known = {a.name: conditions.Name(a.type, a.label) for a in asked}
    try:
        node = conditions.read(source, known).node
    except ExpressionError:
        return None
    joiner: Joiner = "or" if isinstance(node, n.Or) else "and"
    leaves = node.items if isinstance(node, n.And | n.Or) else (node,)
    parts = [part for leaf in leaves if (part := _part(leaf)) is not None]
    if len(parts) < len(leaves):
        return None
    # the engine sorts what stands beside "and"; the author's own order is kept on the page
    return Parts(tuple(sorted(parts, key=lambda part: _position(source, part.name))), joiner)


def _position(source: str, name: str) -> int:
    found = re.search(rf"(?<![\w']){name}(?!\w)", source)
    return found.start() if found else len(source)


def _part(node: n.Node) -> Part | None:
    if isinstance(node, n.Ref):
        return Part(node.column, EQUAL, TICKED)
    if isinstance(node, n.Not) and isinstance(node.operand, n.Ref):
        return Part(node.operand.column, EQUAL, NOT_TICKED)
    if not isinstance(node, n.Compare):
        return None
    if isinstance(node.left, n.Ref) and isinstance(node.right, n.Value):
        return Part(node.left.column, node.op, _written(node.right))
    if isinstance(node.right, n.Ref) and isinstance(node.left, n.Value):
        return Part(node.right.column, TURNED[node.op], _written(node.left))
    return None


def _written(value: n.Value) -> str:
    return f"{value.value:f}" if isinstance(value.value, Decimal) else str(value.value)


# ---- from the choices to the expression ------------------------------------------------------------------------------


def join(parts: Iterable[Part], joiner: Joiner, asked: Sequence[Askable]) -> str:
    """The expression of the choices; empty without any. Raises NotSimple with a Chinese sentence."""
    by_name = {a.name: a for a in asked}
    return f" {joiner} ".join(_text(part, by_name) for part in parts)


def _text(part: Part, by_name: Mapping[str, Askable]) -> str:
    asked = by_name.get(part.name)
    if asked is None:
        raise NotSimple("条件问到的题不在这一题前面，请重新选择。")
    if part.operator not in OPERATORS[asked.kind]:
        raise NotSimple(f"“{asked.label}”不能用这种比较。")
    if asked.kind == "ticked":
        return part.name if part.value == TICKED else f"not {part.name}"
    return f"{part.name} {part.operator} {_literal(part.value.strip(), asked)}"


def _literal(value: str, asked: Askable) -> str:
    if not value:
        raise NotSimple(f"请选择或填写“{asked.label}”要比较的值。")
    if asked.kind == "number":
        return _number(value, asked)
    if asked.choices and value not in {code for code, _label in asked.choices}:
        raise NotSimple(f"“{asked.label}”没有这个选项，请重新选择。")
    return "'" + value.replace("'", "''") + "'"


def _number(value: str, asked: Askable) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise NotSimple(f"“{asked.label}”是数字，请填写数字。")
    return f"{number:f}"


def in_words(source: str, asked: Sequence[Askable]) -> str:
    """A condition as a sentence; the expression itself when it is not simple."""
    found = split(source, asked)
    if found is None:
        return source
    by_name = {a.name: a for a in asked}
    said = [_words(part, by_name[part.name]) for part in found.parts]
    return (" 并且 " if found.joiner == "and" else " 或者 ").join(said)


def _words(part: Part, asked: Askable) -> str:
    value = dict(asked.choices).get(part.value, part.value)
    return f"{asked.label} {OPERATOR_WORDS[part.operator]}“{value}”"


OPERATOR_WORDS = {
    EQUAL: "等于",
    OTHER: "不等于",
    MORE: "大于",
    AT_LEAST: "大于或等于",
    LESS: "小于",
    AT_MOST: "小于或等于",
}
