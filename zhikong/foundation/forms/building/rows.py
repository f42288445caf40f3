"""The parts of an item that are lists on the page: options, columns of a table, comparisons of the show-if.

Each row's controls are named by its position (option_0_text …). A row whose text is emptied is taken away; rows that
stand empty at the end are there to be filled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from zhikong.foundation.forms.building import showing
from zhikong.foundation.forms.building.documents import Data, chinese, listed
from zhikong.foundation.forms.building.outline import EditError, next_id
from zhikong.foundation.forms.building.scores import plain

SPARE_OPTIONS, SPARE_COLUMNS = 2, 2
MOST_ROWS = 60
PARTS = 4
COLUMN_TYPES = ("text", "number", "yes_no", "date", "time", "person", "department")

Post = Mapping[str, Any]


# ---- options --------------------------------------------------------------------------------------------------


def option_rows(item: Data) -> list[Data]:
    """The options with some empty rows behind them."""
    known = [
        {"code": o.get("code", ""), "text": chinese(o.get("text")), "score": o.get("score")}
        for o in listed(item.get("options"))
        if isinstance(o, dict)
    ]
    return known + [{"code": "", "text": "", "score": None}] * max(SPARE_OPTIONS, 3 - len(known))


def options(post: Post, item: Data) -> list[Data]:
    """Raises EditError for points that are no number."""
    old = {str(o.get("code")): o for o in listed(item.get("options")) if isinstance(o, dict)}
    found: list[Data] = []
    codes = set(old)
    for row in _rows(post, "option"):
        code = row.get("code") or next_id("option_", codes)
        codes.add(code)
        kept = {k: v for k, v in old.get(code, {}).items() if k not in ("code", "text", "score")}
        score = _points(row.get("score", ""))
        found.append(
            {"code": code, "text": row["text"], **kept} | ({} if score is None else {"score": score})
        )
    if any("score" in o for o in found):  # a reader must not guess what an option without points is worth
        found = [{**o, "score": o.get("score", 0)} for o in found]
    return found


def _points(text: str) -> int | float | None:
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise EditError(_("选项的分值“%(text)s”不是数字。") % {"text": text[:20]})
    return plain(value)


# ---- columns of a table ----------------------------------------------------------------------------------------------


def column_rows(item: Data) -> list[Data]:
    known = [
        {
            "id": c.get("id", ""),
            "text": chinese(c.get("text")),
            "type": c.get("type"),
            "required": c.get("required"),
        }
        for c in listed(item.get("columns"))
        if isinstance(c, dict)
    ]
    blank = {"id": "", "text": "", "type": "text", "required": False}
    return known + [blank] * SPARE_COLUMNS


def columns(post: Post, item: Data) -> list[Data]:
    old = {str(c.get("id")): c for c in listed(item.get("columns")) if isinstance(c, dict)}
    found: list[Data] = []
    names = set(old)
    for row in _rows(post, "column"):
        name = row.get("id") or next_id("column_", names)
        names.add(name)
        kind = row.get("type") or "text"
        kept = old.get(name, {})
        if kept.get("type") != kind:
            kept = {}
        column = {
            **kept,
            "id": name,
            "type": kind,
            "text": row["text"],
            "required": bool(row.get("required")),
        }
        found.append({k: v for k, v in column.items() if k != "required" or v})
    return found


# ---- the show-if --------------------------------------------------------------------------------------------------


@dataclass
class Showing:
    """The show-if as the page offers it. simple is False for an expression that the choices cannot say."""

    asked: list[showing.Askable]
    rows: list[ShowingRow] = field(default_factory=list)
    joiner: str = "and"
    simple: bool = True
    source: str = ""


@dataclass
class ShowingRow:
    """One comparison: what was chosen, and what can be chosen with it."""

    index: int
    name: str = ""
    operator: str = "="
    value: str = ""
    operators: list[tuple[str, str]] = field(default_factory=list)
    choices: tuple[tuple[str, str], ...] = ()
    kind: str = ""


def showing_of(draft: Data, item: Data, post: Post | None = None) -> Showing:
    """What to show: what the draft says, or what was just chosen and is not complete yet."""
    asked = showing.askables(draft, item["id"])
    source = chinese(item.get("show_if"))
    parts = showing.split(source, asked)
    found = Showing(asked, simple=parts is not None, source=source)
    if parts is None:
        return found
    found.joiner = parts.joiner
    chosen = list(parts.parts)
    if post is not None and "show_0_name" in post:
        chosen, found.joiner = _chosen(post), post.get("show_joiner") or "and"
    found.rows = [_showing_row(i, part, asked) for i, part in enumerate(chosen[:PARTS])]
    if len(found.rows) < PARTS:
        found.rows.append(ShowingRow(len(found.rows)))
    return found


def show_if(post: Post, draft: Data, item: Data, written: str) -> str | None:
    """The expression that the controls stand for; an expression changed by hand goes before the choices.

    Raises showing.NotSimple for a comparison that has no value yet.
    """
    before = chinese(item.get("show_if"))
    if written.strip() != before.strip():
        return written.strip() or None
    if "show_0_name" not in post:
        return before or None
    asked = showing.askables(draft, item["id"])
    parts = showing.split(before, asked)
    chosen = _with_defaults(_chosen(post), asked)
    joiner = "or" if post.get("show_joiner") == "or" else "and"
    if parts is not None and list(parts.parts) == chosen and (parts.joiner == joiner or len(chosen) < 2):
        return before or None
    return showing.join(chosen, joiner, asked) or None


def _chosen(post: Post) -> list[showing.Part]:
    found = []
    for index in range(PARTS):
        name = post.get(f"show_{index}_name", "")
        if name:
            operator, value = post.get(f"show_{index}_operator", "="), post.get(f"show_{index}_value", "")
            found.append(showing.Part(name, operator, value.strip()))
    return found


def _with_defaults(parts: list[showing.Part], asked: list[showing.Askable]) -> list[showing.Part]:
    """Another item chosen leaves a comparison and a value that do not fit it: its first ones take their place."""
    by_name = {a.name: a for a in asked}
    return [_fitting(part, by_name.get(part.name)) for part in parts]


def _fitting(part: showing.Part, asked: showing.Askable | None) -> showing.Part:
    if asked is None:
        return part
    operators = showing.OPERATORS[asked.kind]
    operator = part.operator if part.operator in operators else operators[0]
    value = part.value
    if asked.choices and value not in dict(asked.choices):
        value = asked.choices[0][0]
    return showing.Part(part.name, operator, value)


def _showing_row(index: int, part: showing.Part, asked: list[showing.Askable]) -> ShowingRow:
    found = next((a for a in asked if a.name == part.name), None)
    if found is None:
        return ShowingRow(index, part.name, part.operator, part.value)
    part = _fitting(part, found)
    operators = [(code, showing.OPERATOR_WORDS[code]) for code in showing.OPERATORS[found.kind]]
    return ShowingRow(index, part.name, part.operator, part.value, operators, found.choices, found.kind)


def _rows(post: Post, prefix: str) -> Iterator[dict[str, str]]:
    """The posted rows whose text is not empty, in their order."""
    for index in range(MOST_ROWS):
        start = f"{prefix}_{index}_"
        row = {k.removeprefix(start): str(v).strip() for k, v in _items(post) if k.startswith(start)}
        if row.get("text"):
            yield row


def _items(post: Post) -> Iterator[tuple[str, Any]]:
    return iter(post.items())
