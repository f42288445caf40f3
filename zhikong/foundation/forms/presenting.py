"""Clean answers as words: for the reading page, the register, the workbook and the print."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from zhikong.foundation.forms.definition.model import YES_NO, Item, ItemType

YES_NO_WORDS = {"yes": "是", "no": "否", "na": "不适用"}
DASH = "—"
Labels = Mapping[tuple[ItemType, str], str]


def words(item: Item, value: Any, labels: Labels) -> str:
    """An answer in words; — when there is none. labels: names behind people, departments, patients."""
    if value is None:
        return DASH
    if item.type in YES_NO:
        return YES_NO_WORDS[value]
    if item.type in (ItemType.CHOICE, ItemType.CHOICES):
        codes = [value] if isinstance(value, str) else value
        return "、".join(option.text for option in item.options if option.code in codes)
    return WORDS.get(item.type, _plain)(item, value, labels)


def _plain(item: Item, value: Any, labels: Labels) -> str:
    return str(value)


def _number(item: Item, value: Any, labels: Labels) -> str:
    text = f"{Decimal(str(value)):.{item.decimals}f}"
    close = item.unit in ("%", "‰", "‱", "℃")
    return text + ("" if not item.unit else item.unit if close else f" {item.unit}")


def _datetime(item: Item, value: Any, labels: Labels) -> str:
    return str(value).replace("T", " ")


def _reference(item: Item, value: Any, labels: Labels) -> str:
    return labels.get((item.type, str(value)), "") or DASH


def _observation(item: Item, value: Any, labels: Labels) -> str:
    share = Decimal(value["n"]) * 100 / value["m"]
    return f"{value['n']}/{value['m']}（{share:.1f}%）"


def _files(item: Item, value: Any, labels: Labels) -> str:
    return f"{len(value)} 张"


def _signature(item: Item, value: Any, labels: Labels) -> str:
    return f"{value['name']}　{value['at'][:16].replace('T', ' ')}"


def _table(item: Item, value: Any, labels: Labels) -> str:
    lines = []
    for number, row in enumerate(value):
        head = f"{item.fixed[number]}：" if number < len(item.fixed) else ""
        cells = [f"{c.text} {words(c, row[c.id], labels)}" for c in item.columns if c.id in row]
        if cells:
            lines.append(head + "，".join(cells))
    return "；".join(lines) or DASH


WORDS = {
    ItemType.NUMBER: _number,
    ItemType.DATETIME: _datetime,
    ItemType.PERSON: _reference,
    ItemType.DEPARTMENT: _reference,
    ItemType.PATIENT: _reference,
    ItemType.OBSERVATION: _observation,
    ItemType.PHOTO: _files,
    ItemType.SIGNATURE: _signature,
    ItemType.TABLE: _table,
}


def points(value: Decimal | None) -> str:
    """12.5 and 12, never 12.50 or 1.2E+1."""
    if value is None:
        return DASH
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
