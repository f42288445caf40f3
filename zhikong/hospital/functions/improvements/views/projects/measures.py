"""Votes of members, and countermeasures: planned, decided on, carried out."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.files.forms import settle
from zhikong.hospital.functions.improvements.actions.projects import measuring, stepping
from zhikong.hospital.functions.improvements.forms_projects import PURPOSE, DoneForm, MeasureForm
from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.models.working import Measure
from zhikong.hospital.functions.improvements.queries.projects import kinds, people
from zhikong.hospital.functions.improvements.queries.projects import reading as shown
from zhikong.hospital.functions.improvements.queries.projects.facts import facts
from zhikong.hospital.functions.improvements.views.projects import common


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_IMPROVEMENTS)
def vote(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One member's points: the own ones, or copied from paper for somebody without an account."""
    project = common.project_or_404(pk)
    step, described = common.step_or_404(project, key), kinds.step_of(project, key)
    asked = described.contents.votes if described else None
    items = shown.item_names(project, step, described) if described else {}
    if asked is None or not people.may_work(request.user, project):
        raise Http404
    members = [one for one in project.members.select_related("person") if one.votes]
    member, moment = _who(request, project, members), request.GET.get("round", asked.rounds[0][0])
    if moment not in dict(asked.rounds):
        raise Http404
    if request.method == "POST" and member is not None:
        points = {
            item: {
                code: value
                for code, _label in asked.criteria
                if (value := request.POST.get(f"p-{item}-{code}"))
            }
            for item in items
        }
        cast = common.attempt(
            request,
            lambda: stepping.cast_ballot(
                project, key, by=request.user, now=timezone.now(), member=member, points=points, moment=moment
            ),
            _("已记下 %(name)s 的评分。") % {"name": member.person.name},
        )
        if cast:
            return redirect("improvements:project_step", pk, key)
    ballot = step.ballots.filter(member=member, round=moment).first() if member else None
    context = {
        "project": project, "step": step, "described": described, "votes": asked, "member": member, "members": members,
        "moment": moment, "moment_label": dict(asked.rounds)[moment], "tab": "projects",
        "lines": _lines(items, asked, ballot.points if ballot else {}),
    }  # fmt: skip
    return render(request, "improvements/projects/vote.html", context)


def _who(request: HttpRequest, project: Project, members: list):
    asked = request.GET.get("member", "")
    if asked.isdigit():
        return next((one for one in members if one.pk == int(asked)), None)
    own = people.membership(request.user, project)
    return own if own is not None and own.votes else None


def _lines(items: dict[str, str], asked, points: dict) -> list[tuple[str, str, list]]:
    """(item, words, [(criterion, label, points given)])."""
    return [
        (item, name, [(code, label, points.get(item, {}).get(code)) for code, label in asked.criteria])
        for item, name in items.items()
    ]


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_IMPROVEMENTS)
def measure(request: HttpRequest, pk: int, number: int = 0) -> HttpResponse:
    """A new countermeasure, or the plan of one."""
    project = common.project_or_404(pk)
    row = project.measures.filter(number=number).first() if number else None
    if (number and row is None) or not people.may_work(request.user, project):
        raise Http404
    form = MeasureForm(
        request.POST or None, instance=row, causes=facts(project).causes, people=people.people()
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in form.cleaned_data}
        now, fresh = timezone.now(), project.measures.filter(number=number).first()

        def keep():
            if fresh is None:
                return measuring.add_measure(project, by=request.user, now=now, **told)
            return measuring.change_measure(fresh, by=request.user, now=now, **told)

        if common.attempt(request, keep, _("已保存。")):
            return redirect("improvements:project_step", pk, _step_of(project, "measures"))
    context = {
        "project": project,
        "form": form,
        "row": row,
        "step": _step_of(project, "measures"),
        "tab": "projects",
    }
    return render(request, "improvements/projects/measure.html", context)


def _step_of(project: Project, special: str) -> str:
    """The key of the first step with such contents."""
    kind = kinds.kind_of(project)
    return next((one.id for one in kind.steps if one.contents.special == special), "") if kind else ""


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_IMPROVEMENTS)
def done(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Do, check, act of one countermeasure, with evidence."""
    project = common.project_or_404(pk)
    row = project.measures.filter(number=number).first()
    if row is None or not row.state or not people.may_work(request.user, project):
        raise Http404
    form = DoneForm(request.POST or None, request.FILES or None, instance=row)
    form.fields["files"].for_department(project.department_id)
    if request.method == "POST" and form.is_valid():
        now, told = timezone.now(), dict(form.cleaned_data)
        given, fresh = told.pop("files"), Measure.objects.get(pk=row.pk)

        def keep():
            files = settle(
                given, by=request.user, now=now, department_id=project.department_id, purpose=PURPOSE
            )
            key = _step_of(project, "doing")
            measuring.attach(project, key, by=request.user, now=now, files=files, measure=fresh)
            return measuring.change_measure(fresh, by=request.user, now=now, **told)

        if common.attempt(request, keep, _("已保存。")):
            return redirect("improvements:project_step", pk, _step_of(project, "doing"))
    context = {
        "project": project, "form": form, "row": row, "step": _step_of(project, "doing"), "tab": "projects",
        "files": row.attachments.select_related("file"),
    }  # fmt: skip
    return render(request, "improvements/projects/done.html", context)


@require_POST
@needs(Permission.RUN_IMPROVEMENTS)
def remove(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Take away an idea."""
    project = common.project_or_404(pk)
    row = project.measures.filter(number=number).first()
    if row is None:
        raise Http404
    common.attempt(
        request,
        lambda: measuring.remove_measure(row, by=request.user, now=timezone.now()) or True,
        _("已删除。"),
    )
    return redirect("improvements:project_step", pk, _step_of(project, "measures"))
