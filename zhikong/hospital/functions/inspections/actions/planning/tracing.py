"""Tracers: the stops along the path of a patient who was drawn, or along a system (评审追踪方法学)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from zhikong.engine.stats import sampling
from zhikong.foundation.forms import queries as forms
from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.inspections.models.planning import Round
from zhikong.hospital.functions.inspections.queries.planning import paths, people, places, proposing
from zhikong.hospital.functions.inspections.queries.planning.proposing import Setup
from zhikong.hospital.functions.inspections.rules_planning_pairing import pair
from zhikong.hospital.functions.inspections.rules_planning_programmes import ProgrammeDefinition
from zhikong.hospital.functions.inspections.rules_planning_visits import StopPlan


def propose(round: Round, definition: ProgrammeDefinition, setup: Setup, *, today: date) -> dict[str, Any]:
    """One line per traced patient, or one for the system; each with its stops and inspectors."""
    found = _patients(round, definition, setup, today) if definition.path else [_system(definition, today)]
    teams, said = _teams(definition, setup, len(found), round.seed, found, today)
    lines = [
        {
            "department": None, "name": one["name"], "on": setup.first_on.isoformat(), "forms": [],
            "inspectors": teams[number], "stops": one["stops"], "chosen": one["chosen"], "why": one["why"],
        }
        for number, one in enumerate(found)
    ]  # fmt: skip
    if not found:
        said = ["现在没有可追踪的在院患者：在院数据还没有接入，或所选科室没有患者。"]
    said += [said_of for one in found for said_of in one["said"]]
    return {"lines": lines, "said": list(dict.fromkeys(said)), "each": setup.each or definition.who.each}


def _system(definition: ProgrammeDefinition, today: date) -> dict[str, Any]:
    stops, said = [], []
    for stop in definition.stops:
        department = places.by_words(stop.words, on=today)
        if department is None:
            said.append(
                f"追踪点“{stop.title}”在本院没有找到对应的科室（{'、'.join(stop.words)}），没有列入。"
            )
            continue
        stops.append(_stop(stop.title, department, stop.questions, _form(stop.form_id, today), ""))
    return {
        "name": definition.title,
        "stops": _with_whole(stops, definition, today),
        "chosen": [],
        "why": "",
        "said": said,
    }


def _form(form_id: str, today: date) -> str:
    """A stop's own checklist, as far as it is in force; '' leaves its questions and the rating."""
    return form_id if form_id and forms.form(form_id, on=today) else ""


def _with_whole(
    stops: list[dict[str, Any]], definition: ProgrammeDefinition, today: date
) -> list[dict[str, Any]]:
    """The tracer's own checklist covers the whole way and is filled once: at the last stop that has none of its own."""
    whole = next((one for one in definition.forms if forms.form(one, on=today)), "")
    bare = next((one for one in reversed(stops) if not one["form"]), None)
    if whole and bare is not None:
        bare["form"] = whole
    return stops


def _stop(title: str, department, questions: Iterable[str], form_id: str, reason: str) -> dict[str, Any]:
    return {
        "title": title,
        "department": department.id,
        "department_name": department.name,
        "questions": list(questions),
        "form": form_id,
        "reason": reason,
    }


def _patients(
    round: Round, definition: ProgrammeDefinition, setup: Setup, today: date
) -> list[dict[str, Any]]:
    """Patients drawn among those whose path leads through several departments, complex ones more often."""
    wanted = set(setup.departments) if setup.departments is not None else None
    known = [one for one in paths.paths(on=today) if wanted is None or wanted & set(one.departments)]
    known = [one for one in known if len(one.stops) > 1] or known  # one station is no way
    units = {one.stay_id: one for one in known}
    size = min(definition.where.at_once or 1, len(known))
    if not size:
        return []
    drawn = sampling.by_risk(
        [sampling.Unit(one.stay_id, risk=float(len(one.stops))) for one in known],
        size,
        sampling.queue(f"{round.seed}:patients"),
    )
    return [_traced(units[one.unit.key], one.chance, definition, today) for one in drawn.drawn]


def _traced(path: paths.Path, chance: float, definition: ProgrammeDefinition, today: date) -> dict[str, Any]:
    stops = []
    for title, department_id, reason in path.stops:
        department = organisation.department_on(department_id=department_id, on=today)
        if department is not None:
            stops.append(_stop(title, department, paths.QUESTIONS[title], "", reason))
    chosen = {
        "of": "patient", "ref": path.stay_id, "patient_key": path.patient_key, "label": path.label,
        "chance": chance, "weight": float(len(path.stops)),
        "reason": f"抽中概率 {chance:.0%}；经过 {len(path.stops)} 站，站多的更常抽到",
    }  # fmt: skip
    name = f"{stops[-1]['department_name']} {path.label} 的诊疗路径" if stops else path.label
    return {
        "name": name,
        "stops": _with_whole(stops, definition, today),
        "chosen": [chosen],
        "why": "",
        "said": [],
    }


def _teams(definition, setup: Setup, count: int, seed: str, found: list[dict], today: date):
    """Teams for tracers: nobody whose own department lies on the way, as far as there are enough others."""
    able = people.inspectors(definition.who, on=today, first=setup.first_on, last=setup.last_on)
    if setup.pool is not None:
        able = [one for one in able if one.user.pk in setup.pool]
    each, teams, said = setup.each or definition.who.each, [], []
    for number in range(count):
        way = {stop["department"] for stop in found[number]["stops"]}
        free = [one for one in able if not way & one.candidate.closed] or able
        team = pair([number], [one.candidate for one in free], each=each, seed=f"{seed}:{number}").teams[
            number
        ]
        by_id = {one.user.pk: one for one in free}
        teams.append(
            [
                {
                    "user": who,
                    "lead": turn == 0,
                    "reason": proposing.reason(definition, by_id[who], by_id[who].candidate.load + 1),
                }
                for turn, who in enumerate(team)
            ]
        )
        if way and free is able and any(way & one.candidate.own for one in able):
            said.append(f"{found[number]['name']}：路上的科室有检查人自己的科室，该站请由另一位检查人评定。")
    return teams, said


def stops_of(line: Mapping[str, Any]) -> tuple[StopPlan, ...]:
    """The stops of a line of a proposal."""
    return tuple(
        StopPlan(
            title=one["title"],
            department_id=one["department"],
            questions=tuple(one["questions"]),
            form_id=one["form"],
            reason=one["reason"],
        )
        for one in line.get("stops", ())
    )
