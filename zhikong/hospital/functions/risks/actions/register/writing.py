"""Write a risk down, judge it again, hold it down, accept what is left, close it (INS-10, EMR-04)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.risks import rules_scale as rules
from zhikong.hospital.functions.risks.actions.register.steps import (
    department_name,
    lock,
    may_manage,
    next_number,
    reason_of,
    record,
    refuse_closed,
)
from zhikong.hospital.functions.risks.models.register import Control, Risk, RiskLink, RiskStep
from zhikong.hospital.functions.risks.queries.register.scale import level_of, scale

SOURCE = "risk"
CONTROL_SOURCE = "risk_control"


@transaction.atomic
def write_risk(
    *, by, now: datetime, title: str, category: str, scenario: str, owner, department_id: int | None = None,
    likelihood: int | None = None, severity: int | None = None, current: str = "", source_kind: str = "",
    source_key: str = "", clause_key: str = "",
) -> Risk:  # fmt: skip
    """A new risk. likelihood and severity may be left open; then it stands on top of the list until judged."""
    may_manage(by, department_id)
    _check_category(category)
    today = timezone.localdate(now)
    risk = Risk.objects.create(
        institution_id=current_scope().institution_id, department_id=department_id,
        department_name=department_name(department_id, now), number=next_number("risk", "FX", today.year),
        title=reason_of(title, "请写明是什么风险。")[:120], category=category,
        scenario=reason_of(scenario, "请写明可能怎样发生、后果是什么。"), current=current.strip(), owner=owner,
        likelihood=_step(likelihood), severity=_step(severity), source_kind=source_kind, source_key=source_key,
        clause_key=clause_key,
        review_on=rules.review_by(scale().level(likelihood, severity), today=today), made_at=now, made_by=by,
    )  # fmt: skip
    record(risk, RiskStep.Act.WRITE, by=by, now=now, text=risk.scenario)
    return risk


def _check_category(category: str) -> None:
    if category not in dict(scale().categories):
        raise ValidationError("请选择风险的类别。")


def _step(value: int | None) -> int | None:
    if value is not None and not 1 <= value <= rules.STEPS:
        raise ValidationError(f"可能性和严重性写 1 到 {rules.STEPS}。")
    return value


@transaction.atomic
def review(
    risk: Risk, *, by, now: datetime, text: str, likelihood: int, severity: int,
    residual_likelihood: int | None = None, residual_severity: int | None = None,
    review_on: date | None = None,
) -> Risk:  # fmt: skip
    """Judge the risk again. The next look is at the latest when its level demands; a graver level ends an acceptance."""
    may_manage(by, risk.department_id)
    risk = lock(risk)
    refuse_closed(risk)
    before = level_of(risk)
    _judge(
        risk, _step(likelihood), _step(severity), (_step(residual_likelihood), _step(residual_severity)), now
    )
    after, today = level_of(risk), timezone.localdate(now)
    latest = rules.review_by(after, today=today)
    if review_on is not None and not today < review_on <= latest:
        raise ValidationError(f"{after.title}的下次复评要在 {today} 之后、{latest} 之前。")
    risk.review_on = review_on or latest
    if risk.state == Risk.State.ACCEPTED and (before is None or after.first > before.first):
        risk.state, risk.accepted_at, risk.accepted_by = Risk.State.OPEN, None, None
    risk.save()
    record(risk, RiskStep.Act.REVIEW, by=by, now=now, text=reason_of(text, "请写明依据什么作出这次评估。"))
    tasks.complete_for(source_kind=SOURCE, source_key=str(risk.pk), by=by, now=now)
    return risk


def _judge(risk: Risk, likelihood: int, severity: int, residual: tuple[int | None, int | None], now) -> None:
    if (residual[0] is None) != (residual[1] is None):
        raise ValidationError("剩余风险的可能性和严重性要一起评估，或都不填。")
    working = Control.objects.filter(risk=risk, in_effect_at__isnull=False, withdrawn_at=None).count()
    if problem := rules.lowering_problem((likelihood, severity), residual, working):
        raise ValidationError(problem)
    risk.likelihood, risk.severity = likelihood, severity
    risk.residual_likelihood, risk.residual_severity = residual


@transaction.atomic
def add_control(risk: Risk, *, by, now: datetime, kind: str, text: str, responsible, due_on: date) -> Control:
    """A measure that is to hold the risk down; its person gets a task."""
    may_manage(by, risk.department_id)
    risk = lock(risk)
    refuse_closed(risk)
    if due_on < timezone.localdate(now):
        raise ValidationError("完成日期不能早于今天。")
    if kind not in Control.Kind.values:
        raise ValidationError("请选择措施的种类。")
    made = Control.objects.create(
        institution_id=risk.institution_id, risk=risk, department_id=risk.department_id, at=now, by=by, kind=kind,
        text=reason_of(text, "请写明措施是什么。")[:300], responsible=responsible, due_on=due_on,
    )  # fmt: skip
    record(risk, RiskStep.Act.CONTROL, by=by, now=now, text=f"{made.get_kind_display()}：{made.text}")
    tasks.assign(
        by=by, now=now, owner=responsible, title=f"落实风险控制措施：{made.text}", due_on=due_on,
        due_reason=f"风险 {risk.number}“{risk.title}”的措施约定在这一天落实", source_kind=CONTROL_SOURCE,
        source_key=str(made.pk), url=reverse("risks:risk", args=[risk.pk]), department_id=risk.department_id,
    )  # fmt: skip
    return made


@transaction.atomic
def put_in_effect(control: Control, *, by, now: datetime, proof: str) -> Control:
    """The measure works from now on; proof: what shows it. The responsible person or who manages the risk says so."""
    if by.pk != control.responsible_id:
        may_manage(by, control.department_id)
    risk = lock(control.risk)
    refuse_closed(risk)
    control = Control.objects.select_for_update().get(pk=control.pk)
    if control.in_effect_at or control.withdrawn_at:
        raise ValidationError("这条措施已经落实或停用。")
    control.in_effect_at, control.in_effect_by = now, by
    control.proof = reason_of(proof, "请写明凭什么说已经落实，例如文件、照片、抽查结果。")[:300]
    control.save(update_fields=["in_effect_at", "in_effect_by", "proof"])
    record(risk, RiskStep.Act.EFFECT, by=by, now=now, text=f"{control.text}（{control.proof}）")
    tasks.complete_for(source_kind=CONTROL_SOURCE, source_key=str(control.pk), by=by, now=now)
    return control


@transaction.atomic
def withdraw_control(control: Control, *, by, now: datetime, reason: str) -> Control:
    """The measure holds no longer; the residual risk is unknown again until somebody judges it."""
    may_manage(by, control.department_id)
    risk = lock(control.risk)
    refuse_closed(risk)
    control = Control.objects.select_for_update().get(pk=control.pk)
    if control.withdrawn_at:
        raise ValidationError("这条措施已经停用。")
    said = reason_of(reason, "请写明为什么停用这条措施。")
    control.withdrawn_at, control.withdrawn_by = now, by
    control.save(update_fields=["withdrawn_at", "withdrawn_by"])
    if control.in_effect_at:
        risk.residual_likelihood = risk.residual_severity = None
        risk.state, risk.accepted_at, risk.accepted_by = Risk.State.OPEN, None, None
        risk.review_on = timezone.localdate(now)
        risk.save()
    record(risk, RiskStep.Act.WITHDRAW, by=by, now=now, text=f"{control.text}：{said}")
    tasks.cancel_for(
        source_kind=CONTROL_SOURCE, source_key=str(control.pk), by=by, now=now, reason="措施已停用"
    )
    return control


@transaction.atomic
def accept(risk: Risk, *, by, now: datetime, reason: str) -> Risk:
    """Run with what is left. A grave level is for a leader of the hospital; nobody accepts what nobody judged."""
    risk = lock(risk)
    refuse_closed(risk)
    level = level_of(risk)
    if level is None:
        raise ValidationError("还没有评估可能性和严重性，不能批准接受。")
    if level.accept == "leader":
        require(by, Permission.ACCEPT_RISKS, whole_hospital=True)
    else:
        may_manage(by, risk.department_id)
    risk.state, risk.accepted_at, risk.accepted_by = Risk.State.ACCEPTED, now, by
    risk.save()
    said = reason_of(reason, "请写明为什么可以带着这个风险运行。")
    record(risk, RiskStep.Act.ACCEPT, by=by, now=now, text=f"{level.title}：{said}")
    return risk


@transaction.atomic
def close(risk: Risk, *, by, now: datetime, reason: str) -> Risk:
    """The risk is no more, for example because the practice has ended."""
    may_manage(by, risk.department_id)
    risk = lock(risk)
    refuse_closed(risk)
    if Control.objects.filter(risk=risk, in_effect_at=None, withdrawn_at=None).exists():
        raise ValidationError("还有没落实的措施。请先落实或停用它们，再关闭这条风险。")
    said = reason_of(reason, "请写明为什么这个风险不再存在。")
    risk.state, risk.closed_at, risk.closed_by = Risk.State.CLOSED, now, by
    risk.save()
    record(risk, RiskStep.Act.CLOSE, by=by, now=now, text=said)
    tasks.cancel_for(source_kind=SOURCE, source_key=str(risk.pk), by=by, now=now, reason="风险已关闭")
    return risk


@transaction.atomic
def hand_over(risk: Risk, *, by, now: datetime, owner, reason: str) -> Risk:
    """Another person answers for the risk, for example because its owner has left."""
    may_manage(by, risk.department_id)
    risk = lock(risk)
    refuse_closed(risk)
    text = f"{risk.owner} → {owner}：{reason_of(reason, '请写明为什么更换负责人。')}"
    risk.owner = owner
    risk.save(update_fields=["owner"])
    record(risk, RiskStep.Act.OWNER, by=by, now=now, text=text)
    tasks.cancel_for(source_kind=SOURCE, source_key=str(risk.pk), by=by, now=now, reason="负责人已更换")
    return risk


@transaction.atomic
def link(risk: Risk, *, by, now: datetime, kind: str, key: str, label: str) -> RiskLink | None:
    """What the risk has shown itself in; the same twice is one link (None)."""
    may_manage(by, risk.department_id)
    found, made = RiskLink.objects.get_or_create(
        institution_id=risk.institution_id, risk=risk, kind=kind, key=key,
        defaults={"department_id": risk.department_id, "at": now, "by": by, "label": label[:160]},
    )  # fmt: skip
    if made:
        record(risk, RiskStep.Act.LINK, by=by, now=now, text=label)
    return found if made else None


def ask_for_reviews(*, now: datetime) -> int:
    """Give the owners of risks whose day has come a task; the job of every morning. Gives how many are due."""
    from zhikong.hospital.functions.risks.queries.register.risks import due_for_review

    today, asked = timezone.localdate(now), 0
    for risk in due_for_review(today=today):
        asked += _ask(risk, now=now)
    return asked


def _ask(risk: Risk, *, now: datetime) -> int:
    level: Any = level_of(risk)
    every: Any = level.review_days if level else 30
    try:
        with transaction.atomic():
            tasks.assign(
                by=None, now=now, owner=risk.owner, title=f"复评风险：{risk.title}", due_on=risk.review_on,
                due_reason=f"{level.title if level else '未评估的风险'}每 {every} 天至少复评一次",
                source_kind=SOURCE, source_key=str(risk.pk), url=reverse("risks:risk", args=[risk.pk]),
                department_id=risk.department_id,
            )  # fmt: skip
    except ValidationError:
        return 0  # the owner has left or sees the department no more: the register shows the risk as overdue
    return 1
