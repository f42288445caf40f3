"""Each morning: programmes that come round open by themselves, visits that are near are called to mind."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.inspections.actions.planning import mending, rounds, steps
from zhikong.hospital.functions.inspections.models.planning import Programme, Round, Visit
from zhikong.hospital.functions.inspections.queries.planning import programmes as queries
from zhikong.hospital.functions.inspections.queries.planning.proposing import Setup
from zhikong.hospital.functions.inspections.rules_planning import SOURCE, State
from zhikong.hospital.functions.inspections.rules_planning_days import Occasion
from zhikong.hospital.functions.inspections.rules_planning_programmes import ProgrammeDefinition

LEAD = 5  # working days before an occasion at which it opens; a surprise opens on its own morning
BY_RULE = ("own",)
"""Pools whose rounds are planned by the rule alone; for others the office looks at the proposal first."""


def open_due(*, now: datetime) -> list[Round]:
    """Open the rounds of all programmes that come round soon; one that fails is told to its office and stops no other."""
    today, opened = timezone.localdate(now), []
    horizon = working_calendar().add_working_days(today, LEAD)
    for programme in queries.running(on=today):
        definition = queries.definition(programme, on=today)
        if definition is None or definition.when.on_demand:
            continue
        last = today if definition.when.surprise else horizon
        for occasion in queries.occasions(programme, definition, today, last):
            if made := _open(programme, definition, occasion, now=now):
                opened.append(made)
    return opened


def _open(
    programme: Programme, definition: ProgrammeDefinition, occasion: Occasion, *, now: datetime
) -> Round | None:
    """A round for an occasion that has none yet: planned at once, or a draft with a task for the office."""
    if Round.objects.filter(programme=programme, occasion=occasion.key).exists():
        return None  # also a cancelled one: who cancelled it meant it
    departments = (programme.department_id,) if programme.department_id else None
    setup = Setup(occasion.first_on, occasion.last_on, departments)
    try:
        with transaction.atomic():
            made = rounds.draft_round(
                programme, by=None, now=now, setup=setup, occasion=occasion.key, note=occasion.why
            )
            automatic = programme.settings.get("auto", auto_by_default(definition))
            if automatic:
                _leave_out_bare(made, now)
            if automatic and rounds.can_confirm(made):
                rounds.confirm_round(made, by=None, now=now)
            else:
                _ask_office(made, occasion, now)
    except ValidationError as error:
        _tell_office(programme, f"“{programme.title}”没有自动安排：{' '.join(error.messages)}", now)
        return None
    return made


def _leave_out_bare(made: Round, now: datetime) -> None:
    """Departments that nobody can inspect do not hold up the others; the office hears of them."""
    lines = made.proposal["lines"]
    whole = [one for one in lines if one["inspectors"] and (one["forms"] or one.get("stops"))]
    if whole and len(whole) < len(lines):
        names = "、".join(one["name"] for one in lines if one not in whole)
        made.proposal = {**made.proposal, "lines": whole}
        made.save(update_fields=["proposal"])
        _tell_office(made.programme, f"{made.title}：{names} 没有检查人或检查表，没有安排", now)


def auto_by_default(definition: ProgrammeDefinition) -> bool:
    """Self-checks and surprises are planned without anybody looking; others wait for the office."""
    return definition.who.pool in BY_RULE or bool(definition.when.surprise)


def _office(programme: Programme, now: datetime):
    today = timezone.localdate(now)
    role = programme.owner_role or "quality_office"
    return users_with_role(role=role, on=today) or users_with_role(role="quality_office", on=today)


def _ask_office(made: Round, occasion: Occasion, now: datetime) -> None:
    """The office that leads it gets the draft as a task: look, change, confirm."""
    for user in _office(made.programme, now)[:1]:
        tasks.assign(
            by=None, now=now, owner=user, title=f"安排检查：{made.title}"[:160], due_on=made.first_on,
            due_reason=f"{occasion.why}；系统已按规则拟好，请核对后确认", source_kind=rounds.ROUND,
            source_key=str(made.pk), url=reverse("inspections:round", args=[made.pk]),
            department_id=made.programme.department_id,
        )  # fmt: skip


def _tell_office(programme: Programme, title: str, now: datetime) -> None:
    notices.send(
        by=None, now=now, users=_office(programme, now), title=title[:120], text=title, kind="inspection",
        url=reverse("inspections:programme", args=[programme.pk]), source_kind=SOURCE, source_key=f"p{programme.pk}",
    )  # fmt: skip


def remind(*, now: datetime) -> int:
    """The day before and on the day, and each working day after it: tell the inspectors; gives how many visits."""
    today = timezone.localdate(now)
    if not working_calendar().is_working_day(today):
        return 0
    tomorrow = working_calendar().add_working_days(today, 1)
    waiting = Visit.objects.filter(state=State.PLANNED, planned_on__lte=tomorrow).exclude(reminded_on=today)
    count = 0
    for visit in waiting.prefetch_related("inspectors__user"):
        _remind(visit, today, now)
        count += 1
    return count


def _remind(visit: Visit, today: date, now: datetime) -> None:
    last = visit.until_on or visit.planned_on
    late = (today - last) // timedelta(days=1)
    when = (
        "已过期，还没有开始" if late > 0 else "今天" if visit.planned_on <= today else f"{visit.planned_on}"
    )
    users = [one.user for one in visit.inspectors.all() if one.left_at is None and one.user.is_active]
    extra = [visit.planned_by] if late > 0 and visit.planned_by else []
    notices.send(
        by=None, now=now, users=[*users, *extra], title=f"检查提醒（{when}）：{visit.title} {visit.department_name}"[:120],
        url=reverse("inspections:visit", args=[visit.pk]), kind="inspection",
        source_kind=SOURCE, source_key=str(visit.pk),
    )  # fmt: skip
    visit.reminded_on = today
    visit.save(update_fields=["reminded_on"])


def show_mended(*, now: datetime) -> int:
    """Planned visits whose department was merged or whose inspectors left: put right and told before the day comes."""
    count = 0
    for visit in Visit.objects.filter(state=State.PLANNED).select_related("programme", "planned_by"):
        try:
            with transaction.atomic():
                said = mending.look_again(steps.lock(visit), by=None, now=now)
                if said:
                    steps.keep_readers(visit, now=now)
        except ValidationError as error:
            said = error.messages
        if said:
            count += 1
            _tell_planner(visit, said, now)
    return count


def _tell_planner(visit: Visit, said: list[str], now: datetime) -> None:
    users = (
        [visit.planned_by] if visit.planned_by else _office(visit.programme, now) if visit.programme else []
    )
    notices.send(
        by=None, now=now, users=users, title=f"检查安排有变化：{visit.title} {visit.department_name}"[:120],
        text="\n".join(said), url=reverse("inspections:visit", args=[visit.pk]), kind="inspection",
        source_kind=SOURCE, source_key=str(visit.pk),
    )  # fmt: skip
