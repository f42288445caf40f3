"""Reads of the exchange of views: who may speak for the inspected side, what was said, whether it may be concluded."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.forms import answers as judging
from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.definition import ItemType
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.forms.references import Existing
from zhikong.hospital.functions.inspections.models.ending import Ending, Proposal, VisitSignature
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Exchange
from zhikong.hospital.functions.inspections.queries.visiting import ops
from zhikong.hospital.functions.inspections.rules_visiting import Readiness, Said, Voice, obstacles


def may_speak(user, visit: Visit) -> bool:
    """Who answers for the inspected department, or for one along a tracer's path; never its own inspectors."""
    named = visit.inspectors.filter(user_id=user.pk, left_at=None).exists()
    return not named and any(can(user, Permission.ANSWER_FINDING, place) for place in places(visit))


def places(visit: Visit) -> list[int]:
    """The departments that were inspected: one, or those along a tracer's path."""
    if visit.department_id is not None:
        return [visit.department_id]
    return sorted(set(visit.stops.exclude(department_id=None).values_list("department_id", flat=True)))


def said(visit: Visit) -> list[Exchange]:
    """All that was said, in its order."""
    rows = Exchange.objects.filter(visit=visit).select_related("by", "answers")
    return list(rows.order_by("at", "pk"))


def objections(visit: Visit) -> list[Exchange]:
    """Objections that nobody has replied to."""
    lines = said(visit)
    answered = {one.answers_id for one in lines if one.voice == Voice.REPLY}
    return [one for one in lines if one.voice == Voice.OBJECT and one.pk not in answered]


def ending(visit: Visit) -> Ending | None:
    return Ending.objects.filter(visit=visit).first()


def signatures(visit: Visit) -> list[VisitSignature]:
    rows = VisitSignature.objects.filter(visit=visit).select_related("user", "by", "media", "confirms")
    return list(rows.order_by("at", "pk"))


def proposals(visit: Visit) -> list[Proposal]:
    """Failed items as they would become findings, in the order of the sheets."""
    return list(
        Proposal.objects.filter(visit=visit).select_related("sheet", "decided_by").order_by("sheet_id", "pk")
    )


def open_sheets(visit: Visit) -> list[Sheet]:
    """The visit's sheets in order, without those that were dropped."""
    lines = visit.visit_sheets.filter(dropped_at=None).exclude(sheet=None).select_related("sheet")
    return [line.sheet for line in lines.order_by("position")]


def missing(visit: Visit, *, on: date, unknown: dict[str, str] | None = None) -> dict[str, str]:
    """``sheet:item`` → the sentence of what is still to be filled, without what may stay open for a reason."""
    excused = unknown or {}
    found = {}
    for sheet in open_sheets(visit):
        if not sheet.is_editable:
            continue
        cleaned = judging.clean(
            forms.definition(sheet), sheet.answers, final=True, today=on, known=Existing(on=on)
        )
        keys = {f"{sheet.pk}:{item}": sentence for item, sentence in cleaned.errors.items()}
        found |= {key: sentence for key, sentence in keys.items() if key not in excused}
    return found


def signed_elsewhere(visit: Visit) -> dict[str, str]:
    """Signature items of the sheets that the visit's own signatures stand for: ``sheet:item`` → the reason."""
    if not VisitSignature.objects.filter(visit=visit).exists():
        return {}
    return {
        f"{sheet.pk}:{item.id}": SIGNED_ELSEWHERE
        for sheet in open_sheets(visit)
        for item in forms.definition(sheet).items()
        if item.type is ItemType.SIGNATURE and item.id not in sheet.answers
    }


SIGNED_ELSEWHERE = "签名在这次检查的签名记录里"


def readiness(visit: Visit, *, now: datetime) -> Readiness:
    """What the rule of the conclusion looks at."""
    today, end = timezone.localdate(now), ending(visit)
    lines = [Said(one.pk, Voice(one.voice), one.answers_id) for one in said(visit)]
    return Readiness(
        state=visit.state,
        said=lines,
        comment_until=end.comment_until if end else None,
        today=today,
        conflicts=len(ops.open_conflicts(visit)),
        missing=len(missing(visit, on=today, unknown=end.unknown if end else {})),
        waiting=len(ops.waiting(visit)),
        undecided=len(ops.undecided(visit)),
    )


def why_not_concluded(visit: Visit, *, now: datetime, waive: str = "") -> list[str]:
    """Sentences that stand between the visit and its conclusion."""
    return obstacles(readiness(visit, now=now), waive=waive)
