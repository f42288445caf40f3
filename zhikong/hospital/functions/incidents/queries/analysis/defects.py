"""Reads of a department's register of defects: the list, counts by kind and factor, periods."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from zhikong.hospital.functions.incidents.models.analysis_wards import Defect, DefectReview
from zhikong.hospital.functions.incidents.queries.analysis.packs import factors, policy

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
QUARTER = re.compile(r"(\d{4})-Q([1-4])")


def period_of(period: str) -> tuple[date, date]:
    """First day and the day after the last. Raises ValidationError."""
    if found := MONTH.fullmatch(period):
        year, month, length = int(found[1]), int(found[2]), 1
    elif found := QUARTER.fullmatch(period):
        year, month, length = int(found[1]), 3 * int(found[2]) - 2, 3
    else:
        raise ValidationError("请写月份（如 2026-11）或季度（如 2026-Q4）。")
    after = year * 12 + month - 1 + length
    return date(year, month, 1), date(after // 12, after % 12 + 1, 1)


def defects(*, department_id: int, period: str = "") -> QuerySet[Defect]:
    """The register of one department, the newest first; of one period."""
    rows = Defect.objects.filter(department_id=department_id)
    if period:
        first, after = period_of(period)
        rows = rows.filter(occurred_on__gte=first, occurred_on__lt=after)
    return rows


def defect(pk: int) -> Defect | None:
    return Defect.objects.filter(pk=pk).first()


def counted(department_id: int, period: str) -> int:
    return defects(department_id=department_id, period=period).count()


@dataclass(frozen=True)
class Counts:
    """What a period holds: (words, how many), the most frequent first."""

    total: int
    reached: int
    kinds: tuple[tuple[str, int], ...]
    factors: tuple[tuple[str, int], ...]


def counts(department_id: int, period: str) -> Counts:
    """By kind and by unsafe factor; a defect of two factors counts for both."""
    rows = list(defects(department_id=department_id, period=period))
    titles, known = dict(policy().defect_kinds), factors()
    kinds = Counter(titles.get(row.kind, row.kind) for row in rows)
    causes = Counter(known.title_of(one) for row in rows for one in row.factors)
    return Counts(
        len(rows), sum(row.reached for row in rows), tuple(kinds.most_common()), tuple(causes.most_common(8))
    )


def reviews(department_id: int) -> QuerySet[DefectReview]:
    return (
        DefectReview.objects.filter(department_id=department_id)
        .select_related("written_by")
        .order_by("-written_at")
    )


def missing_reviews(*, departments: list[tuple[int, str]], today: date) -> list[str]:
    """Names of departments that have not analysed last month although the policy's day has passed."""
    if today.day <= policy().review_by_day:
        return []
    last = (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    done = set(DefectReview.objects.filter(period=last).values_list("department_id", flat=True))
    return [name for pk, name in departments if pk not in done]
