"""A form definition as a workbook in the documented layout: drop-down lists, and a sheet that explains itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from zhikong.foundation.forms.building.documents import Data, chinese, listed
from zhikong.foundation.forms.exchange import layout, workbooks
from zhikong.foundation.forms.exchange.layout import Column

SPARE_ROWS = 300  # the lists also work on rows that the author adds


def definition(data: Data) -> bytes:
    """The workbook of a form's data (building.documents); what `excel_in` reads back to equal data."""
    stream = BytesIO()
    with workbooks.writer(stream) as book:
        look = _Look(book)
        _guide(book.add_worksheet(layout.GUIDE), look)
        _form(book.add_worksheet(layout.FORM), look, data)
        sections = [_section_row(s) for s in listed(data.get("sections"))]
        _table(book.add_worksheet(layout.SECTIONS), look, layout.SECTION_COLUMNS, sections)
        _table(book.add_worksheet(layout.ITEMS), look, layout.ITEM_COLUMNS, list(_item_rows(data)))
        _table(book.add_worksheet(layout.OPTIONS), look, layout.OPTION_COLUMNS, list(_option_rows(data)))
        _table(book.add_worksheet(layout.GRADES), look, layout.GRADE_COLUMNS, listed(data.get("grades")))
    return stream.getvalue()


class _Look:
    """The formats of a workbook."""

    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "bg_color": "#EEF2F7", "bottom": 1, "text_wrap": True})
        self.cell = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.muted = book.add_format({"font_color": "#4D5A6A", "text_wrap": True, "valign": "top"})


def _guide(page: Any, look: _Look) -> None:
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 90)
    page.write_string(0, 0, "怎样填写", look.title)
    row = 2
    for line in layout.GUIDE_LINES:
        page.merge_range(row, 0, row, 1, line, look.cell)
        page.set_row(row, 34)
        row += 1
    row += 1
    for column in layout.ITEM_COLUMNS:
        chosen = f"可选：{'、'.join(column.words())}" if column.words() else ""
        page.write_string(row, 0, column.head, look.head)
        page.write_string(row, 1, "；".join(part for part in (column.help, chosen) if part), look.cell)
        row += 1


def _form(page: Any, look: _Look, data: Data) -> None:
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 60)
    page.set_column(2, 2, 50)
    for index, head in enumerate(("项目", "内容", "说明")):
        page.write_string(0, index, head, look.head)
    for row, column in enumerate(layout.FORM_COLUMNS, start=1):
        page.write_string(row, 0, column.head, look.head)
        _write(page, row, 1, _form_value(column, data), look)
        page.write_string(row, 2, column.help, look.muted)
        if column.kind == "code":
            _list(page, row, row, 1, column)
    page.freeze_panes(1, 1)


def _form_value(column: Column, data: Data) -> Any:
    if column.field.startswith("title."):
        return _titles(data.get("title")).get(column.field.removeprefix("title."))
    value = get(data, column.field)
    if column.kind == "codes":
        return "、".join(str((column.codes or {}).get(code, code)) for code in listed(value))
    return column.word(value)


def _titles(title: object) -> dict[str, str]:
    return title if isinstance(title, dict) else {"zh": chinese(title)}


def _section_row(section: Data) -> Data:
    return {key: value for key, value in section.items() if key != "items"}


def _item_rows(data: Data) -> Iterable[Data]:
    """Items with their section's title, the columns of a table below it."""
    for section in listed(data.get("sections")):
        for item in section["items"]:
            yield _item_row(item, section["id"])
            for column in listed(item.get("columns")):
                yield _item_row(column, section["id"]) | {"table": item["id"]}


def _item_row(item: Data, section_id: str) -> Data:
    row = {**item, "section": section_id, "fixed": "\n".join(map(str, listed(item.get("fixed"))))}
    if isinstance(row.get("veto"), dict):
        ((effect, points),) = row["veto"].items()
        row |= {"veto": effect, "veto_points": points}
    row.pop("options", None)
    return row


def _option_rows(data: Data) -> Iterable[Data]:
    for section in listed(data.get("sections")):
        for item in section["items"]:
            yield from ({**option, "item": item["id"]} for option in listed(item.get("options")))
            for column in listed(item.get("columns")):
                place = f"{item['id']}.{column['id']}"
                yield from ({**option, "item": place} for option in listed(column.get("options")))


def _table(page: Any, look: _Look, columns: Sequence[Column], rows: Sequence[Data]) -> None:
    for index, column in enumerate(columns):
        page.set_column(index, index, column.width)
        page.write_string(0, index, column.head, look.head)
        if column.words():
            _list(page, 1, len(rows) + SPARE_ROWS, index, column)
    for number, row in enumerate(rows, start=1):
        for index, column in enumerate(columns):
            value = get(row, column.field)
            _write(page, number, index, None if value is None else column.word(value), look)
    page.freeze_panes(1, 0)


def _list(page: Any, first: int, last: int, column_index: int, column: Column) -> None:
    page.data_validation(
        first,
        column_index,
        last,
        column_index,
        {
            "validate": "list",
            "source": column.words(),
            "error_title": column.head,
            "error_message": "请从列表里选。",
        }
        if len(",".join(column.words())) <= 255
        else {"validate": "any"},
    )


def _write(page: Any, row: int, index: int, value: Any, look: _Look) -> None:
    if value is None or value == "":
        return
    if isinstance(value, date):
        page.write_datetime(row, index, value, look.day)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        page.write_number(row, index, value, look.cell)
    else:
        page.write_string(row, index, str(value), look.cell)


def get(data: Data, dotted: str) -> Any:
    """The value of a dotted field; None where there is none."""
    value: Any = data
    for part in dotted.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
