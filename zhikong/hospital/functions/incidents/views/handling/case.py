"""The page of one case."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.incidents import case_parts_handling, forms_handling
from zhikong.hospital.functions.incidents.actions.handling import closing, investigating, measures
from zhikong.hospital.functions.incidents.models.handling_work import IncidentMeasure
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries import reporting
from zhikong.hospital.functions.incidents.queries.handling import (
    answers,
    inbox,
    packs,
    people,
    running,
    scope,
)
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.rules_handling_states import possible
from zhikong.hospital.functions.incidents.rules_reporting import Privacy
from zhikong.hospital.functions.incidents.views.handling.common import case_or_404, may_enter

ACTS = (
    "accept", "return", "merge", "level", "category", "dispute", "sac", "submit", "alert", "plan", "office", "note", "ask",
    "analyse", "measure", "say", "close", "reopen",
)  # fmt: skip


@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What was told, what runs, what was found and done, what the reporter hears, and the next step."""
    now = timezone.now()
    incident = case_or_404(request, code, now)
    return render(request, "incidents/handling/case.html", context_of(request, incident, now))


def context_of(request: HttpRequest, incident: Incident, now: datetime) -> dict:
    """Everything on the page."""
    user, handling = request.user, incident.handling
    handles, leads = scope.may_handle(user, incident), scope.may_analyse(user, incident)
    analyses = investigating.may_answer(user, incident, now=now)
    runs = running.clocks_of(incident)
    return {
        "incident": incident,
        "handling": handling,
        "category": categories.title(incident.category),
        "level": packs.level(incident.level),
        "proposed": packs.level(handling.proposed_level),
        "may_second": handles and bool(handling.proposed_level) and handling.proposed_by_id != user.pk,
        "handles": handles,
        "may_list": may_enter(user),
        "analyses": analyses,
        "investigates": scope.investigates(user, incident),
        "can": {act: possible(act, incident.state) for act in ACTS},
        "now": now,
        "clocks": [(one, one.state(now), int(one.left(now).total_seconds())) for one in runs],
        "hops": [(one, _may_know(one, handles, leads)) for one in running.hops_of(incident, now=now)],
        **_told(incident, handles),
        **_work(request, incident, now),
        **(_for_office(request, incident, runs, now) if handles else {}),
        "parts": _parts(request, incident),
        "next": next_step(incident, handles=handles, analyses=analyses),
    }


def _parts(request: HttpRequest, incident: Incident) -> list[dict]:
    """Sections of the other parts, drawn; they find what they need by name or in ``part``. Empty ones are left out."""
    drawn = [
        {
            "title": one["title"],
            "html": render_to_string(one["template"], {**one["context"], "part": one["context"]}, request),
        }
        for one in case_parts_handling.shown(request, incident)
    ]
    return [one for one in drawn if one["html"].strip()]


def _may_know(step: running.Step, handles: bool, analyses: bool) -> bool:
    return step.hop is None and (analyses if step.who == "department" else handles)


def _told(incident: Incident, handles: bool) -> dict:
    """What the report says. Who reported is not on this page; for confidential reports only the quality office may open it."""
    return {
        "told": reporting.told(incident),
        "additions": reporting.additions(incident),
        "photos": reporting.photos(incident),
        "messages_out": answers.messages(incident) if handles else [],
        "anonymous": incident.privacy == Privacy.ANONYMOUS,
    }


def _work(request: HttpRequest, incident: Incident, now: datetime) -> dict:
    rows = IncidentMeasure.objects.filter(incident=incident).select_related(
        "department", "done_by", "checked_by"
    )
    return {
        "investigators": people.investigators(incident),
        "notes": incident.investigationnotes.select_related("by").order_by("-at", "-pk"),
        "analyses_given": incident.departmentanalysiss.select_related("by").order_by("-at", "-pk"),
        "measures": [(one, measures.may_do(request.user, one)) for one in rows.order_by("due_on", "pk")],
        "submissions": incident.submissions.select_related("by").order_by("-submitted_at"),
        "steps": incident.handlingsteps.select_related("by").order_by("-at", "-pk"),
        "analysis_form": forms_handling.AnalysisForm(),
    }


def _for_office(request: HttpRequest, incident: Incident, runs, now: datetime) -> dict:
    handling, matrix = incident.handling, packs.matrix()
    departments = [(one.id, one.name) for one in organisation.departments(on=timezone.localdate(now))]
    return {
        "obstacles": closing.in_the_way(incident, now=now) if possible("close", incident.state) else [],
        "twins": inbox.twins_of(request.user, incident) if possible("merge", incident.state) else [],
        "alert": packs.clocks().alert,
        "alert_offered": packs.clocks().alert.offered(incident.level, handling.dispute),
        "plan": packs.plan(handling.plan),
        "plan_started": incident.handlingsteps.filter(act="plan").exists(),
        "score": next((one for one in matrix.scores if one.score == handling.sac_score), None),
        "level_form": forms_handling.LevelForm(initial={"level": incident.level, "harm": incident.harm}),
        "dispute_form": forms_handling.DisputeForm(
            initial={"dispute": handling.dispute, "known_at": timezone.localtime(handling.known_at)}
        ),
        "sac_form": forms_handling.SacForm(
            initial={
                "severity": handling.sac_severity or matrix.severity_of_harm(incident.harm),
                "frequency": handling.sac_frequency,
            }
        ),
        "submit_form": forms_handling.SubmitForm(
            runs=[one for one in runs if one.clock.statutory], initial={"submitted_at": timezone.localtime(now)}
        ),
        "statutory": [one for one in runs if one.clock.statutory],
        "answer_form": forms_handling.AnswerForm(),
        "measure_form": forms_handling.MeasureForm(
            departments=departments,
            initial={
                "department_id": incident.department_id,
                "due_on": timezone.localdate(now) + timedelta(days=30),
            },
        ),
        "person_form": forms_handling.PersonForm(people=people.candidates()),
        "categories": categories.all_in_force(),
        "offices": [(code, word) for code, word in forms_handling.POSTS[3:] if code != handling.office],
        "office_word": dict(forms_handling.POSTS).get(handling.office, handling.office),
    }  # fmt: skip


def next_step(incident: Incident, *, handles: bool, analyses: bool) -> str:
    """The act that the page puts forward for this reader; '' when it waits for somebody else."""
    handling = incident.handling
    if handles:
        for act, wanted in (
            ("accept", possible("accept", incident.state)),
            (
                "level",
                possible("level", incident.state)
                and handling.level_at is None
                and not handling.proposed_level,
            ),
            ("ask", incident.state in ("accepted", "investigating") and handling.asked_at is None),
            ("measure", incident.state == "measures" and not incident.incidentmeasures.exists()),
            ("close", incident.state == "checking"),
        ):
            if wanted:
                return act
    return "analyse" if analyses and possible("analyse", incident.state) else ""
