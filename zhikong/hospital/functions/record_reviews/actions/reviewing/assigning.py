"""Records come into review: from the discharges of a month, from a sample, or by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.facts.announcements import TablesPublished
from zhikong.foundation.facts.charts import stays_of_months
from zhikong.foundation.organisation.models import Department
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.record_reviews import rules_reviewing as rules
from zhikong.hospital.functions.record_reviews.actions.reviewing.common import (
    SOURCE,
    give_task,
    required,
    setting,
    users_of,
    wide,
)
from zhikong.hospital.functions.record_reviews.models import ReviewAssignment, ReviewCase, Stage

COLUMNS = ("patient_key", "resident_doctor", "attending_doctor", "principal_diagnosis", "zone")
RECENT = 45
"""Days before the first of this month: discharges of this, the last and the month before it are reviewed."""
State = ReviewAssignment.State


def assign_review(
    *, by, now: datetime, stay_id: str, stage: str, reviewer=None, blind: bool = False, sample: str = "",
    pair: str = "", month: str = "", due_on: date | None = None, form_id: str = "",
) -> ReviewAssignment:  # fmt: skip
    """Give a discharged record to a reviewer (None: whoever of the stage takes it). The same again gives the same.

    stage: self, department, hospital, second (blind, beside the record's way) or contest. A hospital review puts the
    record on its way to the hospital's stage. month: of discharge when it is known. Raises ValidationError when the
    reviewer wrote the record.
    """
    row = {
        "stay_id": stay_id, "stage": stage, "reviewer": reviewer, "blind": blind, "sample": sample, "pair": pair,
        "month": month, "due_on": due_on, "form_id": form_id,
    }  # fmt: skip
    return assign_reviews(by=by, now=now, rows=[row])[0]


@transaction.atomic
def assign_reviews(*, by, now: datetime, rows: Sequence[Mapping[str, Any]]) -> list[ReviewAssignment]:
    """Several reviews at once, in the order of the rows; the lake is read once. See assign_review."""
    require(by, Permission.ASSIGN_REVIEWS)
    with wide():
        cases = _cases(rows, now=now)
        return [_assign(cases[row["stay_id"]], row, by=by, now=now) for row in rows]


@transaction.atomic
def fill_queue(*, by, now: datetime, months: Iterable[str]) -> int:
    """Bring every discharge of these months into review, at its first stage; gives how many records were new."""
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    stays = stays_of_months(months, by=by, columns=COLUMNS, purpose="终末评审队列")
    with wide():
        return len(_begin(stays, now=now, first=True))


def on_published(fact: TablesPublished, *, now: datetime) -> None:
    """New discharges come into review by themselves; those of long ago are history and wait for a sample."""
    oldest = f"{timezone.localdate(now).replace(day=1) - timedelta(days=RECENT):%Y-%m}"
    months = [month for month in fact.months if month >= oldest]
    if months and (not fact.tables or "stays" in fact.tables):
        fill_queue(by=None, now=now, months=months)


@transaction.atomic
def withdraw_review(review: ReviewAssignment, *, by, now: datetime, reason: str) -> None:
    """Take an assignment back before it is finished; what was marked stays readable."""
    require(by, Permission.ASSIGN_REVIEWS)
    if review.state == State.DONE:
        raise ValidationError("这份评审已经完成，不能撤回；对结果有异议请走申诉。")
    reason = required(reason, "请写明撤回的原因。")
    review.state = State.WITHDRAWN
    with wide():
        review.save(update_fields=["state"])
        tasks.cancel_for(source_kind=SOURCE, source_key=str(review.pk), by=by, now=now, reason=reason)


def _cases(rows: Sequence[Mapping[str, Any]], *, now: datetime) -> dict[str, ReviewCase]:
    wanted = {row["stay_id"] for row in rows}
    found = {case.stay_id: case for case in ReviewCase.objects.filter(stay_id__in=wanted)}
    if missing := wanted - found.keys():
        months = {row.get("month") for row in rows if row["stay_id"] in missing}
        stays = stays_of_months(months, by=None, columns=COLUMNS, purpose="分派评审") if all(months) else []
        known = [stay for stay in stays if stay["stay_id"] in missing]
        if len(known) < len(missing):
            known = _searched(missing)
        found |= {case.stay_id: case for case in _begin(known, now=now, first=False)}
    if gone := sorted(wanted - found.keys()):
        raise ValidationError(f"没有找到住院 {'、'.join(gone[:5])}：只有已出院并导入的病历可以分派评审。")
    return found


def _searched(stay_ids: set[str]) -> list[dict[str, Any]]:
    """Where the month is not known: the newest months first, until all are found."""
    from zhikong.foundation.facts.gateway import published

    found: list[dict[str, Any]] = []
    for month in reversed(published(tables=["stays"]).months()):
        if len(found) == len(stay_ids):
            break
        stays = stays_of_months([month], by=None, columns=COLUMNS, purpose="分派评审")
        found += [stay for stay in stays if stay["stay_id"] in stay_ids]
    return found


def _begin(stays: Sequence[Mapping[str, Any]], *, now: datetime, first: bool) -> list[ReviewCase]:
    """Cases of stays that have none yet. first: with the review of their first stage, as every discharge gets it."""
    known = set(
        ReviewCase.objects.filter(stay_id__in=[s["stay_id"] for s in stays]).values_list("stay_id", flat=True)
    )
    new = [stay for stay in stays if stay["stay_id"] not in known]
    places = dict(Department.objects.values_list("code", "pk"))
    here, users, days = setting(), users_of(s["resident_doctor"] or "" for s in new), working_calendar()
    made = []
    for stay in new:
        if stay["discharge_department"] in places:
            made.append(_case(stay, places, here, users, days, now=now))
    made = ReviewCase.objects.bulk_create(made, batch_size=1000)
    if first:
        ReviewAssignment.objects.bulk_create(
            [_first(case, here, users, days, now) for case in made if case.stage != Stage.FINAL],
            batch_size=1000,
        )
    return made


def _case(stay: Mapping[str, Any], places, here, users, days, *, now: datetime) -> ReviewCase:
    left = timezone.make_aware(stay["discharged_at"], ZoneInfo(stay["zone"]))
    stage = rules.first_stage(
        self_check=here.self_check,
        department_check=here.department_check,
        has_writer=stay["resident_doctor"] in users,
    )
    return ReviewCase(
        institution_id=current_scope().institution_id,
        stay_id=stay["stay_id"],
        month=f"{stay['discharged_at']:%Y-%m}",
        department_id=places[stay["discharge_department"]],
        patient_key=stay["patient_key"] or "",
        discharged_at=left,
        writer=stay["resident_doctor"] or "",
        attending=stay["attending_doctor"] or "",
        diagnosis=stay["principal_diagnosis"] or "",
        stage=stage,
        archive_due=days.add_working_days(stay["discharged_at"].date(), here.archive_days),
        created_at=now,
    )


def _first(case: ReviewCase, here, users, days, now: datetime) -> ReviewAssignment:
    limits = {Stage.SELF: here.self_days, Stage.DEPARTMENT: here.department_days}
    return new_review(
        case,
        stage=case.stage,
        reviewer=users.get(case.writer) if case.stage == Stage.SELF else None,
        form_id=here.form_id,
        due_on=days.add_working_days(timezone.localdate(now), limits[case.stage]),
        by=None,
        now=now,
    )


def new_review(
    case: ReviewCase, *, stage: str, reviewer, form_id: str, due_on, by, now: datetime, **more
) -> ReviewAssignment:
    """A review that is not stored yet; its reviewer is let in, whatever their department."""
    return ReviewAssignment(
        institution_id=case.institution_id, case=case, department_id=case.department_id, stage=stage,
        reviewer=reviewer, readers=[reviewer.pk] if reviewer else [], form_id=form_id, due_on=due_on,
        assigned_at=now, assigned_by=by, **more,
    )  # fmt: skip


def _assign(case: ReviewCase, row: Mapping[str, Any], *, by, now: datetime) -> ReviewAssignment:
    stage, reviewer = row["stage"], row.get("reviewer")
    if stage not in Stage.values or stage == Stage.FINAL:
        raise ValidationError(f"没有评审阶段 {stage}。")
    _refuse_writer(case, stage, reviewer)
    known = ReviewAssignment.objects.filter(
        case=case, stage=stage, reviewer=reviewer, sample=row.get("sample") or ""
    )
    if (review := known.first()) is not None:
        return _again(review)
    here = setting()
    due = row.get("due_on") or working_calendar().add_working_days(
        timezone.localdate(now), here.hospital_days
    )
    review = new_review(
        case, stage=stage, reviewer=reviewer, form_id=row.get("form_id") or here.form_id, due_on=due, by=by, now=now,
        blind=bool(row.get("blind")), sample=row.get("sample") or "", pair=row.get("pair") or "",
    )  # fmt: skip
    review.save()
    _let_in(case, stage, reviewer)
    if reviewer is not None:
        _task(review, by=by, now=now)
    return review


def _again(review: ReviewAssignment) -> ReviewAssignment:
    """One that was taken back is given anew; what was marked in it is still there."""
    if review.state == State.WITHDRAWN:
        review.state = State.DOING if review.sheet_id else State.ASSIGNED
        review.save(update_fields=["state"])
    return review


def _refuse_writer(case: ReviewCase, stage: str, reviewer) -> None:
    person = getattr(reviewer, "person", None)
    if stage != Stage.SELF and person is not None and person.staff_number in (case.writer, case.attending):
        raise ValidationError(
            f"{reviewer} 是病历 {case.label} 的书写或主治医师，不能评审自己的病历，请另选评审人。"
        )


def _let_in(case: ReviewCase, stage: str, reviewer) -> None:
    if reviewer is not None and reviewer.pk not in case.readers:
        case.readers = sorted({*case.readers, reviewer.pk})
    if stage == Stage.HOSPITAL and case.stage == Stage.FINAL:
        case.stage = Stage.HOSPITAL
    case.save(update_fields=["readers", "stage"])


def _task(review: ReviewAssignment, *, by, now: datetime) -> None:
    give_task(
        review.reviewer,
        by=by,
        now=now,
        title=f"评审病历 {review.case.label}（{review.get_stage_display()}）",
        due_on=review.due_on,
        reason="评审分派时定的期限",
        kind=SOURCE,
        key=str(review.pk),
        url=reverse("record_reviews:review", args=[review.pk]),
        department_id=review.department_id,
    )
