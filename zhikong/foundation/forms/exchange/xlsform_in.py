"""XLSForm (the spreadsheet standard of ODK and KoBo) as the data of a form, as far as it says the same thing.

What has no counterpart here is refused with its row: a question silently dropped would be missing on the ward.
Source of the standard: xlsform.org; pyxform, its reference reader, judges the file before it is translated.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from io import BytesIO
from typing import Any

from zhikong.foundation.forms.building.documents import Data
from zhikong.foundation.forms.building.outline import ID, next_id
from zhikong.foundation.forms.exchange import workbooks, xlsform_words
from zhikong.foundation.forms.exchange.excel_in import Imported
from zhikong.foundation.forms.exchange.workbooks import RowProblem, Sheet, Unreadable
from zhikong.foundation.forms.exchange.xlsform_words import CannotTranslate, plain

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
PLAIN = {
    "text": "text",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "image": "photo",
    "note": "note",
    "integer": "number",
    "int": "number",
    "decimal": "number",
}
IGNORED = {"start", "end", "today", "deviceid", "username", "audit", "start-geopoint", "phonenumber", "email"}
CHINESE = ("label::中文 (zh)", "label::chinese (zh)", "label::chinese", "label::中文", "label::zh", "label")


def definition(content: bytes, *, taken: Collection[str] = ()) -> Imported:
    """Read an XLSForm. Raises Unreadable when pyxform itself refuses it."""
    sheets = workbooks.read(content)
    if SURVEY not in sheets:
        raise Unreadable("文件里没有 survey 工作表，不是 XLSForm。")
    reader = _Reader(sheets, set(taken))
    found = reader.read()
    if not found.problems:
        _judge(content)
    return found


def _judge(content: bytes) -> None:
    """What pyxform says of the file; in its own words, as its rules are not ours."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    try:
        convert(xlsform=BytesIO(content), file_type=".xlsx", validate=False, pretty_print=False)
    except PyXFormError as error:
        raise Unreadable(f"XLSForm 的标准检查没有通过：{str(error)[:300]}") from error


class _Reader:
    def __init__(self, sheets: dict[str, Sheet], taken: set[str]) -> None:
        self.sheets, self.taken = sheets, taken
        self.found = Imported()
        self.lists = self._lists()
        self.sections: list[Data] = []
        self.names: dict[str, str] = {}  # the file's names and ours
        self.kinds: dict[str, Data] = {}
        self.depth = 0

    def read(self) -> Imported:
        self._settings()
        for row, record in self._records(SURVEY):
            try:
                self._row(row, record)
            except CannotTranslate as problem:
                self.found.problems.append(RowProblem(SURVEY, row, str(problem), problem.column))
        self.found.data["sections"] = [s for s in self.sections if s["items"]]
        if not self.found.data["sections"] and not self.found.problems:
            self.found.problems.append(RowProblem(SURVEY, 0, "没有任何题目。"))
        return self.found

    def _records(self, name: str) -> Iterator[tuple[int, dict[str, str]]]:
        sheet = self.sheets.get(name)
        for row, record in sheet.records() if sheet else ():
            yield row, {head.strip().lower(): workbooks.text(cell) for head, cell in record.items()}

    def _settings(self) -> None:
        for _row, record in self._records(SETTINGS):
            if record.get("form_title"):
                self.found.data["title"] = {"zh": record["form_title"][:80]}
            name = plain(record.get("form_id", record.get("id_string", "")))
            if ID.fullmatch(name):
                self.found.data["id"] = name
            break

    def _lists(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for _row, record in self._records(CHOICES):
            name = record.get("list_name") or record.get("list name", "")
            found.setdefault(name, []).append(
                (record.get("name", ""), _label(record) or record.get("name", ""))
            )
        return found

    # ---- rows of the survey

    def _row(self, row: int, record: dict[str, str]) -> None:
        kind = " ".join(record.get("type", "").split())
        if kind.lower() in IGNORED or not kind:
            return
        if kind.lower() in ("begin group", "begin_group"):
            return self._begin(row, record)
        if kind.lower() in ("end group", "end_group"):
            self.depth -= 1
            return None
        item = self._item(kind, record)
        self._place(row, item, record)
        return None

    def _begin(self, row: int, record: dict[str, str]) -> None:
        """A group is a section; a group within a group is a section of its own."""
        if record.get("relevant"):
            raise CannotTranslate("整组的显示条件不能转换，请把条件写到组里的每一题上。", "relevant")
        self.depth += 1
        made = next_id("section_", {s["id"] for s in self.sections})
        self.sections.append(
            {"id": made, "title": _label(record) or f"第 {len(self.sections) + 1} 部分", "items": []}
        )
        self.found.rows[made] = (SURVEY, row)

    def _item(self, kind: str, record: dict[str, str]) -> Data:
        word, _blank, rest = kind.partition(" ")
        if word.lower() in ("select_one", "select_multiple"):
            return self._select(word.lower(), rest, record)
        found = PLAIN.get(kind.lower())
        if found is None:
            raise CannotTranslate(xlsform_words.why_not(kind), "type")
        item: Data = {"type": found}
        if found == "number":
            item |= xlsform_words.limits(record.get("constraint", ""), decimal=kind.lower() == "decimal")
        elif record.get("constraint"):
            raise CannotTranslate("这种题的 constraint 不能转换，请删去或改用数字题。", "constraint")
        if found == "text" and record.get("appearance", "") == "multiline":
            item["type"] = "long_text"
        return item

    def _select(self, word: str, rest: str, record: dict[str, str]) -> Data:
        name = rest.split(" or_other")[0].strip()
        if " or_other" in f" {rest}" or record.get("choice_filter"):
            raise CannotTranslate("“其他”选项和选项过滤不能转换，请写成普通选项。", "type")
        choices = self.lists.get(name)
        if not choices:
            raise CannotTranslate(f"choices 工作表里没有清单 {name}。", "type")
        codes = {xlsform_words.YES_NO.get(code.lower(), "") for code, _label in choices}
        if word == "select_one" and codes in ({"yes", "no"}, {"yes", "no", "na"}):
            return {"type": "yes_no_na" if "na" in codes else "yes_no"}
        options = [{"code": _code(code, n), "text": text} for n, (code, text) in enumerate(choices, start=1)]
        return {"type": "choice" if word == "select_one" else "choices", "options": options}

    def _place(self, row: int, item: Data, record: dict[str, str]) -> None:
        text = _label(record)
        if not text:
            raise CannotTranslate("没有题目文字。", "label")
        name = record.get("name", "")
        if not name:
            raise CannotTranslate("没有题目的名称。", "name")
        item = {"id": self._id(name), **item, "text": " ".join(text.split())}
        if record.get("hint"):
            item["help"] = record["hint"]
        if (
            record.get("required", "").lower() in ("yes", "true", "true()", "1", "是")
            and item["type"] != "note"
        ):
            item["required"] = True
        if record.get("relevant"):
            item["show_if"] = xlsform_words.condition(record["relevant"], self.kinds, self.names)
        self.names[name], self.kinds[name] = item["id"], item
        if not self.sections or (self.depth == 0 and self.found.rows.get(self.sections[-1]["id"])):
            made = next_id("section_", {s["id"] for s in self.sections})
            self.sections.append(
                {"id": made, "title": "检查内容" if not self.sections else "其他", "items": []}
            )
        self.sections[-1]["items"].append(item)
        self.found.rows[item["id"]] = (SURVEY, row)

    def _id(self, name: str) -> str:
        wanted = plain(name)
        if ID.fullmatch(wanted) and wanted not in self.taken and wanted not in xlsform_words.TAKEN:
            self.taken.add(wanted)
            return wanted
        made = next_id("item_", self.taken)
        self.taken.add(made)
        return made


def _code(code: str, number: int) -> str:
    found = plain(code)
    return found if ID.fullmatch(found) else f"option_{number}"


def _label(record: dict[str, Any]) -> str:
    for head in CHINESE:
        if record.get(head):
            return str(record[head])
    return next((str(v) for k, v in record.items() if k.startswith("label") and v), "")
