"""Who may take which step now, and the Chinese sentence when not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhikong.engine import conditions
from zhikong.engine.conditions import Name
from zhikong.engine.definitions.problems import ExpressionError
from zhikong.engine.tables import Type
from zhikong.foundation.flows.definition.checks.guards import BUILT_IN
from zhikong.foundation.flows.definition.model import ANY, FlowDefinition, Kind, Transition

CONCERNED = "concerned"
"""Value of a case: id of the account that it is about, where somebody appeals against what this person decided."""


class Act(StrEnum):
    """What one line of a case's story says happened."""

    OPEN = "open"
    MOVE = "move"
    RETURN = "return"
    WITHDRAW = "withdraw"
    FORK = "fork"
    ARRIVE = "arrive"
    JOIN = "join"
    DELEGATE = "delegate"
    WARN = "warn"
    ESCALATE = "escalate"
    TIMEOUT = "timeout"
    REASSIGN = "reassign"
    MIGRATE = "migrate"
    COMMENT = "comment"


ACT_NAMES = {
    Act.OPEN: _("新建"),
    Act.MOVE: _("办理"),
    Act.RETURN: _("退回"),
    Act.WITHDRAW: _("撤回"),
    Act.FORK: _("分头办理"),
    Act.ARRIVE: _("分支办结"),
    Act.JOIN: _("汇合"),
    Act.DELEGATE: _("转办"),
    Act.WARN: _("到期提醒"),
    Act.ESCALATE: _("逾期升级"),
    Act.TIMEOUT: _("到期自动执行"),
    Act.REASSIGN: _("改派"),
    Act.MIGRATE: _("改用新版本"),
    Act.COMMENT: _("补充说明"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who wants to act: account id, and the roles that count for the case's department, with their titles."""

    id: int
    roles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a branch of a case stands, as far as the rules ask."""

    state: str
    owner_id: int | None
    opener_id: int | None
    entered: datetime
    opened: datetime
    evidence: int = 0
    returned: int = 0
    holders: frozenset[int] = (
        frozenset()
    )  # who has the owner's task just now: a deputy while the owner is on leave


def may_open(flow: FlowDefinition, person: Person) -> bool:
    return bool(set(flow.opens_roles) & set(person.roles))


def refusal(
    flow: FlowDefinition,
    step: Transition,
    standing: Standing,
    person: Person,
    *,
    values: Mapping[str, Any],
    names: Mapping[str, Name],
    now: datetime,
    today: date,
    titles: Mapping[str, str],
    guarded: bool = True,
) -> str:
    """Why the person may not take the step now, as a sentence; '' when nothing stands in the way.

    guarded: False leaves the guard out, because it asks what the step's own form will say.

    values, names: what the case's forms have answered, and the types of those items. titles: role code → title.
    """
    if step not in flow.leaving(standing.state):
        return _elsewhere(flow, step, standing)
    if not _is_for(step, standing, person):
        return _whose(step, titles)
    if not guarded:
        return ""
    return guard_refusal(step, standing, person, values=values, names=names, now=now, today=today)


def refusal_is_about_person(
    flow: FlowDefinition, step: Transition, standing: Standing, person: Person
) -> bool:
    """True when the step is possible now, but not this person's."""
    return step in flow.leaving(standing.state) and not _is_for(step, standing, person)


def _elsewhere(flow: FlowDefinition, step: Transition, standing: Standing) -> str:
    here = flow.by_state[standing.state]
    if here.end:
        return f"案件已经“{here.title}”，不能再办理“{step.title}”。"
    where = "、".join(f"“{flow.by_state[source].title}”" for source in step.sources if source != ANY)
    return f"“{step.title}”要在{where}时办理，现在是“{here.title}”；可能刚有人办过，请刷新后再看。"


def _is_for(step: Transition, standing: Standing, person: Person) -> bool:
    if set(step.roles) & set(person.roles):
        return True
    if step.owner and (person.id == standing.owner_id or person.id in standing.holders):
        return True
    return step.kind is Kind.WITHDRAW and person.id == standing.opener_id


def _whose(step: Transition, titles: Mapping[str, str]) -> str:
    who = [str(titles.get(role, role)) for role in step.roles]
    who += ["当前责任人"] if step.owner else []
    who += ["新建人"] if step.kind is Kind.WITHDRAW else []
    return f"“{step.title}”由{'、'.join(who) or '系统到期'}办理，不在您的职责内。"


def guard_refusal(
    step: Transition,
    standing: Standing,
    person: Person,
    *,
    values: Mapping[str, Any],
    names: Mapping[str, Name],
    now: datetime,
    today: date,
) -> str:
    """The guard's own sentence when it does not hold, with what is missing when it cannot be told."""
    if not step.guard:
        return ""
    try:
        condition = conditions.read(step.guard, {**names, **BUILT_IN})
    except ExpressionError as error:
        return f"{step.guard_says or step.title}（条件现在无法判断：{error.message}）"
    known = {**typed(values, names), **built_in(standing, person, now=now, today=today)}
    known["concerned_is_actor"] = values.get(CONCERNED) == person.id
    if (verdict := condition.verdict(known)) is True:
        return ""
    if verdict is None:
        absent = sorted(name for name in condition.names if known.get(name) is None)
        words = "、".join(names[name].meaning or name if name in names else name for name in absent)
        return f"{step.guard_says}（还没有填写：{words}）"
    return step.guard_says


def asks_its_own_form(step: Transition, own: Mapping[str, Name], names: Mapping[str, Name]) -> bool:
    """True when the guard speaks of what the step's own form will answer: it can be judged only after it is filled."""
    if not step.guard or not own:
        return False
    try:
        return bool(conditions.read(step.guard, {**names, **BUILT_IN}).names & set(own))
    except ExpressionError:
        return False


def built_in(standing: Standing, person: Person, *, now: datetime, today: date) -> dict[str, Any]:
    """The names that every case has; the list with their types is in definition/checks/guards.py."""
    return {
        "state_days": (now - standing.entered).days,
        "case_days": (now - standing.opened).days,
        "opener_is_actor": person.id == standing.opener_id,
        "owner_is_actor": person.id == standing.owner_id,
        "evidence": standing.evidence,
        "returned": standing.returned,
        "today": today,
    }


def names_of(values: Mapping[str, Any]) -> dict[str, Name]:
    """Names for answers whose form is not known: their types as they were stored."""
    types = ((bool, Type.BOOL), (int, Type.INT), (float, Type.FLOAT), (str, Type.TEXT))
    found = {
        key: next((t for kind, t in types if isinstance(value, kind)), None) for key, value in values.items()
    }
    return {key: Name(kind, key) for key, kind in found.items() if kind is not None}


def typed(values: Mapping[str, Any], names: Mapping[str, Name]) -> dict[str, Any]:
    """Answers as conditions want them: what JSON kept as text is a date again, numbers are of their type."""
    return {key: _typed(value, names[key].type) if key in names else value for key, value in values.items()}


def _typed(value: Any, wanted: Type) -> Any:
    if value is None or value == "":
        return None
    try:
        if wanted is Type.DATE and isinstance(value, str):
            return date.fromisoformat(value)
        if wanted is Type.TIMESTAMP and isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=None)
        if wanted in (Type.INT, Type.FLOAT) and not isinstance(value, bool):
            return float(value) if wanted is Type.FLOAT else int(value)
    except ValueError:
        return None
    return value
