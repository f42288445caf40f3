"""Raise findings: one department, one finding; several departments, several findings of one batch."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.findings import policy, queries, rules
from zhikong.foundation.findings.actions.repeats import demand_pdca
from zhikong.foundation.findings.actions.steps import due_of, hand_over, head_of, record, required, tell
from zhikong.foundation.findings.facts import FindingRaised
from zhikong.foundation.findings.models import Finding, FindingCase, Series
from zhikong.foundation.findings.rules import Act, Due, Level
from zhikong.foundation.organisation.queries import DepartmentOn, department_on, names, successor_on
from zhikong.foundation.outbox.actions import announce


@transaction.atomic
def raise_findings(
    *, by, now: datetime, departments: Sequence, details: Mapping[int, str] | None = None, **common
) -> list[Finding]:
    """One finding per department (ids or anything with ``id``); several share a group key.

    details: what only a department's own finding says in place of the common detail.
    """
    ids = list(dict.fromkeys(getattr(department, "id", department) for department in departments))
    if not ids:
        raise ValidationError(_("请至少选择一个责任科室。"))
    group = uuid.uuid4().hex if len(ids) > 1 else ""
    own = [common | {"detail": text} if (text := (details or {}).get(pk)) else common for pk in ids]
    return [
        raise_finding(by=by, now=now, department=pk, group_key=group, **said)
        for pk, said in zip(ids, own, strict=True)
    ]


@transaction.atomic
def raise_finding(
    *,
    by,
    now: datetime,
    department,
    title: str,
    detail: str,
    severity: str,
    source_kind: str,
    source_key: str,
    due_on: date | None = None,
    due_reason: str = "",
    opinion: str = "",
    indicator_id: str | None = None,
    month: str | None = None,
    owner=None,
    cases: Iterable[str] = (),
    group_key: str = "",
    clause_key: str = "",
    clause_text: str = "",
    place: str = "",
    level: str = "",
    office: str = "",
) -> Finding:
    """Write a finding, give its owner the task, tell the department's QC group (CAP-01, CAP-14).

    department: id or anything with ``id``. owner: the department's head when not given.
    due_on: the rule's date when not given; the sentence of another date names who set it.
    cases: stay ids behind the finding, without identity.
    clause_key, clause_text: what was not complied with: ``<form id>:<item id>``, or a rule's id, and its words; the
        same clause in the same department within a year makes the finding recurrent.
    place: where in the department. level: one of the policy's levels; the severity's own when not given.
    office: the role of the functional department that accepts; by the policy when not given.
    """
    department_id = getattr(department, "id", department)
    require(by, Permission.RAISE_FINDING, department_id)
    today = timezone.localdate(now)
    known, moved_from = _department(department_id, today)
    department_id = known.id
    earlier = queries.earlier(
        department_id=department_id, indicator_id=indicator_id or "", raised_on=today, clause_key=clause_key
    )
    rule = policy.in_force()
    graded = rule.level(level, severity)
    due = _due(by, today, graded, due_on, due_reason)
    finding = Finding.objects.create(
        institution_id=current_scope().institution_id,
        department_id=department_id,
        department_name=known.name,
        moved_from=moved_from,
        number=_next_number(today.year),
        group_key=group_key,
        title=required(title, _("请写明问题。"))[:120],
        detail=required(detail, _("请说明问题的事实和依据。")),
        opinion=opinion,
        source_kind=source_kind,
        source_key=source_key,
        indicator_id=indicator_id or "",
        month=month or "",
        severity=graded.severity,
        level=graded.id,
        clause_key=clause_key[:120],
        clause_text=clause_text[:300],
        place=place[:80],
        office=office
        or policy.office_for(source_kind=source_kind, clause_key=clause_key, indicator_id=indicator_id or ""),
        recurrent=earlier is not None,
        previous=earlier,
        owner=owner or head_of(department_id, now),
        raised_at=now,
        round_from=now,
        raised_by=by,
        due_on=due.on,
        due_reason=due.reason,
        due_from=due.start,
        due_working_days=due.working_days,
    )
    _add_cases(finding, cases)
    _start(finding, by=by, now=now)
    return finding


def _department(department_id: int, today: date) -> tuple[DepartmentOn, str]:
    """The department on this day, or the one it was merged into and the name it had itself."""
    if known := department_on(department_id=department_id, on=today):
        return known, ""
    after = successor_on(department_id=department_id, on=today)
    if after is None:
        raise ValidationError(_("没有这个科室，或它今天已经停用。"))
    return after, names(on=today).get(department_id, "")


def _start(finding: Finding, *, by, now: datetime) -> None:
    """The first line of the story, the first task, the first notice, the announcement."""
    text = finding.detail + (f"\n整改意见：{finding.opinion}" if finding.opinion else "")
    if finding.previous is not None:
        text += f"\n12 个月内重复发生，上一次：{finding.previous.number}"
    if finding.moved_from:
        text += f"\n{finding.moved_from}已并入{finding.department_name}，由{finding.department_name}整改"
    record(finding, Act.RAISE, by=by, now=now, text=text)
    doing = "整改答复" if finding.owner else "科室尚无科主任账号，请线下转交并代办"
    hand_over(finding, by=by, now=now, to=finding.owner or by, doing=doing, due=due_of(finding))
    tell(finding, by=by, now=now, title="收到整改通知", text=text, users=[finding.owner], group=True)
    demand_pdca(finding, now=now)
    announce(FindingRaised(finding.pk, finding.indicator_id, finding.month), now=now)


def _due(by, today: date, level: Level, due_on: date | None, reason: str) -> Due:
    proposed = rules.default_due(level.severity, start=today, calendar=working_calendar(), level=level)
    if due_on is None or due_on == proposed.on:
        return proposed
    if due_on < today:
        raise ValidationError(_("整改期限不能早于今天。"))
    return Due(due_on, reason or f"由{by or '系统'}指定（规则建议 {proposed.on}）")


def _next_number(year: int) -> str:
    """ZG-2026-0001; the row lock makes two people who raise at once wait for each other."""
    institution_id = current_scope().institution_id
    Series.objects.get_or_create(institution_id=institution_id, year=year)
    series = Series.objects.select_for_update().get(institution_id=institution_id, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return f"ZG-{year}-{series.last:04d}"


def _add_cases(finding: Finding, cases: Iterable[str]) -> None:
    FindingCase.objects.bulk_create(
        FindingCase(
            institution_id=finding.institution_id,
            department_id=finding.department_id,
            finding=finding,
            stay_id=stay_id,
        )
        for stay_id in dict.fromkeys(cases)
    )
