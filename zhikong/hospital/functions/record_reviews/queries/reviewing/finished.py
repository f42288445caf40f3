"""Reviews that are finished, for samples, agreement and figures."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from zhikong.hospital.functions.record_reviews.models import ReviewAssignment
from zhikong.hospital.functions.record_reviews.queries.reviewing.marks import item_losses, marks_of

__all__ = ["finished_reviews", "item_losses", "marks_of"]


def finished_reviews(
    *, stage: str | None = None, months: Iterable[str] | None = None, sample: str | None = None
) -> QuerySet[ReviewAssignment]:
    """Finished reviews in scope with their record and reviewer, the newest last. months: of discharge."""
    found = ReviewAssignment.objects.filter(state=ReviewAssignment.State.DONE)
    if stage is not None:
        found = found.filter(stage=stage)
    if months is not None:
        found = found.filter(case__month__in=list(months))
    if sample is not None:
        found = found.filter(sample=sample)
    return found.select_related("case", "reviewer", "sheet").order_by("finished_at", "pk")
