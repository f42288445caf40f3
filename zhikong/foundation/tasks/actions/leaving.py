"""Leave: a deputy has somebody's tasks from one day to another, and they come back."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import queries
from zhikong.foundation.tasks.actions.giving import pass_to_deputy
from zhikong.foundation.tasks.actions.steps import record
from zhikong.foundation.tasks.models import HandOver, Task, TaskEvent


@dataclass(frozen=True)
class Passed:
    """How many tasks the deputy has now, and which stay because the deputy may not see them."""

    moved: int
    stayed: tuple[str, ...] = ()


@transaction.atomic
def hand_over(
    *, by, now: datetime, user, deputy, from_on: date, to_on: date, reason: str = ""
) -> tuple[HandOver, Passed]:
    """Let a deputy stand in. One does it for oneself; the administrator for somebody who cannot.

    Tasks that are open and those that are given meanwhile go to the deputy as far as the deputy's roles reach; who
    owns a finding or a case is not touched.
    """
    _check(by, now, user, deputy, from_on, to_on)
    made = HandOver.objects.create(
        institution_id=current_scope().institution_id, user=user, deputy=deputy, from_on=from_on, to_on=to_on,
        reason=reason.strip()[:120], made_at=now, made_by=by,
    )  # fmt: skip
    days = f"{from_on} 至 {to_on}"
    notices.send(
        by=by, now=now, users=[user, deputy], title=f"{days} {user} 的待办由 {deputy} 代理", text=reason,
        url="/tasks/", kind="task", source_kind="hand_over", source_key=str(made.pk),
    )  # fmt: skip
    return made, _pass_all(user, now)


def _check(by, now: datetime, user, deputy, from_on: date, to_on: date) -> None:
    if by.pk != user.pk and not can(by, Permission.MANAGE_ACCOUNTS, whole_hospital=True):
        raise PermissionDenied("只能为自己设代理；不能到岗的人由系统管理员设。")
    if user.pk == deputy.pk:
        raise ValidationError("不能由自己代理自己。")
    if not deputy.is_active or deputy.institution_id != user.institution_id:
        raise ValidationError("代理人的账号已停用或不属于本院。")
    if to_on < from_on or to_on < timezone.localdate(now):
        raise ValidationError("结束日期不能早于开始日期，也不能早于今天。")
    other = HandOver.objects.filter(user=user, ended_at=None, from_on__lte=to_on, to_on__gte=from_on).first()
    if other is not None:
        raise ValidationError(f"{other.from_on} 至 {other.to_on} 已由 {other.deputy} 代理，请先结束那一段。")


@transaction.atomic
def end_hand_over(made: HandOver, *, by, now: datetime) -> int:
    """Back earlier, or the plan changed: what the deputy still has goes back. Gives how many."""
    if by.pk not in (made.user_id, made.made_by_id) and not can(by, Permission.MANAGE_ACCOUNTS):
        raise PermissionDenied("只有本人、设代理的人和系统管理员可以结束代理。")
    made.ended_at, made.ended_by = now, by
    made.save(update_fields=["ended_at", "ended_by"])
    return _take_back(made.user, now)


def settle_hand_overs(*, now: datetime) -> int:
    """Leave that begins passes its tasks, leave that is over gives them back. Gives how many moved."""
    today = timezone.localdate(now)
    away = queries.hand_overs_in_force(on=today)
    moved = sum(_pass_all(made.user, now).moved for made in away)
    absent = {made.user_id for made in away}
    held = Task.objects.filter(state=Task.State.OPEN, held_for__isnull=False).exclude(held_for__in=absent)
    back = {task.held_for for task in held.select_related("held_for")}
    return moved + sum(_take_back(person, now) for person in back)


def _pass_all(user, now: datetime) -> Passed:
    if queries.deputy_of(user, on=timezone.localdate(now)) is None:
        return Passed(0)
    tasks = list(queries.open_tasks(user=user).select_related("owner").select_for_update(of=("self",)))
    stayed = tuple(task.title for task in tasks if not pass_to_deputy(task, now=now))
    return Passed(len(tasks) - len(stayed), stayed)


def _take_back(user, now: datetime) -> int:
    """What a deputy has not done comes back; what the deputy delegated on stays where it is."""
    tasks = list(Task.objects.filter(state=Task.State.OPEN, held_for=user).select_for_update(of=("self",)))
    for task in tasks:
        record(task, TaskEvent.What.HANDED_BACK, by=None, now=now, text=f"{task.owner} → {user}")
        task.owner, task.held_for = user, None
        task.save(update_fields=["owner", "held_for"])
    return len(tasks)
