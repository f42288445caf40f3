"""The contest of records (001-F): drawn by the quota rule, scored blind by several, ranked, published, objected to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.flows.actions import open_case
from zhikong.foundation.flows.models import Case
from zhikong.foundation.notices import actions as notices
from zhikong.hospital.functions.record_reviews.actions.reviewing.assigning import assign_reviews
from zhikong.hospital.functions.record_reviews.actions.sampling.assigning import refuse_lacking, shared
from zhikong.hospital.functions.record_reviews.actions.sampling.drawing import draw
from zhikong.hospital.functions.record_reviews.actions.sampling.plans import make_plan
from zhikong.hospital.functions.record_reviews.models import Contest, ContestJuror, Sample, SamplePlan
from zhikong.hospital.functions.record_reviews.queries.sampling.exhibits import open_for_objection
from zhikong.hospital.functions.record_reviews.queries.sampling.results import drawn_rows, points_by_row
from zhikong.hospital.functions.record_reviews.rules_results import ranking

FLOW = "exhibition_objection"
SOURCE = "record_contest"


@transaction.atomic
def make_contest(
    *, by, now: datetime, title: str, first_month: str, last_month: str, starts_on: date, ends_on: date, jury: Iterable,
    per_record: int = 3, per_department: int = 5, form_id: str = "", departments: Iterable[str] = (), objection_days: int = 5,
) -> Contest:  # fmt: skip
    """Draw the records, give each to so many of the jury, and open the contest.

    Source: 001-F: 5 discharged records per department of a range of months, of the specialty's first five diseases,
    pathway cases preferred. Raises ValidationError; then nothing was drawn.
    """
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    jury = list(jury)
    if ends_on < starts_on:
        raise ValidationError("结束日期早于开始日期。")
    if len(jury) < per_record:
        raise ValidationError(f"每份病历要 {per_record} 位评委，现在只选了 {len(jury)} 位。")
    plan = make_plan(
        by=by, now=now, title=title, method=SamplePlan.Method.QUOTA, first_month=first_month, last_month=last_month,
        per_group=per_department, diseases=5, doctors=False, preferred=True, refill=True, second_percent=0,
        form_id=form_id, departments=list(departments),
    )  # fmt: skip
    sample = draw(plan, by=by, now=now)
    contest = Contest.objects.create(
        institution_id=current_scope().institution_id, title=title, sample=sample, per_record=per_record,
        starts_on=starts_on, ends_on=ends_on, objection_days=objection_days, made_at=now, made_by=by,
    )  # fmt: skip
    ContestJuror.objects.bulk_create(
        ContestJuror(institution_id=contest.institution_id, contest=contest, user=one) for one in jury
    )
    _give_out(contest, jury, by=by, now=now)
    return contest


def _give_out(contest: Contest, jury: list, *, by, now: datetime) -> None:
    """Every record to its readers by lot; all blind, nobody his own department's."""
    sample, users = contest.sample, {one.pk: one for one in jury}
    found = shared(sample, jury, on=timezone.localdate(now), per_record=contest.per_record)
    refuse_lacking(found)
    rows = {row.pk: row for row in drawn_rows(sample)}
    assign_reviews(
        by=by,
        now=now,
        rows=[
            {
                "stay_id": rows[pk].stay_id,
                "month": rows[pk].month,
                "stage": "contest",
                "reviewer": users[reader],
                "blind": True,
                "sample": sample.number,
                "pair": rows[pk].pair,
                "due_on": contest.ends_on,
                "form_id": sample.plan.form_id,
            }
            for pk, readers in found.readers.items()
            for reader in readers
        ],
    )
    sample.state, sample.assigned_at, sample.assigned_by = Sample.State.ASSIGNED, now, by
    sample.save(update_fields=["state", "assigned_at", "assigned_by"])


@transaction.atomic
def rank(contest: Contest, *, by, now: datetime) -> Contest:
    """Take down the ranking as the finished readings give it; again as long as it is not closed.

    Raises ValidationError while a record lacks a reading.
    """
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    if contest.state == Contest.State.CLOSED:
        raise ValidationError("评比已经结束，排名不再改动。")
    readings = points_by_row(contest.sample)
    missing = sum(1 for points in readings.values() if len(points) < contest.per_record)
    if missing:
        raise ValidationError(
            f"还有 {missing} 份病历没有评完，或评分里还有未知条目，不能排名。请在评审进度里催办。"
        )
    places = {row.pk: row.department.code for row in drawn_rows(contest.sample)}
    contest.ranking = [asdict(line) for line in ranking(readings, places)]
    contest.state, contest.ranked_at, contest.ranked_by = Contest.State.RANKED, now, by
    contest.published_at = contest.published_by = contest.objection_until = None
    contest.save()
    return contest


@transaction.atomic
def publish(contest: Contest, *, by, now: datetime) -> Contest:
    """Approve the ranking for everybody to see; the objection period begins. Not by who ranked."""
    require(by, Permission.ARBITRATE_REVIEWS, whole_hospital=True)
    if contest.state != Contest.State.RANKED:
        raise ValidationError("先排名，再批准公示。")
    if by is not None and contest.ranked_by_id == by.pk:
        raise ValidationError("排名由您作出，公示须由另一位有仲裁权限的人批准。")
    contest.state, contest.published_at, contest.published_by = Contest.State.OBJECTION, now, by
    contest.objection_until = working_calendar().add_working_days(
        timezone.localdate(now), contest.objection_days
    )
    contest.save()
    notices.send(
        by=by,
        now=now,
        title=f"病历评比结果公示：{contest.title}",
        text=f"公示至 {contest.objection_until:%Y-%m-%d}，有异议请在公示页面提出。",
        url=reverse("record_reviews:contest", args=[contest.pk]),
        departments=sorted({row.department_id for row in drawn_rows(contest.sample)}),
        source_kind=SOURCE,
        source_key=str(contest.pk),
    )
    return contest


@transaction.atomic
def close(contest: Contest, *, by, now: datetime) -> Contest:
    """End the contest: the objection period is over and no objection is open."""
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    if contest.state != Contest.State.OBJECTION:
        raise ValidationError("只有公示中的评比可以结束。")
    if open_for_objection(contest.objection_until, timezone.localdate(now)):
        raise ValidationError(f"公示期到 {contest.objection_until:%Y-%m-%d}，期满后才能结束。")
    if open_objections(SOURCE, contest.pk):
        raise ValidationError("还有异议没有办结，办结后才能结束。")
    contest.state, contest.closed_at, contest.closed_by = Contest.State.CLOSED, now, by
    contest.save()
    return contest


def open_objections(source: str, key: int) -> int:
    """Objections to one thing that are not decided yet."""
    return Case.objects.filter(source_kind=source, source_key=str(key), closed_at=None).count()


def object_to(*, by, now: datetime, source: str, key: int, until: date | None, title: str, reason: str,
              department_id: int | None) -> Case:  # fmt: skip
    """Raise an objection within its period; it becomes a case of the flow. Raises ValidationError after it."""
    if not open_for_objection(until, timezone.localdate(now)):
        raise ValidationError("公示期已过，不能再提异议。如确有错误，请联系质控科。")
    if len(reason.strip()) < 5:
        raise ValidationError("请写明异议的理由，至少五个字：针对哪一处、依据是什么。")
    return open_case(
        by=by,
        now=now,
        flow_id=FLOW,
        title=f"{title}：{reason.strip()}",
        department_id=department_id,
        source_kind=source,
        source_key=str(key),
    )
