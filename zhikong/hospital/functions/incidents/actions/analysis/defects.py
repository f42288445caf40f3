"""The department's own register of defects (缺陷登记) and what it makes of it: monthly, and of unsafe factors quarterly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.incidents.actions.analysis.common import said
from zhikong.hospital.functions.incidents.models.analysis_wards import Defect, DefectReview
from zhikong.hospital.functions.incidents.queries.analysis.defects import counted, period_of
from zhikong.hospital.functions.incidents.queries.analysis.packs import factors, policy


@transaction.atomic
def register(
    *, by, now: datetime, department_id: int, occurred_on: date, kind: str, what: str, found: str, reached: bool = False,
    causes: Sequence[str] = (), measure: str = "",
) -> Defect:  # fmt: skip
    """One defect. Anybody of the ward may write it down; nowhere stands who made it, nor who wrote it down."""
    if not can(by, Permission.LEARN_FROM_INCIDENTS, department_id):
        raise PermissionDenied("您没有权限：登记这个科室的缺陷。")
    if occurred_on > timezone.localdate(now):
        raise ValidationError("日期在将来，请核对。")
    if kind not in dict(policy().defect_kinds):
        raise ValidationError("请选择类别。")
    if any(factors().get(one) is None for one in causes):
        raise ValidationError("没有这个不安全因素。")
    return Defect.objects.create(
        institution_id=current_scope().institution_id, department_id=department_id, occurred_on=occurred_on, kind=kind,
        what=said(what, "请写明是什么缺陷。", 4), found=found, reached=reached, factors=list(causes),
        measure=measure.strip(), added_on=timezone.localdate(now), reader_roles=reader_roles(),
    )  # fmt: skip


def reader_roles() -> list[str]:
    """Everybody of the ward reads its register; the offices do not: it is the department's own."""
    return sorted(
        code
        for code, role in ROLES.items()
        if not role.hospital_wide and Permission.LEARN_FROM_INCIDENTS in role.permissions
    )


@transaction.atomic
def settle(row: Defect, *, by, now: datetime, measure: str) -> Defect:
    """What was done about it."""
    require(by, Permission.ANALYSE_INCIDENTS, row.department_id)
    row = Defect.objects.select_for_update().get(pk=row.pk)
    row.measure, row.settled_on = said(measure, "请写明怎样处理。", 2), timezone.localdate(now)
    row.save(update_fields=["measure", "settled_on"])
    return row


@transaction.atomic
def review(
    *, by, now: datetime, department_id: int, period: str, analysis: str, unsafe: str, measures: str, last_checked: str = "",
) -> DefectReview:  # fmt: skip
    """The analysis of a month (2026-11) or of a quarter's unsafe factors (2026-Q4, EVT-21); once, with the count of the day."""
    require(by, Permission.ANALYSE_INCIDENTS, department_id)
    first, _last = period_of(period)
    if first > timezone.localdate(now):
        raise ValidationError("这一期还没有开始。")
    if DefectReview.objects.filter(department_id=department_id, period=period).exists():
        raise ValidationError(f"{period} 已经分析过。")
    return DefectReview.objects.create(
        institution_id=current_scope().institution_id, department_id=department_id, period=period,
        counted=counted(department_id, period), analysis=said(analysis, "请写分析。", 10),
        unsafe=said(unsafe, "请写主要不安全因素。", 4), measures=said(measures, "请写改进措施。", 4),
        last_checked=last_checked.strip(), written_at=now, written_by=by,
        reader_roles=sorted({*reader_roles(), *_offices()}),
    )  # fmt: skip


def _offices() -> list[str]:
    return [code for code, role in ROLES.items() if Permission.HANDLE_INCIDENTS in role.permissions]
