"""What became of reviews: appeals by reviewer and by rule, the quarter's summary."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.hospital.functions.record_reviews import rules_reviewing as rules
from zhikong.hospital.functions.record_reviews.models import ReviewAppeal, ReviewCase, ReviewMark

Outcome = ReviewAppeal.Outcome
DECIDED = (Outcome.UPHELD, Outcome.CORRECTED)


@dataclass(frozen=True, slots=True)
class Overturned:
    """How many appeals against somebody's marks were decided, and how many of them granted."""

    decided: int
    corrected: int

    @property
    def rate(self) -> Decimal | None:
        """Per cent granted; None when none was decided."""
        return rules.overturn_rate(self.corrected, self.decided)


def overturned_by_reviewer() -> dict[int, Overturned]:
    """Account of the reviewer -> decided appeals against their marks."""
    return _overturned("reviewer_id")


def overturned_by_rule() -> dict[str, Overturned]:
    """Rule -> decided appeals against its accepted findings."""
    return {rule: found for rule, found in _overturned("mark__rule").items() if rule}


def reviewers_told() -> list[tuple[User, Overturned]]:
    """Reviewers with decided appeals against their marks, the most granted first."""
    found = overturned_by_reviewer()
    users = User.objects.in_bulk([pk for pk in found if pk is not None])
    rows = [(users[pk], one) for pk, one in found.items() if pk in users]
    return sorted(rows, key=lambda row: (-row[1].corrected, -row[1].decided, row[0].pk))


def _overturned(column: str) -> dict:
    rows = ReviewAppeal.objects.filter(outcome__in=DECIDED).order_by().values_list(column)
    rows = rows.annotate(decided=Count("pk"), corrected=Count("pk", filter=Q(outcome=Outcome.CORRECTED)))
    return {key: Overturned(decided, corrected) for key, decided, corrected in rows}


@dataclass(frozen=True)
class Quarter:
    """What the office writes to the president about a quarter (REC-17): months 'YYYY-MM', all of records in scope."""

    months: tuple[str, ...]
    reviewed: int
    grades: dict[str, int]
    open_range: int
    defects: int
    top: tuple[tuple[str, str, int], ...]
    corrections: int
    accepted: int
    appeals: int
    granted: int
    archived_late: int

    @property
    def per_hundred(self) -> Decimal | None:
        """Defects per hundred reviewed records, one decimal."""
        return (
            (Decimal(100 * self.defects) / self.reviewed).quantize(Decimal("0.1")) if self.reviewed else None
        )

    @property
    def grade_a_rate(self) -> Decimal | None:
        """Per cent grade A of the records whose grade is known, one decimal."""
        known = sum(self.grades.values())
        return (Decimal(100 * self.grades.get("甲级", 0)) / known).quantize(Decimal("0.1")) if known else None


def quarter(months: tuple[str, ...], *, department_id: int | None = None) -> Quarter:
    """Data of the quarterly summary for records discharged in these months."""
    cases = ReviewCase.objects.filter(month__in=months).exclude(result=None)
    if department_id is not None:
        cases = cases.filter(department_id=department_id)
    counted = Counter(cases.order_by().values_list("grade", flat=True))
    marks = ReviewMark.objects.filter(
        assignment__in=cases.values("result"), withdrawn_at=None, verdict=ReviewMark.Verdict.ACCEPTED
    )
    top = (
        marks.order_by()
        .values_list("item", "text")
        .annotate(n=Count("pk"))
        .order_by("-n", "item", "text")[:10]
    )
    appeals = ReviewAppeal.objects.filter(case__in=cases)
    corrected = ReviewCase.objects.filter(pk__in=cases).filter(corrections__isnull=False)
    return Quarter(
        months=months,
        reviewed=sum(counted.values()),
        grades={grade: n for grade, n in counted.items() if "～" not in grade},
        open_range=sum(n for grade, n in counted.items() if "～" in grade),
        defects=marks.count(),
        top=tuple(top),
        corrections=corrected.count(),
        accepted=corrected.filter(corrections__state="accepted").count(),
        appeals=appeals.count(),
        granted=appeals.filter(outcome=Outcome.CORRECTED).count(),
        archived_late=_late(cases),
    )


def _late(cases) -> int:
    """Records archived after their day; those not archived yet are on the overdue list."""
    rows = cases.exclude(archived_at=None).values_list("archived_at", "archive_due")
    return sum(timezone.localdate(at) > due for at, due in rows)
