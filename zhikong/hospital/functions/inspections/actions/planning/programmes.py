"""Take a packaged programme into use, set it for this hospital, end it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.packstore import queries as packstore
from zhikong.hospital.functions.inspections.actions.planning.drawing import new_seed
from zhikong.hospital.functions.inspections.models.planning import Programme
from zhikong.hospital.functions.inspections.queries.planning import programmes as queries
from zhikong.hospital.functions.inspections.rules_planning_programmes import ProgrammeDefinition


@transaction.atomic
def adopt(
    *,
    by,
    now: datetime,
    definition_id: str,
    title: str = "",
    settings: dict[str, Any] | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    department_id: int | None = None,
) -> Programme:
    """Run a packaged programme from a day on: for good, or (ends_on) for the time of a campaign (INS-06, INS-13).

    Raises ValidationError when it does not exist, runs already, or a campaign has no end.
    """
    require(by, Permission.PLAN_INSPECTIONS, department_id, whole_hospital=department_id is None)
    today = timezone.localdate(now)
    found = packstore.resolve(queries.CODE, definition_id, on=today)
    if found is None:
        raise ValidationError(f"没有检查计划 {definition_id}，或它今天没有生效。")
    definition: ProgrammeDefinition = found.obj
    _check_days(definition, starts_on or today, ends_on)
    if queries.of_definition(definition_id, department_id=department_id) is not None:
        raise ValidationError(f"“{definition.title}”已经在执行，不必再启用。要改做法请打开它修改。")
    return Programme.objects.create(
        institution_id=current_scope().institution_id,
        definition_id=definition_id,
        kind=definition.kind,
        title=(title or definition.title)[:120],
        settings={**(settings or {}), "seed": new_seed()},
        owner_role=definition.owner,
        department_id=department_id,
        starts_on=starts_on or today,
        ends_on=ends_on,
        made_at=now,
        made_by=by,
    )


def _check_days(definition: ProgrammeDefinition, starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError("结束日期不能早于开始日期。")
    if ends_on is None and not definition.permanent:
        raise ValidationError(f"“{definition.title}”只在一段时间内执行，请填写结束日期。")


@transaction.atomic
def configure(
    programme: Programme, *, by, now: datetime, title: str, settings: dict[str, Any], ends_on: date | None
) -> Programme:
    """Change how this hospital runs it; what is planned already stays as it is."""
    require(
        by,
        Permission.PLAN_INSPECTIONS,
        programme.department_id,
        whole_hospital=programme.department_id is None,
    )
    if programme.ended_at is not None:
        raise ValidationError("这个计划已停用，不能再改。请重新启用。")
    definition = queries.definition(programme, on=timezone.localdate(now))
    if definition is None:
        raise ValidationError("这个计划所依据的定义已不再生效，请停用它。")
    _check_days(definition, programme.starts_on, ends_on)
    programme.title = title.strip()[:120] or programme.title
    programme.settings = {**settings, "seed": queries.seed_of(programme)}
    programme.ends_on = ends_on
    programme.save(update_fields=["title", "settings", "ends_on"])
    return programme


@transaction.atomic
def end_programme(programme: Programme, *, by, now: datetime, reason: str) -> Programme:
    """Stop it; planned visits stay, nothing new comes round."""
    require(
        by,
        Permission.PLAN_INSPECTIONS,
        programme.department_id,
        whole_hospital=programme.department_id is None,
    )
    if len(reason.strip()) < 2:
        raise ValidationError("请写明停用的理由，至少两个字。")
    if programme.ended_at is None:
        programme.ended_at, programme.ended_by, programme.ended_reason = now, by, reason.strip()[:300]
        programme.save(update_fields=["ended_at", "ended_by", "ended_reason"])
    return programme
