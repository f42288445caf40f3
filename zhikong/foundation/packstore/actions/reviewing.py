"""Submitting and reviewing: a second person, who wrote nothing in it, looks at a version before it can be published."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.packstore import queries
from zhikong.foundation.packstore.actions.steps import (
    SOURCE,
    address,
    begin,
    check_sound,
    record,
    required,
    source_key,
    tell,
)
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.rules import Act, State
from zhikong.foundation.tasks import actions as tasks

REVIEW_WORKING_DAYS = 5
REVIEW_REASON = f"送审后 {REVIEW_WORKING_DAYS} 个工作日内审核"


@transaction.atomic
def submit_for_review(
    version: Version, *, by, now: datetime, reviewer=None, reason: str | None = None
) -> None:
    """Hand a draft without problems to a reviewer; without one named, everybody who may review is told.

    Raises ValidationError with the first problem's line when the text cannot be read yet.
    """
    require(by, Permission.EDIT_DEFINITIONS)
    begin(version, State.DRAFT)
    check_sound(version)
    if reason is not None:
        version.reason = reason.strip()[:300]
    version.reason = required(version.reason, "请写明修改依据，例如“按护理部 2026 年第 3 次会议要求”。")
    if reviewer is not None:
        _check_reviewer(version, reviewer)
    version.state, version.submitted_at, version.submitted_by = State.SUBMITTED, now, by
    version.save(update_fields=["state", "submitted_at", "submitted_by", "reason"])
    record(version, Act.SUBMIT, by=by, now=now, text=version.reason)
    if reviewer is not None:
        _give_task(version, reviewer, by=by, now=now)
    else:
        able = queries.reviewers(version)
        tell(version, by=by, now=now, title=f"待审核：{version}", users=able, text=version.reason)


@transaction.atomic
def recall(version: Version, *, by, now: datetime) -> None:
    """Take a submitted or reviewed version back for editing; a review already made is void."""
    require(by, Permission.EDIT_DEFINITIONS)
    begin(version, State.SUBMITTED, State.REVIEWED)
    _back_to_draft(version)
    record(version, Act.RECALL, by=by, now=now)
    _drop_tasks(version, by=by, now=now, reason="送审已收回")


@transaction.atomic
def review(version: Version, *, by, now: datetime, passed: bool, comment: str = "") -> None:
    """Pass a submitted version, or return it with the reason. Nobody who wrote in it may do this."""
    require(by, Permission.REVIEW_DEFINITIONS)
    begin(version, State.SUBMITTED)
    if by.pk == version.author_id or by.pk in version.editors:
        raise PermissionDenied("这一版是您写的，须由另一个人审核。")
    if passed:
        check_sound(version)
        version.state, version.reviewed_at, version.reviewed_by = State.REVIEWED, now, by
        version.save(update_fields=["state", "reviewed_at", "reviewed_by"])
    else:
        comment = required(comment, "退回必须写明理由。")
        _back_to_draft(version)
    record(version, Act.PASS if passed else Act.RETURN, by=by, now=now, text=comment)
    tasks.complete_for(source_kind=SOURCE, source_key=source_key(version), by=by, now=now)
    word = "审核通过，可以发布" if passed else "审核退回"
    tell(version, by=by, now=now, title=f"{word}：{version}", users=_writers(version), text=comment)


def may_review(user, version: Version) -> bool:
    """Whether a person may review this version."""
    wrote = user.pk == version.author_id or user.pk in version.editors
    return not wrote and can(user, Permission.REVIEW_DEFINITIONS)


def _check_reviewer(version: Version, reviewer) -> None:
    if not may_review(reviewer, version):
        raise ValidationError(f"{reviewer}不能审核这一版：写过它的人不审核，审核人要有审核权限。")


def _back_to_draft(version: Version) -> None:
    version.state = State.DRAFT
    version.submitted_at = version.submitted_by = version.reviewed_at = version.reviewed_by = None
    version.save(update_fields=["state", "submitted_at", "submitted_by", "reviewed_at", "reviewed_by"])


def _give_task(version: Version, reviewer, *, by, now: datetime) -> None:
    start = timezone.localdate(now)
    due_on = working_calendar().add_working_days(start, REVIEW_WORKING_DAYS)
    tasks.assign(
        by=by, now=now, owner=reviewer, title=f"审核：{version}", url=address(version), due_on=due_on,
        due_reason=REVIEW_REASON, due_from=start, working_days=REVIEW_WORKING_DAYS,
        source_kind=SOURCE, source_key=source_key(version),
    )  # fmt: skip


def _drop_tasks(version: Version, *, by, now: datetime, reason: str) -> None:
    tasks.cancel_for(source_kind=SOURCE, source_key=source_key(version), by=by, now=now, reason=reason)


def _writers(version: Version) -> list:
    from zhikong.foundation.access.models import User

    return list(User.objects.filter(pk__in=version.editors, is_active=True))
