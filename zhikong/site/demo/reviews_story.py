"""Discharged records of the newest month under review: a queue for the record reviewer, some through all three stages.

One record is of grade B and went back to its writer, one deduction is appealed against; told by ordinary acts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F

from zhikong.foundation.access.models import User
from zhikong.foundation.facts.charts import chart_of
from zhikong.foundation.facts.gateway import published
from zhikong.hospital.functions.record_reviews.actions.reviewing import (
    appealing,
    archiving,
    assigning,
    finishing,
    marking,
)
from zhikong.hospital.functions.record_reviews.models import (
    ReviewAppeal,
    ReviewAssignment,
    ReviewCase,
    ReviewSetting,
    Stage,
)
from zhikong.site.demo.acting import acting, at

WRITER, OFFICER, HEAD, REVIEWER = "yishi", "zhikongyuan", "keshi", "bingan"
WARD = "CARD"
QUEUE, FINISHED, OPEN_DAYS = 20, 4, 2
FAULTS = {
    "first_note_defects": ("1", "鉴别诊断只列病名，没有分析"),
    "rounds_defects": ("1", "主治医师查房没有记录对检查结果的分析"),
    "consent_defects": ("1", "谈话记录缺少替代方案"),
    "discharge_defects": ("0.5", "出院医嘱未写复诊时间"),
}
GRAVE = {
    "first_note_timely": ("5", "首次病程记录在入院 8 小时后完成"),
    "missing_notes": ("4", "病情变化两天没有病程记录"),
    "differential_present": ("1", "没有鉴别诊断"),
    "signatures": ("1", "两处缺上级医师审签"),
}


def tell(*, now: datetime) -> bool:
    """Tell it once, in the scope of a whole hospital; False when it was told before or there is nothing to review."""
    months = published(tables=["stays"]).months()
    if not months or ReviewAppeal.objects.exists():
        return False
    # what the load itself brought in came before the hospital had said how it reviews: it begins anew
    ReviewAssignment.objects.filter(sheet=None, sample="").delete()
    ReviewCase.objects.filter(reviews=None).delete()
    begun = at(now, -9)
    ReviewSetting.objects.get_or_create(
        institution_id=User.objects.get(username=REVIEWER).institution_id,
        defaults={"self_check": False, "department_days": 10, "escalated": ["乙级", "丙级"]},
    )
    assigning.fill_queue(by=None, now=begun, months=months[-1:])
    chosen = _chosen()
    _archived(chosen, now)
    _queue(chosen, at(now, -4))
    _stages(chosen[:FINISHED], now)
    return True


def _chosen() -> list[ReviewCase]:
    """Records of cardiology first, the demo's doctor's before others', then some of each other department."""
    number = User.objects.get(username=WRITER).person.staff_number
    ward = list(ReviewCase.objects.filter(department__code=WARD).order_by("-discharged_at", "pk"))
    ward.sort(key=lambda case: number not in (case.writer, case.attending))
    others = ReviewCase.objects.exclude(department__code=WARD).order_by("department", "-discharged_at", "pk")
    firsts = {case.department_id: case for case in reversed(others)}
    return [*ward[:8], *firsts.values()][: QUEUE + FINISHED]


def _archived(chosen: list[ReviewCase], now: datetime) -> None:
    """The records office had archived the month but for its last days before the product came; it was not asked then."""
    last = ReviewCase.objects.latest("discharged_at").discharged_at - timedelta(days=OPEN_DAYS)
    old = ReviewCase.objects.filter(discharged_at__lt=last).exclude(pk__in=[case.pk for case in chosen])
    ReviewAssignment.objects.filter(case__in=old).update(state=ReviewAssignment.State.WITHDRAWN)
    old.update(stage=Stage.FINAL, archived_at=F("discharged_at") + timedelta(days=3))


def _queue(cases: list[ReviewCase], now: datetime) -> None:
    reviewer = User.objects.get(username=REVIEWER)
    assigning.assign_reviews(
        by=None,
        now=now,
        rows=[
            {"stay_id": case.stay_id, "stage": Stage.HOSPITAL, "reviewer": reviewer, "month": case.month}
            for case in cases
        ],
    )


def _stages(cases: list[ReviewCase], now: datetime) -> None:
    """The first is returned, the second appealed against, the third archived, the fourth waits for the hospital."""
    returned, appealed, archived, _waiting = cases
    for case in cases:
        _review(case, Stage.DEPARTMENT, OFFICER, FAULTS if case != archived else {}, at(now, -6))
    _review(returned, Stage.HOSPITAL, REVIEWER, GRAVE | FAULTS, at(now, -2), give_back=True)
    done = _review(
        appealed,
        Stage.HOSPITAL,
        REVIEWER,
        {"first_note_timely": GRAVE["first_note_timely"], **FAULTS},
        at(now, -3),
    )
    _review(archived, Stage.HOSPITAL, REVIEWER, {}, at(now, -3))
    with acting(REVIEWER, at(now, -1)) as user:
        archiving.archive(archived, by=user, now=at(now, -1))
    with acting(HEAD, at(now, -1)) as user:
        appealing.appeal(
            done,
            by=user,
            now=at(now, -1),
            reason="首次病程记录签名时间在入院 8 小时内，系统显示的是补签时间，请核对修改痕迹。",
            mark=done.marks.get(item="first_note_timely"),
        )


def _review(
    case: ReviewCase, stage: str, username: str, faults: dict, now: datetime, *, give_back: bool = False
) -> ReviewAssignment:
    """One review from opening to finishing; the first fault of the grave ones stands on the chart's own words."""
    review = ReviewAssignment.objects.get(case=case, stage=stage)
    with acting(username, now) as user:
        review = marking.begin(review, by=user, now=now)
        chart = chart_of(case.stay_id, by=user, purpose="病历评审", month=case.month)
        made = [
            marking.mark(
                review, by=user, now=now, item=item, points=Decimal(points), text=text, chart=chart,
                evidence=_evidence(chart, item),
            )
            for item, (points, text) in faults.items()
        ]  # fmt: skip
        marking.settle_rest(review, by=user, now=now, unknown=())
        back = [one.pk for one in made[:2]] if give_back else []
        return finishing.finish(review, by=user, now=now, returned=back, text="请补记，不改原文")


def _evidence(chart, item: str) -> marking.Evidence:
    """The opening words of the document that an item is about, where the chart has it with text."""
    kinds = {
        "first_note_defects": "首次病程",
        "rounds_defects": "查房",
        "discharge_defects": "出院记录",
    }
    wanted = kinds.get(item)
    for document in chart.documents:
        if wanted and wanted in document.title and document.sections and document.sections[-1].text:
            section = document.sections[-1]
            return marking.Evidence(document.id, section.name, 0, min(len(section.text), 24))
    return marking.NOWHERE
