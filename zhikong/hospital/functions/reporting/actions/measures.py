"""Measures of a record: what the signed table says becomes rows and tasks; what is no longer in it is dropped."""

from datetime import datetime

from django.urls import reverse

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.organisation.queries import heads
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.reporting.models import Measure, MonthlyRecord
from zhikong.hospital.functions.reporting.record_rules import Planned, planned

KIND = "quality_measure"


def agree(record: MonthlyRecord, *, by, now: datetime) -> list[Measure]:
    """Bring the record's measures to what its table says; sending it again after a return makes no second task."""
    known = {m.text: m for m in record.measures.filter(dropped_at=None)}
    wanted = planned(record.sheet.answers.get("measures") or [])
    for text in known.keys() - {plan.text for plan in wanted}:
        _drop(known[text], by=by, now=now)
    return [_agreed(record, plan, known.get(plan.text), by=by, now=now) for plan in wanted]


def _agreed(record: MonthlyRecord, plan: Planned, known: Measure | None, *, by, now: datetime) -> Measure:
    if known is not None and (known.person_id, known.due_on) == (plan.person_id, plan.due_on):
        return known
    measure = known or Measure(
        institution_id=record.institution_id,
        record=record,
        department_id=record.department_id,
        text=plan.text,
    )
    measure.person_id, measure.due_on = plan.person_id, plan.due_on
    measure.save()
    _assign(measure, record, by=by, now=now)
    return measure


def _assign(measure: Measure, record: MonthlyRecord, *, by, now: datetime) -> None:
    cancel(measure, by=by, now=now, reason="措施的负责人或日期有改动")
    owner = _account(measure, now)
    if owner is None:
        return
    who = f"，负责人 {measure.person}" if measure.person else ""
    tasks.assign(
        by=by, now=now, owner=owner, title=f"落实措施：{measure.text}"[:160],
        url=reverse("reporting:record", args=[record.pk]), due_on=measure.due_on,
        due_reason=f"{record.month} 科室质控活动记录确定的改进措施{who}"[:300],
        source_kind=KIND, source_key=str(measure.pk), department_id=record.department_id,
    )  # fmt: skip


def _account(measure: Measure, now: datetime) -> User | None:
    """The responsible person's account; the department's head when there is none, so that nobody's task is lost."""
    account = (
        User.objects.filter(person_id=measure.person_id, is_active=True).first()
        if measure.person_id
        else None
    )
    if account is not None and can(account, Permission.VIEW_INDICATORS, measure.department_id):
        return account
    return next(iter(heads(department_id=measure.department_id, on=now.date())), None)


def finish(measure: Measure, *, by, now: datetime) -> None:
    """The measure was answered: whoever had it is done with it."""
    tasks.complete_for(source_kind=KIND, source_key=str(measure.pk), by=by, now=now)


def cancel(measure: Measure, *, by, now: datetime, reason: str) -> None:
    tasks.cancel_for(source_kind=KIND, source_key=str(measure.pk), by=by, now=now, reason=reason)


def _drop(measure: Measure, *, by, now: datetime) -> None:
    measure.dropped_at = now
    measure.save(update_fields=["dropped_at"])
    cancel(measure, by=by, now=now, reason="修改记录时去掉了这条措施")
