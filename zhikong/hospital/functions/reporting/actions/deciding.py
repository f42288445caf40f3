"""The office accepts or returns; an accepted sheet is opened again only for a correction with its reason."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.outbox.actions import announce
from zhikong.hospital.functions.reporting import permissions, queries
from zhikong.hospital.functions.reporting.actions import steps
from zhikong.hospital.functions.reporting.facts import FiguresAccepted
from zhikong.hospital.functions.reporting.library import set_of
from zhikong.hospital.functions.reporting.models import AcceptedFigure, FigureSheet
from zhikong.hospital.functions.reporting.rules import Act

DAYS_TO_MEND = 2  # working days after a return; the hospital's own rule, WF-04 names none


@transaction.atomic
def return_sheet(sheet: FigureSheet, *, by, now: datetime, reason: str) -> None:
    """Give the sheet back to the department with the reason; it has two working days, or its first date if later."""
    state = steps.begin(sheet, Act.RETURN)
    permissions.require_accept(by, set_of(sheet), sheet.department_id)
    sheet.reason = steps.required(reason, "退回必须写明原因。")
    sheet.state, sheet.submitted_at = state, None
    sender, sheet.submitted_by = sheet.submitted_by, None
    _time_to_mend(sheet, now, "退回后")
    sheet.save()
    steps.record(sheet, Act.RETURN, by=by, now=now, text=sheet.reason)
    steps.ask_to_fill(sheet, by=by, now=now)
    steps.tell(sheet, by=by, now=now, title=f"填报单被退回：{steps.title(sheet)}", text=sheet.reason,
               users=[sender], group=True)  # fmt: skip


def _time_to_mend(sheet: FigureSheet, now: datetime, since: str) -> None:
    start = timezone.localdate(now)
    due_on = working_calendar().add_working_days(start, DAYS_TO_MEND)
    if due_on > sheet.due_on:
        sheet.due_on, sheet.due_from, sheet.due_working_days = due_on, start, DAYS_TO_MEND
        sheet.due_reason = f"{since} {DAYS_TO_MEND} 个工作日内重新提交"


@transaction.atomic
def accept(sheet: FigureSheet, *, by, now: datetime) -> list[AcceptedFigure]:
    """Accept and lock. The numbers are copied, never to change; publishing them follows by the outbox."""
    state = steps.begin(sheet, Act.ACCEPT)
    permissions.require_accept(by, set_of(sheet), sheet.department_id)
    if by is None or by.pk == sheet.submitted_by_id:
        raise PermissionDenied("提交的人不能自己接收，请由职能部门的另一位审核。")
    sheet.state, sheet.accepted_at, sheet.accepted_by = state, now, by
    sheet.save(update_fields=["state", "accepted_at", "accepted_by"])
    made = AcceptedFigure.objects.bulk_create(_accepted(sheet, by, now))
    steps.record(sheet, Act.ACCEPT, by=by, now=now, text=queries.grid(sheet).summary)
    steps.finish(sheet, by=by, now=now)
    steps.tell(sheet, by=by, now=now, title=f"填报已接收：{steps.title(sheet)}", users=[sheet.submitted_by])
    announce(
        FiguresAccepted(sheet.pk, sheet.set_id, sheet.department_id, sheet.month, sheet.version), now=now
    )
    return made


def _accepted(sheet: FigureSheet, by, now: datetime) -> list[AcceptedFigure]:
    """The rows as they stand. A number is 0 where 本月无 was said, and a count has no denominator."""
    found = set_of(sheet)
    reason = sheet.reason if sheet.version > 1 else ""
    return [
        AcceptedFigure(
            institution_id=sheet.institution_id, sheet=sheet, department_id=sheet.department_id,
            month=sheet.month, item=entry.item, version=sheet.version,
            numerator=0 if entry.nothing else entry.numerator,
            denominator=None if found.item(entry.item).counts_only else 0 if entry.nothing else entry.denominator,
            nothing=entry.nothing, explanation=entry.explanation, evidence=entry.evidence, reason=reason,
            reported_by=sheet.submitted_by, accepted_at=now, accepted_by=by,
        )
        for entry in sheet.entries.all()
        if found.item(entry.item) is not None
    ]  # fmt: skip


@transaction.atomic
def correct(sheet: FigureSheet, *, by, now: datetime, reason: str) -> None:
    """Open an accepted sheet for a correction: the next version. What was accepted stays, and counts until then.

    The department asks for it itself, or the office that accepts.
    """
    state = steps.begin(sheet, Act.CORRECT)
    found = set_of(sheet)
    if not permissions.may_accept(by, found, sheet.department_id):
        permissions.require_fill(by, found, sheet.department_id)
    sheet.reason = steps.required(reason, "更正必须写明原因。")
    if sheet.version >= 99:
        raise ValidationError("这张填报单更正次数过多，请联系质控科。")
    sheet.state, sheet.version = state, sheet.version + 1
    sheet.submitted_at = sheet.submitted_by = sheet.accepted_at = sheet.accepted_by = None
    _time_to_mend(sheet, now, "更正后")
    sheet.save()
    steps.record(sheet, Act.CORRECT, by=by, now=now, text=sheet.reason)
    steps.ask_to_fill(sheet, by=by, now=now)
