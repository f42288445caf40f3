"""A posted form of the editor as a change of the draft: the item's, the section's, or the whole form's fields."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from zhikong.foundation.forms.building import item_form, outline, showing
from zhikong.foundation.forms.building.documents import Data, chinese
from zhikong.foundation.forms.building.item_form import ItemForm
from zhikong.foundation.forms.building.outline import EditError
from zhikong.foundation.forms.building.paper_form import PaperForm, SectionForm


@dataclass
class Saving:
    """Saving what stands in the middle of the page.

    at: the place, also after an id was changed. redraw: the controls themselves must change, as for another type.
    form: the bound form; it holds the errors when nothing was saved.
    """

    at: str
    post: Any
    redraw: bool = False
    form: Any = None
    hint: str = ""
    valid: bool = field(default=True)

    def __call__(self, data: Data, taken: Collection[str]) -> Data:
        kind, _dot, name = self.at.partition(".")
        if kind == "i":
            return self._item(data, name)
        if kind == "s":
            return self._section(data, name)
        return self._paper(data)

    def _paper(self, data: Data) -> Data:
        self.form = PaperForm(self.post, draft=data)
        return outline.change_form(data, self.form.changes()) if self._is_valid() else data

    def _section(self, data: Data, name: str) -> Data:
        self.form = SectionForm(self.post, section=outline.find_section(data, name))
        return outline.change_section(data, name, self.form.changes()) if self._is_valid() else data

    def _item(self, data: Data, name: str) -> Data:
        item = outline.find_item(data, name)
        self.form = ItemForm(self.post, draft=data, item=item)
        if not self._is_valid():
            return data
        changes = self._changes(item)
        changed = outline.change_item(data, name, changes)
        self.redraw = self.redraw or _drawn(item) != _drawn(outline.find_item(changed, name))
        return self._act(changed, name)

    def _changes(self, item: Data) -> Data:
        """Everything but a comparison that has no value yet: that is said beside it, and the rest is saved."""
        try:
            return self.form.changes()
        except showing.NotSimple as problem:
            self.hint, self.redraw = str(problem), True
            post = {k: v for k, v in self.post.items() if not k.startswith("show_")}
            post["show_if"] = chinese(item.get("show_if"))
            again = ItemForm(post, draft=self.form.draft, item=item)
            again.is_valid()
            return again.changes()

    def _act(self, data: Data, name: str) -> Data:
        """Another section and another id are acts of their own."""
        values = self.form.cleaned_data
        if values["section"] != outline.place(data, name)[0].get("id"):
            data = outline.move_item_to(data, name, values["section"])
        new = values["id"].strip()
        if new != name:
            data = outline.rename(data, name, new)
            self.at, self.redraw = f"i.{new}", True
        return data

    def _is_valid(self) -> bool:
        self.valid = self.form.is_valid()
        self.redraw = self.redraw or not self.valid
        return self.valid


def _drawn(item: Data) -> tuple[Any, ...]:
    """What decides which controls an item has."""
    return (
        item.get("type"),
        item_form.veto_name(item.get("veto")),
        bool(item.get("score")),
        item.get("show_if"),
        len(item.get("options") or ()),
        len(item.get("columns") or ()),
        any(o.get("score") is not None for o in item.get("options") or ()),
    )


__all__ = ["EditError", "Saving"]
