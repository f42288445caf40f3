"""Reads of findings. Row policies narrow every one of them to the departments in scope."""

from zhikong.foundation.findings.queries.lists import (
    FILTERS,
    Counts,
    counts,
    departments_with_findings,
    due_for_review,
    evidence,
    findings,
    left_behind,
    of_ended_departments,
    of_source,
    overdue_condition,
    overdue_findings,
    same_batch,
)
from zhikong.foundation.findings.queries.plans import Bone, fishbone
from zhikong.foundation.findings.queries.repeats import (
    chain,
    earlier,
    last_measures,
    mergeable,
    months_in_row,
    must_improve,
    same_matter,
)

__all__ = [
    "FILTERS",
    "Bone",
    "Counts",
    "chain",
    "counts",
    "departments_with_findings",
    "due_for_review",
    "earlier",
    "evidence",
    "findings",
    "fishbone",
    "last_measures",
    "left_behind",
    "mergeable",
    "months_in_row",
    "must_improve",
    "of_ended_departments",
    "of_source",
    "overdue_condition",
    "overdue_findings",
    "same_batch",
    "same_matter",
]
