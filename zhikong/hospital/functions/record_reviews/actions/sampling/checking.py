"""Records of patients in hospital are looked at with a check sheet: one per record, given to its reviewer as a task."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.actions import open_sheet, save_item
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.record_reviews.models import Sample, SampleRow
from zhikong.hospital.functions.record_reviews.queries.sampling.results import RUNNING

STAY_ITEM = "stay_number"
"""The item of a check sheet that names the record, where it has one."""


def require_sheet(sample: Sample, now: datetime) -> None:
    """Raise ValidationError where the plan names no check sheet, or one that is not in force."""
    found = forms.form(sample.plan.form_id, on=timezone.localdate(now)) if sample.plan.form_id else None
    if found is None:
        raise ValidationError(
            "在院病历的抽查要用检查表：请停用这个方案，新建一个并选好检查表（例如本月主题的检查表）。"
        )


def give_sheets(
    sample: Sample, readers: Mapping[int, tuple[int, ...]], users: Mapping, *, by, now: datetime, due: date
) -> int:
    """Open a sheet for every reader of every row, with a task; gives how many."""
    require_sheet(sample, now)
    rows = SampleRow.objects.in_bulk(readers)
    count = 0
    for pk, people in readers.items():
        for reader in people:
            _give(sample, rows[pk], users[reader], by=by, now=now, due=due)
            count += 1
    return count


def _give(sample: Sample, row: SampleRow, reader, *, by, now: datetime, due: date) -> None:
    sheet = open_sheet(
        by=by,
        now=now,
        form_id=sample.plan.form_id,
        department_id=row.department_id,
        source_kind=RUNNING,
        source_key=f"{row.pair}/{reader.pk}",
        filler=reader,
    )
    if forms.definition(sheet).item(STAY_ITEM) is not None:
        save_item(sheet, by=by, now=now, item=STAY_ITEM, value=row.stay_id, revision=None)
    tasks.assign(
        by=by,
        now=now,
        owner=reader,
        title=f"抽查在院病历 {row.stay_id}",
        due_on=due,
        due_reason=f"抽样 {sample.number}：{sample.title}，分派后 {sample.plan.due_days} 个工作日内",
        source_kind=RUNNING,
        source_key=str(sheet.pk),
        url=reverse("forms:fill", args=[sheet.pk]),
        due_from=timezone.localdate(now),
        working_days=sample.plan.due_days,
    )
