"""Countermeasures with their PDCA, files of steps, and figures that are watched after the effect."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.files.actions import use
from zhikong.foundation.files.models import File
from zhikong.hospital.functions.improvements.actions.projects.common import begin, lock, record, required
from zhikong.hospital.functions.improvements.actions.projects.registering import refresh
from zhikong.hospital.functions.improvements.actions.projects.stepping import step_row
from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.models.working import Attachment, Measure, WatchPoint

PLANNED = (
    "title",
    "cause",
    "how",
    "place",
    "responsible",
    "planned_from",
    "planned_to",
    "strength",
    "override",
    "state",
)
DONE = (
    "done_text", "done_from", "done_to", "check_text", "before_events", "before_n", "after_events", "after_n", "act_text",
    "state",
)  # fmt: skip
MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")


@transaction.atomic
def add_measure(project: Project, *, by, now: datetime, title: str, **given: Any) -> Measure:
    """Propose a countermeasure; given: of PLANNED."""
    begin(project, by=by)
    last = project.measures.aggregate(last=Max("number"))["last"] or 0
    measure = Measure(
        institution_id=project.institution_id, project=project, number=last + 1,
        title=required(title, "请写明对策。"), changed_at=now, changed_by=by,
    )  # fmt: skip
    return _keep(measure, PLANNED, given)


@transaction.atomic
def change_measure(measure: Measure, *, by, now: datetime, **given: Any) -> Measure:
    """Change what is planned or what came of it; given: of PLANNED and DONE."""
    begin(measure.project, by=by)
    measure.refresh_from_db()
    measure.changed_at, measure.changed_by = now, by
    before = measure.state
    kept = _keep(measure, (*PLANNED, *DONE), given)
    if before != kept.state:
        text = f"{kept.title}：{kept.get_state_display()}"
        record(kept.project, "measure", by=by, now=now, text=text)
    return kept


def _keep(measure: Measure, allowed: tuple[str, ...], given: dict[str, Any]) -> Measure:
    for name, value in given.items():
        if name not in allowed:
            raise ValueError(f"{name} is none of a measure's fields here.")
        setattr(measure, name, value)
    for start, end, what in (("planned_from", "planned_to", "计划"), ("done_from", "done_to", "实际")):
        if (
            getattr(measure, start)
            and getattr(measure, end)
            and getattr(measure, end) < getattr(measure, start)
        ):
            raise ValidationError(f"{what}完成日期早于开始日期。")
    for events, n in (("before_events", "before_n"), ("after_events", "after_n")):
        if (getattr(measure, events) or 0) > (getattr(measure, n) or 0):
            raise ValidationError("例数不能大于总数。")
    measure.save()
    return measure


@transaction.atomic
def remove_measure(measure: Measure, *, by, now: datetime) -> None:
    """Take away an idea that was never carried out; what was begun is dropped instead, with its story."""
    begin(measure.project, by=by)
    if (
        measure.state in (Measure.State.DOING, Measure.State.DONE, Measure.State.DROPPED)
        or measure.attachments.exists()
    ):
        raise ValidationError("已经实施过的对策不能删除，可以登记为“实施后放弃”。")
    record(measure.project, "measure", by=by, now=now, text=f"删除备选对策：{measure.title}")
    measure.delete()


@transaction.atomic
def attach(
    project: Project, key: str, *, by, now: datetime, files: Iterable[File], measure: Measure | None = None,
    standard: bool = False,
) -> int:  # fmt: skip
    """Add files to a step, or to one of the measures; gives how many were new."""
    begin(project, by=by)
    step, added = step_row(project, key), 0
    for file in files:
        _found, new = Attachment.objects.get_or_create(
            step=step, file=file, institution_id=project.institution_id,
            defaults={"project": project, "measure": measure, "standard": standard, "added_at": now, "added_by": by},
        )  # fmt: skip
        if new:
            use(
                file,
                by=by,
                now=now,
                used_for=f"improvements.project:{project.pk}",
                text=f"{step.title} {project.number}",
            )
            record(project, "attached", by=by, now=now, text=file.name, step=key)
            added += 1
    return added


@transaction.atomic
def watch(
    project: Project, *, by, now: datetime, period: str, events: int, cases: int, note: str = ""
) -> WatchPoint:
    """A month's figure; also after the project was closed, because that is when it slips (延续改进)."""
    lock(project)
    require(by, Permission.RUN_IMPROVEMENTS, project.department_id)
    if not MONTH.match(period or ""):
        raise ValidationError("月份请写成 2026-10 这样。")
    if cases <= 0 or not 0 <= events <= cases:
        raise ValidationError("总数应大于 0，例数在 0 与总数之间。")
    point, _new = WatchPoint.objects.update_or_create(
        project=project, period=period, institution_id=project.institution_id,
        defaults={"events": events, "cases": cases, "note": note[:200], "written_at": now, "written_by": by},
    )  # fmt: skip
    record(project, "watched", by=by, now=now, text=f"{period}：{events}/{cases}")
    refresh(project)
    return point
