"""What the fill page and its fragments show of a sheet: sections with their items, progress, score, who else wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils import timezone

from zhikong.foundation.forms import answers as judging
from zhikong.foundation.forms import queries, references, scoring
from zhikong.foundation.forms.answers import FILES
from zhikong.foundation.forms.definition import FormDefinition, Section
from zhikong.foundation.forms.models import Sheet, SheetEdit
from zhikong.foundation.forms.views.items import ItemView, Showing


@dataclass(slots=True)
class SectionView:
    section: Section
    items: list[ItemView]
    filled: int
    asked: int
    score: scoring.SectionScore | None = None

    @property
    def is_shown(self) -> bool:
        return any(item.shown for item in self.items)

    @property
    def is_done(self) -> bool:
        return self.asked > 0 and self.filled == self.asked

    @property
    def has_errors(self) -> bool:
        return any(item.error or item.conflict for item in self.items)


def find(pk: int) -> Sheet:
    """The sheet, or 404 when it is not in scope."""
    sheet = queries.sheet(pk)
    if sheet is None:
        raise Http404
    return sheet


def showing(
    request,
    sheet: Sheet,
    *,
    raw: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    conflicts: Mapping[str, SheetEdit] | None = None,
    items: Iterable[str] | None = None,
) -> Showing:
    """The sheet as it stands for this reader; raw, errors and conflicts are of an attempt that was not stored.

    items: only these will be drawn; saves asking who wrote the others.
    """
    form, now = queries.definition(sheet), timezone.now()
    return Showing(
        form=form,
        sheet=sheet,
        values=sheet.answers,
        visible=judging.visible_items(form, sheet.answers, timezone.localdate(now)),
        by=request.user,
        now=now,
        raw=raw or {},
        errors=errors or {},
        conflicts=conflicts or {},
        saved=queries.latest_edits(sheet, items and [name + end for name in items for end in ("", FILES)]),
        labels=references.labels(form, [sheet.answers, *_others(conflicts)], by=request.user, now=now),
        patients_listed="patients" in request.GET,
    )


def _others(conflicts: Mapping[str, SheetEdit] | None) -> list[dict[str, Any]]:
    return [{name: edit.value} for name, edit in (conflicts or {}).items() if not name.endswith(FILES)]


def sections(shown: Showing) -> list[SectionView]:
    """All sections with all items; items are numbered as on the paper, notes are not."""
    scored = {s.id: s for s in _score_sections(shown)}
    found, number = [], 0
    for section in shown.form.sections:
        views = []
        for item in section.items:
            number += item.has_answer
            views.append(shown.view(item, str(number) if item.has_answer else ""))
        asked = [item for item in section.items if item.has_answer and item.id in shown.visible]
        filled = sum(1 for item in asked if item.id in shown.values)
        found.append(SectionView(section, views, filled, len(asked), scored.get(section.id)))
    return found


def numbers(form: FormDefinition) -> dict[str, str]:
    """Item → its number on the paper."""
    found, number = {}, 0
    for item in form.items():
        number += item.has_answer
        found[item.id] = str(number) if item.has_answer else ""
    return found


def _score_sections(shown: Showing) -> tuple[scoring.SectionScore, ...]:
    result = scoring.score(shown.form, shown.values, _policy(shown))
    return result.sections if result else ()


def _policy(shown: Showing):
    return queries.policy_of(shown.sheet) if shown.sheet is not None else None


def figures(shown: Showing) -> dict[str, Any]:
    """Progress and score for the head, the side and the foot of the page."""
    asked = [item for item in shown.form.items() if item.has_answer and item.id in shown.visible]
    result = scoring.score(shown.form, shown.values, _policy(shown))
    return {
        "filled": sum(1 for item in asked if item.id in shown.values),
        "asked": len(asked),
        "score": result,
        "vetoes": scoring.vetoes(shown.form, shown.values, _policy(shown)),
        "losses": result.losses if result else (),
    }


def preview_context(form: FormDefinition) -> dict[str, Any]:
    """The form as it looks before anything is filled, without a sheet; nothing on it can be saved."""
    now = timezone.now()
    shown = Showing(
        form=form, sheet=None, values={}, by=None, now=now,
        visible=frozenset(item.id for item in form.items()),
    )  # fmt: skip
    return {"form": form, "sections": sections(shown), "preview": True}
