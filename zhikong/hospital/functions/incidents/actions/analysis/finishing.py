"""The end of an analysis: the leader's word about the cause, finishing, approval by somebody else, opening again."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions.analysis.common import locked, said, tell, writable
from zhikong.hospital.functions.incidents.models.analysis import Analysis, TeamMember
from zhikong.hospital.functions.incidents.queries.analysis.guards import finishing_obstacles
from zhikong.hospital.functions.incidents.queries.analysis.reading import rights


@transaction.atomic
def conclude(one: Analysis, *, by, now: datetime, clear: bool, text: str) -> Analysis:
    """原因已查清, and what it is; or not clear yet, and what is still missing."""
    held = writable(one, by=by, lead=True)
    held.cause_text = said(text, "请写清楚是什么原因；还没有查清的，写明还差什么。", 10)
    held.cause_clear = clear
    held.save(update_fields=["cause_text", "cause_clear"])
    tell(held, "conclude", by=by, now=now, text="原因已查清" if clear else "原因尚未查清")
    return held


@transaction.atomic
def finish(one: Analysis, *, by, now: datetime) -> Analysis:
    """The leader says that it is done; refused with every reason that stands against it."""
    held = writable(one, by=by, lead=True)
    if problems := finishing_obstacles(held):
        raise ValidationError([problem.sentence for problem in problems])
    held.state, held.finished_at, held.finished_by = Analysis.State.FINISHED, now, by
    held.save(update_fields=["state", "finished_at", "finished_by"])
    tell(held, "finish", by=by, now=now)
    neutral.complete_tasks(by=by, now=now, key=held.task_key)
    if held.kind == Analysis.Kind.RCA:
        _ask_sponsors(held, by, now)
    return held


def _ask_sponsors(held: Analysis, by, now: datetime) -> None:
    rows = TeamMember.objects.filter(analysis=held, role=TeamMember.Role.SPONSOR)
    if users := [row.user for row in rows.select_related("user")]:
        url = reverse("incidents:analysis", args=[held.code])
        neutral.notice(by=by, now=now, url=url, key=held.task_key, users=users)


@transaction.atomic
def approve(one: Analysis, *, by, now: datetime, text: str = "") -> Analysis:
    """Somebody who did not lead it takes it as it is: a sponsor of the team, or an office."""
    if not rights(by, one).approve:
        raise PermissionDenied("您没有权限：批准这项分析。组长和完成人不能自己批准。")
    held = locked(one)
    if held.state != Analysis.State.FINISHED:
        raise ValidationError("这项分析还没有完成，或已经批准。")
    if problems := finishing_obstacles(held):
        raise ValidationError([problem.sentence for problem in problems])
    held.state, held.approved_at, held.approved_by = Analysis.State.APPROVED, now, by
    held.save(update_fields=["state", "approved_at", "approved_by"])
    tell(held, "approve", by=by, now=now, text=text.strip())
    return held


@transaction.atomic
def reopen(one: Analysis, *, by, now: datetime, reason: str) -> Analysis:
    """Back to work, and why: something new was found, or the approval is refused."""
    allowed = rights(by, one)
    if not (allowed.lead or allowed.approve):
        raise PermissionDenied("您没有权限：重新打开这项分析。")
    held = locked(one)
    if held.is_open:
        raise ValidationError("这项分析还在进行。")
    text = said(reason, "请写明为什么重新分析。", 4)
    held.state = Analysis.State.RUNNING
    held.finished_at = held.finished_by = held.approved_at = held.approved_by = None
    held.save()
    tell(held, "reopen", by=by, now=now, text=text)
    return held
