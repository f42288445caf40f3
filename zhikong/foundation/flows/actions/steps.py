"""What every act does: lock the case, note the line of the story, hand the task on, keep the summary right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.scope import current_scope, scoped
from zhikong.foundation.files import actions as storing
from zhikong.foundation.flows import deadlines, queries, sheets
from zhikong.foundation.flows.actions import people
from zhikong.foundation.flows.definition import FlowDefinition, State
from zhikong.foundation.flows.models import MAIN, Branch, Case, CaseFile, CaseStep
from zhikong.foundation.flows.rules import Act
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks

KIND = "flow_case"
NO_DEADLINE = 5  # working days after which a step without a deadline is recalled to its owner


@contextmanager
def whole_hospital() -> Iterator[None]:
    """An act writes for others as well: the next owner's task, a notice elsewhere. The rules have been asked before.

    User and roles stay in force, so what is confidential stays so.
    """
    with scoped(replace(current_scope(), departments=None)):
        yield


def lock(case: Case) -> Case:
    """The case as it is now; two who act at once wait for each other here."""
    try:
        case.refresh_from_db(from_queryset=Case.objects.select_for_update(of=("self",)))
    except Case.DoesNotExist:
        raise PermissionDenied("没有这个案件，或者您看不到它。") from None
    return case


def address(case: Case) -> str:
    return reverse("flows:case", args=[case.pk])


def record(case: Case, act: Act, *, by, now: datetime, **line: Any) -> CaseStep:
    """Add one line to the case's story."""
    return CaseStep.objects.create(
        institution_id=case.institution_id,
        case=case,
        at=now,
        by=by,
        act=act,
        flow_version=case.flow_version,
        **line,
    )


def admit(case: Case, *users) -> None:
    """Those who took part may read a case, also a confidential one."""
    for user in users:
        if user is not None and user.pk not in case.readers:
            case.readers.append(user.pk)


def place(
    case: Case, branch: Branch, state: State, *, flow: FlowDefinition, by, now: datetime, owner=None
) -> people.Chosen:
    """Put a branch into a state: owner, deadline, task, notice. The caller records the line and saves the case."""
    chosen = people.Chosen(owner) if owner else people.owner_for(case, state, flow=flow, now=now, actor=by)
    branch.state, branch.owner, branch.entered_at = state.id, chosen.user, now
    branch.closed_at, branch.arrived = None, False
    set_deadline(case, branch, flow=flow)
    admit(case, chosen.user)
    branch.case = case
    branch.save()
    give_task(case, branch, state, by=by, now=now)
    if chosen.instead_of:
        _tell_office(case, state, chosen, now=now)
    return chosen


def set_deadline(case: Case, branch: Branch, *, flow: FlowDefinition) -> None:
    """Compute the branch's due date anew from when it entered its state; its ladder begins at the bottom."""
    state, clock = flow.by_state[branch.state], queries.clock_of(flow)
    due = deadlines.due_of(
        flow, state, entered=branch.entered_at, opened=case.opened_at, values=case.values, clock=clock
    )
    branch.due_at, branch.due_on = (due.at, due.on) if due else (None, None)
    branch.due_reason = due.reason if due else ""
    branch.due_from, branch.due_working_days = (due.start, due.working_days) if due else (None, None)
    branch.warned, branch.level = False, 0
    branch.warn_at = deadlines.warn_at(state, due.at, branch.entered_at, clock) if due else None
    branch.next_sweep_at = deadlines.next_event(
        state, due_at=branch.due_at, warn=branch.warn_at, warned=False, level=0, clock=clock
    )


def give_task(case: Case, branch: Branch, state: State, *, by, now: datetime) -> None:
    """The owner finds the case on the page of tasks, with the sentence that explains its date; not in a quiet state."""
    if state.quiet:
        return
    due_on, reason, start, days = branch.due_on, branch.due_reason, branch.due_from, branch.due_working_days
    if due_on is None:
        start, days = timezone.localdate(now), NO_DEADLINE
        due_on = queries.working_calendar().add_working_days(start, days)
        reason = f"这一步没有规定期限，{NO_DEADLINE} 个工作日后提醒。"
    tasks.assign(
        by=by,
        now=now,
        owner=branch.owner,
        title=f"{state.title}：{named(case)}"[:160],
        url=address(case),
        due_on=due_on,
        due_reason=reason,
        due_from=start,
        working_days=days,
        source_kind=KIND,
        source_key=branch.source_key,
        department_id=people.department_for(branch.owner, case.department_id, now),
    )


def named(case: Case) -> str:
    """How a case is called where others may read along: a confidential one by its number only."""
    return case.number if case.confidential else f"{case.number} {case.title}"


def finish_task(branch: Branch, *, by, now: datetime) -> None:
    tasks.complete_for(source_kind=KIND, source_key=branch.source_key, by=by, now=now)


def close_branch(branch: Branch, *, by, now: datetime, arrived: bool = False) -> None:
    """A branch ends; nobody has anything to do in it any more."""
    finish_task(branch, by=by, now=now)
    branch.closed_at, branch.arrived, branch.next_sweep_at = now, arrived, None
    branch.save()


def summarise(case: Case, flow: FlowDefinition) -> None:
    """State, owner and due date of the case are those of the branch that is due first."""
    found = queries.open_branches(case)
    if found:
        never = timezone.now() + timedelta(days=36500)
        first = min(found, key=lambda branch: (branch.due_at or never, branch.number))
        case.state, case.owner = first.state, first.owner
        case.state_title = "、".join(flow.by_state[branch.state].title for branch in found)[:80]
        case.due_at, case.due_on, case.due_reason = first.due_at, first.due_on, first.due_reason
        if case.confidential:
            case.reader_roles = reader_roles(flow, [branch.state for branch in found])
    case.revision += 1
    case.save()
    sheets.share(case)


def reader_roles(flow: FlowDefinition, states: list[str]) -> list[str]:
    """Who reads a confidential case besides those who took part: the roles whose turn it is, and the flow's readers."""
    owners = (flow.by_state[state].owner for state in states)
    return sorted({*flow.readers, *(owner.role for owner in owners if owner is not None and owner.role)})


def main_branch(case: Case) -> Branch:
    found = case.branches.filter(number=MAIN).first()
    return found or Branch(institution_id=case.institution_id, case=case, number=MAIN)


def tell(case: Case, *, by, now: datetime, title: str, users, text: str = "") -> None:
    notices.send(
        by=by,
        now=now,
        title=f"{title}：{named(case)}",
        text=text,
        url=address(case),
        kind="flow",
        users=users,
        source_kind=KIND,
        source_key=str(case.pk),
    )


def _tell_office(case: Case, state: State, chosen: people.Chosen, *, now: datetime) -> None:
    text = (
        f"{chosen.instead_of}，“{state.title}”先由{chosen.user}办理；请在账号管理中补上，或转办给合适的人。"
    )
    tell(case, by=None, now=now, title="案件无人负责，已转到质控科", users=[chosen.user], text=text)


def attach(case: Case, files: Iterable, *, by, now: datetime) -> None:
    """Hang files on the case; the same file twice is once."""
    for file in files:
        _, new = CaseFile.objects.get_or_create(
            case=case, file=file, defaults={"institution_id": case.institution_id, "at": now, "by": by}
        )
        if new:
            storing.use(
                file,
                by=by,
                now=now,
                used_for=f"flows.case:{case.pk}",
                text=f"案件 {case.number}",
                department_id=case.department_id,  # it goes to the case, wherever the uploader works
            )


def required(text: str, sentence: str) -> str:
    """The text without spaces around it; refuses one that says nothing."""
    text = (text or "").strip()
    if len(text) < 2:
        raise ValidationError(sentence)
    return text
