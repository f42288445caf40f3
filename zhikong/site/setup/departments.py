"""Departments from a small CSV file, for a first set-up; the wizard reads a hospital's own lists."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from zhikong.site.home import Explained

CLASSES = {"临床": "clinical", "医技": "medtech", "职能": "functional"}
COLUMNS = ("代码", "名称", "类别", "床位")


class ListRefused(Explained):
    """A line of the list is not clear; the sentence has its number."""


def read(path: Path) -> list[dict[str, Any]]:
    """Departments of a CSV file (UTF-8, header as in COLUMNS); refuses a line that is not clear, with its number."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            if missing := [name for name in COLUMNS if name not in (table.fieldnames or ())]:
                raise ListRefused(f"{path} 缺少列：{'、'.join(missing)}。表头应为：{','.join(COLUMNS)}。")
            found = [_department(row, f"{path} 第 {table.line_num} 行") for row in table]
    except (OSError, UnicodeDecodeError) as error:
        raise ListRefused(f"读不了 {path}：{error}。文件应为 UTF-8 编码的 CSV。") from error
    _refuse_twice(found, path)
    return found


def _department(row: dict[str, str], place: str) -> dict[str, Any]:
    code, name, kind, beds = ((row[column] or "").strip() for column in COLUMNS)
    if not code or not name:
        raise ListRefused(f"{place}：代码和名称不能为空。")
    if kind not in CLASSES:
        raise ListRefused(f"{place}：类别“{kind}”应为 {'、'.join(CLASSES)} 之一。")
    if not (beds or "0").isdigit():
        raise ListRefused(f"{place}：床位“{beds}”应为整数。")
    return {"code": code, "name": name, "kind": CLASSES[kind], "function": "", "beds": int(beds or 0)}


def _refuse_twice(found: list[dict[str, Any]], path: Path) -> None:
    codes = [row["code"] for row in found]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise ListRefused(f"{path}：代码 {'、'.join(twice)} 出现不止一次。")
