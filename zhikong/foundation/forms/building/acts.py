"""The acts of the editor's buttons: each a change of the draft and the place to look at afterwards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from zhikong.foundation.forms.building import outline
from zhikong.foundation.forms.building.documents import Data, chinese
from zhikong.foundation.forms.building.outline import EditError

Post = Mapping[str, Any]
MOST_LINES = 100
FORM_PLACE = "form"


@dataclass
class Act:
    """One press of a button. at: where the page stood, and after the change where it stands."""

    name: str
    what: str  # the id of the section or item that the button belongs to
    post: Post
    at: str = FORM_PLACE
    said: list[str] = field(default_factory=list)
    begun: bool = False  # a new item is waiting for its text

    def __call__(self, data: Data, taken: Collection[str]) -> Data:
        """Raises EditError for an act that is not known or not possible."""
        found = ACTS.get(self.name)
        if found is None:
            raise EditError(_("没有这个操作。"))
        return found(self, data, taken)


def _add_item(act: Act, data: Data, taken: Collection[str]) -> Data:
    """Below the item at which the page stands when it lies in this section, else at the section's end."""
    after = act.at.removeprefix("i.") if act.at.startswith("i.") else None
    values: Data = {}
    if after and after in outline.ids(data):
        section, index = outline.place(data, after)
        if section.get("id") != act.what:
            after = None
        else:
            values = _like(section["items"][index])
    else:
        after = None
    data, made = outline.add_item(data, section_id=act.what, after=after, values=values, taken=taken)
    act.at, act.begun = f"i.{made}", True
    return data


def _like(item: Data) -> Data:
    """A checklist's items are of one kind: the next begins with the last one's type and points."""
    if item.get("type") not in ("yes_no", "yes_no_na"):
        return {}
    return {k: item[k] for k in ("type", "score", "required", "evidence") if k in item}


def _add_many(act: Act, data: Data, taken: Collection[str]) -> Data:
    """One item for each line."""
    lines = [" ".join(text.split()) for text in str(act.post.get("lines", "")).splitlines()]
    lines = [text[:300] for text in lines if text]
    if not lines:
        raise EditError(_("请每行写一题，再添加。"))
    if len(lines) > MOST_LINES:
        raise EditError(_("一次最多添加 %(n)d 题。") % {"n": MOST_LINES})
    kind = str(act.post.get("type") or "yes_no")
    full = str(act.post.get("score") or "").strip()
    values: Data = {"type": kind}
    if full:
        values["score"] = {"full": _points(full)}
    elif act.post.get("required"):
        values["required"] = True
    made = ""
    for text in lines:
        data, made = outline.add_item(
            data, section_id=act.what, values=values | {"text": text}, taken={*taken, made}
        )
    act.said.append(_("已添加 %(n)d 题。") % {"n": len(lines)})
    act.at = f"s.{act.what}"
    return data


def _points(text: str) -> int | float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 < value < 10_000:
        raise EditError(_("每题的分值应是大于 0 的数字。"))
    return int(value) if value.is_integer() else value


def _add_section(act: Act, data: Data, taken: Collection[str]) -> Data:
    title = _("第 %(n)d 部分") % {"n": len(outline.sections(data)) + 1}
    data, made = outline.add_section(data, title=title, taken=taken)
    act.at = f"s.{made}"
    return data


def _move(step: int, of: str) -> Callable[[Act, Data, Collection[str]], Data]:
    def move(act: Act, data: Data, taken: Collection[str]) -> Data:
        return (outline.move_item if of == "item" else outline.move_section)(data, act.what, step)

    return move


def _copy_item(act: Act, data: Data, taken: Collection[str]) -> Data:
    data, made = outline.duplicate_item(data, act.what, taken=taken)
    act.at = f"i.{made}"
    return data


def _copy_section(act: Act, data: Data, taken: Collection[str]) -> Data:
    data, made = outline.duplicate_section(data, act.what, taken=taken)
    act.at = f"s.{made}"
    return data


def _delete_item(act: Act, data: Data, taken: Collection[str]) -> Data:
    number = outline.number_of(data, act.what)
    section, index = outline.place(data, act.what)
    askers = [outline.number_of(data, item["id"]) for item in outline.askers(data, act.what)]
    after = outline.delete_item(data, act.what)
    rest = outline.find_section(after, section["id"])["items"]
    if act.at == f"i.{act.what}":
        act.at = f"i.{rest[min(index, len(rest) - 1)]['id']}" if rest else f"s.{section['id']}"
    act.said.append(_("已删除第 %(n)d 题，可以撤销。") % {"n": number})
    if askers:
        asked = "、".join(str(n) for n in askers)
        act.said.append(_("第 %(numbers)s 题的显示条件问到它，请一并修改。") % {"numbers": asked})
    return after


def _delete_section(act: Act, data: Data, taken: Collection[str]) -> Data:
    section = outline.find_section(data, act.what)
    count, title = len(section["items"]), chinese(section.get("title"))
    data = outline.delete_section(data, act.what)
    act.at = FORM_PLACE
    act.said.append(_("已删除分节“%(title)s”和其中 %(n)d 题，可以撤销。") % {"title": title, "n": count})
    return data


ACTS: dict[str, Callable[[Act, Data, Collection[str]], Data]] = {
    "add-item": _add_item,
    "add-many": _add_many,
    "add-section": _add_section,
    "up-item": _move(-1, "item"),
    "down-item": _move(1, "item"),
    "up-section": _move(-1, "section"),
    "down-section": _move(1, "section"),
    "copy-item": _copy_item,
    "copy-section": _copy_section,
    "delete-item": _delete_item,
    "delete-section": _delete_section,
}
