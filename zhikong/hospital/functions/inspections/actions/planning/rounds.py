"""A round from its draft to planned visits: the rule proposes, people change what they like, one click plans all of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.inspections.actions.planning import changing, planning, steps, tracing
from zhikong.hospital.functions.inspections.actions.planning.drawing import new_seed
from zhikong.hospital.functions.inspections.actions.planning.starting import start_visit
from zhikong.hospital.functions.inspections.models.planning import Programme, Round, Visit
from zhikong.hospital.functions.inspections.queries.planning import programmes as queries
from zhikong.hospital.functions.inspections.queries.planning import proposing
from zhikong.hospital.functions.inspections.queries.planning.proposing import Setup
from zhikong.hospital.functions.inspections.rules_planning import UPCOMING, Notice
from zhikong.hospital.functions.inspections.rules_planning_programmes import ProgrammeDefinition
from zhikong.hospital.functions.inspections.rules_planning_visits import Named, VisitPlan

ROUND = "inspection_round"


def definition_of(programme: Programme, now: datetime) -> ProgrammeDefinition:
    """How the programme is run today. Raises ValidationError."""
    found = queries.definition(programme, on=timezone.localdate(now))
    if found is None:
        raise ValidationError("这个计划所依据的定义已不再生效，请停用它或在内容库里恢复。")
    return found


def _require(by, programme: Programme) -> None:
    place = programme.department_id
    require(by, Permission.PLAN_INSPECTIONS, place, whole_hospital=place is None)


@transaction.atomic
def draft_round(
    programme: Programme,
    *,
    by,
    now: datetime,
    setup: Setup,
    title: str = "",
    occasion: str = "",
    note: str = "",
) -> Round:
    """A round with the proposal of the rules; nobody is told before it is confirmed.

    A surprise stays between those who plan: the row is confidential.
    """
    _require(by, programme)
    definition = definition_of(programme, now)
    _check_setup(setup, now)
    if (
        occasion
        and Round.objects.filter(programme=programme, occasion=occasion).exclude(state="cancelled").exists()
    ):
        raise ValidationError(f"“{programme.title}”的这一场（{occasion}）已经安排过了。")
    hidden = definition.notice != Notice.ANNOUNCED
    made = Round(
        institution_id=programme.institution_id,
        programme=programme,
        department_id=programme.department_id,
        title=(title.strip() or _title(programme, setup))[:120],
        occasion=occasion[:24],
        first_on=setup.first_on,
        last_on=setup.last_on,
        seed=new_seed(),
        note=note[:300],
        made_at=now,
        made_by=by,
        confidential=hidden,
        readers=[by.pk] if by is not None else [],
        reader_roles=sorted({*steps.HIDDEN_FROM_ALL_BUT, programme.owner_role}) if hidden else [],
    )
    made.proposal = _proposal(made, definition, setup, now)
    made.save()
    return made


def _title(programme: Programme, setup: Setup) -> str:
    return f"{programme.title}（{setup.first_on:%m-%d} 至 {setup.last_on:%m-%d}）"


def _check_setup(setup: Setup, now: datetime) -> None:
    if setup.last_on < setup.first_on:
        raise ValidationError("最后一天不能早于第一天。")
    if setup.last_on < timezone.localdate(now):
        raise ValidationError("日期已经过去了，请选今天或以后的日子。")
    if setup.departments is not None and not setup.departments:
        raise ValidationError("请至少选择一个科室。")


def _proposal(made: Round, definition: ProgrammeDefinition, setup: Setup, now: datetime) -> dict[str, Any]:
    today = timezone.localdate(now)
    if definition.path or definition.stops:
        return tracing.propose(made, definition, setup, today=today)
    return proposing.propose(definition, made.programme, setup, seed=made.seed, today=today)


@transaction.atomic
def propose_again(round: Round, *, by, now: datetime, setup: Setup) -> Round:
    """The rules propose anew with another setup; the seed stays, so that nobody draws until he likes the result."""
    _require(by, round.programme)
    _check_draft(round)
    _check_setup(setup, now)
    round.first_on, round.last_on = setup.first_on, setup.last_on
    round.title = round.title if "（" not in round.title else _title(round.programme, setup)[:120]
    round.proposal = _proposal(round, definition_of(round.programme, now), setup, now)
    round.save(update_fields=["first_on", "last_on", "title", "proposal"])
    return round


def _check_draft(round: Round) -> None:
    if round.state != Round.State.DRAFT:
        raise ValidationError("这一轮已经安排或取消，不能再改草案。要改请打开各次检查。")


@transaction.atomic
def edit_lines(round: Round, *, by, now: datetime, lines: Mapping[int, Mapping[str, Any]]) -> Round:
    """Take over what a person changed: by the line's place: {"on": date, "users": [lead first], "drop": bool}.

    Raises ValidationError with what stands against it (own department, left it lately).
    """
    _require(by, round.programme)
    _check_draft(round)
    definition = definition_of(round.programme, now)
    today = timezone.localdate(now)
    kept, problems = [], []
    for number, line in enumerate(round.proposal.get("lines", [])):
        change = lines.get(number, {})
        if change.get("drop"):
            continue
        if "users" in change:
            against = _against(definition, line, change["users"], today)
            problems += [f"{line['name']}：{one}" for one in against]
            line = {**line, "inspectors": _inspectors(line, change["users"])}
        kept.append({**line, "on": change["on"].isoformat()} if change.get("on") else line)
    if problems:
        raise ValidationError(problems)
    round.proposal = {**round.proposal, "lines": kept}
    round.save(update_fields=["proposal"])
    return round


def _against(definition, line, users: list[int], today: date) -> list[str]:
    if not line.get("department"):
        return []
    return proposing.check_line(definition, line["department"], users, on=today)


def _inspectors(line: Mapping[str, Any], users: list[int]) -> list[dict[str, Any]]:
    """Who was proposed keeps the reason; who was put in says so."""
    known = {one["user"]: one["reason"] for one in line["inspectors"]}
    return [
        {"user": who, "lead": number == 0, "reason": known.get(who, "安排检查的人指定")}
        for number, who in enumerate(dict.fromkeys(users))
    ]


def can_confirm(round: Round) -> bool:
    """Whether the draft lacks nothing: departments, inspectors and checklists for each."""
    lines = round.proposal.get("lines", [])
    return bool(lines) and all(one["inspectors"] and (one["forms"] or one.get("stops")) for one in lines)


@transaction.atomic
def confirm_round(round: Round, *, by, now: datetime) -> list[Visit]:
    """Plan all visits of the draft; inspectors are told. Raises ValidationError when a department has nobody."""
    _require(by, round.programme)
    Round.objects.select_for_update().filter(pk=round.pk).first()
    round.refresh_from_db()
    _check_draft(round)
    definition = definition_of(round.programme, now)
    lines = round.proposal.get("lines", [])
    if not lines:
        raise ValidationError("这一轮没有要查的科室。")
    if empty := [line["name"] for line in lines if not line["inspectors"]]:
        raise ValidationError(f"{'、'.join(empty)} 还没有检查人。请指定，或从这一轮去掉。")
    if bare := [line["name"] for line in lines if not line["forms"] and not line.get("stops")]:
        raise ValidationError(f"{'、'.join(bare)} 没有可用的检查表。请先发布检查表，或另选一份。")
    round.state, round.planned_at, round.planned_by = Round.State.PLANNED, now, by
    round.save(update_fields=["state", "planned_at", "planned_by"])
    visits = planning.plan_visits(
        by=by, now=now, programme=round.programme, round=round,
        plans=[_plan(round, definition, line, number) for number, line in enumerate(lines, start=1)],
    )  # fmt: skip
    tasks.complete_for(source_kind=ROUND, source_key=str(round.pk), by=by, now=now)
    return visits


def _plan(round: Round, definition: ProgrammeDefinition, line: Mapping[str, Any], number: int) -> VisitPlan:
    on = date.fromisoformat(line["on"])
    return VisitPlan(
        planned_on=on,
        until_on=max(on, round.last_on) if definition.kind == "self" else None,
        inspectors=tuple(Named(one["user"], one["lead"], one["reason"]) for one in line["inspectors"]),
        department_id=line.get("department"),
        title=round.programme.title,
        kind=definition.kind,
        form_ids=tuple(line["forms"]),
        at_night=definition.night,
        notice=definition.notice,
        route_order=number,
        stops=tracing.stops_of(line),
        chosen=tuple(line.get("chosen", ())),
        sample=tuple(rule.as_data() for rule in definition.sample),
        seed=f"{round.seed}:{number}",
        notes=(line["why"],) if line.get("why") else (),
    )


@transaction.atomic
def cancel_round(round: Round, *, by, now: datetime, reason: str) -> Round:
    """Give up a draft, or cancel the visits of a planned round that have not begun; begun ones stay."""
    _require(by, round.programme)
    if len(reason.strip()) < 2 and round.state != Round.State.DRAFT:
        raise ValidationError(changing.SHORT)
    if round.state == Round.State.CANCELLED:
        return round
    for visit in round.visits.filter(state__in=[UPCOMING[0]]):
        changing.cancel_visit(visit, by=by, now=now, reason=reason)
    round.state, round.cancelled_at, round.cancelled_by, round.note = (
        Round.State.CANCELLED,
        now,
        by,
        reason.strip()[:300],
    )
    round.save(update_fields=["state", "cancelled_at", "cancelled_by", "note"])
    tasks.cancel_for(
        source_kind=ROUND, source_key=str(round.pk), by=by, now=now, reason=reason.strip() or "草案作废"
    )
    return round


@transaction.atomic
def start_ad_hoc(
    *,
    by,
    now: datetime,
    department_id: int,
    form_ids: list[str],
    place_id: int | None = None,
    title: str = "",
) -> Visit:
    """Begin a check at once, from a phone or a place's code (INS-12): whoever inspects is the lead.

    Inspecting elsewhere than in one's own departments needs a role for the whole hospital.
    """
    require(by, Permission.INSPECT, department_id)
    visit = planning.plan_one(
        VisitPlan(
            planned_on=timezone.localdate(now),
            inspectors=(Named(by.pk, lead=True, reason="随时检查，本人发起"),),
            department_id=department_id,
            title=title,
            form_ids=tuple(form_ids),
            place_id=place_id,
            notice=Notice.SURPRISE,
        ),
        by=by,
        now=now,
    )
    return start_visit(visit, by=by, now=now)
