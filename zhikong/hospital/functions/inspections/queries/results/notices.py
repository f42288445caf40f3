"""Notices: who sees which, who has not confirmed yet."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.inspections.models.results import InspectionNotice, NoticeReading
from zhikong.hospital.functions.inspections.permissions_results import may_draft

State = InspectionNotice.State


def visible(user) -> QuerySet[InspectionNotice]:
    """Issued ones are for everybody who may see inspections; drafts for those who write or sign them."""
    found = InspectionNotice.objects.select_related("programme", "issued_by", "drafted_by")
    return found if may_draft(user) else found.exclude(state=State.DRAFT)


def listed(user, *, state: str = "", text: str = "") -> QuerySet[InspectionNotice]:
    """With how many departments got it and how many of them confirmed (of the scope's)."""
    found = (
        visible(user)
        .annotate(
            sent=Count("readings"), confirmed=Count("readings", filter=Q(readings__read_at__isnull=False))
        )
        .order_by("-drafted_at", "-pk")
    )
    if state in State.values:
        found = found.filter(state=state)
    if text:
        found = found.filter(Q(title__icontains=text) | Q(number__icontains=text))
    return found


def notice(user, pk: int) -> InspectionNotice | None:
    return visible(user).filter(pk=pk).first()


def readings(found: InspectionNotice) -> list[NoticeReading]:
    """Departments in scope that it went to."""
    return list(found.readings.select_related("department", "read_by").order_by("department__code"))


def to_confirm(found: InspectionNotice) -> NoticeReading | None:
    """The reader's own department, where it has not confirmed; a whole-hospital reader confirms for nobody."""
    if current_scope().whole_hospital or found.state != State.ISSUED:
        return None
    return found.readings.filter(read_at=None).order_by("pk").first()


def unread_count() -> int:
    """Notices that wait for the reader's department."""
    if current_scope().whole_hospital:
        return 0
    return NoticeReading.objects.filter(read_at=None, notice__state=State.ISSUED).count()


def told(found: InspectionNotice) -> list[dict]:
    """The problems that it tells, without those that were left out."""
    return [one for one in found.figures.get("problems", []) if one["finding"] not in found.left_out]
