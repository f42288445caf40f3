"""Failure mode and effects analyses: a worksheet, its rows, and the risks that come of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.risks import rules_scale as rules
from zhikong.hospital.functions.risks.actions.register.steps import (
    department_name,
    may_manage,
    next_number,
    reason_of,
)
from zhikong.hospital.functions.risks.actions.register.writing import link, write_risk
from zhikong.hospital.functions.risks.models.register import FailureAnalysis, FailureMode, Risk
from zhikong.hospital.functions.risks.queries.register.scale import scale

FIELDS = (
    "step", "mode", "effect", "cause", "control", "severity", "occurrence", "detection", "measure", "responsible",
    "due_on", "severity_after", "occurrence_after", "detection_after",
)  # fmt: skip


@transaction.atomic
def open_analysis(
    *,
    by,
    now: datetime,
    title: str,
    leader,
    department_id: int | None = None,
    scope: str = "",
    team: str = "",
) -> FailureAnalysis:
    """A new worksheet."""
    may_manage(by, department_id)
    return FailureAnalysis.objects.create(
        institution_id=current_scope().institution_id, department_id=department_id,
        department_name=department_name(department_id, now),
        number=next_number("fmea", "FMEA", timezone.localdate(now).year),
        title=reason_of(title, "请写明分析哪个流程。")[:120], leader=leader, scope=scope.strip(), team=team.strip()[:300],
        made_at=now, made_by=by,
    )  # fmt: skip


@transaction.atomic
def save_mode(
    analysis: FailureAnalysis, *, by, now: datetime, values: dict[str, Any], mode: FailureMode | None = None
) -> FailureMode:
    """A new row, or an old one with other values. Numbers after the measure need a measure."""
    _refuse_unless_open(analysis, by)
    row = mode or FailureMode(
        institution_id=analysis.institution_id, analysis=analysis, department_id=analysis.department_id,
        order=(analysis.modes.aggregate(last=Max("order"))["last"] or 0) + 1,
    )  # fmt: skip
    for name in FIELDS:
        if name in values:
            setattr(row, name, values[name])
    after = (row.severity_after, row.occurrence_after, row.detection_after)
    if any(after) and not row.measure.strip():
        raise ValidationError("改进后的分数要有对应的改进措施。")
    if any(after) and not all(after):
        raise ValidationError("改进后的 S、O、D 要一起填写。")
    row.full_clean(exclude=["institution", "analysis", "department", "risk"])
    row.save()
    return row


@transaction.atomic
def remove_mode(mode: FailureMode, *, by, now: datetime) -> None:
    """Take a row away; one that a risk was written from stays."""
    _refuse_unless_open(mode.analysis, by)
    if mode.risk_id:
        raise ValidationError("这一行已经登记为风险，不能删除。")
    mode.delete()


@transaction.atomic
def write_from_mode(mode: FailureMode, *, by, now: datetime, category: str, owner) -> Risk:
    """A row becomes a risk of the register. Likelihood and severity are left to be judged on the register's scale."""
    may_manage(by, mode.department_id)
    if mode.risk_id:
        raise ValidationError("这一行已经登记为风险。")
    risk = write_risk(
        by=by, now=now, title=f"{mode.step}：{mode.mode}"[:120], category=category, owner=owner,
        scenario=f"{mode.mode}，导致{mode.effect}。原因：{mode.cause or '未分析'}。", current=mode.control,
        department_id=mode.department_id, source_kind="fmea", source_key=str(mode.pk),
    )  # fmt: skip
    mode.risk = risk
    mode.save(update_fields=["risk"])
    link(risk, by=by, now=now, kind="fmea", key=str(mode.analysis_id), label=str(mode.analysis))
    return risk


@transaction.atomic
def close_analysis(analysis: FailureAnalysis, *, by, now: datetime) -> FailureAnalysis:
    """The worksheet is done: every row is judged, and every grave one has a measure with a person and a date."""
    _refuse_unless_open(analysis, by)
    rows = list(analysis.modes.all())
    if not rows:
        raise ValidationError("还没有一行失效模式，不能完成。")
    if open_rows := [row for row in rows if rules.rpn(row.severity, row.occurrence, row.detection) is None]:
        raise ValidationError(f"还有 {len(open_rows)} 行没有评分：{open_rows[0].mode}。")
    bare = [row for row in rows if _is_grave(row) and not (row.measure and row.responsible_id and row.due_on)]
    if bare:
        raise ValidationError(
            f"{len(bare)} 行达到界限却没有措施、责任人或日期：{bare[0].mode}。请补齐再完成。"
        )
    analysis.closed_at, analysis.closed_by = now, by
    analysis.save(update_fields=["closed_at", "closed_by"])
    return analysis


def _is_grave(row: FailureMode) -> bool:
    return rules.needs_measure(scale(), row.severity, row.occurrence, row.detection)


def _refuse_unless_open(analysis: FailureAnalysis, by) -> None:
    may_manage(by, analysis.department_id)
    if analysis.closed_at:
        raise ValidationError("这份分析已经完成，不能再改。")
