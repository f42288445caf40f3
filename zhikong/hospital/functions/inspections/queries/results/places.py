"""Departments beside each other: heat map by part of a checklist, and a list that shows chance as chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from zhikong.engine.stats.funnel import Funnel, funnel
from zhikong.engine.stats.intervals import wilson
from zhikong.hospital.functions.inspections.queries.results.choosing import Chosen, place_names
from zhikong.hospital.functions.inspections.queries.results.counts import counts, rows, scores
from zhikong.hospital.functions.inspections.queries.results.forms import form_title, known_forms
from zhikong.hospital.functions.inspections.rules_results import Count

JUDGED_FROM = 10
"""Answers below which a department is shown and not judged."""


@dataclass(frozen=True)
class Place:
    """A department in the list. verdict: below, above, inside, or few; said: the sentence that explains it."""

    department: int
    name: str
    count: Count
    low: float
    high: float
    verdict: str
    said: str
    score: Decimal | None
    visits: int
    running: Count
    terminal: Count


def league(asked: Chosen) -> tuple[list[Place], Funnel | None]:
    """Departments with intervals; who lies outside what chance makes, and who has too few answers to say.

    Ordered by the lower end of the interval for those below, then all others by name: no rank among equals.
    """
    found = rows(
        first=asked.first_day,
        last=asked.last_day,
        form_id=asked.form_id,
        department=asked.department,
        single=True,
    )
    totals = {key[0]: count for key, count in counts(found, "department_id").items() if count.applicable}
    if not totals:
        return [], None
    names, ids = place_names(), sorted(totals)
    known = [totals[one] for one in ids]
    labels = [names.get(one, str(one)) for one in ids]
    drawn = funnel(
        [one.conforming for one in known], [one.applicable for one in known], names=labels, scale=100, unit="%",
        minimum=JUDGED_FROM,
    ) if len(ids) > 2 else None  # fmt: skip
    low, high = wilson(
        np.array([c.conforming for c in known], float), np.array([c.applicable for c in known], float)
    )
    won, visits, stages = scores(found, "department_id"), _visits(found), _stages(found)
    made = [
        Place(
            place, labels[n], known[n], 100 * float(low[n]), 100 * float(high[n]), _verdict(drawn, n),
            drawn.said_of(n) if drawn else "", won.get((place,)), visits.get(place, 0),
            stages[place].get("running", Count()), stages[place].get("terminal", Count()),
        )
        for n, place in enumerate(ids)
    ]  # fmt: skip
    order = {"below": 0, "above": 2}
    return sorted(made, key=lambda one: (order.get(one.verdict, 1), one.name)), drawn


def _verdict(drawn: Funnel | None, index: int) -> str:
    if drawn is None or drawn.small[index]:
        return "few"
    if drawn.outside[index]:
        return "below" if drawn.outside[index] < 0 else "above"
    return "inside"


def _visits(found) -> dict[int, int]:
    pairs = found.order_by().values_list("department_id", "visit_id").distinct()
    made: dict[int, int] = defaultdict(int)
    for place, _visit in pairs:
        made[place] += 1
    return made


def _stages(found) -> dict[int, dict[str, Count]]:
    made: dict[int, dict[str, Count]] = defaultdict(dict)
    for (place, stage), count in counts(found, "department_id", "stage").items():
        made[place][stage] = count
    return made


@dataclass(frozen=True)
class Row:
    """A row of the heat map: a checklist, or a part of one."""

    form_id: str
    section: str
    title: str
    total: Count
    cells: tuple[tuple[int, Count], ...]


def heat(asked: Chosen, across: Sequence[int]) -> list[Row]:
    """Checklists × departments; with one checklist chosen, its parts × departments."""
    found = rows(
        first=asked.first_day, last=asked.last_day, form_id=asked.form_id, department=asked.department
    )
    by = ("form_id", "section") if asked.form_id else ("form_id",)
    cells: dict[tuple, dict[int, Count]] = defaultdict(dict)
    for key, count in counts(found, *by, "department_id").items():
        cells[key[:-1]][key[-1]] = count
    made = []
    for key, own in cells.items():
        total = Count(sum(c.conforming for c in own.values()), sum(c.applicable for c in own.values()))
        section = key[1] if asked.form_id else ""
        title = _section_title(key[0], section) if section else form_title(key[0])
        made.append(
            Row(key[0], section, title, total, tuple((place, own.get(place, Count())) for place in across))
        )
    return sorted(made, key=lambda row: (_place_of(row), row.title))


def _section_title(form_id: str, section: str) -> str:
    form = known_forms().get(form_id)
    return next((one.title for one in form.sections if one.id == section), section) if form else section


def _place_of(row: Row) -> int:
    form = known_forms().get(row.form_id)
    order = [one.id for one in form.sections] if form and row.section else []
    return order.index(row.section) if row.section in order else 0


def departments_seen(asked: Chosen) -> list[int]:
    """Departments with an answer in the period, in the house's order."""
    found = rows(
        first=asked.first_day, last=asked.last_day, form_id=asked.form_id, department=asked.department
    )
    present = set(found.order_by().values_list("department_id", flat=True).distinct()) - {None}
    ordered = [place.id for place in asked.places if place.id in present]
    return [*ordered, *sorted(present - set(ordered))]
