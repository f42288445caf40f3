"""Our own documented layout of adverse drug reactions: one column for each item of the form, codes and words beside it.

The authority's own layout is not at hand; nothing here pretends to be it. The layout is made from the form in force,
so a hospital that adds an item adds a column; ``LAYOUT`` grows when columns change their meaning. No ORM.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.forms import presenting
from zhikong.foundation.forms.definition.model import FormDefinition, Item, ItemType

LAYOUT = "zhikong-adr-1"
KIND_WORDS = {
    "text": _("文字"), "long_text": _("长文字"), "choice": _("单选"), "choices": _("多选"), "number": _("数字"),
    "yes_no": _("是或否"), "yes_no_na": _("是、否或不适用"), "date": _("日期"), "time": _("时间"),
    "datetime": _("日期和时间"), "table": _("表格"),
}  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """One column. name: stable, in English; title: what people read; kind: the item's type; codes: what may stand."""

    name: str
    title: str
    kind: str
    required: bool = False
    codes: tuple[tuple[str, str], ...] = ()

    @property
    def kind_words(self) -> str:
        """The type as people call it."""
        return str(KIND_WORDS.get(self.kind, KIND_WORDS["text"]))


HEAD = (
    Column("report_number", "报告编号", "text", True),
    Column("report_kind", "报告方式", "choice", True, (("named", "实名"), ("confidential", "保密"), ("anonymous", "匿名"))),
    Column("reported_on", "报告日期", "date", True),
    Column("department", "发生科室", "text"),
    Column("occurred_on", "发生日期", "date", True),
    Column("level", "级别", "choice", False, (("I", "Ⅰ"), ("II", "Ⅱ"), ("III", "Ⅲ"), ("IV", "Ⅳ"))),
    Column("what", "报告人所写", "long_text"),
)  # fmt: skip


def columns(form: FormDefinition) -> list[Column]:
    """All columns in their order: of the report, then of each item; an item's choices stand as codes and as words."""
    return [*HEAD, *(column for item in form.items() if item.has_answer for column in _columns(item))]


def _columns(item: Item) -> list[Column]:
    if item.options:
        codes = tuple((one.code, one.text) for one in item.options)
        return [
            Column(item.id, item.text, str(item.type), item.required, codes),
            Column(f"{item.id}_words", f"{item.text}（文字）", "text"),
        ]
    return [Column(item.id, item.text, str(item.type), item.required)]


def record(form: FormDefinition, head: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    """One report as text by column; what was not answered is ''."""
    found = {column.name: str(head.get(column.name, "")) for column in HEAD}
    for item in form.items():
        if not item.has_answer:
            continue
        value = values.get(item.id)
        found[item.id] = _told(item, value)
        if item.options:
            found[f"{item.id}_words"] = "" if value is None else presenting.words(item, value, {})
    return found


def _told(item: Item, value: Any) -> str:
    if value is None:
        return ""
    if item.type is ItemType.TABLE:
        return "；".join("|".join(str(row.get(column.id, "")) for column in item.columns) for row in value)
    return "|".join(value) if isinstance(value, list) else str(value)


def as_csv(cols: Sequence[Column], records: Iterable[Mapping[str, str]]) -> bytes:
    """UTF-8 with the mark that Excel looks for; the first line holds the titles, the second the names."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.title for column in cols])
    writer.writerow([column.name for column in cols])
    for one in records:
        writer.writerow([harmless(one.get(column.name, "")) for column in cols])
    return "\ufeff".encode() + out.getvalue().encode()


def harmless(text: str) -> str:
    """What people typed never becomes a formula of a spreadsheet."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_xml(
    form: FormDefinition, cols: Sequence[Column], records: Iterable[Mapping[str, str]], made_at: str
) -> bytes:
    """<reports layout form version made_at><report><field name title>…; characters that XML forbids are dropped."""
    root = ElementTree.Element(
        "reports", layout=LAYOUT, form=form.id, version=str(form.version), made_at=made_at
    )
    for one in records:
        report = ElementTree.SubElement(root, "report")
        for column in cols:
            if text := one.get(column.name, ""):
                cell = ElementTree.SubElement(report, "field", name=column.name, title=column.title)
                cell.text = "".join(c for c in text if c in "\n\t" or c >= " ")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
