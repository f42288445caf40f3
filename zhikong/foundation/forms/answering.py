"""One answer of one item: from what was typed or sent to what is stored, or a sentence that says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from zhikong.foundation.forms.definition.checks.numbers import LARGEST
from zhikong.foundation.forms.definition.model import Item, ItemType

LONGEST_TEXT = 500
LONGEST_LONG_TEXT = 10_000
MOST_FILES = 20
YES_WORDS = {
    "yes": "yes", "是": "yes", "√": "yes", "y": "yes", "true": "yes", "1": "yes",
    "no": "no", "否": "no", "×": "no", "n": "no", "false": "no", "0": "no",
    "na": "na", "不适用": "na", "n/a": "na", "/": "na",
}  # fmt: skip
KEY = re.compile(r"[\w.:-]{1,64}")


class Refused(ValueError):
    """An answer that cannot be stored; the message is the sentence beside the item."""


def cleaned(item: Item, raw: Any, *, final: bool) -> Any:
    """The stored form of an answer, None when nothing was answered. Raises Refused."""
    if raw is None or raw in ("", [], {}) or (isinstance(raw, str) and not raw.strip()):
        return None
    if item.type is ItemType.TABLE:
        return _table(item, raw, final=final)
    return CLEANERS[item.type](item, raw)


def file_ids(raw: Any) -> list[int]:
    """Ids of files without repetition, in the order given."""
    if raw in (None, "", []):
        return []
    if isinstance(raw, str):
        raw = [part for part in re.split(r"[,\s]+", raw) if part]
    if not isinstance(raw, list | tuple):
        raise Refused("附件的写法不对。")
    found = list(dict.fromkeys(_id(one, "附件的写法不对。") for one in raw))
    if len(found) > MOST_FILES:
        raise Refused(f"最多附 {MOST_FILES} 个文件。")
    return found


def _text_of(raw: Any) -> str:
    """Text as it was meant; lists and mappings are no text."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, str | int | float | Decimal):
        return str(raw).strip()
    raise Refused("这里只能填一个值。")


def _yes_no(item: Item, raw: Any) -> str:
    answer = YES_WORDS.get(_text_of(raw).casefold())
    if answer is None or (answer == "na" and item.type is ItemType.YES_NO):
        raise Refused("请选“是”“否”或“不适用”。" if item.type is ItemType.YES_NO_NA else "请选“是”或“否”。")
    return answer


def _choice(item: Item, raw: Any) -> str:
    text = _text_of(raw)
    for option in item.options:
        if text in (option.code, option.text):
            return option.code
    raise Refused(f"没有选项“{text[:40]}”，可选：{'、'.join(o.text for o in item.options[:12])}。")


def _choices(item: Item, raw: Any) -> list[str]:
    parts = re.split(r"[,，、;；]", raw) if isinstance(raw, str) else raw
    if not isinstance(parts, list | tuple | set):
        raise Refused("请从选项中勾选。")
    chosen = {_choice(item, part) for part in parts if _text_of(part)}
    return [option.code for option in item.options if option.code in chosen] or None  # type: ignore[return-value]


def _number(item: Item, raw: Any) -> int | float:
    text = _text_of(raw).replace(",", "").replace("，", "").replace("。", ".")
    text = text.removesuffix(item.unit).strip() if item.unit else text
    if isinstance(raw, bool) or not re.fullmatch(
        r"[+-]?\d+(\.\d+)?|[+-]?\.\d+|[+-]?\d+(\.\d+)?[eE][+-]?\d{1,2}", text
    ):
        raise Refused("请填数字。")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Refused("请填数字。") from None
    if abs(value) > LARGEST:
        raise Refused("数字太大，请检查单位。")
    if value != round(value, item.decimals):
        raise Refused(f"最多 {item.decimals} 位小数。" if item.decimals else "请填整数。")
    _within(item, value)
    return float(value) if item.decimals else int(value)


def _within(item: Item, value: Decimal) -> None:
    unit = f" {item.unit}" if item.unit else ""
    if item.min is not None and value < item.min:
        raise Refused(f"不能小于 {item.min}{unit}。")
    if item.max is not None and value > item.max:
        raise Refused(f"不能大于 {item.max}{unit}。")


def _text(item: Item, raw: Any) -> str:
    text = _text_of(raw).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    longest = LONGEST_LONG_TEXT if item.type is ItemType.LONG_TEXT else LONGEST_TEXT
    if len(text) > longest:
        raise Refused(f"最多 {longest} 个字，现在有 {len(text)} 个。")
    if item.type is ItemType.TEXT and "\n" in text:
        text = " ".join(text.split())
    return text or None  # type: ignore[return-value]


def _date(item: Item, raw: Any) -> str:
    """2026-11-22, also 2026/11/22, 2026.11.22 and 2026年11月22日, as people and spreadsheets write them."""
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, date):
        return raw.isoformat()
    found = re.fullmatch(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})日?( 00:00(:00)?)?", _text_of(raw))
    return _day(*map(int, found.groups()[:3])) if found else _refuse_date()


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return _refuse_date()


def _refuse_date() -> str:
    raise Refused("日期不对，请写成 2026-11-22。")


def _time(item: Item, raw: Any) -> str:
    if isinstance(raw, time):
        return raw.strftime("%H:%M")
    found = re.fullmatch(r"(\d{1,2})[:：](\d{2})([:：]\d{2})?", _text_of(raw))
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise Refused("时间不对，请写成 08:30。")
    return f"{int(found[1]):02d}:{found[2]}"


def _datetime(item: Item, raw: Any) -> str:
    if isinstance(raw, datetime):
        return raw.strftime("%Y-%m-%dT%H:%M")
    parts = re.split(r"[T\s]+", _text_of(raw), maxsplit=1)
    if len(parts) != 2:
        raise Refused("请写日期和时间，如 2026-11-22 08:30。")
    return f"{_date(item, parts[0])}T{_time(item, parts[1])}"


def _id(raw: Any, sentence: str) -> int:
    text = _text_of(raw)
    if isinstance(raw, bool) or not re.fullmatch(r"[1-9]\d{0,17}", text):
        raise Refused(sentence)
    return int(text)


def _reference(item: Item, raw: Any) -> int:
    return _id(raw, "请从列表里选。")


def _patient(item: Item, raw: Any) -> str:
    text = _text_of(raw)
    if not KEY.fullmatch(text):
        raise Refused("请从列表里选。")
    return text


def _photo(item: Item, raw: Any) -> list[int]:
    return file_ids(raw)


def _signature(item: Item, raw: Any) -> dict[str, Any]:
    """Made by the page's own step with a password (actions.sign); nothing else can write one."""
    if not isinstance(raw, Mapping) or set(raw) != {"user", "name", "at"}:
        raise Refused("签名要由本人在页面上完成。")
    return {"user": _id(raw["user"], "签名不对。"), "name": _text_of(raw["name"]), "at": _text_of(raw["at"])}


def _observation(item: Item, raw: Any) -> dict[str, int]:
    n, m = _pair(raw)
    m = item.of if m in (None, "") else m
    if n in (None, "") and raw is not None and m in (None, "", item.of):
        return None  # type: ignore[return-value]
    n, m = _count(n), _count(m)
    if m < 1:
        raise Refused("观察总数至少是 1。")
    if n > m:
        raise Refused(f"做到的例数 {n} 大于观察总数 {m}。")
    return {"n": n, "m": m}


def _pair(raw: Any) -> tuple[Any, Any]:
    if isinstance(raw, Mapping):
        return raw.get("n"), raw.get("m")
    parts = re.split(r"[/／]", _text_of(raw))
    return (parts[0], parts[1] if len(parts) == 2 else None) if len(parts) < 3 else (None, parts)


def _count(raw: Any) -> int:
    text = _text_of(raw) if raw is not None else ""
    if isinstance(raw, bool) or not re.fullmatch(r"\d{1,5}", text):
        raise Refused("请填做到的例数和观察总数，如 8/10。")
    return int(text)


def _table(item: Item, raw: Any, *, final: bool) -> list[dict[str, Any]] | None:
    rows = _rows(item, raw)
    found = [_row(item, row, number, final=final) for number, row in enumerate(rows, 1)]
    if not any(found):
        return None
    if item.fixed:
        return found
    found = [row for row in found if row]
    if final and len(found) < item.rows_min:
        raise Refused(f"至少填 {item.rows_min} 行，现在有 {len(found)} 行。")
    if len(found) > item.rows_max:
        raise Refused(f"最多填 {item.rows_max} 行，现在有 {len(found)} 行。")
    return found


def _rows(item: Item, raw: Any) -> list[Any]:
    if not isinstance(raw, list | tuple) or not all(isinstance(row, Mapping) for row in raw):
        raise Refused("表格要逐行填写。")
    if not item.fixed:
        return list(raw)
    if len(raw) > len(item.fixed):
        raise Refused(f"这个表格只有 {len(item.fixed)} 行。")
    return [*raw, *({} for _ in range(len(item.fixed) - len(raw)))]


def _row(item: Item, raw: Mapping[str, Any], number: int, *, final: bool) -> dict[str, Any]:
    columns = {column.id: column for column in item.columns}
    for name in raw:
        if name not in columns:
            raise Refused(f"第 {number} 行：表格里没有列 {name}。")
    found = {}
    for column in item.columns:
        try:
            value = cleaned(column, raw.get(column.id), final=final)
        except Refused as error:
            raise Refused(f"第 {number} 行“{column.text}”：{error}") from None
        if value is not None:
            found[column.id] = value
    if final and (found or item.fixed):
        missing = [c.text for c in item.columns if c.required and c.id not in found]
        if missing:
            raise Refused(f"第 {number} 行还没有填：{'、'.join(missing)}。")
    return found


Cleaner = Callable[[Item, Any], Any]
CLEANERS: dict[ItemType, Cleaner] = {
    ItemType.YES_NO: _yes_no,
    ItemType.YES_NO_NA: _yes_no,
    ItemType.CHOICE: _choice,
    ItemType.CHOICES: _choices,
    ItemType.NUMBER: _number,
    ItemType.TEXT: _text,
    ItemType.LONG_TEXT: _text,
    ItemType.DATE: _date,
    ItemType.TIME: _time,
    ItemType.DATETIME: _datetime,
    ItemType.PERSON: _reference,
    ItemType.DEPARTMENT: _reference,
    ItemType.PATIENT: _patient,
    ItemType.PHOTO: _photo,
    ItemType.SIGNATURE: _signature,
    ItemType.OBSERVATION: _observation,
}
