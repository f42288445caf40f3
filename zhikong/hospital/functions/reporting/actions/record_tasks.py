"""Whose turn a monthly quality record is: to write, to decide on; each with the sentence that explains the date."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.forms.actions.handing_in import SOURCE as SHEET
from zhikong.foundation.forms.queries import definition
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.reporting.models import MonthlyRecord

KIND = "monthly_record"
DAYS_TO_MEND, DAYS_TO_DECIDE = 2, 5  # working days; the hospital's own rules, WF-04 names none


def address(record: MonthlyRecord) -> str:
    return reverse("reporting:record", args=[record.pk])


def ask_to_write(record: MonthlyRecord, *, by, now: datetime, again: bool = False) -> None:
    """The quality officer prepares and the head signs: both find it among their tasks."""
    finish(record, by=by, now=now)
    # the form itself asks for a returned sheet too; this record's own tasks say it better, and once is enough
    tasks.cancel_for(
        source_kind=SHEET, source_key=str(record.sheet_id), by=by, now=now, reason="由质控活动记录的待办代替"
    )
    due_on, reason, start, days = record.due_on, record.due_reason, record.due_from, record.due_working_days
    if again:
        start = timezone.localdate(now)
        due_on, days = working_calendar().add_working_days(start, DAYS_TO_MEND), DAYS_TO_MEND
        reason = f"退回后 {DAYS_TO_MEND} 个工作日内修改并重新提交"
        record.due_on, record.due_reason = max(due_on, record.due_on), reason
        record.due_from, record.due_working_days = start, days
    doing = "修改" if again else "填写"
    for role, what in (("qc_officer", doing), ("department_head", f"审阅、签名并提交（{doing}）")):
        for user in users_with_role(
            role=role, department_id=record.department_id, on=timezone.localdate(now)
        )[:1]:
            _assign(record, user, f"{what}：质控活动记录 {record.month}（{record.department_name}）",
                    due_on, reason, start, days, by, now)  # fmt: skip


def ask_to_decide(record: MonthlyRecord, *, by, now: datetime) -> None:
    """The office that owns the form accepts or returns; not whoever handed it in."""
    finish(record, by=by, now=now)
    form, start = definition(record.sheet), timezone.localdate(now)
    for role in (form.owner, form.checker):
        people = users_with_role(role=role, on=start)
        for user in [one for one in people if one.pk != record.sheet.submitted_by_id][:1]:
            due_on = working_calendar().add_working_days(start, DAYS_TO_DECIDE)
            reason = f"收到后 {DAYS_TO_DECIDE} 个工作日内接收或退回"
            _assign(record, user, f"审核：质控活动记录 {record.month}（{record.department_name}）",
                    due_on, reason, start, DAYS_TO_DECIDE, by, now)  # fmt: skip
            return


def _assign(record, user, title, due_on, reason, start, days, by, now) -> None:
    tasks.assign(
        by=by, now=now, owner=user, title=title, url=address(record), due_on=due_on, due_reason=reason,
        due_from=start, working_days=days, source_kind=KIND, source_key=str(record.pk),
        department_id=record.department_id,
    )  # fmt: skip


def press(record: MonthlyRecord, *, by, now: datetime) -> None:
    """A notice to the department's head, head nurse and quality officers."""
    notices.send(
        by=by, now=now, title=f"催交：{record.department_name} {record.month} 质控活动记录已逾期，期限 {record.due_on}",
        url=address(record), kind=KIND, source_kind=KIND, source_key=str(record.pk),
        departments=[record.department_id], sent_to=record.department_name,
    )  # fmt: skip


def finish(record: MonthlyRecord, *, by, now: datetime) -> None:
    tasks.complete_for(source_kind=KIND, source_key=str(record.pk), by=by, now=now)
