"""Saved pictures: which there are, whose, and who may change them."""

from __future__ import annotations

from django.db.models import QuerySet

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.models.tools import SavedTool, ToolDrawing


def saved(*, kind: str = "", text: str = "", project_id: int | None = None) -> QuerySet[SavedTool]:
    """Saved pictures in scope, the newest first."""
    rows = SavedTool.objects.filter(removed_at=None).select_related("created_by", "project", "department")
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(title__icontains=text)
    if project_id:
        rows = rows.filter(project_id=project_id)
    return rows.order_by("-created_at", "-pk")


def tools_of(project_id: int, step: str | None = None) -> list[SavedTool]:
    """The pictures of a project, of one of its steps when one is named; the oldest first."""
    rows = saved(project_id=project_id)
    if step is not None:
        rows = rows.filter(step=step)
    return list(rows.order_by("created_at", "pk"))


def tool(pk: int) -> SavedTool | None:
    """One picture in scope, or None."""
    return saved().filter(pk=pk).select_related("drawn_by").first()


def drawing_of(found: SavedTool, number: int) -> ToolDrawing | None:
    """How it was drawn the n-th time."""
    return found.drawings.select_related("drawn_by").filter(number=number).first()


def may_change(user, found: SavedTool) -> bool:
    """Who made it, the members of its project, and who judges improvements there; all may run improvements."""
    if not can(user, Permission.RUN_IMPROVEMENTS):
        return False
    own = found.created_by_id == user.pk or user.pk in found.readers
    return own or can(user, Permission.JUDGE_IMPROVEMENTS, found.department_id)


def projects_for(user) -> QuerySet[Project]:
    """Projects that this person may put a picture into: those in scope, the newest first."""
    if not can(user, Permission.RUN_IMPROVEMENTS):
        return Project.objects.none()
    return Project.objects.order_by("-pk")
