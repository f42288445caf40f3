"""The marks of a review, and what follows from them."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import QuerySet

from zhikong.foundation.forms import queries as sheets
from zhikong.foundation.forms import scoring
from zhikong.foundation.forms.deductions import Deduction
from zhikong.hospital.functions.record_reviews.models import ReviewAssignment, ReviewMark


def marks_of(review: ReviewAssignment) -> QuerySet[ReviewMark]:
    """Marks that stand, in the order in which they were made."""
    return ReviewMark.objects.filter(assignment=review, withdrawn_at=None).order_by("pk")


def faults_of(review: ReviewAssignment) -> QuerySet[ReviewMark]:
    """Marks that cost something: those of people, and machine findings that were accepted."""
    return marks_of(review).filter(verdict=ReviewMark.Verdict.ACCEPTED)


def as_deductions(review: ReviewAssignment) -> list[Deduction]:
    """The faults as the sheet counts them."""
    return [Deduction(one.pk, one.item, one.points, one.defect) for one in faults_of(review)]


def item_losses(review: ReviewAssignment) -> dict[str, Decimal]:
    """Item -> points that it lost, 0 when it is in order; what nobody judged, or does not apply, is absent."""
    if review.sheet is None:
        return {}
    form, values = sheets.definition(review.sheet), review.sheet.answers
    found: dict[str, Decimal] = {}
    for item in form.items():
        answer = values.get(item.id)
        if answer in (None, "na") or not (item.is_scored or item.veto):
            continue
        won = scoring.won(item, values)
        found[item.id] = Decimal(answer == "no") if won is None else item.full - won
    return found
