"""Whether inspectors measure alike: who finds much less or more than the others on the same checklists.

No judgement of people: departments differ, and who goes where is not drawn by lot. It is a hint to look together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhikong.engine.stats.funnel import funnel
from zhikong.foundation.access.models import User
from zhikong.hospital.functions.inspections.queries.results.choosing import Chosen
from zhikong.hospital.functions.inspections.queries.results.counts import counts, rows
from zhikong.hospital.functions.inspections.rules_results import Count

FEWEST_VISITS = 5


@dataclass(frozen=True)
class Inspector:
    """found: items found wrong; expected: what all inspectors together would have found on the same items.

    hint: few (finds fewer than chance explains), many, or ''.
    """

    user_id: int
    name: str
    visits: int
    count: Count
    expected: float
    hint: str

    @property
    def ratio(self) -> float | None:
        return None if not self.expected else self.count.wrong / self.expected


def inspectors(asked: Chosen) -> list[Inspector]:
    """Leads of visits in the period, judged against what is usual for each clause that they looked at."""
    found = rows(
        first=asked.first_day,
        last=asked.last_day,
        form_id=asked.form_id,
        department=asked.department,
        single=True,
    ).exclude(lead=None)
    usual = counts(found, "form_id", "item")
    own: dict[int, list[float]] = {}
    for (lead, form_id, item), count in counts(found, "lead_id", "form_id", "item").items():
        whole = usual[form_id, item]
        sums = own.setdefault(lead, [0, 0, 0.0])
        sums[0] += count.conforming
        sums[1] += count.applicable
        sums[2] += count.applicable * whole.wrong / whole.applicable if whole.applicable else 0.0
    visits = _visits(found)
    kept = [lead for lead in own if visits.get(lead, 0) >= FEWEST_VISITS and own[lead][2] > 0]
    hints = _hints([own[lead] for lead in kept])
    names = dict(User.objects.filter(pk__in=kept).values_list("pk", "person__name"))
    made = [
        Inspector(
            lead, names.get(lead) or str(lead), visits[lead], Count(int(own[lead][0]), int(own[lead][1])),
            own[lead][2], hint,
        )
        for lead, hint in zip(kept, hints, strict=True)
    ]  # fmt: skip
    return sorted(made, key=lambda one: one.ratio or 0)


def _hints(sums: list[list[float]]) -> list[str]:
    """Observed over expected against exact limits of 99.8 %; departments differ, so only the clear ones are told."""
    if len(sums) < 3:
        return ["" for _one in sums]
    drawn = funnel(
        [right[1] - right[0] for right in sums], [right[2] for right in sums], kind="expected",
        overdispersion="none", minimum=3,
    )  # fmt: skip
    return [
        {-1: "few", 1: "many"}.get(int(np.sign(side)), "") if not small else ""
        for side, small in zip(drawn.outside, drawn.small, strict=True)
    ]


def _visits(found) -> dict[int, int]:
    made: dict[int, int] = {}
    for lead, _visit in found.order_by().values_list("lead_id", "visit_id").distinct():
        made[lead] = made.get(lead, 0) + 1
    return made
