"""A workbook in our layout as the data of a form, or every row that keeps it from being one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhikong.foundation.forms.building.documents import Data, listed
from zhikong.foundation.forms.building.outline import ITEM, SECTION, next_id
from zhikong.foundation.forms.exchange import layout, workbooks
from zhikong.foundation.forms.exchange.layout import Column
from zhikong.foundation.forms.exchange.workbooks import RowProblem, Sheet, Unreadable


@dataclass
class Imported:
    """What a file says. data: the form, to be judged yet; rows: where an item or section stands in the file."""

    data: Data = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    rows: dict[str, tuple[str, int]] = field(default_factory=dict)


def definition(content: bytes, *, taken: Collection[str] = ()) -> Imported:
    """Read a workbook. taken: ids that new items must not get. Raises Unreadable for what is no such workbook."""
    sheets = workbooks.read(content)
    if layout.ITEMS not in sheets:
        raise Unreadable(f"文件里没有“{layout.ITEMS}”工作表，请下载模板后填写。")
    return _Reader(sheets, set(taken)).read()


class _Reader:
    """One reading of one workbook; problems are gathered, so that the author mends all of them at once."""

    def __init__(self, sheets: dict[str, Sheet], taken: set[str]) -> None:
        self.sheets, self.taken = sheets, taken
        self.found = Imported()
        self.parts: dict[str, Data] = {}  # sections by id

    def read(self) -> Imported:
        self._form()
        self._sections()
        rows = list(self._records(layout.ITEMS, layout.ITEM_COLUMNS))
        self.taken |= {row["id"] for _number, row in rows if "id" in row}
        self._items(rows)
        self._options()
        self._grades()
        if not self.found.problems:
            self._full_score()
        return self.found

    def _problem(self, sheet: str, row: int, message: str, column: str = "") -> None:
        self.found.problems.append(RowProblem(sheet, row, message, column))

    # ---- the form itself

    def _form(self) -> None:
        data: Data = {}
        columns = {column.head: column for column in layout.FORM_COLUMNS}
        sheet = self.sheets.get(layout.FORM, Sheet(layout.FORM))
        for row, cells in sheet.rows:
            head = workbooks.text(cells[0])
            if head in ("项目", "") or len(cells) < 2 or workbooks.is_empty(cells[1]):
                continue
            if head not in columns:
                self._problem(layout.FORM, row, f"没有“{head[:20]}”这一项。")
                continue
            self._cell(layout.FORM, row, columns[head], cells[1], data)
        self.found.data = data
        data["sections"] = []

    # ---- sections

    def _sections(self) -> None:
        for number, row in self._records(layout.SECTIONS, layout.SECTION_COLUMNS):
            self._part(row, layout.SECTIONS, number)

    def _part(self, row: Data, sheet: str, number: int) -> Data:
        if "id" not in row:
            row["id"] = next_id(SECTION, {*self.parts, *self.taken})
        section = {**row, "title": row.get("title", row["id"]), "items": []}
        if section["id"] in self.parts:
            self._problem(sheet, number, f"分节编号 {section['id']} 用了两次。")
        self.parts[section["id"]] = section
        self.found.data["sections"].append(section)
        self.found.rows.setdefault(section["id"], (sheet, number))
        return section

    def _section_of(self, word: str | None, number: int) -> Data | None:
        """The section that a row names by id or title; a new title opens a new section; empty goes on."""
        sections = self.found.data["sections"]
        if not word:
            return sections[-1] if sections else self._part({"title": "第一部分"}, layout.ITEMS, number)
        for section in sections:
            if word in (section["id"], section["title"]):
                return section
        return self._part({"title": word}, layout.ITEMS, number)

    # ---- items

    def _items(self, rows: Sequence[tuple[int, Data]]) -> None:
        current: Data | None = None
        for number, row in rows:
            word = row.pop("section", None)
            current = self._section_of(word, number) if word or current is None else current
            item = self._item(number, row)
            self._place(number, item, current)

    def _item(self, number: int, row: Data) -> Data:
        if "id" not in row:
            row["id"] = next_id(ITEM, self.taken)
            self.taken.add(row["id"])
        row.setdefault("type", "yes_no")
        row.setdefault("text", "")
        self._veto(number, row)
        if "fixed" in row:
            row["fixed"] = [line.strip() for line in row["fixed"].splitlines() if line.strip()]
        if "options" in row:
            row["options"] = _short_options(row["options"])
        return row

    def _veto(self, number: int, row: Data) -> None:
        points = row.pop("veto_points", None)
        effect = row.get("veto")
        if effect in ("cap", "deduct"):
            if points is None:
                self._problem(layout.ITEMS, number, "这种否决要填分数。", "否决的分数")
            row["veto"] = {effect: points or 0}
        elif points is not None:
            self._problem(layout.ITEMS, number, "这种否决没有分数，请删去或改否决方式。", "否决的分数")

    def _place(self, number: int, item: Data, section: Data | None) -> None:
        table = item.pop("table", None)
        items = section["items"] if section is not None else []
        if table is None:
            items.append(item)
            self.found.rows.setdefault(item["id"], (layout.ITEMS, number))
            return
        for other in items:
            if other["id"] == table and other["type"] == "table":
                other.setdefault("columns", []).append(item)
                self.found.rows.setdefault(f"{table}.{item['id']}", (layout.ITEMS, number))
                return
        self._problem(layout.ITEMS, number, f"上面没有编号为 {table} 的表格题。", "所属表格")

    # ---- options and grades

    def _options(self) -> None:
        places = dict(self._choosers())
        for number, row in self._records(layout.OPTIONS, layout.OPTION_COLUMNS):
            item = places.get(row.pop("item", ""))
            if item is None:
                self._problem(layout.OPTIONS, number, "没有这个编号的题。", "题目编号")
                continue
            options = item.setdefault("options", [])
            code = row.get("code") or next_id("option_", [o["code"] for o in options])
            options.append({"code": code, "text": row.get("text", ""), **_kept(row, "score")})

    def _choosers(self) -> Iterator[tuple[str, Data]]:
        for section in self.found.data["sections"]:
            for item in section["items"]:
                yield item["id"], item
                for column in item.get("columns") or ():
                    yield f"{item['id']}.{column['id']}", column

    def _grades(self) -> None:
        rows = [row for _number, row in self._records(layout.GRADES, layout.GRADE_COLUMNS)]
        if rows:
            self.found.data["grades"] = [{key: row.get(key) for key in ("at_least", "name")} for row in rows]

    def _full_score(self) -> None:
        from zhikong.foundation.forms.building.scores import with_full_score

        if "full_score" not in self.found.data:
            self.found.data = with_full_score(self.found.data)

    # ---- cells

    def _records(self, name: str, columns: Sequence[Column]) -> Iterator[tuple[int, Data]]:
        sheet = self.sheets.get(name)
        if sheet is None:
            return
        known = {column.head: column for column in columns}
        for head in sheet.heads:
            if head not in known:
                self._problem(name, sheet.rows[0][0], f"没有“{head[:20]}”这一列，请按模板的表头。")
        for number, record in sheet.records():
            row: Data = {}
            for head, cell in record.items():
                if head in known:
                    self._cell(name, number, known[head], cell, row)
            if row:
                yield number, row

    def _cell(self, sheet: str, row: int, column: Column, cell: Any, data: Data) -> None:
        try:
            put(data, column.field, _value(column, cell))
        except ValueError as error:
            self._problem(sheet, row, str(error), column.head)


def _value(column: Column, cell: Any) -> Any:
    if column.kind == "number":
        return workbooks.number(cell)
    if column.kind == "date":
        return _day(cell)
    word = workbooks.text(cell)
    if column.kind == "yes":
        if word not in (layout.YES, layout.NO):
            raise ValueError("应填“是”或“否”。")
        return word == layout.YES
    if column.kind == "code":
        return column.code(word)
    if column.kind == "codes":
        return [column.code(part) for part in _parts(word)]
    return word


def _day(cell: Any) -> date:
    try:
        return date.fromisoformat(workbooks.text(cell).replace("/", "-")[:10])
    except ValueError:
        raise ValueError("日期应写成 2027-10-31。") from None


def _parts(text: str) -> list[str]:
    for mark in layout.SEPARATORS:
        text = text.replace(mark, "\n")
    return [part.strip() for part in text.splitlines() if part.strip()]


def _short_options(text: str) -> list[Data]:
    """完好；缺损 as options with codes of their own."""
    names = [part.strip() for part in text.replace("；", "\n").replace(";", "\n").splitlines()]
    return [{"code": f"option_{n}", "text": name} for n, name in enumerate(filter(None, names), start=1)]


def _kept(row: Data, *names: str) -> Data:
    return {name: row[name] for name in names if name in row}


def put(data: Data, dotted: str, value: Any) -> None:
    """Set a dotted field, making the mappings on the way."""
    *path, last = dotted.split(".")
    for part in path:
        data = data.setdefault(part, {})
    data[last] = value


__all__ = ["Imported", "definition", "listed", "put"]
