"""A project's rows as the plain values that the checks read."""

from __future__ import annotations

from collections import defaultdict

from zhikong.hospital.functions.improvements.models.projects import Member, Project, Step
from zhikong.hospital.functions.improvements.models.working import Measure
from zhikong.hospital.functions.improvements.queries.projects.kinds import kind_of
from zhikong.hospital.functions.improvements.rules_projects_checking import Outcome, outcomes
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts, MeasureFacts, StepFacts


def facts(project: Project) -> Facts:
    """Everything the checks ask for, in six queries."""
    members = list(project.members.all())
    voters = {one.pk for one in members if one.votes}
    files, standards, evidence = _files(project)
    return Facts(
        steps=_steps(project, files, standards),
        voters=len(voters),
        leaders=sum(one.role == Member.Role.LEADER for one in members),
        tutors=sum(one.role == Member.Role.TUTOR for one in members),
        circle_name=project.circle_name,
        circle_meaning=project.circle_meaning,
        measured=project.measured,
        direction=project.direction,
        unit=project.unit,
        measures=[_measure(one, evidence) for one in project.measures.select_related("responsible")],
        ballots=_ballots(project, voters),
        partners=len(project.partners),
        starts_on=project.starts_on,
        ends_on=project.ends_on,
    )


def _files(project: Project) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """How many files: by step, standard documents by step, by measure."""
    files: dict[int, int] = defaultdict(int)
    standards: dict[int, int] = defaultdict(int)
    evidence: dict[int, int] = defaultdict(int)
    for step, measure, standard in project.attachments.values_list("step_id", "measure_id", "standard"):
        files[step] += 1
        standards[step] += bool(standard)
        if measure:
            evidence[measure] += 1
    return files, standards, evidence


def _steps(project: Project, files: dict[int, int], standards: dict[int, int]) -> list[StepFacts]:
    kind = kind_of(project)
    found = []
    for row in project.steps.order_by("position"):
        described = kind.step(row.key) if kind else None
        found.append(
            StepFacts(
                key=row.key,
                contents=described.contents.id if described else "",
                phase=described.phase if described else "",
                state=row.state,
                content=row.content,
                planned_from=row.planned_from,
                planned_to=row.planned_to,
                files=files.get(row.pk, 0),
                standards=standards.get(row.pk, 0),
                title=row.title,
            )
        )
    return found


def _measure(one: Measure, evidence: dict[int, int]) -> MeasureFacts:
    return MeasureFacts(
        id=str(one.pk),
        title=one.title,
        cause=one.cause,
        state=one.state,
        override=one.override,
        how=one.how,
        place=one.place,
        responsible=one.responsible.name if one.responsible else "",
        planned=(one.planned_from, one.planned_to),
        done=(one.done_from, one.done_to),
        done_text=one.done_text,
        check_text=one.check_text,
        act_text=one.act_text,
        before=(one.before_events, one.before_n),
        after=(one.after_events, one.after_n),
        files=evidence.get(one.pk, 0),
        strength=one.strength,
    )


def _ballots(project: Project, voters: set[int]) -> dict[str, dict[str, list]]:
    found: dict[str, dict[str, list]] = {}
    rows = project.ballots.filter(member_id__in=voters).order_by("pk")
    for key, moment, points in rows.values_list("step__key", "round", "points"):
        found.setdefault(key, {}).setdefault(moment, []).append(points)
    return found


def outcomes_of(project: Project, step: Step, known: Facts | None = None) -> list[Outcome]:
    """What the checks of one step find now; empty when its kind no longer describes it."""
    kind = kind_of(project)
    described = kind.step(step.key) if kind else None
    if described is None:
        return []
    whole = known or facts(project)
    mine = next(one for one in whole.steps if one.key == step.key)
    return outcomes(whole, mine, described.checks, described.contents, described.params)
