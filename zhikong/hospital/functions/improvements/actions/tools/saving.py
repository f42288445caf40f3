"""Save a picture, draw it again, change its words, take it away; every drawing is kept as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.models.tools import Kind, SavedTool, ToolDrawing
from zhikong.hospital.functions.improvements.queries.tools.drawing import ENTERED, Fresh, covered, draw
from zhikong.hospital.functions.improvements.queries.tools.saved import may_change
from zhikong.hospital.functions.improvements.tools import entered
from zhikong.hospital.functions.improvements.tools.asking import Asked
from zhikong.hospital.functions.improvements.tools.telling import told

LONGEST_TITLE, LONGEST_NOTE = 120, 4000


@dataclass(frozen=True)
class _Content:
    query: dict[str, Any]
    snapshot: dict[str, Any]
    data_hash: str
    data_version: str
    rows: int


@transaction.atomic
def save(
    *, by, now: datetime, fresh: Fresh, title: str = "", note: str = "", project: int | Project | None = None, step: str = "",
) -> SavedTool:  # fmt: skip
    """Save what was just counted. title: empty takes the finding. project: its id, in the scope of ``by``.

    Saved into a project it is seen by the project's members, whatever their departments.
    """
    query = fresh.asked.stored()
    content = _Content(query, fresh.snapshot, fresh.data_hash, fresh.data_version, fresh.rows)
    place = _place(fresh.asked)
    return _create(by, now, fresh.kind, fresh.asked.source, fresh.asked.key, content, title, note, project, step, place)  # fmt: skip


@transaction.atomic
def save_entered(
    *, by, now: datetime, kind: str, title: str = "", text: str, options: Mapping[str, str] | None = None, note: str = "",
    project: int | Project | None = None, step: str = "",
) -> SavedTool:  # fmt: skip
    """Save a picture of lines that people wrote. Raises entered.BadRows with every line that is wrong."""
    content = _written(kind, text, dict(options or {}), now)
    scope = current_scope()
    own = sorted(scope.departments or ())
    place = own[0] if len(own) == 1 else None
    return _create(by, now, kind, ENTERED, "", content, title, note, project, step, place)


def _written(kind: str, text: str, options: dict[str, str], now: datetime) -> _Content:
    figures = entered.read(kind, text, options)
    if kind == Kind.GANTT:
        figures["today"] = f"{timezone.localdate(now)}"
    told(kind, figures)  # what cannot be computed is refused before it is kept
    lines = sum(bool(line.strip()) for line in text.splitlines())
    snapshot = {"figures": figures, "source": _("录入的数据"), "definition": options.get("origin", ""), "place": "", "period": "", "hidden": "", "only": ""}  # fmt: skip
    return _Content({"text": text, "options": options}, snapshot, _digest(figures), "", lines)


def _digest(figures: Mapping[str, Any]) -> str:
    plain = json.dumps(figures, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def _place(asked: Asked) -> int | None:
    """Whose rows they are: one department's, or (None) more than that."""
    return asked.departments[0] if len(asked.departments) == 1 else None


def _create(by, now, kind, source, key, content: _Content, title, note, project, step, place) -> SavedTool:
    require(by, Permission.RUN_IMPROVEMENTS)
    within = _project(project)
    made = SavedTool(
        institution_id=current_scope().institution_id, kind=kind, source=source, key=key,
        title=_title(title, kind, content.snapshot), note=note.strip()[:LONGEST_NOTE], step=step,
        department_id=place, project=within, created_at=now, created_by=by, readers=[by.pk] if by else [],
    )  # fmt: skip
    _let_in(made, within)
    return _keep(made, content, by, now)


def _project(project: int | Project | None) -> Project | None:
    if project is None or isinstance(project, Project):
        return project
    found = Project.objects.filter(pk=project).first()
    if found is None:
        raise ValidationError(_("没有这个改进项目，或者您看不到它。"))
    return found


def _let_in(made: SavedTool, within: Project | None) -> None:
    """Who sees the project sees its pictures."""
    if within is not None:
        made.readers = sorted({*made.readers, *within.readers})
        made.confidential, made.reader_roles = within.confidential, list(within.reader_roles)
        made.department_id = within.department_id


def _title(title: str, kind: str, snapshot: Mapping[str, Any]) -> str:
    return (title.strip() or told(kind, snapshot["figures"]).finding or Kind(kind).label)[:LONGEST_TITLE]


def _keep(made: SavedTool, content: _Content, by, now: datetime) -> SavedTool:
    """Write the picture as it is now, and once more as one of its drawings."""
    common = {
        "query": content.query, "snapshot": content.snapshot, "data_hash": content.data_hash,
        "data_version": content.data_version, "rows": content.rows, "drawn_at": now, "drawn_by": by,
    }  # fmt: skip
    for name, value in common.items():
        setattr(made, name, value)
    made.save()
    last = made.drawings.aggregate(last=Max("number"))["last"] or 0
    ToolDrawing.objects.create(institution_id=made.institution_id, tool=made, number=last + 1, **common)
    return made


def _changeable(by, found: SavedTool) -> SavedTool:
    """The row, locked; refuses who may not change it, and one that was taken away meanwhile."""
    row = SavedTool.objects.select_for_update().get(pk=found.pk)
    if by is not None and not may_change(by, row):
        raise PermissionDenied(_("这张图不是您保存的，您也不是项目成员，不能修改。"))
    require(by, Permission.RUN_IMPROVEMENTS)
    if row.removed_at is not None:
        raise ValidationError(_("这张图已经删除。"))
    return row


@transaction.atomic
def redraw(*, by, now: datetime, found: SavedTool) -> tuple[SavedTool, bool]:
    """Count again by the same question; (picture, whether the rows were others). The earlier drawing stays."""
    row = _changeable(by, found)
    if row.source == ENTERED:
        raise ValidationError(_("这张图的数据是录入的，请改数据，不需要重新计数。"))
    asked = Asked.of(row.query, today=timezone.localdate(now))
    if not covered(asked):
        raise ValidationError(_("这张图的数据超出您的权限范围，请由绘制它的人或职能部门重新计数。"))
    fresh = draw(row.kind, asked, user=by)
    content, before = _Content(row.query, fresh.snapshot, fresh.data_hash, fresh.data_version, fresh.rows), row.data_hash  # fmt: skip
    return _keep(row, content, by, now), fresh.data_hash != before


@transaction.atomic
def rewrite(
    *, by, now: datetime, found: SavedTool, text: str, options: Mapping[str, str] | None = None
) -> SavedTool:
    """Draw an entered picture from changed lines. Raises entered.BadRows."""
    row = _changeable(by, found)
    if row.source != ENTERED:
        raise ValidationError(_("这张图的数据来自系统，不能改数；请改条件后另存。"))
    return _keep(row, _written(row.kind, text, dict(options or {}), now), by, now)


@transaction.atomic
def edit(*, by, now: datetime, found: SavedTool, title: str, note: str, project: int | None = None, step: str = "") -> SavedTool:  # fmt: skip
    """Change title and note, and the project that it belongs to. The figures stay."""
    row = _changeable(by, found)
    if not title.strip():
        raise ValidationError({"title": _("请写标题。")})
    row.title, row.note, row.step = title.strip()[:LONGEST_TITLE], note.strip()[:LONGEST_NOTE], step
    if project != row.project_id:
        row.project = _project(project)
        row.readers = [row.created_by_id] if row.created_by_id else []
        row.confidential, row.reader_roles = False, []
        if row.source != ENTERED:
            row.department_id = _place(Asked.of(row.query, today=timezone.localdate(now)))
        _let_in(row, row.project)
    row.save()
    return row


@transaction.atomic
def remove(*, by, now: datetime, found: SavedTool) -> None:
    """Take a picture out of the lists; what was drawn stays in the trail."""
    row = _changeable(by, found)
    row.removed_at, row.removed_by = now, by
    row.save(update_fields=["removed_at", "removed_by"])


def share(*, project_id: int, readers: Iterable[int]) -> None:
    """The project's members changed: they, and who made a picture, see its pictures from now on."""
    for row in SavedTool.objects.filter(project_id=project_id):
        row.readers = sorted({*readers, *([row.created_by_id] if row.created_by_id else [])})
        row.save(update_fields=["readers"])
