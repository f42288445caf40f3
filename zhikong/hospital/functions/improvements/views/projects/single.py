"""One project: its state, steps, team, links, story; basics and team edited; decided on; watched."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.files.forms import settle
from zhikong.hospital.functions.improvements.actions.projects import measuring, registering
from zhikong.hospital.functions.improvements.forms_projects import PURPOSE, BasicsForm, EmblemForm, WatchForm
from zhikong.hospital.functions.improvements.models.projects import Link, Member, Project
from zhikong.hospital.functions.improvements.pictures_projects import PICTURES, WORDS
from zhikong.hospital.functions.improvements.queries.projects import kinds, people
from zhikong.hospital.functions.improvements.queries.projects.effects import indicator_effect
from zhikong.hospital.functions.improvements.queries.projects.facts import facts, outcomes_of
from zhikong.hospital.functions.improvements.views.projects import common
from zhikong.hospital.functions.improvements.words_projects import ACTS, PHASES, STATES
from zhikong.web.charts import render as draw

SPARE_SEATS = 4


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole project at a glance."""
    project = common.project_or_404(pk)
    known, kind, today = facts(project), kinds.kind_of(project), timezone.localdate()
    names, steps = common.names(), _steps(project, known)
    context = {
        "project": project, "kind": kind, "facts": known, "today": today, "overdue": project.is_overdue(today),
        "steps": steps, "holding": sum(one["holding"] for one in steps),
        "checked": sum(one["checks"] for one in steps), "members": project.members.select_related("person"),
        "partners": [names.get(one, "") for one in project.partners], "links": _links(project),
        "story": _story(project), "states": _passed(project), "may_work": people.may_work(request.user, project),
        "may_judge": people.may_judge(request.user, project), "watch": WatchForm(), "points": _watched(project),
        "pictures": [(name, WORDS[name]) for name in PICTURES if PICTURES[name](project, known) is not None],
        "may_watch": can(request.user, Permission.RUN_IMPROVEMENTS, project.department_id),
        "successes": Project.Success.choices[1:], "effect": indicator_effect(project), "tab": "projects",
    }  # fmt: skip
    return render(request, "improvements/projects/page.html", context)


def _steps(project: Project, known) -> list[dict]:
    found, current = [], True
    for row in project.steps.order_by("position"):
        described = kinds.step_of(project, row.key)
        checks = outcomes_of(project, row, known)
        open_now = row.state == "open"
        found.append(
            {
                "row": row, "phase": PHASES.get(described.phase, "") if described else "", "checks": len(checks),
                "holding": sum(one.holds for one in checks), "current": open_now and current,
                "late": open_now and row.planned_to is not None and row.planned_to < timezone.localdate(),
            }
        )  # fmt: skip
        current = current and not open_now
    return found


def _passed(project: Project) -> list[tuple[str, str]]:
    """The line of states with done, now or later; a project that ended early shows its end alone."""
    if project.state in (Project.State.DECLINED, Project.State.STOPPED):
        return [(project.get_state_display(), "now")]
    at = [code for code, _word in STATES].index(project.state)
    return [
        (word, "done" if i < at else "now" if i == at else "later") for i, (_code, word) in enumerate(STATES)
    ]


def _links(project: Project) -> list[tuple[Link, str]]:
    return [(one, _url(one)) for one in project.links.all()]


def _url(link: Link) -> str:
    """The page of a linked thing, where this product has one."""
    if link.what == Link.What.FINDING:
        return reverse("findings:detail", args=[link.key]) if link.key.isdigit() else ""
    if link.what == Link.What.INDICATOR:
        return reverse("indicators:detail", args=[link.key])
    if link.what == Link.What.SUGGESTION:
        return reverse("improvements:suggestion", args=[link.key]) if link.key.isdigit() else ""
    return ""


def _story(project: Project) -> list[tuple[str, str, object]]:
    titles = dict(project.steps.values_list("key", "title"))
    rows = project.events.select_related("by").order_by("-pk")[:40]
    return [(ACTS.get(one.act, one.act), titles.get(one.step_key, ""), one) for one in rows]


def _watched(project: Project) -> list[tuple[object, float]]:
    return [(one, one.events * 100 / one.cases) for one in project.watchpoints.all()]


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_IMPROVEMENTS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Basics, emblem."""
    project = common.project_or_404(pk)
    kind = kinds.kind_of(project)
    given = {
        "departments": common.departments(),
        "circle": bool(kind and kind.circle),
        "own": project.department_id,
    }
    form = BasicsForm(request.POST or None, instance=common.project_or_404(pk), **given)
    emblem = EmblemForm(
        request.POST or None,
        request.FILES or None,
        initial={"emblem": [project.emblem_id] if project.emblem_id else []},
    )
    emblem.fields["emblem"].for_department(project.department_id)
    if request.method == "POST" and form.is_valid() and emblem.is_valid():
        told = {name: form.cleaned_data[name] for name in form.cleaned_data}
        now = timezone.now()

        def keep():
            taken = settle(
                emblem.cleaned_data["emblem"], by=request.user, now=now, purpose=PURPOSE,
                department_id=project.department_id, already=[project.emblem_id] if project.emblem_id else [],
            )  # fmt: skip
            more = {"emblem": taken[-1] if taken else None} if kind and kind.circle else {}
            return registering.describe(project, by=request.user, now=now, **told, **more)

        if common.attempt(request, keep, _("已保存。")):
            return redirect("improvements:project", pk)
    context = {
        "project": project,
        "form": form,
        "emblem": emblem if given["circle"] else None,
        "tab": "projects",
    }
    return render(request, "improvements/projects/edit.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_IMPROVEMENTS)
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """The team: a line a person, with role and share of the work."""
    project = common.project_or_404(pk)
    if request.method == "POST":
        seats = _seats(request)
        if common.attempt(
            request,
            lambda: registering.set_team(project, by=request.user, now=timezone.now(), seats=seats),
            _("已保存。"),
        ):
            return redirect("improvements:project", pk)
    kind = kinds.kind_of(project)
    found = people.people()
    members = list(project.members.select_related("person"))
    context = {
        "project": project, "kind": kind, "people": people.labels(found), "roles": Member.Role.choices,
        "members": [*[(str(one.person_id), one.role, one.duty) for one in members], *[("", "member", "")] * SPARE_SEATS],
        "tab": "projects",
    }  # fmt: skip
    return render(request, "improvements/projects/team.html", context)


def _seats(request: HttpRequest) -> dict[int, tuple[str, str]]:
    sent = request.POST
    lines = zip(sent.getlist("person"), sent.getlist("role"), sent.getlist("duty"), strict=False)
    return {
        int(person): (role, duty)
        for person, role, duty in lines
        if person.isdigit() and role in Member.Role.values
    }  # fmt: skip


@require_POST
@needs(Permission.JUDGE_IMPROVEMENTS)
def decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """approve, decline, stop, close."""
    project, now = common.project_or_404(pk), timezone.now()
    text = request.POST.get("text", "")
    acts = {
        "approve": (lambda: registering.approve(project, by=request.user, now=now, text=text), _("已批准立项。")),
        "decline": (lambda: registering.decline(project, by=request.user, now=now, text=text), _("已答复：未批准立项。")),
        "stop": (lambda: registering.stop(project, by=request.user, now=now, text=text), _("项目已终止。")),
        "close": (
            lambda: registering.close(
                project, by=request.user, now=now, success=request.POST.get("success", ""), text=text
            ),
            _("项目已结题。"),
        ),
    }  # fmt: skip
    if act not in acts:
        raise Http404
    what, done = acts[act]
    common.attempt(request, what, done)
    return redirect("improvements:project", pk)


@require_POST
@needs(Permission.RUN_IMPROVEMENTS)
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    """A month's figure after the effect."""
    project, form = common.project_or_404(pk), WatchForm(request.POST)
    if form.is_valid():
        common.attempt(
            request,
            lambda: measuring.watch(project, by=request.user, now=timezone.now(), **form.cleaned_data),
            _("已登记。"),
        )
    else:
        messages.error(request, _("没有登记：月份写成 2026-10 这样，例数不大于总数。"))
    return redirect("improvements:project", pk)


@require_POST
@needs(Permission.RUN_IMPROVEMENTS)
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Link a finding by its number, or an indicator by its id; what is not in scope cannot be linked."""
    project, what, text = (
        common.project_or_404(pk),
        request.POST.get("what", ""),
        request.POST.get("text", "").strip(),
    )

    def keep():
        key, label = _found(what, text)
        if what == Link.What.INDICATOR:
            registering.describe(project, by=request.user, now=timezone.now(), indicator_id=key)
        return registering.link(project, by=request.user, now=timezone.now(), what=what, key=key, label=label)

    common.attempt(request, keep, _("已关联。"))
    return redirect("improvements:project", pk)


def _found(what: str, text: str) -> tuple[str, str]:
    from zhikong.foundation.facts import measured
    from zhikong.foundation.findings.models import Finding

    if what == Link.What.FINDING:
        one = Finding.objects.filter(number=text).first()
        if one is not None:
            return str(one.pk), f"{one.number} {one.title}"
    elif what == Link.What.INDICATOR:
        known = measured.definitions()
        hit = next((one for key, one in known.items() if text in (key, one.title())), None)
        if hit is not None:
            return hit.id, hit.title()
    raise ValidationError(_("没有找到“%(text)s”。质量问题写编号，指标写编号或名称。") % {"text": text})


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def picture(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One picture as SVG: ?theme=light|dark."""
    project, theme = common.project_or_404(pk), request.GET.get("theme", "light")
    made = (
        PICTURES[name](project, facts(project), theme)
        if name in PICTURES and theme in ("light", "dark")
        else None
    )
    if made is None:
        raise Http404
    return HttpResponse(draw(made), content_type="image/svg+xml")
