"""The expressions of XLSForm and ours: the simple comparisons both ways; everything else is refused in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping

from zhikong.foundation.forms.building import showing
from zhikong.foundation.forms.building.documents import Data
from zhikong.foundation.forms.building.showing import Askable, Part
from zhikong.foundation.forms.definition.checks.identity import TAKEN

TERM = re.compile(
    r"^\$\{(?P<name>[^}]+)\}\s*(?P<op>=|!=|<=|>=|<|>)\s*(?P<value>'[^']*'|\"[^\"]*\"|-?\d+(?:\.\d+)?)$"
)
SELECTED = re.compile(
    r"^(?P<no>not\s*\(\s*)?selected\s*\(\s*\$\{(?P<name>[^}]+)\}\s*,\s*(?P<value>'[^']*'|\"[^\"]*\")\s*\)(?(no)\s*\))$"
)
LIMIT = re.compile(r"^\.\s*(?P<op><=|>=|<|>)\s*(?P<value>-?\d+(?:\.\d+)?)$")
JOINED = re.compile(r"\s+(and|or)\s+", re.IGNORECASE)
YES_NO = {"yes": "yes", "no": "no", "是": "yes", "否": "no", "na": "na", "不适用": "na"}
TO_OURS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
TO_THEIRS = {ours: theirs for theirs, ours in TO_OURS.items()}
REASONS = {
    "calculate": "calculate（计算题）不能转换：本系统的得分由分值自动计算，请删去这一行。",
    "begin repeat": "begin repeat（重复组）不能转换，请改用表格题。",
    "begin_repeat": "begin_repeat（重复组）不能转换，请改用表格题。",
    "geopoint": "geopoint（定位）不能转换，请改用文字题。",
    "range": "range（滑块）不能转换，请改用 integer 并写 constraint。",
    "rank": "rank（排序）不能转换，请改用单选或多选。",
    "file": "file（文件）不能转换，请改用 image。",
    "audio": "audio（录音）不能转换，请删去这一行。",
    "video": "video（录像）不能转换，请改用 image。",
    "barcode": "barcode（条码）不能转换，请改用文字题。",
    "acknowledge": "acknowledge（确认）不能转换，请改用是/否题。",
}


class CannotTranslate(ValueError):
    """One row says something that we cannot say. column: where it stands."""

    def __init__(self, sentence: str, column: str = "") -> None:
        super().__init__(sentence)
        self.column = column


def plain(name: str) -> str:
    """A name in the plain spelling of our ids: lower case, single underscores."""
    return re.sub(r"_+", "_", re.sub(r"[^a-z0-9]+", "_", name.lower())).strip("_")[:60]


def why_not(kind: str) -> str:
    found = next((why for word, why in REASONS.items() if kind.lower().startswith(word)), "")
    return found or f"题型 {kind[:40]} 不能转换，请改用文字、数字、日期、单选、多选或图片题。"


def limits(constraint: str, *, decimal: bool) -> Data:
    """`. >= 0 and . <= 25` as the limits of a number. Strict limits of whole numbers move by one."""
    found: Data = {"decimals": 2} if decimal else {}
    for part in JOINED.split(constraint.strip())[::2] if constraint.strip() else ():
        term = LIMIT.match(part.strip())
        if term is None or " or " in constraint.lower() or (decimal and term["op"] in "<>"):
            raise CannotTranslate(
                f"限制“{constraint[:60]}”不能转换，只认 . >= 0 and . <= 100 的写法。", "constraint"
            )
        value = float(term["value"])
        value += {">": 1, "<": -1}.get(term["op"], 0)
        found["min" if ">" in term["op"] else "max"] = int(value) if value.is_integer() else value
    return found


def condition(relevant: str, kinds: Mapping[str, Data], names: Mapping[str, str]) -> str:
    """A `relevant` as a show-if. kinds: the items above by the file's names; names: their ids here."""
    parts, joiner = _split(relevant)
    asked = _asked(kinds)
    found = [_part(part.strip(), relevant, kinds, names) for part in parts]
    try:
        return showing.join(found, joiner, asked)
    except showing.NotSimple as problem:
        raise CannotTranslate(f"条件“{relevant[:60]}”不能转换：{problem}", "relevant") from problem


def _split(relevant: str) -> tuple[list[str], showing.Joiner]:
    pieces = JOINED.split(relevant.strip())
    words = {word.lower() for word in pieces[1::2]}
    if len(words) > 1:
        raise _refused(relevant)
    return pieces[::2], "or" if words == {"or"} else "and"


def _asked(kinds: Mapping[str, Data]) -> list[Askable]:
    form = {"sections": [{"id": "a", "items": [*kinds.values(), {"id": "", "type": "note"}]}]}
    return showing.askables(form, "")


def _part(term: str, whole: str, kinds: Mapping[str, Data], names: Mapping[str, str]) -> Part:
    found = TERM.match(term) or SELECTED.match(term)
    if found is None:
        raise _refused(whole)
    name = found["name"].strip()
    if name not in kinds:
        raise CannotTranslate(f"条件问到的 {name} 不在这一题前面。", "relevant")
    value = found["value"].strip("'\"")
    item = kinds[name]
    if "op" in found.groupdict():
        return _compared(item, names[name], TO_OURS[found["op"]], value, whole)
    return _selected(item, names[name], bool(found["no"]), value, whole)


def _compared(item: Data, name: str, operator: str, value: str, whole: str) -> Part:
    if item["type"] == "choices" or (item["type"] == "choice" and operator not in ("=", "<>")):
        raise _refused(whole)
    return Part(name, operator, _ours(item, value))


def _selected(item: Data, name: str, negated: bool, value: str, whole: str) -> Part:
    if item["type"] in ("yes_no", "yes_no_na", "choice"):
        return Part(name, "<>" if negated else "=", _ours(item, value))
    if item["type"] != "choices":
        raise _refused(whole)
    return Part(f"{name}__{_ours(item, value)}", "=", showing.NOT_TICKED if negated else showing.TICKED)


def _ours(item: Data, value: str) -> str:
    if item["type"] in ("yes_no", "yes_no_na"):
        return YES_NO.get(value.lower(), value)
    return plain(value) if item["type"] in ("choice", "choices") else value


def _refused(whole: str) -> CannotTranslate:
    return CannotTranslate(
        f"条件“{whole[:60]}”不能转换，只认 ${{题}} = '值'、大小比较和 selected()，用 and 或 or 连接。",
        "relevant",
    )


def relevant(source: str, asked: list[Askable], multiple: Mapping[str, tuple[str, str]]) -> str | None:
    """A show-if as a `relevant`; None when it says more than the simple comparisons.

    multiple: names such as item__code with the item and the option that they stand for.
    """
    parts = showing.split(source, asked)
    if parts is None:
        return None
    return f" {parts.joiner} ".join(_theirs(part, asked, multiple) for part in parts.parts)


def _theirs(part: Part, asked: list[Askable], multiple: Mapping[str, tuple[str, str]]) -> str:
    if part.name in multiple:
        item, code = multiple[part.name]
        chosen = f"selected(${{{item}}}, '{code}')"
        return chosen if part.value == showing.TICKED else f"not({chosen})"
    kind = next(a.kind for a in asked if a.name == part.name)
    value = part.value if kind == "number" else f"'{part.value}'"
    return f"${{{part.name}}} {TO_THEIRS[part.operator]} {value}"


__all__ = ["TAKEN", "CannotTranslate", "condition", "limits", "plain", "relevant", "why_not"]
