"""What every act on a risk shares: numbers, the story, who may."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.queries import department_on
from zhikong.hospital.functions.risks.models.register import Risk, RiskSeries, RiskStep


def next_number(kind: str, prefix: str, year: int) -> str:
    """The next number of a year, such as FX-2026-0012; two at once wait for each other."""
    institution_id = current_scope().institution_id
    RiskSeries.objects.get_or_create(institution_id=institution_id, kind=kind, year=year)
    series = RiskSeries.objects.select_for_update().get(institution_id=institution_id, kind=kind, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{prefix}-{year}-{series.last:04d}"


def department_name(department_id: int | None, now: datetime) -> str:
    """The name of today; '' for the whole hospital. Raises ValidationError for a department that is no more."""
    if department_id is None:
        return ""
    known = department_on(department_id=department_id, on=timezone.localdate(now))
    if known is None:
        raise ValidationError("没有这个科室，或它今天已经停用。")
    return known.name


def may_manage(by, department_id: int | None) -> None:
    """A risk of the whole hospital is for who sees the whole hospital."""
    require(by, Permission.MANAGE_RISKS, department_id, whole_hospital=department_id is None)


def lock(risk: Risk) -> Risk:
    """The row as it is now, held until the end of the transaction."""
    return Risk.objects.select_for_update().get(pk=risk.pk)


def refuse_closed(risk: Risk) -> None:
    if risk.state == Risk.State.CLOSED:
        raise ValidationError("这条风险已经关闭，不能再改。需要时请重新登记，并关联这一条。")


def reason_of(text: str, sentence: str) -> str:
    """The words, or a refusal that says which words are missing."""
    if len(text.strip()) < 2:
        raise ValidationError(sentence)
    return text.strip()


def record(risk: Risk, act: RiskStep.Act, *, by, now: datetime, text: str = "") -> RiskStep:
    """One line of the story, with the judgements as they are after the act."""
    return RiskStep.objects.create(
        institution_id=risk.institution_id, risk=risk, department_id=risk.department_id, at=now, by=by, act=act,
        text=text, likelihood=risk.likelihood, severity=risk.severity, residual_likelihood=risk.residual_likelihood,
        residual_severity=risk.residual_severity,
    )  # fmt: skip
