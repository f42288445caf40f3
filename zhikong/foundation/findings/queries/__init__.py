"""Reads of findings. Row policies narrow every one of them to the departments in scope."""

from zhikong.foundation.findings.queries.board import Board, board
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
from zhikong.foundation.findings.queries.people import (
    Share,
    answerers,
    committees,
    people_and_leaders,
    share_of,
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
    "Board",
    "Bone",
    "Counts",
    "Share",
    "answerers",
    "board",
    "chain",
    "committees",
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
    "people_and_leaders",
    "same_batch",
    "same_matter",
    "share_of",
]
