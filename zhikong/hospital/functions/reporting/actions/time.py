"""Deadlines: extend with a reason, press the late ones, follow a new calendar."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.calendar.registry import Moved
from zhikong.hospital.functions.reporting import permissions, queries, rules
from zhikong.hospital.functions.reporting.actions import steps
from zhikong.hospital.functions.reporting.library import set_of
from zhikong.hospital.functions.reporting.models import FigureSheet
from zhikong.hospital.functions.reporting.rules import Act


@transaction.atomic
def extend(sheet: FigureSheet, *, by, now: datetime, due_on: date, reason: str) -> None:
    """Move the deadline later; the reason becomes the sentence beside the date."""
    steps.begin(sheet, Act.EXTEND)
    permissions.require_accept(by, set_of(sheet), sheet.department_id)
    reason = steps.required(reason, "延期必须写明理由。")
    if due_on <= sheet.due_on or due_on < timezone.localdate(now):
        raise ValidationError("新的期限应晚于原期限，也不能早于今天。")
    text = f"{sheet.due_on} → {due_on}：{reason}"
    sheet.due_on, sheet.due_reason = due_on, f"经 {by} 同意延期：{reason}"[:300]
    sheet.due_from = sheet.due_working_days = None
    sheet.save(update_fields=["due_on", "due_reason", "due_from", "due_working_days"])
    steps.record(sheet, Act.EXTEND, by=by, now=now, text=text)
    steps.ask_to_fill(sheet, by=by, now=now)


@transaction.atomic
def remind(sheets: Iterable[FigureSheet], *, by, now: datetime, text: str = "") -> int:
    """Press the departments of some sheets that are still to come (催报); gives how many."""
    count = 0
    for sheet in sheets:
        steps.begin(sheet, Act.REMIND)
        permissions.require_accept(by, set_of(sheet), sheet.department_id)
        steps.record(sheet, Act.REMIND, by=by, now=now, text=text)
        late = "已逾期" if sheet.is_late(timezone.localdate(now)) else "尚未提交"
        title = f"催报：{steps.title(sheet)} {late}，期限 {sheet.due_on}"
        steps.tell(
            sheet, by=by, now=now, title=title, text=text, users=[steps.filler_of(sheet, now)], group=True
        )
        count += 1
    return count  # fmt: skip


@transaction.atomic
def remind_late(*, by, now: datetime, month: str, text: str = "") -> int:
    """Press every department whose sheet of the month is late; gives how many."""
    require(by, Permission.ACCEPT_FIGURES)
    today = timezone.localdate(now)
    late = [s for s in queries.sheets(month=month) if s.is_late(today)]
    mine = [s for s in late if by is None or permissions.may_accept(by, set_of(s), s.department_id)]
    return remind(mine, by=by, now=now, text=text)


def recalculate(calendar, years: frozenset[int]) -> list[Moved]:
    """Move the deadlines of open sheets that count working days to what the new calendar says."""
    counted = FigureSheet.objects.filter(
        state__in=rules.WITH_DEPARTMENT, due_working_days__isnull=False, due_on__year__in=years
    )
    moved = []
    for sheet in counted:
        before, after = sheet.due_on, calendar.add_working_days(sheet.due_from, sheet.due_working_days)
        if before != after:
            FigureSheet.objects.filter(pk=sheet.pk).update(due_on=after)
            moved.append(Moved(f"填报单“{sheet}”", before, after))
    return moved
