"""What a finding born of an incident may hold: department, post, state, due date, and opaque keys. All else is fixed.

The database itself refuses anything more (the constraint ``finding_incident_is_opaque``); a test holds the two lists
against the table's columns, so that a new column must be put into one of them.
"""

from django.db.models import Q

from zhikong.foundation.access.scoping import ScopedManager
from zhikong.foundation.opaque import DUE_REASON, FINDING_TITLE, KIND, OWNER_POSTS

STATES = ("raised", "accepted", "reopened", "closed")
FREE = frozenset({"id", "institution_id", "department_id", "due_on"})
SHAPED = {
    "number": Q(number__regex=r"^BL-[0-9A-F]{12}$"),
    "source_key": Q(source_key__regex=r"^[0-9a-f]{24}$"),
    "state": Q(state__in=STATES),
    "office": Q(office__in=OWNER_POSTS),
}
EMPTY = (
    "department_name", "group_key", "opinion", "indicator_id", "month", "severity", "clause_key", "clause_text", "place",
    "level", "state_before_merge", "moved_from", "cause", "measure", "check_by",
)  # fmt: skip
ABSENT = (
    "previous_id", "owner_id", "raised_at", "raised_by_id", "due_from", "due_working_days", "handler_id", "round_from",
    "merged_into_id", "merged_at", "merged_by_id", "responsible_id", "measure_due_on", "approved_at", "approved_by_id",
    "accepted_at", "accepted_by_id", "check_due_on", "corrected_at", "corrected_by_id", "review_on", "verified_at",
    "verified_by_id", "closing_verification_id", "closed_at", "closed_by_id",
)  # fmt: skip
FIXED = {
    "source_kind": KIND,
    "title": FINDING_TITLE,
    "detail": FINDING_TITLE,
    "due_reason": DUE_REASON,
    "recurrent": False,
    "escalated": 0,
    "on_the_spot": False,
    "rounds": 1,
    "extended_times": 0,
    "items_required": 0,
    **dict.fromkeys(EMPTY, ""),
    **dict.fromkeys(ABSENT),
}
SEALED = Q(source_kind=KIND)


def opaque() -> Q:
    """True of a finding that is no incident's, or that says nothing beyond what is free and shaped."""
    kept = Q()
    for column, value in FIXED.items():
        name = column.removesuffix("_id") if column in ABSENT else column
        kept &= Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
    for shape in SHAPED.values():
        kept &= shape
    return ~SEALED | kept


class OpenManager(ScopedManager):
    """Findings as every page, count, report and export sees them: without those born of incidents."""

    def get_queryset(self):
        return super().get_queryset().exclude(source_kind=KIND)
