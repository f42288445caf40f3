"""An analysis begins, gets its team, takes in a like case, is stopped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions.analysis.common import (
    ask,
    locked,
    readers_by_role,
    said,
    tell,
    writable,
)
from zhikong.hospital.functions.incidents.models.analysis import (
    AnalysedIncident,
    Analysis,
    CasePersonIdentity,
    TeamMember,
)
from zhikong.hospital.functions.incidents.models.analysis_work import Measure
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.analysis.packs import policy
from zhikong.hospital.functions.incidents.queries.analysis.reading import analysis_of, rights

GRAVEST_FIRST = ("I", "II", "III", "IV", "")


def may_open(by, incident: Incident) -> bool:
    """The offices, and who analyses in the department where it happened."""
    office = can(by, Permission.HANDLE_INCIDENTS, whole_hospital=True)
    return office or can(by, Permission.ANALYSE_INCIDENTS, incident.department_id)


@transaction.atomic
def open_analysis(
    *,
    by,
    now: datetime,
    incidents: list[Incident],
    kind: str,
    title: str,
    leader=None,
    members: Iterable = (),
) -> Analysis:
    """Begin an analysis of one incident, or of several like ones; the gravest decides how long it may take."""
    if not incidents:
        raise ValidationError("请选择要分析的事件。")
    if not all(may_open(by, one) for one in incidents):
        raise PermissionDenied("您没有权限：分析这个科室的不良事件。")
    for one in incidents:
        running = analysis_of(one)
        if running is not None and running.kind == kind:
            raise ValidationError(f"事件 {one.code} 已经有一项这样的分析（{running.code}）。")
    made = _written(by, now, incidents, kind, said(title, "请用一句话写出要分析的问题。", 4))
    leader = leader or by
    join(made, by=by, now=now, user=leader, role=TeamMember.Role.LEADER, checked=True)
    for user in members:
        if user.pk != leader.pk:
            join(made, by=by, now=now, user=user, role=TeamMember.Role.MEMBER, checked=True)
    _ask(made, leader, by=by, now=now)
    return made


def _written(by, now: datetime, incidents: list[Incident], kind: str, title: str) -> Analysis:
    today = timezone.localdate(now)
    gravest = min((one.level for one in incidents), key=GRAVEST_FIRST.index)
    demand, start = policy().demand(gravest), policy().start_hours
    departments = {one.department_id for one in incidents}
    institution = current_scope().institution_id
    reason = f"{demand.working_days} 个工作日内完成"
    if kind == Analysis.Kind.RCA:
        reason += f"，{start} 小时内召开第一次会议"
    made = Analysis.objects.create(
        institution_id=institution, kind=kind, title=title[:120], readers=[by.pk], reader_roles=readers_by_role(incidents),
        department_id=departments.pop() if len(departments) == 1 else None, opened_at=now, opened_by=by,
        due_on=working_calendar().add_working_days(today, demand.working_days), due_reason=reason,
        task_key=neutral.new_key(),
    )  # fmt: skip
    AnalysedIncident.objects.bulk_create(
        AnalysedIncident(institution_id=institution, analysis=made, incident=one) for one in incidents
    )
    tell(made, "open", by=by, now=now, text=made.get_kind_display())
    return made


def _ask(made: Analysis, leader, *, by, now: datetime) -> None:
    url = reverse("incidents:analysis", args=[made.code])
    ask(leader, by=by, now=now, due_on=made.due_on, key=made.task_key, url=url)


@transaction.atomic
def join(
    one: Analysis, *, by, now: datetime, user, role: str, outside: bool = False, checked: bool = False
) -> TeamMember:
    """Let somebody into the team, whatever the department: from now on this case, and nothing else, is visible.

    checked: the caller has asked for the right already.
    """
    held = locked(one) if checked else writable(one, by=by, lead=True)
    found = TeamMember.objects.filter(analysis=held, user=user).first()
    if found is None:
        found = TeamMember(institution_id=held.institution_id, analysis=held, user=user)
    if found.role == TeamMember.Role.LEADER and role != TeamMember.Role.LEADER and not checked:
        raise ValidationError("请先请另一个人担任组长。")
    if role == TeamMember.Role.LEADER:
        TeamMember.objects.filter(analysis=held, role=role).exclude(user=user).update(
            role=TeamMember.Role.MEMBER
        )
    found.role, found.outside = role, outside
    found.save()
    _let_in(held)
    tell(held, "join", by=by, now=now, text=f"{user}（{found.get_role_display()}）")
    return found


@transaction.atomic
def leave(one: Analysis, *, by, now: datetime, member: TeamMember) -> None:
    """Somebody leaves the team and sees the case no more, unless by role."""
    held = writable(one, by=by, lead=True)
    if member.role == TeamMember.Role.LEADER:
        raise ValidationError("组长不能直接离开，请先请另一个人担任组长。")
    user = member.user
    member.delete()
    _let_in(held)
    tell(held, "leave", by=by, now=now, text=str(user))


def _let_in(held: Analysis) -> None:
    """Who reads the case, its measures and, of its people's names, only the leader."""
    rows = list(TeamMember.objects.filter(analysis=held))
    readers = sorted({row.user_id for row in rows} | {held.opened_by_id})
    heads = [row.user_id for row in rows if row.role == TeamMember.Role.LEADER]
    Analysis.objects.filter(pk=held.pk).update(readers=readers)
    with neutral.nobody():
        Measure.objects.filter(analysis_id=held.pk).update(readers=readers)
        CasePersonIdentity.objects.filter(person__analysis_id=held.pk).update(readers=heads)


@transaction.atomic
def take_in(one: Analysis, *, by, now: datetime, incident: Incident) -> AnalysedIncident:
    """A like case joins an aggregated analysis."""
    held = writable(one, by=by, lead=True)
    if held.kind != Analysis.Kind.AGGREGATED:
        raise ValidationError("只有合并分析可以加入别的事件。")
    if not may_open(by, incident):
        raise PermissionDenied("您没有权限：分析这个科室的不良事件。")
    found, made = AnalysedIncident.objects.get_or_create(
        analysis=held, incident=incident, defaults={"institution_id": held.institution_id}
    )
    if made:
        tell(held, "take_in", by=by, now=now, text=incident.code)
    return found


@transaction.atomic
def stop(one: Analysis, *, by, now: datetime, reason: str) -> Analysis:
    """The analysis ends without a result, for example because the case goes another way."""
    held = writable(one, by=by, lead=True)
    if not rights(by, held).lead:
        raise PermissionDenied("您没有权限：终止这项分析。")
    held.state = Analysis.State.STOPPED
    held.save(update_fields=["state"])
    tell(held, "stop", by=by, now=now, text=said(reason, "请写明为什么终止这项分析。", 4))
    neutral.cancel_tasks(by=by, now=now, key=held.task_key)
    return held
