"""Lessons and alerts: written, checked by the machine, read by a second person, published, read by all, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions.analysis.common import said
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.models.analysis_lessons import (
    Lesson,
    Receipt,
    SafetyAlert,
    Teaching,
    TeachingOrigin,
)
from zhikong.hospital.functions.incidents.queries.analysis.lessons import PARTS, leaks_of
from zhikong.hospital.functions.incidents.queries.analysis.packs import policy

State = Teaching.State
NEEDED = {"title": 4, "happened": 10, "why": 10, "changed": 4, "advice": 4, "body": 10, "do_now": 4}


def may_write(by) -> bool:
    """The offices, and leaders of departments, who propose lessons of their own analyses."""
    return can(by, Permission.PUBLISH_LESSONS) or can(by, Permission.ANALYSE_INCIDENTS)


@transaction.atomic
def write(
    model, *, by, now: datetime, values: Mapping[str, Any], row: Lesson | SafetyAlert | None = None,
    origin: Analysis | None = None,
) -> Lesson | SafetyAlert:  # fmt: skip
    """A draft, new or changed. model: Lesson or SafetyAlert. A published one is never changed in silence."""
    if not may_write(by) or (model is SafetyAlert and not can(by, Permission.PUBLISH_LESSONS)):
        raise PermissionDenied("您没有权限：起草安全警示与经验。")
    if row is None:
        row = model(institution_id=current_scope().institution_id, written_at=now, written_by=by)
        if model is SafetyAlert:
            row.expires_on = timezone.localdate(now) + timedelta(days=policy().alert_days)
    elif row.state != State.DRAFT:
        raise ValidationError("已送审或发布的内容不能直接修改；请先退回或撤下。")
    for name, value in values.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.title = said(row.title, "请写标题。", NEEDED["title"])
    row.save()
    if origin is not None:
        _keep_origin(row, origin)
    return row


def _keep_origin(row: Lesson | SafetyAlert, origin: Analysis) -> None:
    name = row._meta.model_name.removeprefix("safety")
    offices = [code for code, role in ROLES.items() if Permission.PUBLISH_LESSONS in role.permissions]
    with neutral.nobody():
        TeachingOrigin.objects.get_or_create(
            **{name: row}, institution_id=row.institution_id,
            defaults={"analysis": origin, "reader_roles": offices},
        )  # fmt: skip


def _check(row: Lesson | SafetyAlert) -> None:
    """Everything is said and nothing leads to anybody; raises with each thing that does."""
    for name in PARTS[type(row)]:
        said(getattr(row, name), f"请写“{row._meta.get_field(name).verbose_name}”。", NEEDED[name])
    if found := leaks_of(row):
        raise ValidationError(
            [
                f"{one.part}里的“{one.found}”像是{one.kind}，会指向具体的人或科室：{one.advice}"
                for one in found
            ]
        )


@transaction.atomic
def send(row: Lesson | SafetyAlert, *, by, now: datetime) -> Lesson | SafetyAlert:
    """To a second reader; refused while the machine still finds somebody in it."""
    row = _locked(row)
    if row.written_by_id != by.pk:
        require(by, Permission.PUBLISH_LESSONS)
    if row.state != State.DRAFT:
        raise ValidationError("这份内容已经送审或发布。")
    _check(row)
    row.state, row.sent_at, row.told_back = State.READING, now, ""
    row.save()
    return row


@transaction.atomic
def give_back(row: Lesson | SafetyAlert, *, by, now: datetime, text: str) -> Lesson | SafetyAlert:
    """The second reader wants something changed."""
    require(by, Permission.PUBLISH_LESSONS)
    row = _locked(row)
    if row.state != State.READING:
        raise ValidationError("这份内容不在审读中。")
    row.told_back = said(text, "请写明要改什么。", 4)
    row.state, row.sent_at = State.DRAFT, None
    row.save()
    return row


@transaction.atomic
def publish(row: Lesson | SafetyAlert, *, by, now: datetime) -> Lesson | SafetyAlert:
    """The second reader, never the writer, lets it out; the machine looks once more."""
    require(by, Permission.PUBLISH_LESSONS)
    row = _locked(row)
    if row.written_by_id == by.pk:
        raise PermissionDenied("起草人不能自己审读。请由另一个人审读后发布。")
    if row.state != State.READING:
        raise ValidationError("请先送审，再由第二个人审读发布。")
    _check(row)
    row.read_at, row.read_by, row.state, row.published_at = now, by, State.PUBLISHED, now
    if isinstance(row, SafetyAlert):
        row.published_by = by
    row.save()
    if isinstance(row, SafetyAlert):
        _distribute(row, by=by, now=now)
    return row


@transaction.atomic
def publish_urgent(row: SafetyAlert, *, by, now: datetime, reason: str) -> SafetyAlert:
    """At once, with the reason why no second reader could be waited for; the machine's check is not passed over."""
    require(by, Permission.PUBLISH_LESSONS)
    row = _locked(row)
    if row.state not in (State.DRAFT, State.READING):
        raise ValidationError("这份警示已经发布或撤下。")
    _check(row)
    row.urgent_reason = said(reason, "请写明为什么等不到第二个人审读。", 4)[:200]
    row.state, row.published_at, row.published_by = State.PUBLISHED, now, by
    row.save()
    _distribute(row, by=by, now=now)
    return row


@transaction.atomic
def read_afterwards(row: SafetyAlert, *, by, now: datetime) -> SafetyAlert:
    """The second reading of an alert that went out before it."""
    require(by, Permission.PUBLISH_LESSONS)
    row = _locked(row)
    if row.written_by_id == by.pk or row.published_by_id == by.pk:
        raise PermissionDenied("起草或发布的人不能补审。")
    row.read_at, row.read_by = now, by
    row.save(update_fields=["read_at", "read_by"])
    return row


@transaction.atomic
def withdraw(row: Lesson | SafetyAlert, *, by, now: datetime, reason: str) -> Lesson | SafetyAlert:
    """It is no longer right; nobody is asked to read it any more."""
    require(by, Permission.PUBLISH_LESSONS)
    row = _locked(row)
    if row.state == State.WITHDRAWN:
        raise ValidationError("已经撤下。")
    row.withdrawn_reason = said(reason, "请写明为什么撤下。", 4)[:200]
    row.state, row.withdrawn_at, row.withdrawn_by = State.WITHDRAWN, now, by
    row.save()
    return row


def _locked(row):
    return type(row).objects.select_for_update().get(pk=row.pk)


def audience(departments: Iterable[int], on: date) -> dict[int, int | None]:
    """{account: department} of those who work in the departments, or everywhere when none is named."""
    rows = RoleAssignment.objects.on(on).filter(user__is_active=True)
    wanted = set(departments)
    if wanted:
        rows = rows.filter(department_id__in=wanted)
    found: dict[int, int | None] = {}
    for user_id, department_id in rows.order_by("user_id", "pk").values_list("user_id", "department_id"):
        if found.get(user_id) is None:
            found[user_id] = department_id
    return found


def _distribute(row: SafetyAlert, *, by, now: datetime) -> None:
    """A receipt for everybody whom it concerns, and a notice in constant words."""
    leaders = {Permission.PUBLISH_LESSONS, Permission.ANALYSE_INCIDENTS}
    roles = [code for code, role in ROLES.items() if leaders & role.permissions]
    with neutral.nobody():
        people = audience(row.departments, timezone.localdate(now))
        Receipt.objects.bulk_create(
            Receipt(
                institution_id=row.institution_id, alert=row, user_id=user, department_id=place, sent_at=now,
                readers=[user], reader_roles=roles,
            )
            for user, place in people.items()
        )  # fmt: skip
        users = list(User.objects.filter(pk__in=people))
    if users:
        _notify(row, users, by=by, now=now)


def _notify(row: SafetyAlert, users, *, by, now: datetime) -> None:
    url = reverse("incidents:alert", args=[row.code])
    neutral.notice(by=by, now=now, url=url, key=row.code, users=users, words=neutral.Words.LESSON)


@transaction.atomic
def acknowledge(row: SafetyAlert | Lesson, *, by, now: datetime) -> Receipt:
    """One tap: read. A reader whom nobody asked is counted too."""
    name = row._meta.model_name.removeprefix("safety")
    with neutral.nobody():
        found, _made = Receipt.objects.get_or_create(
            **{name: row}, user=by, institution_id=row.institution_id,
            defaults={"sent_at": now, "readers": [by.pk]},
        )  # fmt: skip
        if found.read_at is None:
            found.read_at = now
            found.save(update_fields=["read_at"])
    return found


@transaction.atomic
def remind(row: SafetyAlert, *, by, now: datetime) -> int:
    """Once more to those who have not read it; not within a day of the last time. Gives how many."""
    require(by, Permission.PUBLISH_LESSONS)
    row = _locked(row)
    if row.state != State.PUBLISHED or row.expires_on < timezone.localdate(now):
        raise ValidationError("这份警示已经撤下或过期。")
    if row.reminded_at and now - row.reminded_at < timedelta(days=1):
        raise ValidationError("一天之内已经催读过一次。")
    with neutral.nobody():
        users = [one.user for one in row.receipts.filter(read_at=None).select_related("user")]
    if users:
        _notify(row, users, by=by, now=now)
    row.reminded_at = now
    row.save(update_fields=["reminded_at"])
    return len(users)


def remind_all(*, now: datetime) -> int:
    """The job of every morning: alerts that some have not read for the policy's days; each at most once in that time."""
    after = timedelta(days=policy().remind_after_days)
    rows = SafetyAlert.objects.filter(state=State.PUBLISHED, expires_on__gte=timezone.localdate(now))
    due = [row for row in rows if now - (row.reminded_at or row.published_at) >= after]
    return sum(remind(row, by=None, now=now) for row in due)
