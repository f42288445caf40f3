"""Opening sheets: for one department, or for every department of every set when a month is over."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.engine import months
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.organisation.queries import DepartmentOn, departments
from zhikong.foundation.packstore.actions import keep
from zhikong.foundation.packstore.queries import Resolved
from zhikong.hospital.functions.reporting import deadlines, library, permissions
from zhikong.hospital.functions.reporting.actions import steps
from zhikong.hospital.functions.reporting.models import FigureSheet
from zhikong.hospital.functions.reporting.rules import Act


@transaction.atomic
def open_month(*, by, now: datetime, month: str) -> list[FigureSheet]:
    """A sheet for every department that has to report the month; what exists stays. Gives the new ones.

    Called by a job on the first day of the next month, or by the quality office for an earlier month.
    """
    require(by, Permission.ACCEPT_FIGURES, whole_hospital=True)
    _check_over(month, now)
    known = set(FigureSheet.objects.filter(month=month).values_list("department_id", "set_id"))
    made = []
    for found, department in _owed(month):
        if (department.id, found.id) not in known:
            made.append(_open(found, department, month=month, by=by, now=now))
    return made


@transaction.atomic
def open_sheet(*, by, now: datetime, set_id: str, department_id: int, month: str) -> FigureSheet:
    """The department's sheet of a month; opened if it does not exist yet."""
    known = FigureSheet.objects.filter(set_id=set_id, department_id=department_id, month=month).first()
    if known is not None:
        return known
    _check_over(month, now)
    for found, department in _owed(month):
        if found.id == set_id and department.id == department_id:
            permissions.require_fill(by, found.obj, department_id)
            return _open(found, department, month=month, by=by, now=now)
    raise ValidationError("这个科室这个月不用填报这一套项目。")


def _owed(month: str) -> list[tuple[Resolved, DepartmentOn]]:
    """Every set with every department that reports it, as the hospital was at the month's end."""
    structure = departments(on=library.month_end(month))
    return [
        (found, department)
        for found in library.sets(month=month)
        for department in structure
        if found.obj.departments.include(department)
    ]


def _check_over(month: str, now: datetime) -> None:
    try:
        months.parse(month)
    except ValueError:
        raise ValidationError("月份应写作 2026-10 这样的形式。") from None
    if library.month_end(month) >= timezone.localdate(now):
        raise ValidationError("这个月还没有结束，下月 1 日起才能填报。")


def _open(found: Resolved, department: DepartmentOn, *, month: str, by, now: datetime) -> FigureSheet:
    keep(found, now=now)
    due = deadlines.due(
        library.month_end(month), found.obj.working_day, found.obj.says,
        today=timezone.localdate(now), calendar=working_calendar(),
    )  # fmt: skip
    sheet = FigureSheet.objects.create(
        institution_id=current_scope().institution_id,
        department_id=department.id,
        department_name=department.name,
        set_id=found.id,
        set_version=found.version,
        set_hash=found.hash,
        month=month,
        due_on=due.on,
        due_reason=due.reason,
        due_from=due.start,
        due_working_days=due.working_days,
        opened_at=now,
    )
    steps.record(sheet, Act.OPEN, by=by, now=now)
    steps.ask_to_fill(sheet, by=by, now=now)
    return sheet
