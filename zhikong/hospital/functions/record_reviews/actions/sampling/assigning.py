"""Who reads what: shared out evenly and by lot, never the own department, never the own record, second readings blind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.engine.stats.sampling import queue
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.hospital.functions.record_reviews import rules_sampling as rules
from zhikong.hospital.functions.record_reviews.actions.reviewing.assigning import assign_reviews
from zhikong.hospital.functions.record_reviews.actions.sampling.checking import give_sheets
from zhikong.hospital.functions.record_reviews.models import (
    Sample,
    SamplePlan,
    SampleRow,
    SettledDifference,
)
from zhikong.hospital.functions.record_reviews.queries.sampling.people import as_reviewers


@dataclass(frozen=True)
class Shared:
    """Rows with the ids of their readers, first reader first; and rows for which there are too few who may read."""

    readers: Mapping[int, tuple[int, ...]]
    lacking: tuple[SampleRow, ...]


def shared(sample: Sample, users: Iterable, *, on, per_record: int | None = None) -> Shared:
    """How the sample would be shared out among reviewers; per_record: so many for each, else one or two."""
    rows = list(sample.rows.filter(state=SampleRow.State.DRAWN).select_related("department"))
    records = {row.stay_id: rules.Record(row.stay_id, row.department.code, row.doctor) for row in rows}
    wanted = {row.stay_id: per_record or (2 if row.second else 1) for row in rows}
    given, lacking = rules.shared_out(
        list(records.values()),
        as_reviewers(users, on=on),
        readers=wanted,
        place=queue(f"{sample.seed}:readers"),
    )
    return Shared(
        {row.pk: tuple(given[row.stay_id]) for row in rows},
        tuple(row for row in rows if row.stay_id in lacking),
    )


@transaction.atomic
def assign(sample: Sample, *, by, now: datetime, reviewers: Iterable) -> int:
    """Give every record of the sample to its reviewers as tasks; gives how many reviews.

    Raises ValidationError when a record has too few who may read it: better none than one by a colleague.
    """
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    if sample.state != Sample.State.DRAWN:
        raise ValidationError("这个样本已经分派或作废。")
    users = {one.pk: one for one in reviewers}
    found = shared(sample, users.values(), on=timezone.localdate(now))
    refuse_lacking(found)
    due = working_calendar().add_working_days(timezone.localdate(now), sample.plan.due_days)
    if sample.plan.frame == SamplePlan.Frame.RUNNING:
        given = give_sheets(sample, found.readers, users, by=by, now=now, due=due)
    else:
        given = len(assign_reviews(by=by, now=now, rows=_reviews(sample, found, users, due)))
    sample.state, sample.assigned_at, sample.assigned_by = Sample.State.ASSIGNED, now, by
    sample.save(update_fields=["state", "assigned_at", "assigned_by"])
    return given


def refuse_lacking(found: Shared) -> None:
    """Raise ValidationError where somebody would have to review his own department."""
    if found.lacking:
        names = "、".join(row.stay_id for row in found.lacking[:5])
        more = f" 等 {len(found.lacking)} 份" if len(found.lacking) > 5 else ""
        raise ValidationError(
            f"病历 {names}{more} 找不到足够的评审人：评审人不能评本科室或自己的病历，复评须换一人。请再选几位其他科室的评审人。"
        )


def _reviews(sample: Sample, found: Shared, users: Mapping, due: date) -> list[dict]:
    say = partial(dict, sample=sample.number, form_id=sample.plan.form_id, due_on=due)
    rows = sample.rows.filter(state=SampleRow.State.DRAWN).in_bulk(found.readers)
    reviews = []
    for pk, readers in found.readers.items():
        row = rows[pk]
        for turn, reader in enumerate(readers):
            reviews.append(
                say(stay_id=row.stay_id, month=row.month, reviewer=users[reader], pair=row.pair,
                    stage="second" if turn else "hospital", blind=row.second)
            )  # fmt: skip
    return reviews


@transaction.atomic
def settle(row: SampleRow, *, by, now: datetime, item: str, outcome: str) -> SettledDifference:
    """Write down what was agreed on where two readings of a record differ; the readings stay as they are."""
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    if len(outcome.strip()) < 2:
        raise ValidationError("请写明商定的结论，至少两个字。")
    found, _made = SettledDifference.objects.update_or_create(
        row=row,
        item=item,
        defaults={
            "institution_id": row.institution_id,
            "outcome": outcome.strip()[:300],
            "settled_at": now,
            "settled_by": by,
        },
    )
    return found
