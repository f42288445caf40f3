"""A concluded visit's answers become counts, and the counts become facts that indicators read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from zhikong.foundation.facts.gateway import published
from zhikong.foundation.facts.inspected import TABLE, publish_answers
from zhikong.foundation.facts.inspected import InspectionAnswer as Row
from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.forms.rules import State as SheetState
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.results import InspectionAnswer
from zhikong.hospital.functions.inspections.rules_planning import FINISHED
from zhikong.hospital.functions.inspections.rules_results import Answer, judged, stage_of

HANDED_IN = (SheetState.SUBMITTED, SheetState.ACCEPTED)
BATCH = 2000


@transaction.atomic
def note_answers(visit: Visit) -> int:
    """Write down what each item of the visit's sheets came to; gives how many rows. Twice changes nothing.

    What a sheet said that was taken back is unknown from now on; rows that changed are published again.
    """
    if visit.state not in FINISHED:
        return 0
    made = {(row.sheet_id, row.item): row for row in _rows(visit)}
    gone = []
    for old in InspectionAnswer.objects.select_for_update().filter(visit=visit):
        new = made.pop((old.sheet_id, old.item), None)
        if new is None:
            gone.append(old.pk)
        elif _said(new) != _said(old):
            old.delete()
            made[old.sheet_id, old.item] = new
    InspectionAnswer.objects.filter(pk__in=gone).exclude(answer=Answer.UNKNOWN).update(
        answer=Answer.UNKNOWN, conforming=0, applicable=0, points=None, full=None, published_at=None
    )
    InspectionAnswer.objects.bulk_create(made.values(), batch_size=BATCH)
    return InspectionAnswer.objects.filter(visit=visit).count()


def _said(row: InspectionAnswer) -> tuple:
    return (
        row.answer, row.conforming, row.applicable, row.points, row.inspected_on, row.department_id, row.lead_id
    )  # fmt: skip


def _rows(visit: Visit) -> Iterator[InspectionAnswer]:
    sheets = Sheet.objects.filter(visit_sheet__visit=visit, visit_sheet__dropped_at=None, state__in=HANDED_IN)
    for sheet in sheets.order_by("pk"):
        yield from rows_of(sheet, visit)


def rows_of(sheet: Sheet, visit: Visit) -> Iterator[InspectionAnswer]:
    """The counts of one sheet, not yet stored: by the version of the form on which it was filled."""
    form = forms.definition(sheet)
    day = day_of(visit)
    found = forms.judged(sheet, today=day)
    for one in judged(form, found.values, found.visible):
        yield InspectionAnswer(
            institution_id=visit.institution_id,
            visit=visit,
            sheet=sheet,
            department_id=sheet.department_id or visit.department_id,
            lead_id=visit.lead_id,
            inspected_on=day,
            form_id=sheet.definition_id,
            form_version=sheet.definition_version,
            section=one.section,
            item=one.item,
            answer=one.answer,
            conforming=one.conforming,
            applicable=one.applicable,
            points=one.points,
            full=one.full,
            stage=stage_of(sheet.definition_id),
        )


def day_of(visit: Visit) -> date:
    """The local day on which it was inspected."""
    return timezone.localdate(visit.started_at) if visit.started_at else visit.planned_on


def publish_noted(*, by, now: datetime) -> int:
    """Bring what was noted since the last time into the facts; gives how many rows.

    The mark is set in the same transaction as the publication: neither can be without the other.
    """
    with transaction.atomic():
        rows = list(
            InspectionAnswer.objects.select_for_update(of=("self",))
            .filter(published_at=None, department__isnull=False)
            .select_related("department", "visit")
            .order_by("pk")
        )
        if rows:
            publish_answers(by=by, now=now, answers=list(_facts(rows)))
            InspectionAnswer.objects.filter(pk__in=[row.pk for row in rows]).update(published_at=now)
    return len(rows)


def _facts(rows: Iterable[InspectionAnswer]) -> Iterator[Row]:
    for row in rows:
        yield Row(
            answer_id=f"{row.sheet_id}:{row.item}",
            visit=row.visit.number,
            department=row.department.code,
            inspected_on=row.inspected_on,
            form=row.form_id,
            form_version=row.form_version,
            section=row.section,
            item=row.item,
            answer=row.answer,
            conforming=row.conforming,
            applicable=row.applicable,
            stage=row.stage,
        )


def has_facts() -> bool:
    """Whether the hospital's facts know any inspection yet."""
    return TABLE in published(tables=[TABLE]).versions
