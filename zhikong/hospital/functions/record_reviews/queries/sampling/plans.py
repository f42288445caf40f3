"""Plans and samples as their pages list them."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from zhikong.hospital.functions.record_reviews.models import Contest, Sample, SamplePlan, SampleRow


def plans() -> QuerySet[SamplePlan]:
    """Plans that may still draw, the newest first; ended ones after them."""
    return SamplePlan.objects.select_related("made_by").order_by("ended_at", "-pk")


def plan(pk: int) -> SamplePlan | None:
    return SamplePlan.objects.select_related("made_by", "ended_by").filter(pk=pk).first()


def samples() -> QuerySet[Sample]:
    """Samples, the newest first, with how many records each has."""
    drawn = Q(rows__state=SampleRow.State.DRAWN)
    return (
        Sample.objects.select_related("plan", "drawn_by", "contest")
        .annotate(
            records=Count("rows", filter=drawn), doubles=Count("rows", filter=drawn & Q(rows__second=True))
        )
        .order_by("-pk")
    )


def sample(pk: int) -> Sample | None:
    return samples().filter(pk=pk).select_related("replaces", "cancelled_by", "assigned_by").first()


def row(sample_: Sample, pk: int) -> SampleRow | None:
    return sample_.rows.select_related("department", "sample").filter(pk=pk).first()


def waiting_samples() -> int:
    """Samples that were drawn and nobody was given yet."""
    return Sample.objects.filter(state=Sample.State.DRAWN).count()


def contests() -> QuerySet[Contest]:
    return Contest.objects.select_related("sample", "made_by").order_by("-pk")


def contest(pk: int) -> Contest | None:
    return contests().filter(pk=pk).select_related("ranked_by", "published_by", "closed_by").first()
