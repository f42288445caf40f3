"""A form as XLSForm, for tools that collect data by that standard. Points, vetoes and evidence have no place in it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from zhikong.foundation.forms.building import showing
from zhikong.foundation.forms.building.documents import Data, chinese
from zhikong.foundation.forms.building.outline import items, number_of
from zhikong.foundation.forms.exchange import workbooks, xlsform_words

SURVEY_HEADS = ("type", "name", "label", "hint", "required", "relevant", "constraint", "appearance")
TYPES = {
    "text": "text",
    "long_text": "text",
    "date": "date",
    "time": "time",
    "datetime": "dateTime",
    "photo": "image",
    "note": "note",
    "person": "text",
    "department": "text",
    "yes_no": "select_one yes_no",
    "yes_no_na": "select_one yes_no_na",
}
WHY = {
    "table": "表格题在 XLSForm 里没有对应，请改用 Excel 或 YAML 导出。",
    "observation": "抽查题在 XLSForm 里没有对应，请改用 Excel 或 YAML 导出。",
    "signature": "签名题在 XLSForm 里没有对应，请改用 Excel 或 YAML 导出。",
    "patient": "患者题不能离开本系统填写，请改用 Excel 或 YAML 导出。",
}


class CannotSay(ValueError):
    """The form says something that XLSForm has no word for."""


def definition(data: Data) -> bytes:
    """The workbook with survey, choices and settings. Raises CannotSay with the item."""
    survey, choices = [], []
    for section in data["sections"]:
        survey.append(("begin group", section["id"], chinese(section.get("title"))))
        for item in section["items"]:
            survey.append(_row(data, item))
            choices.extend(_choices(item))
        survey.append(("end group",))
    stream = BytesIO()
    with workbooks.writer(stream) as book:
        _sheet(book.add_worksheet("survey"), SURVEY_HEADS, survey)
        _sheet(book.add_worksheet("choices"), ("list_name", "name", "label"), [*_answers(data), *choices])
        settings = [(chinese(data.get("title")), data["id"], str(data.get("version", 1)))]
        _sheet(book.add_worksheet("settings"), ("form_title", "form_id", "version"), settings)
    return stream.getvalue()


def _row(data: Data, item: Data) -> tuple[str, ...]:
    kind = item.get("type", "")
    if kind in WHY:
        raise CannotSay(f"第 {number_of(data, item['id'])} 题：{WHY[kind]}")
    required = "yes" if item.get("required") or item.get("score") else ""
    return (
        _type(item),
        item["id"],
        chinese(item.get("text")),
        chinese(item.get("help")),
        required if kind != "note" else "",
        _relevant(data, item),
        _constraint(item),
        "multiline" if kind == "long_text" else "",
    )


def _type(item: Data) -> str:
    kind = item.get("type", "")
    if kind == "number":
        return "decimal" if item.get("decimals") else "integer"
    if kind in ("choice", "choices"):
        return f"{'select_one' if kind == 'choice' else 'select_multiple'} {item['id']}"
    return TYPES[kind]


def _relevant(data: Data, item: Data) -> str:
    source = chinese(item.get("show_if"))
    if not source:
        return ""
    multiple = {
        f"{other['id']}__{option['code']}": (other["id"], option["code"])
        for other in items(data)
        if other.get("type") == "choices"
        for option in other.get("options") or ()
    }
    found = xlsform_words.relevant(source, showing.askables(data, item["id"]), multiple)
    if found is None:
        raise CannotSay(
            f"第 {number_of(data, item['id'])} 题的显示条件较复杂，XLSForm 写不出，请改用 Excel 或 YAML 导出。"
        )
    return found


def _constraint(item: Data) -> str:
    if item.get("type") != "number":
        return ""
    parts = [
        f". {sign} {item[name]}"
        for name, sign in (("min", ">="), ("max", "<="))
        if item.get(name) is not None
    ]
    return " and ".join(parts)


def _choices(item: Data) -> Iterator[tuple[str, ...]]:
    if item.get("type") in ("choice", "choices"):
        for option in item.get("options") or ():
            yield item["id"], option["code"], chinese(option.get("text"))


def _answers(data: Data) -> Iterator[tuple[str, ...]]:
    """The lists that the yes/no items use; a list that nobody uses is a remark of pyxform's."""
    used = {item.get("type") for item in items(data)}
    for name, codes in (("yes_no", ("yes", "no")), ("yes_no_na", ("yes", "no", "na"))):
        if name in used:
            yield from ((name, code, {"yes": "是", "no": "否", "na": "不适用"}[code]) for code in codes)


def _sheet(page, heads, rows) -> None:
    for number, row in enumerate([heads, *rows]):
        for index, value in enumerate(row):
            if value:
                page.write_string(number, index, value)
    page.set_column(0, len(heads) - 1, 24)
    page.freeze_panes(1, 0)
