"""A drawn sample that two people read blind, a contest in its objection period with exhibits, a round of training."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.facts.charts import chart_of
from zhikong.foundation.facts.gateway import published
from zhikong.hospital.functions.record_reviews.actions.reviewing import finishing, marking
from zhikong.hospital.functions.record_reviews.actions.sampling import (
    assigning,
    contests,
    drawing,
    exhibits,
    plans,
    training,
)
from zhikong.hospital.functions.record_reviews.models import Contest, Exhibit, ReviewAssignment, SamplePlan
from zhikong.hospital.functions.record_reviews.queries.sampling.results import drawn_rows, points_by_row
from zhikong.hospital.functions.record_reviews.queries.sampling.training import candidates
from zhikong.site.demo.acting import acting, at

OFFICE, MEDICAL = "zhikong", "yiwu"
PLACES = ("GSUR", "ORTH", "NEUR")
SHEET = "inpatient_record_score"
SMALL = {"first_note_defects": ("1", "鉴别诊断只列病名，没有分析")}
LARGE = SMALL | {
    "first_note_timely": ("5", "首次病程记录在入院 8 小时后完成"),
    "missing_notes": ("4", "病情变化两天没有病程记录"),
    "discharge_defects": ("0.5", "出院医嘱未写复诊时间"),
}
FAULTS = ({}, SMALL, LARGE, SMALL, {}, SMALL)


def tell(*, now: datetime) -> bool:
    """Tell it once, in the scope of a whole hospital; False when it was told before or nothing is published."""
    months = published(tables=["stays"]).months()
    if not months or SamplePlan.objects.exists():
        return False
    _sample(months[-1], now)
    _contest(months, now)
    _training(months, now)
    return True


def _sample(month: str, now: datetime) -> None:
    """Two records each of three departments; half of them are read twice, one second reading is still to do."""
    begun = at(now, -8)
    plan = plans.make_plan(
        by=None, now=begun, title="每月终末病历抽查", method="quota", first_month=month, per_group=2, diseases=5,
        preferred=True, second_percent=50, departments=list(PLACES), form_id=SHEET,
    )  # fmt: skip
    sample = drawing.draw(plan, by=None, now=begun)
    assigning.assign(sample, by=None, now=begun, reviewers=_people())
    reviews = ReviewAssignment.objects.filter(sample=sample.number).order_by("stage", "pk")
    for number, review in enumerate(list(reviews)[:-1]):
        _read(review, FAULTS[number % len(FAULTS)], at(now, -5))
    plans.make_plan(
        by=None, now=begun, title="不定期抽查在院病历", frame="running", method="random", per_group=1,
        times_per_month=2, second_percent=0, form_id="theme_patient_voice",
    )  # fmt: skip


def _people() -> list[User]:
    return list(User.objects.filter(username__in=[OFFICE, MEDICAL]).order_by("pk"))


def _read(review: ReviewAssignment, faults: dict, now: datetime) -> None:
    with acting(review.reviewer.username, now) as user:
        review = marking.begin(review, by=user, now=now)
        for item, (points, text) in faults.items():
            marking.mark(review, by=user, now=now, item=item, points=Decimal(points), text=text)
        marking.settle_rest(review, by=user, now=now, unknown=())
        finishing.finish(review, by=user, now=now)


def _contest(months: list[str], now: datetime) -> None:
    """Scored, ranked by the office, approved by medical affairs, in its objection period with two exhibits."""
    begun = at(now, -7)
    contest = contests.make_contest(
        by=None, now=begun, title="质量月病历评比展评", first_month=months[-1], last_month=months[-1],
        starts_on=timezone.localdate(begun), ends_on=timezone.localdate(now), jury=_people(), per_record=2,
        per_department=2, departments=PLACES, form_id=SHEET,
    )  # fmt: skip
    for number, review in enumerate(
        ReviewAssignment.objects.filter(sample=contest.sample.number).order_by("pk")
    ):
        _read(review, FAULTS[(number // 2) % len(FAULTS)], at(now, -4))
    with acting(OFFICE, at(now, -2)) as user:
        contests.rank(contest, by=user, now=at(now, -2))
    with acting(MEDICAL, at(now, -1)) as user:
        contests.publish(contest, by=user, now=at(now, -1))
    _exhibits(contest, now)


def _exhibits(contest: Contest, now: datetime) -> None:
    points = points_by_row(contest.sample)
    rows = sorted(drawn_rows(contest.sample), key=lambda row: (sum(points[row.pk]), row.pk))
    shown = (
        (
            rows[-1],
            Exhibit.Kind.GOOD,
            "首次病程记录分析到位",
            "诊断依据逐条对应，鉴别诊断针对本例，诊疗计划具体。",
        ),
        (
            rows[0],
            Exhibit.Kind.PROBLEM,
            "鉴别诊断只列病名",
            "鉴别诊断没有结合本例分析；病情变化两天没有病程记录。",
        ),
    )
    for row, kind, title, remark in shown:
        with acting(OFFICE, at(now, -1, 9)) as user:
            chart = chart_of(row.stay_id, by=user, purpose="准备病历展示", month=row.month)
            found = [(d.id, s.name) for d in chart.documents for s in d.sections if s.text][:3]
            if not found:
                continue
            one = exhibits.make_exhibit(
                by=user, now=at(now, -1, 9), kind=kind, stay_id=row.stay_id, month=row.month, title=title,
                remark=remark, sections=found, contest=contest, show_department=kind == Exhibit.Kind.GOOD,
            )  # fmt: skip
            exhibits.clear_again(one, by=user)
            exhibits.submit(one, by=user, now=at(now, -1, 9))
        if kind == Exhibit.Kind.GOOD:
            with acting(MEDICAL, at(now, -1)) as user:
                exhibits.approve(one, by=user, now=at(now, -1))
                exhibits.comment(one, by=user, now=at(now, -1), text="建议各科学习诊断依据的写法。")


def _training(months: list[str], now: datetime) -> None:
    """Next week's round with those who need it most."""
    found = candidates(months[-3:], on=timezone.localdate(now))[:3]
    if found:
        seats = [training.Wanted(one.person.pk, one.department_id, one.why, one.evidence) for one in found]
        training.plan_round(
            by=None, now=now, held_on=timezone.localdate(now) + timedelta(days=5),
            leader=User.objects.get(username=OFFICE), seats=seats, theme="病程记录的内涵", place="心血管内科病区",
        )  # fmt: skip
