"""Edit operations on the data of a form: each takes the data and gives a changed copy, or raises EditError.

Sections and items are named by their ids, never by position: a page that somebody else changed meanwhile must not
make an act hit the wrong item. A new id comes from a counter (item_1, item_2 …) and has nothing to do with the
text, so that changing the text leaves the answers of older sheets where they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from copy import deepcopy
from typing import Any

from zhikong.foundation.forms.building.documents import Data

ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
ITEM, SECTION = "item_", "section_"
COPY = "（副本）"


class EditError(ValueError):
    """The act is not possible; says why and what to do, in Chinese."""


# ---- looking --------------------------------------------------------------------------------------------------


def sections(data: Data) -> list[Data]:
    return data["sections"]


def items(data: Data) -> Iterator[Data]:
    """All items in the order of the form."""
    for section in sections(data):
        yield from section["items"]


def ids(data: Data) -> set[str]:
    """The ids of all sections, items and table columns."""
    found = {str(section.get("id")) for section in sections(data)}
    for item in items(data):
        found.add(str(item.get("id")))
        found |= {str(c.get("id")) for c in item.get("columns") or () if isinstance(c, dict)}
    return found


def find_section(data: Data, section_id: str) -> Data:
    for section in sections(data):
        if section.get("id") == section_id:
            return section
    raise EditError("这个分节已经不在了，可能刚被别人删除。请刷新页面。")


def find_item(data: Data, item_id: str) -> Data:
    section, index = place(data, item_id)
    return section["items"][index]


def place(data: Data, item_id: str) -> tuple[Data, int]:
    """The section that holds the item, and the item's position in it."""
    for section in sections(data):
        for index, item in enumerate(section["items"]):
            if item.get("id") == item_id:
                return section, index
    raise EditError("这一题已经不在了，可能刚被别人删除。请刷新页面。")


def number_of(data: Data, item_id: str) -> int:
    """The item's number in the whole form, counted from 1."""
    for number, item in enumerate(items(data), start=1):
        if item.get("id") == item_id:
            return number
    raise EditError("这一题已经不在了，可能刚被别人删除。请刷新页面。")


def next_id(prefix: str, taken: Collection[str]) -> str:
    """One higher than any id of this prefix that was ever taken: an id that was deleted does not come back."""
    pattern = re.compile(re.escape(prefix) + r"(\d{1,9})")
    numbers = [int(found[1]) for name in taken if (found := pattern.fullmatch(name))]
    return f"{prefix}{max(numbers, default=0) + 1}"


# ---- sections ---------------------------------------------------------------------------------------------------


def add_section(data: Data, *, title: str, taken: Collection[str] = ()) -> tuple[Data, str]:
    """A new section at the end. taken: ids of older versions, which must not be used again."""
    data = deepcopy(data)
    made = next_id(SECTION, ids(data) | set(taken))
    sections(data).append({"id": made, "title": title, "items": []})
    return data, made


def move_section(data: Data, section_id: str, step: int) -> Data:
    """step: -1 up, 1 down. At the end of the way nothing changes."""
    data = deepcopy(data)
    _shift(sections(data), sections(data).index(find_section(data, section_id)), step)
    return data


def delete_section(data: Data, section_id: str) -> Data:
    data = deepcopy(data)
    if len(sections(data)) == 1:
        raise EditError("表单至少要有一个分节，最后一个不能删除。")
    sections(data).remove(find_section(data, section_id))
    return data


def duplicate_section(data: Data, section_id: str, *, taken: Collection[str] = ()) -> tuple[Data, str]:
    """A copy below the section, its items with new ids; conditions inside the copy ask the copied items."""
    data = deepcopy(data)
    original = find_section(data, section_id)
    used = ids(data) | set(taken)
    copy = deepcopy(original)
    copy["id"] = next_id(SECTION, used)
    renamed = {}
    for item in copy["items"]:
        renamed[item["id"]] = item["id"] = _take(used)
    for item in copy["items"]:
        _ask_others(item, {old: new for old, new in _pairs(original, copy)})
    sections(data).insert(sections(data).index(original) + 1, copy)
    return data, copy["id"]


def _pairs(original: Data, copy: Data) -> Iterator[tuple[str, str]]:
    for old, new in zip(original["items"], copy["items"], strict=True):
        yield old["id"], new["id"]


# ---- items --------------------------------------------------------------------------------------------------------


def add_item(
    data: Data,
    *,
    section_id: str,
    values: Data | None = None,
    after: str | None = None,
    taken: Collection[str] = (),
) -> tuple[Data, str]:
    """A new item at the end of a section, or below the item `after`. Returns the data and the new id."""
    data = deepcopy(data)
    section = find_section(data, section_id)
    made = next_id(ITEM, ids(data) | set(taken))
    item = {"id": made, "type": "yes_no", "text": "", **(values or {})}
    index = len(section["items"])
    if after:
        section, index = place(data, after)
        index += 1
    section["items"].insert(index, {**item, "id": made})
    return data, made


def duplicate_item(data: Data, item_id: str, *, taken: Collection[str] = ()) -> tuple[Data, str]:
    data = deepcopy(data)
    section, index = place(data, item_id)
    copy = deepcopy(section["items"][index])
    copy["id"] = next_id(ITEM, ids(data) | set(taken))
    section["items"].insert(index + 1, copy)
    return data, copy["id"]


def delete_item(data: Data, item_id: str) -> Data:
    data = deepcopy(data)
    section, index = place(data, item_id)
    del section["items"][index]
    return data


def move_item(data: Data, item_id: str, step: int) -> Data:
    """One place up (-1) or down (1); from the edge of a section into the neighbouring one."""
    data = deepcopy(data)
    section, index = place(data, item_id)
    if 0 <= index + step < len(section["items"]):
        _shift(section["items"], index, step)
        return data
    at = sections(data).index(section) + step
    if 0 <= at < len(sections(data)):
        neighbour = sections(data)[at]["items"]
        neighbour.insert(0 if step > 0 else len(neighbour), section["items"].pop(index))
    return data


def move_item_to(data: Data, item_id: str, section_id: str) -> Data:
    """To the end of another section."""
    data = deepcopy(data)
    target = find_section(data, section_id)
    section, index = place(data, item_id)
    target["items"].append(section["items"].pop(index))
    return data


def change_item(data: Data, item_id: str, changes: Data) -> Data:
    """Fields set to new values; None takes a field out."""
    data = deepcopy(data)
    _change(find_item(data, item_id), changes)
    return data


def change_section(data: Data, section_id: str, changes: Data) -> Data:
    data = deepcopy(data)
    _change(find_section(data, section_id), changes)
    return data


def change_form(data: Data, changes: Data) -> Data:
    data = deepcopy(data)
    _change(data, changes)
    return data


def rename(data: Data, item_id: str, new_id: str) -> Data:
    """Another id for an item; conditions that ask it are rewritten."""
    if new_id == item_id:
        return data
    if not ID.fullmatch(new_id):
        raise EditError("编号只能用小写字母、数字和下划线，以字母开头，最多 60 个字符。")
    if new_id in ids(data):
        raise EditError(f"编号 {new_id} 已经用在别处，请换一个。")
    data = deepcopy(data)
    find_item(data, item_id)["id"] = new_id
    for holder in items(data):
        _ask_others(holder, {item_id: new_id})
    return data


def askers(data: Data, item_id: str) -> list[Data]:
    """The items whose condition asks this one."""
    return [i for i in items(data) if item_id in names_in(str(i.get("show_if") or ""))]


# ---- conditions as text -------------------------------------------------------------------------------------------

_TEXT_OR_NAME = re.compile(r"'(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*")


def names_in(condition: str) -> set[str]:
    """The words of a condition outside quotes; `a__b` also gives `a`, the item of the option b."""
    words = {w for w in _TEXT_OR_NAME.findall(condition) if not w.startswith("'")}
    return words | {word.split("__")[0] for word in words}


def _ask_others(holder: Data, renamed: dict[str, str]) -> None:
    condition = holder.get("show_if")
    if isinstance(condition, str):
        holder["show_if"] = _TEXT_OR_NAME.sub(lambda found: _other(found[0], renamed), condition)


def _other(word: str, renamed: dict[str, str]) -> str:
    if word.startswith("'"):
        return word
    name, mark, option = word.partition("__")
    return renamed.get(name, name) + mark + option


# ---- small help ---------------------------------------------------------------------------------------------------


def _take(used: set[str]) -> str:
    made = next_id(ITEM, used)
    used.add(made)
    return made


def _shift(row: list[Any], index: int, step: int) -> None:
    if 0 <= index + step < len(row):
        row.insert(index + step, row.pop(index))


def _change(holder: Data, changes: Data) -> None:
    for key, value in changes.items():
        if value is None:
            holder.pop(key, None)
        else:
            holder[key] = value
