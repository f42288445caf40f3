"""A form definition as plain nested data, and as YAML text with a stable order of fields.

The editor works on this data and not on the checked model, because a draft is allowed to be wrong for a while:
a half-written item must be kept, shown and explained, not refused.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import yaml

Data = dict[str, Any]

FORM_FIELDS = (
    "id",
    "version",
    "kind",
    "title",
    "purpose",
    "source",
    "owner",
    "checker",
    "next_review",
    "subject",
    "fill",
    "full_score",
    "pass_score",
    "grades",
    "number",
    "notes",
    "sections",
)
SECTION_FIELDS = ("id", "title", "help", "cap", "scoring", "items")
ITEM_FIELDS = (
    "id",
    "type",
    "text",
    "help",
    "required",
    "score",
    "veto",
    "evidence",
    "clause",
    "severity",
    "check",
    "mark",
    "show_if",
    "options",
    "unit",
    "min",
    "max",
    "decimals",
    "of",
    "columns",
    "rows",
    "fixed",
)
LANGUAGE = "zh"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NotADefinition(ValueError):
    """The text cannot be read as the data of a form; says why in Chinese."""


def read(text: str) -> Data:
    """The data of a YAML text. Raises NotADefinition when it is no mapping or no YAML at all."""
    try:
        data = yaml.load(text, Loader=_LOADER)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行附近" if mark else ""
        raise NotADefinition(f"文本{where}不是合法的 YAML，请到文本编辑里改正。") from error
    if not isinstance(data, dict):
        raise NotADefinition("文本里没有表单的内容，请到文本编辑里改正。")
    return tidy(data)


def tidy(data: Data) -> Data:
    """The data with lists where sections and items belong; what is of another shape is left out."""
    sections = [dict(s) for s in listed(data.get("sections")) if isinstance(s, dict)]
    for section in sections:
        section["items"] = [dict(i) for i in listed(section.get("items")) if isinstance(i, dict)]
    return {**data, "sections": sections}


def listed(value: object) -> list[Any]:
    """The value when it is a list, else an empty list."""
    return value if isinstance(value, list) else []


def write(data: Data) -> str:
    """YAML text in the stable order of fields; reading it again gives the same data."""
    return yaml.dump(_in_order(data), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


def _in_order(data: Data) -> Data:
    form = _ordered(data, FORM_FIELDS)
    form["sections"] = [_section(s) for s in listed(data.get("sections"))]
    return form


def _section(section: Data) -> Data:
    found = _ordered(section, SECTION_FIELDS)
    found["items"] = [_item(i) for i in listed(section.get("items"))]
    return found


def _item(item: Data) -> Data:
    found = _ordered(item, ITEM_FIELDS)
    if "columns" in found:
        found["columns"] = [_ordered(c, ITEM_FIELDS) for c in listed(found["columns"])]
    return found


def _ordered(values: Data, order: tuple[str, ...]) -> Data:
    known = {key: values[key] for key in order if key in values}
    return known | {key: value for key, value in values.items() if key not in known}


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes equal parts twice instead of once with a reference to it."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_ODD_BREAKS = "\x85\u2028\u2029\ufeff"


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    """Lines of a longer text stay lines; characters that YAML would fold away are escaped."""
    odd = any(c in _ODD_BREAKS or (c < " " and c != "\n") for c in text)
    style = '"' if odd else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


# ---- texts that may be written in several languages ---------------------------------------------------------------


def chinese(value: object) -> str:
    """The Chinese of a text that is either plain or {zh: …, en: …}."""
    if isinstance(value, dict):
        value = value.get(LANGUAGE) or next(iter(value.values()), "")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def with_chinese(old: object, text: str) -> object:
    """The text put in; translations beside it stay."""
    return {**old, LANGUAGE: text} if isinstance(old, dict) else text
