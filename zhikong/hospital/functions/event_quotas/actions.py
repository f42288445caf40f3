"""All writes: plan, simulate, submit, decide, switch, settle. Two people each time money is decided on."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.event_quotas import queries
from zhikong.hospital.functions.event_quotas.models import Plan, Quota, Settlement, SettlementLine, Switch
from zhikong.hospital.functions.event_quotas.rules import Group


@transaction.atomic
def save_plan(
    *, by, now: datetime, year: int, quotas: Mapping[int, tuple[str, int]], per_100_beds: int, short_fen: int, over_fen: int
) -> Plan:  # fmt: skip
    """Keep a year's quotas. quotas: department → (group, number). What was simulated or approved before is void."""
    require(by, Permission.PLAN_EVENT_QUOTAS)
    today = timezone.localdate(now)
    plan = queries.plan_of(year) or Plan(institution_id=current_scope().institution_id, year=year)
    if queries.settlement_of(plan if plan.pk else None):
        raise ValidationError(_("这一年已经结算，不能再改指标。"))
    plan.per_100_beds, plan.short_fen, plan.over_fen = per_100_beds, short_fen, over_fen
    plan.open_beds, plan.state = queries.open_beds(today), Plan.State.DRAFT
    plan.planned_at, plan.planned_by, plan.remark = now, by, ""
    plan.simulated_at = plan.simulated_by = plan.decided_at = plan.decided_by = None
    plan.save()
    plan.quotas.all().delete()
    Quota.objects.bulk_create(
        Quota(
            institution_id=plan.institution_id, plan=plan, department_id=pk, group=Group(group), quota=number
        )
        for pk, (group, number) in quotas.items()
    )
    return plan


@transaction.atomic
def simulate(plan: Plan, *, by, now: datetime) -> None:
    """Note that the plan was looked at with last year's counts; without it nobody may submit it."""
    require(by, Permission.PLAN_EVENT_QUOTAS)
    _demand(plan, Plan.State.DRAFT, _("只有拟订中的指标可以试算。"))
    plan.simulated_at, plan.simulated_by = now, by
    plan.save(update_fields=["simulated_at", "simulated_by"])


@transaction.atomic
def submit(plan: Plan, *, by, now: datetime) -> None:
    """Ask for approval."""
    require(by, Permission.PLAN_EVENT_QUOTAS)
    _demand(plan, Plan.State.DRAFT, _("只有拟订中的指标可以提交。"))
    if plan.simulated_at is None:
        raise ValidationError(_("请先用上一年的报告数试算，看清结果再提交批准。"))
    plan.state = Plan.State.SUBMITTED
    plan.save(update_fields=["state"])


@transaction.atomic
def decide(plan: Plan, *, by, now: datetime, approved: bool, remark: str = "") -> None:
    """Another person approves, or sends it back with a reason."""
    require(by, Permission.APPROVE_EVENT_QUOTAS)
    _demand(plan, Plan.State.SUBMITTED, _("这份指标没有待批准。"))
    _other_person(by, plan.planned_by_id)
    if not approved and len(remark.strip()) < 2:
        raise ValidationError(_("退回必须写明理由。"))
    plan.state = Plan.State.APPROVED if approved else Plan.State.DRAFT
    plan.remark = remark.strip()[:300]
    plan.decided_at, plan.decided_by = (now, by) if approved else (None, None)
    plan.save()


@transaction.atomic
def set_switch(*, by, now: datetime, on: bool, reason: str) -> Switch:
    """Switch the settlement on (with an approved plan of this year only) or off; the database's grant follows."""
    require(by, Permission.APPROVE_EVENT_QUOTAS)
    if len(reason.strip()) < 2:
        raise ValidationError(_("请写明理由。"))
    plan = queries.plan_of(timezone.localdate(now).year)
    if on and (plan is None or plan.state != Plan.State.APPROVED):
        raise ValidationError(_("本年度的指标还没有批准，不能启用。"))
    made = queries.switch() or Switch(institution_id=current_scope().institution_id)
    made.is_on, made.changed_at, made.changed_by, made.reason = on, now, by, reason.strip()[:300]
    made.save()
    return made


@transaction.atomic
def settle(plan: Plan, *, by, now: datetime) -> Settlement:
    """Count the year that is over and lay the settlement before another person. By counts alone."""
    require(by, Permission.PLAN_EVENT_QUOTAS)
    _demand(plan, Plan.State.APPROVED, _("没有批准的指标，不能结算。"))
    if not queries.is_on():
        raise ValidationError(_("报告指标结算没有启用。"))
    if timezone.localdate(now).year <= plan.year:
        raise ValidationError(_("%(year)d 年还没有结束，年终再结算。") % {"year": plan.year})
    earlier = queries.settlement_of(plan)
    if earlier is not None and earlier.state == Settlement.State.APPROVED:
        raise ValidationError(_("这一年已经结算并批准。"))
    if earlier is not None:
        earlier.delete()
    made = Settlement.objects.create(institution_id=plan.institution_id, plan=plan, made_at=now, made_by=by)
    SettlementLine.objects.bulk_create(
        SettlementLine(
            institution_id=plan.institution_id, settlement=made, department_id=line.department_id,
            department_name=line.name, quota=line.quota, reports=line.reports, amount=line.amount,
        )
        for line in queries.settled(plan, today=timezone.localdate(now))
    )  # fmt: skip
    return made


@transaction.atomic
def approve_settlement(settlement: Settlement, *, by, now: datetime) -> None:
    """Another person than who counted approves; only then the sheet may be paid on."""
    require(by, Permission.APPROVE_EVENT_QUOTAS)
    if settlement.state != Settlement.State.DRAFT:
        raise ValidationError(_("这份结算已经批准。"))
    _other_person(by, settlement.made_by_id)
    settlement.state, settlement.decided_at, settlement.decided_by = Settlement.State.APPROVED, now, by
    settlement.save()


def _demand(plan: Plan, state: str, sentence: str) -> None:
    plan.refresh_from_db(from_queryset=Plan.objects.select_for_update(of=("self",)))
    if plan.state != state:
        raise ValidationError(sentence)


def _other_person(by, maker_id: int | None) -> None:
    if by is not None and by.pk == maker_id:
        raise ValidationError(_("批准的人不能是拟订的人，请换一位。"))
