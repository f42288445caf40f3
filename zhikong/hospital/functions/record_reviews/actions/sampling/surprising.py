"""Unannounced draws (REC-12): on days of the month that follow from the plan's seed, and nobody is told before."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.notices import actions as notices
from zhikong.hospital.functions.record_reviews.actions.sampling.drawing import draw
from zhikong.hospital.functions.record_reviews.models import Sample, SamplePlan
from zhikong.hospital.functions.record_reviews.rules_sampling import surprise_days


def days_of(plan: SamplePlan, year: int, month: int) -> list[date]:
    """The plan's unannounced days in a month; for the job and for tests, on no page before they are over."""
    return surprise_days(plan.seed, year, month, plan.times_per_month, working_calendar().is_working_day)


@transaction.atomic
def draw_due(*, now: datetime) -> list[Sample]:
    """Draw every plan whose unannounced day is today or, while the worker stood still, was earlier this month."""
    today, made = timezone.localdate(now), []
    for plan in SamplePlan.objects.filter(times_per_month__gt=0, ended_at=None).order_by("pk"):
        done = set(plan.samples.exclude(surprise_on=None).values_list("surprise_on", flat=True))
        for day in days_of(plan, today.year, today.month):
            if day <= today and day not in done and day >= timezone.localdate(plan.made_at):
                made += _draw(plan, day, now)
    return made


def _draw(plan: SamplePlan, day: date, now: datetime) -> list[Sample]:
    """One draw; what stands in its way is told to who made the plan, and tried again the next day."""
    try:
        with transaction.atomic():
            sample = draw(plan, by=None, now=now, surprise_on=day)
    except ValidationError as refused:
        _tell(plan, now, f"不定期抽查没有抽成：{plan.title}", " ".join(refused.messages), "")
        return []
    url = reverse("record_reviews:sample", args=[sample.pk])
    _tell(plan, now, f"不定期抽查已抽取：{plan.title}", "请尽快分派评审。", url)
    return [sample]


def _tell(plan: SamplePlan, now: datetime, title: str, text: str, url: str) -> None:
    notices.send(
        by=None,
        now=now,
        title=title,
        text=text,
        url=url or reverse("record_reviews:sample_plan", args=[plan.pk]),
        users=[plan.made_by] if plan.made_by else (),
        roles=() if plan.made_by else ("quality_office",),
        source_kind="record_sample",
        source_key=str(plan.pk),
    )
