"""Open a case: numbered, with its version pinned, its first owner and its first deadline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.flows import library, queries, rules, sheets
from zhikong.foundation.flows.actions.people import department_for
from zhikong.foundation.flows.actions.steps import (
    admit,
    attach,
    main_branch,
    place,
    reader_roles,
    record,
    required,
    summarise,
    tell,
    whole_hospital,
)
from zhikong.foundation.flows.definition import FlowDefinition
from zhikong.foundation.flows.facts import CaseOpened
from zhikong.foundation.flows.models import Case, Series
from zhikong.foundation.flows.rules import Act
from zhikong.foundation.organisation.queries import department_on
from zhikong.foundation.outbox.actions import announce


@transaction.atomic
def open_case(
    *,
    by,
    now: datetime,
    flow_id: str,
    title: str,
    department_id: int | None = None,
    sheet=None,
    answers: Mapping[str, Any] | None = None,
    files: Iterable = (),
    source_kind: str = "",
    source_key: str = "",
) -> Case:
    """A new case of the version of the flow in force today.

    sheet: the opening form, filled and handed in; or answers: the same as values by item, judged by the form.
    A flow without an opening form takes no sheet; answers are then kept as values for its guards.
    Raises ValidationError and PermissionDenied in Chinese, forms.actions.Incomplete with a sentence for each item.
    """
    today = timezone.localdate(now)
    found = library.pin(flow_id, on=today, now=now)
    flow = library.definition(found.hash)
    _require_open(flow, by, today)
    title = required(title, "请写明事由，两个字以上。")[:120]
    name = _department_name(department_id, today)
    with whole_hospital():
        sheet, values = _opening_sheet(flow, by, now, department_id, sheet, answers)
        case = Case(
            institution_id=current_scope().institution_id,
            flow_id=found.id,
            flow_version=found.version,
            flow_hash=found.hash,
            number=_next_number(flow, today.year),
            title=title,
            department_id=department_id,
            department_name=name,
            opened_at=now,
            opened_by=by,
            owner=by,
            values=values,
            sheet_id=sheet.pk if sheet else None,
            source_kind=source_kind,
            source_key=source_key,
            confidential=flow.confidential,
            reader_roles=reader_roles(flow, [flow.start.id]) if flow.confidential else [],
            state=flow.start.id,
            state_title=flow.start.title,
        )
        _begin(case, flow, sheet, by=by, now=now)
        attach(case, files, by=by, now=now)
    return case


def _begin(case: Case, flow: FlowDefinition, sheet, *, by, now: datetime) -> None:
    """The first branch, the first owner, the first line of the story."""
    state = flow.start
    case.owner = case.owner or _anybody(case, state, flow, now)
    admit(case, by, case.owner)
    case.save()
    if sheet is not None:
        sheets.belong(sheet, case_id=case.pk)
    branch = main_branch(case)
    place(case, branch, state, flow=flow, by=by, now=now)
    record(
        case, Act.OPEN, by=by, now=now, after=state.id, to=branch.owner, reason=case.title,
        due_reason=branch.due_reason, sheet_id=case.sheet_id,
    )  # fmt: skip
    summarise(case, flow)
    if not state.quiet:
        tell(
            case, by=by, now=now, title=f"请办理“{state.title}”", users=[branch.owner], text=branch.due_reason
        )
    announce(CaseOpened(case.pk, case.flow_id, case.department_id), now=now)


def _anybody(case: Case, state, flow: FlowDefinition, now: datetime):
    """A job opens as nobody; the case needs an owner before it can be stored."""
    from zhikong.foundation.flows.actions.people import owner_for

    return owner_for(case, state, flow=flow, now=now).user


def _require_open(flow: FlowDefinition, by, today) -> None:
    scope = current_scope()
    if by is None and scope.user_id is None and scope.actor.startswith("job:"):
        return
    held = queries.roles_anywhere(by, today) if by is not None else {}
    if not rules.may_open(flow, rules.Person(getattr(by, "pk", 0), held)):
        titles = library.role_titles()
        who = "、".join(str(titles.get(role, role)) for role in flow.opens_roles)
        raise PermissionDenied(f"“{flow.title}”由{who}新建，您没有这项职责。如需开通，请联系系统管理员。")


def _department_name(department_id: int | None, today) -> str:
    if department_id is None:
        return ""
    known = department_on(department_id=department_id, on=today)
    if known is None:
        raise ValidationError("没有这个科室，或它今天已经停用。")
    return known.name


def _opening_sheet(flow: FlowDefinition, by, now, department_id, sheet, answers):
    """(the sheet or None, the values that guards will ask for)"""
    if not flow.opens_form:
        return None, dict(answers or {})
    if sheet is None:
        if answers is None:
            raise ValidationError("请先填写登记表。")
        reached = department_for(by, department_id, now) if by is not None else department_id
        sheet = sheets.enter(
            by=by, now=now, form_id=flow.opens_form, answers=answers, department_id=reached, case_id=None
        )
    sheets.handed_in(sheet, flow.opens_form)
    return sheet, sheets.values(sheet)


def _next_number(flow: FlowDefinition, year: int) -> str:
    """The row lock makes two people who open at once wait for each other."""
    key = {"institution_id": current_scope().institution_id, "flow_id": flow.id, "year": year}
    Series.objects.get_or_create(**key)
    series = Series.objects.select_for_update().get(**key)
    series.last += 1
    series.save(update_fields=["last"])
    return flow.number.format(year=year, serial=series.last)
