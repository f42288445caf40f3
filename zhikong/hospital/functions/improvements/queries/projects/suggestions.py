"""Reads of the suggestion box."""

from __future__ import annotations

from django.db.models import QuerySet

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.improvements.models.suggestions import Suggestion


def suggestions(*, state: str = "", mine=None) -> QuerySet[Suggestion]:
    """All suggestions, the newest first; by state, or a user's own."""
    found = Suggestion.objects.select_related("made_by", "answered_by", "project")
    if mine is not None:
        found = found.filter(made_by=mine, paper=False)
    return found.filter(state=state) if state else found


def suggestion(pk: int) -> Suggestion | None:
    return Suggestion.objects.select_related("made_by", "answered_by", "project").filter(pk=pk).first()


def author(found: Suggestion, reader) -> str:
    """The author's name as this reader sees it; empty when there is none to show."""
    if found.paper or found.made_by is None:
        return ""
    if found.name_hidden and found.made_by_id != reader.pk and not can(reader, Permission.JUDGE_IMPROVEMENTS):
        return ""
    return str(found.made_by)


def waiting() -> int:
    return Suggestion.objects.filter(state=Suggestion.State.OPEN).count()


def thanked(limit: int = 6) -> QuerySet[Suggestion]:
    """The newest words of thanks."""
    found = Suggestion.objects.exclude(thanks="").select_related("made_by")
    return found.order_by("-answered_at")[:limit]
