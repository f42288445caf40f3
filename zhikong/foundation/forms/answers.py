"""One judge of answers for the page, the import and the API: what is stored, what is wrong, what is shown.

Raw answers come as text (page, spreadsheet) or as JSON values (API); both become the same stored values, plain
JSON, and cleaning what is clean changes nothing. Stored by item:
yes_no(_na), choice: a code; choices: a list of codes in the form's order; number: int, or float when the item has
decimals; text: text; date, time, datetime: ISO, local wall time; person, department: id; patient: key;
photo: list of file ids; signature: {user, name, at}; table: list of rows by column; observation: {n, m}.
`<item>__files` holds the ids of the evidence of an item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from zhikong.foundation.forms import answering
from zhikong.foundation.forms.answering import Refused
from zhikong.foundation.forms.definition.model import YES_NO, Evidence, FormDefinition, Item, ItemType
from zhikong.foundation.forms.definition.names import values_of

FILES = "__files"
MISSING = "这一项还没有填。"
MISSING_EVIDENCE = "请附上照片或文件作为证据。"


class Known(Protocol):
    """Says whether a person, department, patient or file exists for whoever fills the form."""

    def __call__(self, kind: ItemType, value: Any) -> bool: ...


@dataclass(slots=True)
class Cleaned:
    """values: what to store, by item, without hidden items. errors: a sentence by item. visible: ids shown."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    visible: frozenset[str] = frozenset()

    @property
    def filled(self) -> int:
        return sum(1 for key in self.values if not key.endswith(FILES))


def clean(
    form: FormDefinition,
    raw: Mapping[str, Any],
    *,
    final: bool,
    today: date | None = None,
    known: Known | None = None,
) -> Cleaned:
    """Judge a whole sheet. final: also require what is required; otherwise only what is filled is judged.

    A wrong answer is an error and is not stored; an item that its condition hides is neither judged nor stored.
    """
    found = Cleaned()
    visible: set[str] = set()
    above: list[Item] = []
    for item in form.items():
        if _shown(item, above, found.values, today):
            visible.add(item.id)
            _judge(item, raw, found, final=final, known=known)
        above.append(item)
    if final:
        _unknown_names(form, raw, found)
    found.visible = frozenset(visible)
    return found


def visible_items(form: FormDefinition, values: Mapping[str, Any], today: date | None) -> frozenset[str]:
    """The items that clean answers show."""
    return clean(form, values, final=False, today=today).visible


def files_of(item: Item, values: Mapping[str, Any]) -> list[int]:
    """Ids of the files that belong to an item: its photos, or its evidence."""
    return list(values.get(item.id if item.type is ItemType.PHOTO else item.id + FILES) or [])


def progress(form: FormDefinition, cleaned: Cleaned) -> tuple[int, int]:
    """How many of the visible items that ask something are answered, and how many there are."""
    asked = [item for item in form.items() if item.has_answer and item.id in cleaned.visible]
    return sum(1 for item in asked if item.id in cleaned.values), len(asked)


def _shown(item: Item, above: list[Item], values: dict[str, Any], today: date | None) -> bool:
    return item.condition is None or item.condition.holds(values_of(above, values, today))


def _judge(item: Item, raw: Mapping[str, Any], found: Cleaned, *, final: bool, known: Known | None) -> None:
    try:
        value = _value(item, raw.get(item.id), final=final, known=known)
        files = _evidence(item, raw, known)
    except Refused as error:
        found.errors[item.id] = str(error)
        return
    if value is not None:
        found.values[item.id] = value
    if files:
        found.values[item.id + FILES] = files
    if final and (problem := _incomplete(item, value, files)):
        found.errors[item.id] = problem


def _value(item: Item, raw: Any, *, final: bool, known: Known | None) -> Any:
    if not item.has_answer:
        return None
    value = answering.cleaned(item, raw, final=final)
    if value is not None and known is not None:
        _check_known(item, value, known)
    return value


def _check_known(item: Item, value: Any, known: Known) -> None:
    if item.type is ItemType.TABLE:
        for number, row in enumerate(value, 1):
            for column in item.columns:
                if column.id in row and not _exists(column, row[column.id], known):
                    raise Refused(f"第 {number} 行“{column.text}”：{NOT_FOUND[column.type]}")
    elif not _exists(item, value, known):
        raise Refused(NOT_FOUND[item.type])


NOT_FOUND = {
    ItemType.PERSON: "没有这个人，请从列表里选。",
    ItemType.DEPARTMENT: "没有这个科室，请从列表里选。",
    ItemType.PATIENT: "没有这位患者，或不在您可以选的范围内。",
    ItemType.PHOTO: "照片没有找到，请重新上传。",
}


def _exists(item: Item, value: Any, known: Known) -> bool:
    if item.type is ItemType.PHOTO:
        return all(known(ItemType.PHOTO, one) for one in value)
    return item.type not in NOT_FOUND or known(item.type, value)


def _evidence(item: Item, raw: Mapping[str, Any], known: Known | None) -> list[int]:
    if item.evidence is Evidence.NEVER:
        return []
    files = answering.file_ids(raw.get(item.id + FILES))
    if known is not None and not all(known(ItemType.PHOTO, one) for one in files):
        raise Refused(NOT_FOUND[ItemType.PHOTO])
    return files


def _incomplete(item: Item, value: Any, files: list[int]) -> str | None:
    if item.required and value is None:
        return MISSING
    wanted = item.evidence is Evidence.ALWAYS and value is not None
    wanted = wanted or (item.evidence is Evidence.WHEN_NO and item.type in YES_NO and value == "no")
    return MISSING_EVIDENCE if wanted and not files else None


def _unknown_names(form: FormDefinition, raw: Mapping[str, Any], found: Cleaned) -> None:
    """A name that the form does not have is a mistake of an import or a program, never silently dropped."""
    items = {item.id for item in form.items()}
    for name in raw:
        if name not in items and name.removesuffix(FILES) not in items:
            found.errors[str(name)] = f"表里没有条目 {name}。"
