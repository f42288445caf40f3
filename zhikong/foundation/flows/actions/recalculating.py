"""Deadlines that count working days move when the calendar does."""

from __future__ import annotations

from zhikong.foundation.calendar.registry import Moved
from zhikong.foundation.flows import queries
from zhikong.foundation.flows.actions.steps import lock, set_deadline, summarise
from zhikong.foundation.flows.models import Branch


def recalculate(calendar, years: frozenset[int]) -> list[Moved]:
    """Compute open branches anew whose date lies in these years; tasks move themselves."""
    counted = Branch.objects.filter(closed_at=None, due_working_days__isnull=False, due_on__year__in=years)
    found = (_move(branch) for branch in counted.select_related("case").order_by("pk"))
    return [moved for moved in found if moved is not None]


def _move(branch: Branch) -> Moved | None:
    case, before, climbed = lock(branch.case), branch.due_on, (branch.warned, branch.level)
    flow = queries.flow_of(case)
    set_deadline(case, branch, flow=flow)
    if branch.due_on == before:
        return None
    if branch.due_on < before:  # what was told already stays told
        branch.warned, branch.level = climbed
    branch.save()
    summarise(case, flow)
    return Moved(f"{flow.title} {case.number}", before, branch.due_on)
