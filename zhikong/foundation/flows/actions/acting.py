"""Take a step of a case: on, back, out; hand it to somebody else; add a word to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.flows import library, queries, rules, sheets
from zhikong.foundation.flows.actions.moving import take
from zhikong.foundation.flows.actions.people import department_for
from zhikong.foundation.flows.actions.steps import (
    admit,
    attach,
    finish_task,
    give_task,
    lock,
    record,
    required,
    summarise,
    tell,
    whole_hospital,
)
from zhikong.foundation.flows.definition import FlowDefinition, Kind, Transition
from zhikong.foundation.flows.models import Branch, Case
from zhikong.foundation.flows.rules import Act
from zhikong.foundation.forms.actions import Incomplete

STALE = "刚刚有人办理过这个案件，请看过最新的经过再办。"


@transaction.atomic
def act(
    case: Case,
    *,
    by,
    now: datetime,
    transition: str,
    reason: str = "",
    sheet=None,
    answers: Mapping[str, Any] | None = None,
    files: Iterable = (),
    branch: int | None = None,
    revision: int | None = None,
) -> Case:
    """Take a transition. Refused with a sentence when it is not the person's, not its time, or a guard is in the way.

    branch: which parallel strand; needed only when the step leaves several. revision: the case's when the page was
    made; somebody else's act in between is refused instead of being overtaken.
    files: files.File objects that show what was done; guards count them as `evidence`.
    sheet or answers: for a step with a form, as in open_case.
    """
    lock(case)
    attach(case, files, by=by, now=now)
    if revision is not None and revision != case.revision:
        raise ValidationError(STALE)
    flow = queries.flow_of(case)
    step = _step(flow, case, transition)
    strand = _strand(case, flow, step, branch)
    refuse(case, strand, step, flow=flow, by=by, now=now)
    if step.needs_reason:
        reason = required(reason, f"办理“{step.title}”请写明说明，两个字以上。")
    with whole_hospital():
        sheet = _sheet(case, step, by, now, sheet, answers)
        if sheet is not None:
            case.values = {**case.values, **sheets.values(sheet)}
            _refuse_answers(case, strand, step, flow=flow, by=by, now=now)
        elif answers:
            case.values = {**case.values, **answers}
        take(
            case,
            strand,
            step,
            flow=flow,
            by=by,
            now=now,
            reason=reason.strip(),
            sheet_id=sheet.pk if sheet else None,
        )
    return case


def withdraw(case: Case, *, by, now: datetime, reason: str) -> Case:
    """Take the withdrawal that the flow offers in the case's state."""
    return _of_kind(case, Kind.WITHDRAW, "撤回", by=by, now=now, reason=reason)


def send_back(case: Case, *, by, now: datetime, reason: str) -> Case:
    """Take the return that the flow offers in the case's state."""
    return _of_kind(case, Kind.RETURN, "退回", by=by, now=now, reason=reason)


def _of_kind(case: Case, kind: Kind, word: str, *, by, now: datetime, reason: str) -> Case:
    flow = queries.flow_of(case)
    here = {branch.state for branch in queries.open_branches(case)}
    steps = {step.id: step for state in here for step in flow.leaving(state) if step.kind is kind}
    if len(steps) != 1:
        raise ValidationError(f"案件现在不能{word}。" if not steps else f"有几种{word}，请选定一种。")
    return act(case, by=by, now=now, transition=next(iter(steps)), reason=reason)


def _step(flow: FlowDefinition, case: Case, transition: str) -> Transition:
    step = flow.by_transition.get(transition)
    if step is None:
        raise ValidationError("这个流程没有这一步。")
    if not case.is_open:
        raise ValidationError(f"案件已经“{case.state_title}”，不能再办理“{step.title}”。")
    return step


def _strand(case: Case, flow: FlowDefinition, step: Transition, number: int | None) -> Branch:
    """The strand that the step leaves; when none does, one to say why not."""
    found = queries.open_branches(case)
    if number is not None:
        named = [branch for branch in found if branch.number == number]
        if not named:
            raise ValidationError(STALE)
        return named[0]
    return next((branch for branch in found if step in flow.leaving(branch.state)), found[0])


def refuse(case: Case, strand: Branch, step: Transition, *, flow: FlowDefinition, by, now: datetime) -> None:
    """Raise the sentence why this person may not take this step now, if there is one."""
    if by is None and _is_job():
        return
    today = timezone.localdate(now)
    person = queries.person(by, case.department_id, today)
    said = refusal(case, strand, step, flow=flow, person=person, now=now)
    if said:
        mine = rules.refusal_is_about_person(flow, step, queries.standing(case, strand), person)
        raise PermissionDenied(said) if mine else ValidationError(said)


def refusal(
    case: Case, strand: Branch, step: Transition, *, flow, person: rules.Person, now: datetime
) -> str:
    """The sentence why not, or ''. Pages show it beside the step."""
    names = _names(case, flow) if step.guard else {}
    own = (sheets.form_names(step.form) or {}) if step.guard and step.form else {}
    return rules.refusal(
        flow,
        step,
        queries.standing(case, strand),
        person,
        values=case.values,
        names=names,
        now=now,
        today=timezone.localdate(now),
        titles=library.role_titles(),
        guarded=not rules.asks_its_own_form(
            step, own, names
        ),  # else _refuse_answers judges, when it is filled
    )


def _refuse_answers(case: Case, strand: Branch, step: Transition, *, flow, by, now: datetime) -> None:
    """The guard once more, now that the step's own form is filled: a new date that has passed already is none."""
    if not step.guard or (by is None and _is_job()):
        return
    today = timezone.localdate(now)
    said = rules.guard_refusal(
        step,
        queries.standing(case, strand),
        queries.person(by, case.department_id, today),
        values=case.values,
        names=_names(case, flow),
        now=now,
        today=today,
    )
    if said:
        raise ValidationError(said)


def _names(case: Case, flow: FlowDefinition) -> dict:
    return {**rules.names_of(case.values), **sheets.names_of_forms(flow.form_ids())}


def _is_job() -> bool:
    scope = current_scope()
    return scope.user_id is None and scope.actor.startswith("job:")


def _sheet(case: Case, step: Transition, by, now: datetime, sheet, answers):
    if not step.form:
        return None
    if sheet is None:
        if answers is None:
            raise ValidationError(f"办理“{step.title}”请先填写表单。")
        reached = department_for(by, case.department_id, now) if by is not None else case.department_id
        sheet = sheets.enter(
            by=by, now=now, form_id=step.form, answers=answers, department_id=reached, case_id=case.pk
        )
    sheets.handed_in(sheet, step.form)
    return sheet


@transaction.atomic
def delegate(case: Case, *, by, now: datetime, to, reason: str, branch: int | None = None) -> Case:
    """Hand one's own part of a case to somebody else; the deadline stays, the task moves (转办)."""
    lock(case)
    reason = required(reason, "转办请写明理由。")
    strand = _own_strand(case, by, branch)
    if to.pk == strand.owner_id:
        raise ValidationError("已经由这个人办理。")
    if not to.is_active or not to.grants(timezone.localdate(now)):
        raise ValidationError(f"{to} 的账号已停用或没有角色，不能接手。")
    flow = queries.flow_of(case)
    with whole_hospital():
        finish_task(strand, by=by, now=now)
        strand.owner = to
        admit(case, to)
        strand.save(update_fields=["owner"])
        give_task(case, strand, flow.by_state[strand.state], by=by, now=now)
        record(
            case, Act.DELEGATE, by=by, now=now, branch=strand.number, before=strand.state, after=strand.state,
            to=to, reason=reason, due_reason=strand.due_reason,
        )  # fmt: skip
        summarise(case, flow)
        tell(case, by=by, now=now, title=f"{by} 转给您一个案件", users=[to], text=reason)
    return case


def _own_strand(case: Case, by, number: int | None) -> Branch:
    found = queries.open_branches(case)
    if not found:
        raise ValidationError(f"案件已经“{case.state_title}”，不能再转办。")
    if number is not None:
        found = [branch for branch in found if branch.number == number]
    mine = [branch for branch in found if by is None or branch.owner_id == by.pk or may_reassign(by)]
    if not mine:
        raise PermissionDenied("只有当前责任人和质控科可以转办。")
    return mine[0]


def may_reassign(user) -> bool:
    """The quality office keeps every case moving, also those that it does not own."""
    return any(grant.role.code == "quality_office" and grant.departments is None for grant in user.grants())


@transaction.atomic
def comment(case: Case, *, by, now: datetime, text: str, files: Iterable = ()) -> None:
    """Add a word to the story; nothing moves. Whoever sees the case may."""
    lock(case)
    text = required(text, "请写两个字以上。")
    with whole_hospital():
        attach(case, files, by=by, now=now)
        record(case, Act.COMMENT, by=by, now=now, before=case.state, after=case.state, reason=text)
        admit(case, by)
        case.save(update_fields=["readers"])
        owners = [branch.owner for branch in queries.open_branches(case)]
        tell(case, by=by, now=now, title="案件有补充说明", users=owners, text=text)


__all__ = ["Incomplete", "act", "comment", "delegate", "may_reassign", "refusal", "send_back", "withdraw"]
