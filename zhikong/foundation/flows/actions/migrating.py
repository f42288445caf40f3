"""Bring open cases to the version of their flow in force: deliberate, rehearsed first, told in each case's story.

Without it a case runs to its end under the version with which it began; that is the rule, this the exception.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.flows import library, queries
from zhikong.foundation.flows.actions.steps import finish_task as finish
from zhikong.foundation.flows.actions.steps import (
    give_task,
    place,
    record,
    required,
    set_deadline,
    summarise,
    whole_hospital,
)
from zhikong.foundation.flows.definition import FlowDefinition
from zhikong.foundation.flows.models import Branch, Case
from zhikong.foundation.flows.rules import Act


@dataclass(frozen=True)
class Plan:
    """What a migration would do. moves: (old state, its title, new state, its title, cases).

    missing: states in which cases stand and for which the new version has no counterpart: (state, title, cases).
    """

    flow_id: str
    version: int
    cases: int
    moves: list[tuple[str, str, str, str, int]] = field(default_factory=list)
    missing: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def possible(self) -> bool:
        return self.cases > 0 and not self.missing


def plan_migration(*, flow_id: str, now: datetime, mapping: Mapping[str, str] | None = None) -> Plan:
    """The dry run: which open cases would go where. mapping: old state → new state where their ids differ."""
    found = library.flow_in_force(flow_id, on=timezone.localdate(now))
    if found is None:
        raise ValidationError("这个流程现在没有生效的版本。")
    new = library.definition(found.hash) if _is_kept(found.hash) else found.obj
    branches = list(_branches(flow_id, found.hash))
    moves, missing = Counter(), Counter()
    for branch in branches:
        old = library.definition(branch.case.flow_hash)
        to, title = target(new, branch.state, mapping), old.by_state[branch.state].title
        if to is None or not _joinable(new, branch, mapping):
            missing[(branch.state, title)] += 1
        else:
            moves[(branch.state, title, to, new.by_state[to].title)] += 1
    return Plan(
        flow_id,
        found.version,
        len({branch.case_id for branch in branches}),
        [(*key, count) for key, count in sorted(moves.items())],
        [(*key, count) for key, count in sorted(missing.items())],
    )


def target(new: FlowDefinition, state: str, mapping: Mapping[str, str] | None) -> str | None:
    """The state of the new version that stands for an old one; None when there is none, or it is an end."""
    wanted = (mapping or {}).get(state) or state
    found = new.by_state.get(wanted)
    return wanted if found is not None and not found.end else None


def _joinable(new: FlowDefinition, branch: Branch, mapping: Mapping[str, str] | None) -> bool:
    return not branch.join or (mapping or {}).get(branch.join, branch.join) in new.by_state


def _is_kept(flow_hash: str) -> bool:
    try:
        library.definition(flow_hash)
    except LookupError:
        return False
    return True


def _branches(flow_id: str, flow_hash: str):
    rows = Branch.objects.filter(closed_at=None, case__flow_id=flow_id).exclude(case__flow_hash=flow_hash)
    return rows.select_related("case", "owner").order_by("case_id", "number")


@transaction.atomic
def migrate(
    *, by, now: datetime, flow_id: str, reason: str, mapping: Mapping[str, str] | None = None
) -> Plan:
    """Carry the plan out. Refused as a whole when one state has no counterpart; every case's story says so."""
    require(by, Permission.EDIT_DEFINITIONS, whole_hospital=True)
    reason = required(reason, "改用新版本请写明理由。")
    with whole_hospital():
        plan = plan_migration(flow_id=flow_id, now=now, mapping=mapping)
        if plan.missing:
            names = "、".join(f"“{title}”（{count} 件）" for _state, title, count in plan.missing)
            raise ValidationError(f"新版本里没有对应{names}的状态，请先指定对应的状态。")
        if not plan.cases:
            raise ValidationError("没有需要改用新版本的案件。")
        found = library.pin(flow_id, on=timezone.localdate(now), now=now)
        for case_id in sorted({branch.case_id for branch in _branches(flow_id, found.hash)}):
            _migrate_one(case_id, found, mapping or {}, by=by, now=now, reason=reason)
    return plan


def _migrate_one(case_id: int, found, mapping: Mapping[str, str], *, by, now: datetime, reason: str) -> None:
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    new = library.definition(found.hash)
    case.flow_version, case.flow_hash = found.version, found.hash
    for branch in queries.open_branches(case):
        before = branch.state
        to = new.by_state[target(new, before, mapping) or before]
        branch.join = mapping.get(branch.join, branch.join)
        _bring(case, branch, to, new, by=by, now=now)
        record(
            case, Act.MIGRATE, by=by, now=now, branch=branch.number, before=before, after=to.id, to=branch.owner,
            reason=reason, due_reason=branch.due_reason,
        )  # fmt: skip
    summarise(case, new)


def _bring(case: Case, branch: Branch, to, new: FlowDefinition, *, by, now: datetime) -> None:
    """The same state keeps owner and entry; another one is entered now."""
    finish(branch, by=by, now=now)
    if to.id != branch.state:
        place(case, branch, to, flow=new, by=by, now=now)
        return
    set_deadline(case, branch, flow=new)
    branch.save()
    give_task(case, branch, to, by=by, now=now)
