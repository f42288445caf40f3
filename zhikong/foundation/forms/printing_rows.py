"""The lines of a form on paper, blank and filled, as plain data for the layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from zhikong.foundation.forms import presenting
from zhikong.foundation.forms.building.words import LOOKS
from zhikong.foundation.forms.definition.model import YES_NO, Item, ItemType, Severity

BLANK_ROWS = 5
GRAVE = "▲"
Data = dict[str, Any]


def _row(item: Item, number: str, kind: str, points: str = "", **more: Any) -> Data:
    return {
        "number": number, "text": _marked(item), "flag": _("单项否决") if item.veto else "",
        "look": str(LOOKS[item.check]) if item.check else "", "note": item.clause, "help": "",
        "kind": kind, "points": points, **more,
    }  # fmt: skip


def _marked(item: Item) -> str:
    """The item's words, a grave one with the sign that the legend explains."""
    return f"{GRAVE} {item.text}" if item.severity is Severity.MAJOR else item.text


def blank_row(item: Item, number: str) -> Data:
    return {**_blank_cells(item, number), "help": item.help}


def _blank_cells(item: Item, number: str) -> Data:
    points = presenting.points(item.full) if item.is_scored else ""
    if item.type is ItemType.NOTE:
        return _row(item, "", "note")
    if item.type is ItemType.TABLE:
        return _row(item, number, "table", points, **_grid(item, _blank_rows(item)))
    if item.type in YES_NO or item.options:
        return _row(item, number, "boxes", points, boxes=_boxes(item, None))
    if item.type is ItemType.OBSERVATION:
        return _row(item, number, "text", points, words=_("做到＿＿例／观察＿＿例"))
    line = "＿＿＿＿＿＿ " + item.unit if item.type is ItemType.NUMBER else ""
    return _row(
        item, number, "long" if item.type is ItemType.LONG_TEXT else "text", points, words=line.strip()
    )


def _blank_rows(item: Item) -> list[tuple[str, list[str]]]:
    heads = item.fixed or [str(n + 1) for n in range(max(item.rows_min, min(BLANK_ROWS, item.rows_max)))]
    return [(head, [""] * len(item.columns)) for head in heads]


def filled_row(answer: Any, values: Mapping[str, Any]) -> Data:
    item: Item = answer.item
    points = f"−{answer.lost}" if answer.lost else (presenting.points(item.full) if item.is_scored else "")
    if points and values.get(item.id) == "na":
        points = _("不计")
    if item.type is ItemType.NOTE:
        return _row(item, "", "note")
    if item.type is ItemType.TABLE:
        return _row(item, answer.number, "table", points, **_grid(item, answer.rows))
    if item.type in YES_NO or item.options:
        return _row(item, answer.number, "boxes", points, boxes=_boxes(item, values.get(item.id)))
    files = "；".join(file.name for file in answer.files)
    words = "" if answer.words == presenting.DASH else answer.words
    kind = "long" if item.type is ItemType.LONG_TEXT else "text"
    return _row(item, answer.number, kind, points, words="\n".join(part for part in (words, files) if part))


def _grid(item: Item, rows: Sequence[tuple[str, list[str]]]) -> Data:
    head = _("项目") if item.fixed else _("序号")
    cells = [[name, *("" if c == presenting.DASH else c for c in texts)] for name, texts in rows]
    return {"heads": [head, *(column.text for column in item.columns)], "cells": cells}


def _boxes(item: Item, value: Any) -> list[list[Any]]:
    """[ticked, text] of each thing that can be chosen."""
    if item.type in YES_NO:
        codes = ("yes", "no", "na") if item.type is ItemType.YES_NO_NA else ("yes", "no")
        return [[value == code, presenting.YES_NO_WORDS[code]] for code in codes]
    chosen = [value] if isinstance(value, str) else (value or [])
    return [[option.code in chosen, option.text] for option in item.options]


def signature(item: Item, values: Mapping[str, Any]) -> list[str]:
    return [item.text, presenting.words(item, values.get(item.id), {}) if item.id in values else ""]
