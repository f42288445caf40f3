"""What came of storing a page: what was typed and could not be stored, why, and what must be drawn anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.forms import actions, posted, queries
from zhikong.foundation.forms.actions import Saved
from zhikong.foundation.forms.definition.model import Evidence, Item, ItemType
from zhikong.foundation.forms.models import Sheet, SheetEdit


@dataclass(slots=True)
class Attempt:
    """raw: answers as typed, by item, where they differ from what is stored."""

    raw: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, SheetEdit] = field(default_factory=dict)
    summary: str = ""
    redraws: bool = False

    @property
    def is_clean(self) -> bool:
        return not self.errors and not self.conflicts


def store_all(request, sheet: Sheet) -> Attempt:
    """Store every item that the page showed; what cannot be stored comes back as it was typed."""
    form = queries.definition(sheet)
    on_page = frozenset(name for name in request.POST.getlist("on_page") if form.item(name))
    raw = posted.answers(form, request.POST, on_page - {*request.POST.getlist("take")})
    rows = _rows_changed(form, request.POST, raw)
    saved = actions.save_answers(
        sheet, by=request.user, now=timezone.now(), raw=raw, revisions=posted.revisions(request.POST, raw)
    )
    unsaved = {**saved.errors, **saved.conflicts}
    found = Attempt(
        raw={name: raw[name] for name in unsaved if name in raw},
        errors=saved.errors,
        conflicts=saved.conflicts,
        redraws=bool(rows),
    )
    found.raw |= rows
    if saved.conflicts:
        found.summary = _("有人刚刚也改了同一项，请看旁边的两个答案，再保存一次。")
    elif saved.errors:
        found.summary = _("有 %(n)d 处没有保存，原因写在条目旁边；您填的内容都还在。") % {
            "n": len(saved.errors)
        }
    return found


def _rows_changed(form, post, raw: dict[str, Any]) -> dict[str, Any]:
    """Without script: the page was sent to get one more row or one less."""
    name = post.get("add_row") or post.get("remove_row", "").partition(".")[0]
    item = form.item(name) if name else None
    if item is None or item.type is not ItemType.TABLE:
        return {}
    raw[item.id] = with_rows_changed(item, post)
    return {item.id: raw[item.id]}


def with_rows_changed(item: Item, post) -> list[dict[str, Any]]:
    """The rows of a table with an empty one at the end, or without one."""
    rows = posted.table(item, post)
    said = post.get("remove_row", "").rpartition(".")[2]
    if said.isdigit():
        return [row for number, row in enumerate(rows) if number != int(said)]
    return [*rows, {}] if len(rows) < item.rows_max else rows


def evidence_turned(item: Item, saved: Saved) -> set[str]:
    """An item whose evidence is asked for after a "no" is drawn anew when its answer changed."""
    return {item.id} if item.evidence is Evidence.WHEN_NO and item.id in saved.changed else set()


def unsigned(saved: Saved) -> set[str]:
    """Signatures that the change took away."""
    form = queries.definition(saved.sheet)
    return {i.id for i in form.items() if i.type is ItemType.SIGNATURE and i.id in saved.changed}


def touched(sheet: Sheet, items: set[str]) -> set[str]:
    """The items, and those whose condition looks at one of them: they may have appeared or gone."""
    found = set(items)
    for item in queries.definition(sheet).items():
        asked = item.condition.names if item.condition else ()
        if any(name in found or name.rpartition("__")[0] in found for name in asked):
            found.add(item.id)
    return found
