"""Finish a review: the score is fixed, the record moves on, the writer hears at once, low grades go upwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.facts.chart_findings import REFUTED, UPHELD, MachineVerdictJudged
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.forms import queries as sheets
from zhikong.foundation.forms import ranges
from zhikong.foundation.forms.actions import Incomplete
from zhikong.foundation.outbox.actions import announce
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.record_reviews import rules_reviewing as rules
from zhikong.hospital.functions.record_reviews.actions.reviewing.assigning import new_review
from zhikong.hospital.functions.record_reviews.actions.reviewing.common import (
    SOURCE,
    give_task,
    lock,
    setting,
    tell,
    users_of,
    wide,
)
from zhikong.hospital.functions.record_reviews.actions.reviewing.correcting import return_marks
from zhikong.hospital.functions.record_reviews.actions.reviewing.marking import (
    _refuse_unless_open,
    require_review,
)
from zhikong.hospital.functions.record_reviews.facts import ReviewFinished
from zhikong.hospital.functions.record_reviews.models import ReviewAssignment, ReviewCase, ReviewMark, Stage
from zhikong.hospital.functions.record_reviews.queries.reviewing.marks import faults_of, marks_of

State = ReviewAssignment.State


@transaction.atomic
def finish(
    review: ReviewAssignment,
    *,
    by,
    now: datetime,
    unknown: Mapping[str, str] | None = None,
    returned: Iterable[int] = (),
    text: str = "",
) -> ReviewAssignment:
    """Fix the score. unknown: items that no machine could tell and nobody judged; returned: marks to be mended.

    Raises ValidationError with what is left to judge, in words.
    """
    review = lock(review)
    require_review(by, review)
    _refuse_unless_open(review)
    if review.sheet_id is None:
        raise ValidationError("请先打开这份评审。")
    open_items = dict(unknown or {}) | review.unknown
    _hand_in(review, by=by, now=now, unknown=open_items)
    with wide():
        _fix(review, by=by, now=now)
        _announce(review, now=now)
        if rules.moves(review.stage):
            _move(review, by=by, now=now)
            feed_back(review, by=by, now=now)
        if wanted := sorted(set(returned)):
            return_marks(review, by=by, now=now, marks=wanted, text=text)
    return review


def _hand_in(review: ReviewAssignment, *, by, now: datetime, unknown: Mapping[str, str]) -> None:
    try:
        forms.submit(review.sheet, by=by, now=now, unknown=unknown)
    except Incomplete as error:
        form = sheets.definition(review.sheet)
        names = [item.text for item in form.items() if item.id in error.errors]
        more = f" 等 {len(names)} 个条目" if len(names) > 3 else ""
        raise ValidationError(
            f"还有条目没有评：{'、'.join(names[:3])}{more}。逐条评，或按 A 把其余记为无缺陷。"
        ) from None


def _fix(review: ReviewAssignment, *, by, now: datetime) -> None:
    sheet = review.sheet
    review.low, review.high, review.grade = sheet.low, sheet.high, sheet.grade
    review.vetoes, review.unknown = sheet.vetoes, sheet.unknown
    review.state, review.finished_at, review.finished_by, review.last_saved_at = State.DONE, now, by, now
    review.save()
    tasks.complete_for(source_kind=SOURCE, source_key=str(review.pk), by=by, now=now)


def _announce(review: ReviewAssignment, *, now: datetime) -> None:
    announce(
        ReviewFinished(review.pk, review.case.stay_id, review.stage, review.sample, review.department_id),
        now=now,
    )
    for one in marks_of(review).filter(kind=ReviewMark.Kind.MACHINE):
        outcome = UPHELD if one.verdict == ReviewMark.Verdict.ACCEPTED else REFUTED
        announce(MachineVerdictJudged(one.rule, one.rule_version, review.case.stay_id, outcome), now=now)


def _move(review: ReviewAssignment, *, by, now: datetime) -> None:
    """The record's next stage, and its score where this stage counts."""
    case, here = review.case, setting()
    if review.stage in rules.COUNTING and not _outranked(review):
        case.low, case.high, case.grade, case.result = review.low, review.high, review.grade, review
        escalate(case, review, by=by, now=now)
    waiting = case.reviews.filter(stage=Stage.HOSPITAL, state__in=(State.ASSIGNED, State.DOING)).exists()
    if case.stage == review.stage or review.stage == Stage.HOSPITAL:
        case.stage = rules.next_stage(
            review.stage, department_check=here.department_check, hospital_wanted=waiting
        )
        if case.stage == Stage.DEPARTMENT:
            _offer_department(case, here, now=now)
    case.save()


def _outranked(review: ReviewAssignment) -> bool:
    """A department's score that comes after the hospital's does not take its place."""
    return (
        review.stage == Stage.DEPARTMENT
        and review.case.reviews.filter(stage=Stage.HOSPITAL, state=State.DONE).exists()
    )


def _offer_department(case: ReviewCase, here, *, now: datetime) -> None:
    if case.reviews.filter(stage=Stage.DEPARTMENT).exists():
        return
    due = working_calendar().add_working_days(timezone.localdate(now), here.department_days)
    new_review(
        case, stage=Stage.DEPARTMENT, reviewer=None, form_id=here.form_id, due_on=due, by=None, now=now
    ).save()


def escalate(case: ReviewCase, review: ReviewAssignment, *, by, now: datetime) -> None:
    """A grade that the hospital watches goes to the head of the department as a task and to the offices (REC-09)."""
    policy = sheets.policy_of(review.sheet)
    watched = (policy.escalate if policy else ()) or setting().escalated or ("乙级", "丙级")
    if not rules.escalates(review.grade, watched) or case.escalated_at is not None:
        return
    today, url = timezone.localdate(now), reverse("record_reviews:review_case", args=[case.pk])
    score = rules.span(review.low, review.high)
    for head in users_with_role(role="department_head", department_id=case.department_id, on=today):
        give_task(
            head, by=by, now=now, title=f"{review.grade}病历 {case.label}：分析原因并督促整改",
            due_on=working_calendar().add_working_days(today, setting().correction_days),
            reason=f"{review.grade}病历（{score} 分）自动上报科室质量管理小组，请在 {setting().correction_days} 个工作日内处理",
            kind="record_escalation", key=str(case.pk), url=url, department_id=case.department_id,
        )  # fmt: skip
    tell(
        by=by, now=now, title=f"{review.grade}病历上报：{case.label}（{score} 分）", text=summary(review), url=url,
        roles=["quality_office", "record_reviewer"], departments=[case.department_id], key=f"case:{case.pk}",
    )  # fmt: skip
    case.escalated_at = now


def feed_back(review: ReviewAssignment, *, by, now: datetime) -> None:
    """The writer and the attending doctor hear at once what was found (REC-08, REC-17); of a self-check nobody does."""
    if review.stage == Stage.SELF:
        return
    case = review.case
    tell(
        by=by, now=now, title=f"病历 {case.label} {review.get_stage_display()}：{rules.span(review.low, review.high)} 分 {review.grade}",
        text=summary(review), url=reverse("record_reviews:review_case", args=[case.pk]),
        users=users_of([case.writer, case.attending]).values(), key=f"case:{case.pk}",
    )  # fmt: skip


def summary(review: ReviewAssignment) -> str:
    """What was found, one line a fault, and what is not known."""
    lines = [
        f"{one.text}（扣 {one.points.normalize():f} 分）" if one.points else one.text
        for one in faults_of(review)
    ]
    form = sheets.definition(review.sheet)
    lines += [
        f"未知：{item.text}（{review.unknown[item.id]}）"
        for item in form.items()
        if item.id in review.unknown
    ]
    return "\n".join(lines[:20]) or "没有发现缺陷。"


def live_range(review: ReviewAssignment, unknown: Mapping[str, str]) -> ranges.Range | None:
    """The score as it stands now; what nobody judged yet counts as unknown."""
    form = sheets.definition(review.sheet)
    why = dict(unknown) | review.unknown
    return ranges.score_range(form, review.sheet.answers, unknown=why, policy=sheets.policy_of(review.sheet))
