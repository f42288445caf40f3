"""Counts of answers by whatever is asked: one query each. Rates are made in the last division, by Count."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from zhikong.hospital.functions.inspections.models.results import InspectionAnswer
from zhikong.hospital.functions.inspections.rules_results import Answer, Count

SINGLE = (Answer.YES, Answer.NO)
"""Answers that are right or wrong as a whole. Observed moments are counted apart: thirty of them are not thirty clauses."""


def rows(
    *, first: date, last: date, department: int | None = None, form_id: str = "", item: str = "", stage: str = "",
    single: bool = False,
) -> QuerySet[InspectionAnswer]:  # fmt: skip
    """Answers of a period in scope; both days count."""
    found = InspectionAnswer.objects.filter(inspected_on__range=(first, last))
    wanted = {"department_id": department, "form_id": form_id, "item": item, "stage": stage}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return found.filter(answer__in=SINGLE) if single else found


def counts(found: QuerySet[InspectionAnswer], *by: str) -> dict[tuple, Count]:
    """Sums by fields of the answer; 'month' is 'YYYY-MM'. Without fields there is one key, ()."""
    if "month" in by:
        found = found.annotate(month=TruncMonth("inspected_on"))
    if not by:
        total = found.aggregate(right=Sum("conforming"), asked=Sum("applicable"))
        return {(): Count(total["right"] or 0, total["asked"] or 0)}
    summed = found.order_by().values_list(*by).annotate(right=Sum("conforming"), asked=Sum("applicable"))
    return {
        tuple(f"{v:%Y-%m}" if isinstance(v, date) else v for v in row[:-2]): Count(*row[-2:])
        for row in summed
    }


def scores(found: QuerySet[InspectionAnswer], *by: str) -> dict[tuple, Decimal]:
    """Per cent of the points that could be won, by fields of the answer; only where something is scored."""
    summed = (
        found.filter(full__gt=0).order_by().values_list(*by).annotate(won=Sum("points"), could=Sum("full"))
    )
    return {tuple(row[:-2]): 100 * row[-2] / row[-1] for row in summed}


def nested(found: dict[tuple, Count]) -> dict:
    """{(a, b): count} as {a: {b: count}}."""
    made: dict = defaultdict(dict)
    for (outer, inner), count in found.items():
        made[outer][inner] = count
    return made
