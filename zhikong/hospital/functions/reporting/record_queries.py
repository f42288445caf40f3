"""Reads of monthly quality records: facts of the month, measures to be answered, who is late, who missed twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from zhikong.engine import months as calendar
from zhikong.foundation.access.models import User
from zhikong.foundation.organisation import month_facts
from zhikong.foundation.organisation.month_facts import Section
from zhikong.hospital.functions.reporting.models import Measure, MonthlyRecord
from zhikong.hospital.functions.reporting.record_rules import TWICE, missed_in_a_row

SHOWN = 3  # months beside each other in the list


def records(*, month: str = "") -> QuerySet[MonthlyRecord]:
    rows = MonthlyRecord.objects.select_related("sheet", "department", "sheet__submitted_by")
    return (rows.filter(month=month) if month else rows).order_by("-month", "department__code")


def record(pk: int) -> QuerySet[MonthlyRecord]:
    related = ("sheet", "department", "sheet__submitted_by", "sheet__decided_by")
    return MonthlyRecord.objects.select_related(*related).filter(pk=pk)


def record_of(*, department_id: int, month: str) -> MonthlyRecord | None:
    return records(month=month).filter(department_id=department_id).first()


def to_answer(record: MonthlyRecord) -> list[Measure]:
    """Measures of earlier months that this record answers or has still to answer, the oldest first."""
    earlier = Measure.objects.filter(
        department_id=record.department_id, dropped_at=None, record__month__lt=record.month
    ).select_related("person", "record", "answered_by")
    mine = [m for m in earlier.order_by("record__month", "pk") if m.answered_in_id in (None, record.pk)]
    return mine


def unanswered(record: MonthlyRecord) -> list[Measure]:
    return [measure for measure in to_answer(record) if not measure.outcome]


def facts_now(record: MonthlyRecord, *, now: datetime) -> list[dict]:
    """What all functions know of the month at this moment, to be kept with the signed record."""
    found = month_facts.sections(department_id=record.department_id, month=record.month, now=now)
    return month_facts.frozen(found)


def facts(record: MonthlyRecord, *, now: datetime) -> list[Section]:
    """The facts as they were when the head signed; before that, and after a return, as they are now."""
    if record.is_open or not record.facts_at:
        return month_facts.sections(department_id=record.department_id, month=record.month, now=now)
    return month_facts.thawed(record.facts)


def signer(sheet) -> User | None:
    """Whoever signed the sheet last."""
    signature = sheet.answers.get("head_signature") or {}
    return User.objects.filter(pk=signature.get("user")).first()


@dataclass(frozen=True)
class Overview:
    """Departments by months, the newest month first; late: records owed after their date; twice: departments."""

    months: tuple[str, ...]
    rows: tuple[tuple[str, tuple[MonthlyRecord | None, ...], bool], ...]
    late: int
    counts: Mapping[str, int]


def overview(*, month: str, today: date) -> Overview:
    """One query. A department that missed its date in the two newest months is marked (PRF-06)."""
    span = calendar.span(calendar.named(calendar.number(month) - SHOWN + 1), month)
    found: dict[tuple[str, str], dict[str, MonthlyRecord]] = {}
    for one in records().filter(month__in=span):
        found.setdefault((one.department.code, one.department_name), {})[one.month] = one
    shown = tuple(reversed(span))
    rows = [
        (name, tuple(own.get(m) for m in shown), missed_twice([own.get(m) for m in span], today))
        for (_code, name), own in sorted(
            found.items(), key=lambda row: (_order(row[1].get(month), today), row[0])
        )
    ]
    newest = [own[month] for own in found.values() if month in own]
    counts = {
        state: sum(r.state == state for r in newest)
        for state in ("draft", "submitted", "returned", "accepted")
    }
    return Overview(shown, tuple(rows), sum(r.is_late(today) for r in newest), counts)


def missed_twice(own: Sequence[MonthlyRecord | None], today: date) -> bool:
    """months oldest first; a month without a record was not owed and is passed over."""
    due = [r for r in own if r is not None and (r.due_on < today or not r.is_open)]
    return missed_in_a_row([not _missed(r, today) for r in due]) >= TWICE


def _missed(record: MonthlyRecord, today: date) -> bool:
    """Its date has passed and it was not handed in."""
    return record.is_late(today)


def _order(record: MonthlyRecord | None, today: date) -> int:
    if record is None:
        return 9
    return 0 if record.is_late(today) else {"submitted": 1, "returned": 2, "draft": 3}.get(record.state, 4)


def owed(*, department_ids: Sequence[int] | None = None) -> QuerySet[MonthlyRecord]:
    """Records that are still to be handed in."""
    rows = records().filter(sheet__state__in=["draft", "returned"])
    return rows if department_ids is None else rows.filter(department_id__in=department_ids)
