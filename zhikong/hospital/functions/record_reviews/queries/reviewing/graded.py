"""Grades of a month's reviewed records by department, for analyses that ask foundation.facts.review_grades."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count

from zhikong.foundation.facts.review_grades import Graded
from zhikong.hospital.functions.record_reviews.models import ReviewCase


def graded(month: str) -> Iterator[Graded]:
    """Records discharged in the month that have a grade, within the scope; the grade of the last stage that is done."""
    rows = ReviewCase.objects.filter(month=month).exclude(grade="").order_by()
    for row in rows.values("department__code", "grade").annotate(n=Count("pk")):
        yield Graded(row["department__code"] or "", row["grade"], row["n"])
