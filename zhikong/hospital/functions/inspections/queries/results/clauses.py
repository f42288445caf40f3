"""Compliance of clauses: each item of a checklist with its counts, its months, and where it fails again and again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from zhikong.engine.stats.intervals import wilson
from zhikong.hospital.functions.inspections.control_results import Control, control
from zhikong.hospital.functions.inspections.models.results import InspectionAnswer
from zhikong.hospital.functions.inspections.queries.results.choosing import Chosen, last_day
from zhikong.hospital.functions.inspections.queries.results.counts import counts, rows
from zhikong.hospital.functions.inspections.queries.results.forms import Clause, clause
from zhikong.hospital.functions.inspections.rules_results import Answer, Count


@dataclass(frozen=True)
class Line:
    """One clause over the chosen months. low, high: 95 % interval of the rate in per cent; None where nothing applied."""

    clause: Clause
    count: Count
    months: tuple[Count, ...] = ()
    places_wrong: int = 0

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.count.applicable:
            return None
        low, high = wilson(np.array([self.count.conforming]), np.array([self.count.applicable]))
        return 100 * float(low[0]), 100 * float(high[0])

    @property
    def rates(self) -> list[float | None]:
        return [one.rate for one in self.months]


def lines(asked: Chosen, *, stage: str = "") -> list[Line]:
    """Every clause that was answered in the period, the one with most failures first."""
    found = rows(
        first=asked.first_day,
        last=asked.last_day,
        department=asked.department,
        form_id=asked.form_id,
        stage=stage,
    )
    total = counts(found, "form_id", "item")
    monthly: dict = defaultdict(dict)
    for (form_id, item, month), count in counts(found, "form_id", "item", "month").items():
        monthly[form_id, item][month[:7]] = count
    wrong = _places_wrong(found)
    made = [
        Line(
            clause(*key), count, tuple(monthly[key].get(month, Count()) for month in asked.months), wrong.get(key, 0)
        )
        for key, count in total.items()
    ]  # fmt: skip
    return sorted(made, key=lambda line: (-line.count.wrong, line.clause.key))


def _places_wrong(found) -> dict[tuple[str, str], int]:
    places: dict[tuple[str, str], set[int]] = defaultdict(set)
    failed = (
        found.filter(answer=Answer.NO).order_by().values_list("form_id", "item", "department_id").distinct()
    )
    for form_id, item, department in failed:
        places[form_id, item].add(department)
    return {key: len(found) for key, found in places.items()}


def series(
    *, form_id: str, item: str, months: Sequence[str], department: int | None = None
) -> list[Count | None]:
    """Counts of a clause by month, oldest first; None where nobody looked."""
    first, last = date.fromisoformat(f"{months[0]}-01"), last_day(months[-1])
    found = rows(first=first, last=last, department=department, form_id=form_id, item=item)
    known = {key[0][:7]: count for key, count in counts(found, "month").items()}
    return [known.get(month) for month in months]


def by_place(*, form_id: str, item: str, months: Sequence[str]) -> dict[int, list[Count | None]]:
    """The same for each department in scope; one query."""
    first, last = date.fromisoformat(f"{months[0]}-01"), last_day(months[-1])
    found = rows(first=first, last=last, form_id=form_id, item=item)
    known: dict[int, dict[str, Count]] = defaultdict(dict)
    for (place, month), count in counts(found, "department_id", "month").items():
        known[place][month[:7]] = count
    return {place: [own.get(month) for month in months] for place, own in known.items()}


@dataclass(frozen=True)
class Changed:
    """A department's own chart of a clause, judged from a month on."""

    department: int
    count: Count
    control: Control | None
    series: list[Count | None] = field(default_factory=list)


def changed_since(
    *, form_id: str, item: str, months: Sequence[str], since: str, direction: str = "up"
) -> list[Changed]:
    """In which departments the clause is kept better since a month, by each one's own limits before it."""
    made = []
    for place, own in by_place(form_id=form_id, item=item, months=months).items():
        known = [one for one in own if one]
        total = Count(sum(one.conforming for one in known), sum(one.applicable for one in known))
        made.append(Changed(place, total, control(months, own, since=since, direction=direction), own))
    return made


def answers(
    *, form_id: str, item: str, first: date, last: date, department: int | None = None, wrong: bool = False
):
    """The rows behind a figure, newest first: which visit, which sheet, which answer."""
    found = rows(first=first, last=last, department=department, form_id=form_id, item=item)
    if wrong:
        found = found.exclude(answer__in=(Answer.YES, Answer.NOT_APPLICABLE))
    return found.select_related("visit", "sheet", "department").order_by("-inspected_on", "-pk")


def unpublished() -> int:
    """Rows that indicators do not know yet."""
    return InspectionAnswer.objects.filter(published_at=None).count()
