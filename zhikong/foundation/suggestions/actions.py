"""All writes: the service is set, a question is asked and answered, a suggestion is taken up or left."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.facts.charts import Chart, chart_of
from zhikong.foundation.notices.sealing import seal
from zhikong.foundation.organisation.models import Department
from zhikong.foundation.suggestions import client, queries, rules
from zhikong.foundation.suggestions.models import Call, Service, Suggestion

WAITS = timedelta(minutes=10)
"""A question that was not answered for so long does not hinder another one."""


@transaction.atomic
def configure(
    *,
    by,
    now: datetime,
    address: str,
    model: str,
    enabled: bool,
    key: str = "",
    hosts: str = "",
    seconds: int = 30,
) -> Service:
    """Set the service. An empty key keeps the old one. Raises ValidationError for an address outside the hospital."""
    require(by, Permission.MANAGE_CONNECTIONS, whole_hospital=True)
    one = queries.service() or Service(institution_id=current_scope().institution_id)
    named = " ".join(sorted(set(hosts.replace(",", " ").replace("，", " ").split())))
    if (enabled or address) and (told := rules.refusal(address.strip(), named.split(), client.resolve)):
        raise ValidationError({"address": told})
    if enabled and not model.strip():
        raise ValidationError({"model": _("启用前请填写模型名称。")})
    if not 5 <= seconds <= 120:
        raise ValidationError({"seconds": _("等待时间为 5 到 120 秒。")})
    one.address, one.model, one.hosts = address.strip(), model.strip(), named
    one.enabled, one.seconds = enabled, seconds
    one.changed_at, one.changed_by = now, by
    if key:
        one.sealed = seal({"key": key}, bound_to=one.bound_to)
    one.save()
    return one


@transaction.atomic
def ask(*, by, now: datetime, stay_id: str) -> Call:
    """Put a question; the job answers it. The reader must be allowed to read the chart. Raises ValidationError when the
    service is off, and what chart_of raises."""
    require(by, Permission.REVIEW_RECORDS)
    one = queries.service()
    if one is None or not one.enabled:
        raise ValidationError(_("没有启用建议服务。需要时请管理员在“病历建议服务”里设置。"))
    chart = chart_of(stay_id, by=by, purpose="请求病历建议")
    if queries.calls_of(stay_id).filter(state=Call.State.WAITING, asked_at__gt=now - WAITS).exists():
        raise ValidationError(_("这份病历正在等待回答，请稍后刷新。"))
    return Call.objects.create(
        institution_id=current_scope().institution_id, department=_department(chart), stay_id=stay_id,
        model=one.model, asked_at=now, asked_by=by,
    )  # fmt: skip


def _department(chart: Chart) -> Department:
    found = Department.objects.filter(code=chart.department).first()
    if found is None:
        raise ValidationError(_("病历所属的科室没有登记，请先在组织机构里补上。"))
    return found


@transaction.atomic
def note_sent(*, call: Call, characters: int) -> None:
    """How much text leaves the system, in the audit trail before it leaves."""
    log_read(
        by=call.asked_by,
        subject="suggestions.call",
        purpose=f"送建议服务（住院 {call.stay_id}）",
        count=characters,
    )
    Call.objects.filter(pk=call.pk).update(characters=characters)


@transaction.atomic
def note_answer(
    *, call: Call, found: list[rules.Remark], dropped: int, now: datetime, milliseconds: int
) -> None:
    """Keep the remarks as suggestions. None of them has points."""
    Suggestion.objects.bulk_create(
        Suggestion(
            institution_id=call.institution_id, call=call, department_id=call.department_id, stay_id=call.stay_id,
            document=one.part.document, document_name=one.part.document_name[:60], section=one.part.section[:60],
            start=one.start, end=one.end, quote=one.quote, advice=one.advice,
        )
        for one in found
    )  # fmt: skip
    Call.objects.filter(pk=call.pk).update(
        state=Call.State.DONE, said="", dropped=dropped, ended_at=now, milliseconds=milliseconds
    )


@transaction.atomic
def note_failure(*, call: Call, said: str, now: datetime, milliseconds: int) -> None:
    """The question found no answer; nothing else is touched."""
    Call.objects.filter(pk=call.pk).update(
        state=Call.State.FAILED, said=said[:200], ended_at=now, milliseconds=milliseconds
    )


@transaction.atomic
def decide(*, by, now: datetime, suggestion: Suggestion, taken: bool) -> Suggestion:
    """A person takes a suggestion up or leaves it; taking it up enters no points anywhere. Raises ValidationError when
    somebody decided before."""
    require(by, Permission.REVIEW_RECORDS)
    one = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
    if one.outcome:
        raise ValidationError(_("这条建议已经处理过。"))
    one.outcome = Suggestion.Outcome.TAKEN if taken else Suggestion.Outcome.LEFT
    one.decided_at, one.decided_by = now, by
    one.save(update_fields=["outcome", "decided_at", "decided_by"])
    return one
