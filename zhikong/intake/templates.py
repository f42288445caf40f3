"""Empty workbooks in the contract's form, for a hospital that has no system to export from."""

from __future__ import annotations

import re
from collections import Counter
from io import BytesIO

import xlsxwriter

from zhikong.engine.tables import TABLES, Column, Type
from zhikong.intake.proposing import GIVEN, told_apart

ROWS = 5_000  # rows with a drop-down list
_NUMBERS = (("病案号", "本院病案号；导入时换成假名"), ("住院次数", "第几次住院，从 1 开始"))
_NAME = "姓名"
_FORMATS = {Type.DATE: "yyyy-mm-dd", Type.TIMESTAMP: "yyyy-mm-dd hh:mm", Type.TEXT: "@"}
_EXAMPLES = {
    Type.DATE: "2026-01-31",
    Type.TIMESTAMP: "2026-01-31 08:30",
    Type.INT: "整数",
    Type.FLOAT: "数字",
    Type.BOOL: "1（是）或 0（否）",
    Type.TEXT: "文字",
}


def workbook(table: str) -> bytes:
    """A workbook with a sheet to fill, headed as the wizard recognises it, and a sheet that explains each column."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet, notes = book.add_worksheet("数据"), book.add_worksheet("填写说明")
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    needed = book.add_format({"bold": True, "bg_color": "#FDF1DC", "border": 1})
    forms = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
    notes.write_row(0, 0, ["列名", "含义", "必填", "写法", "可用的代码"], head)
    for place, (name, column, meaning) in enumerate(_heads(table)):
        required = name != _NAME and _tells(table) if column is None else not column.nullable
        sheet.write_string(0, place, name, needed if required else head)
        form = forms[Type.TEXT] if column is None else forms.get(column.type)
        sheet.set_column(place, place, max(12, 2 * len(name) + 2), form)
        _offer_codes(sheet, place, column)
        notes.write_row(place + 1, 0, [name, meaning, "是" if required else "", *_explained(column)])
    sheet.freeze_panes(1, 0)
    for place, width in enumerate((22, 48, 6, 22, 60)):
        notes.set_column(place, place, width)
    book.close()
    return buffer.getvalue()


def _tells(table: str) -> bool:
    """Whether rows of the table must tell their stay."""
    stay = TABLES[table].column("stay_id")
    return stay is not None and not stay.nullable


def title(column: Column) -> str:
    """The column's name as a person reads it: the short form of its meaning."""
    return re.split("[：，；（]", column.meaning)[0].removesuffix("代码")


def titles(table: str) -> dict[str, str]:
    """Contract column -> its header in the template. Columns that differ only in what stands in brackets (天, 小时)
    have it in their header; one that is asked for as a number of the stay is not asked for again."""
    own = [c for c in TABLES[table].columns if c.name not in GIVEN]
    often = Counter(title(column) for column in own)
    asked = {name for name, _meaning in _numbers(table)}
    found = {c.name: title(c) if often[title(c)] == 1 else told_apart(c) for c in own}
    return {name: header for name, header in found.items() if header not in asked}


def _numbers(table: str) -> list[tuple[str, str]]:
    """病案号 and 住院次数 as far as the table tells a stay or a patient."""
    names = TABLES[table].column_names
    return list(_NUMBERS if "stay_id" in names else _NUMBERS[:1] if "patient_key" in names else ())


def _heads(table: str) -> list[tuple[str, Column | None, str]]:
    found = [(name, None, meaning) for name, meaning in _numbers(table)]
    found += [(_NAME, None, "可不填；加密另存，只有获准的人能看")] if table == "stays" else []
    headers = titles(table)
    own = [c for c in TABLES[table].columns if c.name in headers]
    return [*found, *((headers[c.name], c, c.meaning) for c in own)]


def _offer_codes(sheet, place: int, column: Column | None) -> None:
    if column is None or column.domain is None:
        return
    codes = [code for code, _label in column.domain.values]
    if len(",".join(codes)) <= 255:  # Excel's limit for a list written into the cell's rule
        sheet.data_validation(
            1, place, ROWS, place, {"validate": "list", "source": codes, "error_type": "warning"}
        )


def _explained(column: Column | None) -> tuple[str, str]:
    if column is None:
        return "文字", ""
    unit = "元，如 1234.56" if column.unit == "分" else column.unit
    form = f"{_EXAMPLES[column.type]}" if column.unit != "分" else "金额"
    codes = "；".join(f"{code} {label}" for code, label in column.domain.values) if column.domain else ""
    return f"{form}（{unit}）" if unit else form, codes
