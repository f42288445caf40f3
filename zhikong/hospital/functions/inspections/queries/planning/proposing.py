"""A proposal for a round: which departments, on which day, by whom and why, with which checklists. Nothing is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhikong.engine.stats import sampling
from zhikong.foundation.access.models import User
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.forms import queries as forms
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.organisation.queries import DepartmentOn
from zhikong.hospital.functions.inspections import rules_planning_days as days
from zhikong.hospital.functions.inspections.models.planning import Programme
from zhikong.hospital.functions.inspections.queries.planning import people, places
from zhikong.hospital.functions.inspections.queries.planning.people import Person
from zhikong.hospital.functions.inspections.rules_planning_pairing import Pairing, pair
from zhikong.hospital.functions.inspections.rules_planning_programmes import ProgrammeDefinition

MOST_MONTHS = 6


@dataclass(frozen=True)
class Setup:
    """What the wizard asks. departments: chosen ones; None lets the rule choose. pool: accounts; None takes all."""

    first_on: date
    last_on: date
    departments: tuple[int, ...] | None = None
    forms: tuple[str, ...] | None = None
    each: int | None = None
    pool: tuple[int, ...] | None = None


def propose(
    definition: ProgrammeDefinition, programme: Programme, setup: Setup, *, seed: str, today: date
) -> dict[str, Any]:
    """The proposal as data: lines in the order of the way, and sentences about what the rules could not meet."""
    chosen, why = _departments(definition, programme, setup, seed=seed, today=today)
    ordered = in_way_order(chosen, today)
    teams, said = _teams(definition, setup, ordered, seed=seed, today=today)
    on = days.spread(len(ordered), setup.first_on, setup.last_on, working_calendar())
    names, lines = places.names_of(on=today), []
    for number, department in enumerate(ordered):
        wanted = setup.forms or definition.forms_of(names[department.id], setup.first_on.month)
        usable = [one for one in wanted if forms.form(one, on=today)]
        said += [
            f"{department.name}：检查表 {one} 还没有发布，没有列入。" for one in wanted if one not in usable
        ]
        lines.append(
            {
                "department": department.id,
                "name": department.name,
                "on": on[number].isoformat(),
                "forms": usable,
                "inspectors": teams[department.id],
                "why": why.get(department.id, ""),
            }
        )
    return {"lines": lines, "said": list(dict.fromkeys(said)), "each": setup.each or definition.who.each}


def in_way_order(found: list[DepartmentOn], on: date) -> list[DepartmentOn]:
    """By building, floor and order of their places; departments without places keep their own order at the end."""
    way = places.on_the_way(on=on)
    return sorted(found, key=lambda one: way[one.id])


def _departments(definition, programme, setup: Setup, *, seed: str, today: date):
    """The departments of the round and why each: chosen, or drawn by weight and by how long ago it was last visited."""
    known = places.departments(definition.where, on=today)
    if setup.departments is not None:
        wanted = set(setup.departments)
        return [one for one in organisation.departments(on=today) if one.id in wanted], {}
    if not definition.where.at_once or len(known) <= definition.where.at_once:
        return known, {}
    key, last = places.weights(), places.last_visits(programme)
    months = {one.id: _months_since(last.get(one.id), setup.first_on) for one in known}
    units = [
        sampling.Unit(str(one.id), risk=float(key.get(one.id, 1) * (1 + months[one.id]))) for one in known
    ]
    drawn = sampling.by_risk(units, definition.where.at_once, sampling.queue(f"{seed}:departments"))
    chances = {int(one.unit.key): one.chance for one in drawn.drawn}
    why = {d: _drawn_why(key.get(d, 1), last.get(d), chance) for d, chance in chances.items()}
    return [one for one in known if one.id in chances], why


def _months_since(last: date | None, first: date) -> int:
    return MOST_MONTHS if last is None else min(max((first - last).days // 30, 0), MOST_MONTHS)


def _drawn_why(weight: int, last: date | None, chance: float) -> str:
    parts = [f"随机抽取，概率 {chance:.0%}"]
    if weight > 1:
        parts.append(f"重点部门，权重 {weight}")
    parts.append(f"上次 {last}" if last else "本计划还没有查过")
    return "；".join(parts)


def _teams(definition, setup: Setup, chosen: list[DepartmentOn], *, seed: str, today: date):
    if definition.who.pool == "own":
        return _own_teams(definition, setup, chosen, today)
    found = people.inspectors(definition.who, on=today, first=setup.first_on, last=setup.last_on)
    if setup.pool is not None:
        found = [one for one in found if one.user.pk in setup.pool]
    each = setup.each or definition.who.each
    result = pair(
        [one.id for one in chosen], [one.candidate for one in found], each=each, seed=f"{seed}:pairs"
    )
    by_id = {one.user.pk: one for one in found}
    load = Counter({one.user.pk: one.candidate.load for one in found})
    load.update(who for team in result.teams.values() for who in team)
    teams = {
        department: [
            {"user": who, "lead": number == 0, "reason": reason(definition, by_id[who], load[who])}
            for number, who in enumerate(team)
        ]
        for department, team in result.teams.items()
    }
    return teams, _lacks(result, {one.id: one.name for one in chosen}, each)


def _own_teams(definition, setup: Setup, chosen: list[DepartmentOn], today: date):
    teams, said = {}, []
    for one in chosen:
        users = people.of_department(definition.who, department_id=one.id, on=today)
        users = users[: setup.each or definition.who.each]
        teams[one.id] = [
            {"user": user.pk, "lead": number == 0, "reason": "本科室自查"}
            for number, user in enumerate(users)
        ]
        if not users:
            said.append(f"{one.name}没有可以自查的账号（质控员、护士长、科主任），请先开通账号。")
    return teams, said


def reason(definition: ProgrammeDefinition, person: Person, load: int) -> str:
    """Why this person: whose field it is, that nothing stands against it, and how much he has then."""
    parts = [f"{person.role}" + (f"，{person.home}" if person.home else "")]
    if definition.who.pool == "departments":
        parts.append(f"不是本科室，近 {definition.who.months_apart} 个月没有在该科")
    parts.append(f"这几天共 {load} 处")
    return "；".join(parts)


def _lacks(result: Pairing, names: dict[int, str], each: int) -> list[str]:
    said = [
        f"{names[department]}还缺 {lack} 人：能查它的人不够（本科室和近期待过的人都要回避）。"
        for department, lack in result.lacking.items()
    ]
    return said + [
        f"{names[a]}和{names[b]}这一轮互相检查，现有人手避不开，请酌情调整。" for a, b in result.mutual
    ]


def check_line(
    definition: ProgrammeDefinition, department_id: int, users: list[int], *, on: date
) -> list[str]:
    """What stands against these inspectors for a department; [] when nothing does, or when it checks itself."""
    if definition.who.pool == "own":
        return []
    known = User.objects.filter(pk__in=users)
    months = definition.who.months_apart
    return list(people.against(known, department_id=department_id, months=months, on=on).values())
