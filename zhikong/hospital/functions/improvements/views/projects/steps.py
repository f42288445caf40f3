"""One step: filled in, checked, finished, passed over, opened again; its files."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.files.forms import settle
from zhikong.hospital.functions.improvements.actions.projects import measuring, stepping
from zhikong.hospital.functions.improvements.forms_projects import PURPOSE, FilesForm
from zhikong.hospital.functions.improvements.forms_steps import StepForm
from zhikong.hospital.functions.improvements.models.projects import Project, Step
from zhikong.hospital.functions.improvements.pictures_projects import OF_CONTENTS, PICTURES, WORDS
from zhikong.hospital.functions.improvements.queries.projects import kinds, people
from zhikong.hospital.functions.improvements.queries.projects import reading as shown
from zhikong.hospital.functions.improvements.queries.projects.facts import facts, outcomes_of
from zhikong.hospital.functions.improvements.rules_projects import VERDICTS
from zhikong.hospital.functions.improvements.rules_projects_contents import rows
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts
from zhikong.hospital.functions.improvements.rules_projects_kinds import KindStep
from zhikong.hospital.functions.improvements.views.projects import common
from zhikong.hospital.functions.improvements.words_projects import PHASES


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_IMPROVEMENTS)
def page(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Read the step, or fill it in."""
    project, step, described = _asked(pk, key)
    known, may = facts(project), people.may_work(request.user, project)
    open_now = may and project.is_open and step.state == Step.State.OPEN
    form = _form(request, step, described, known) if open_now else None
    if (
        request.method == "POST"
        and form is not None
        and form.is_valid()
        and _keep(request, project, step, form)
    ):
        return redirect("improvements:project_step", pk, key)
    context = {
        "project": project, "step": step, "described": described, "facts": known, "form": form, "may_work": may,
        "open_now": open_now, "checks": outcomes_of(project, step, known), "phase": PHASES.get(described.phase, ""),
        "neighbours": _neighbours(project, step), "files": _files(project, step), "tab": "projects",
        "first_open": stepping.earlier_open(project, step), "read": shown.read(described.contents, step.content),
        "files_form": _files_form(project, described), "pictures": _pictures(project, described, known),
        "votes": shown.votes(project, step, described, known), "tools": _tools(project, step), "seen": timezone.now(),
        "verdict": VERDICTS[known.verdict], "focus_percent": _percent(known.focus), "ability_percent": _percent(known.ability),
        **_special(project, step, described, known),
    }  # fmt: skip
    return render(request, "improvements/projects/step.html", context)


def _percent(value: Decimal | None) -> Decimal | None:
    return None if value is None else value * 100


def _asked(pk: int, key: str) -> tuple[Project, Step, KindStep]:
    project = common.project_or_404(pk)
    step, described = common.step_or_404(project, key), kinds.step_of(project, key)
    if described is None:
        raise Http404
    return project, step, described


def _form(request: HttpRequest, step: Step, described: KindStep, known: Facts) -> StepForm:
    data = request.POST if request.method == "POST" else None
    return StepForm(described.contents, step.content, data=data, choices=_choices(step, known))


def _choices(step: Step, known: Facts) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen depends on what was filled in: the candidates of a theme, the chief causes."""
    first = ("", _("请选择"))
    candidates = [
        (one["id"], one.get("name", "")) for one in rows(step.content, "candidates") if one.get("name")
    ]
    chief = [(one["id"], one.get("name", "")) for one in rows(step.content, "causes") if one.get("chief")]
    return {"chosen": [first, *candidates], "cause": [first, *chief]}


def _keep(request: HttpRequest, project: Project, step: Step, form: StepForm) -> bool:
    seen: datetime | None = parse_datetime(request.POST.get("seen", "") or "")
    now, content = timezone.now(), form.clean()

    def keep():
        if form.contents.special == "plan":
            content["who"] = {key: request.POST.get(f"who-{key}", "").strip()[:60] for key in _keys(project)}
            dates = {key: _dates(request, key) for key in _keys(project)}
            stepping.plan_steps(project, by=request.user, now=now, dates=dates)
        return stepping.save_step(project, step.key, by=request.user, now=now, content=content, seen=seen)

    return bool(common.attempt(request, keep, _("已保存。")))


def _keys(project: Project) -> list[str]:
    return list(project.steps.order_by("position").values_list("key", flat=True))


def _dates(request: HttpRequest, key: str):
    return tuple(_date(request.POST.get(f"{end}-{key}", "")) for end in ("from", "to"))


def _date(text: str):
    try:
        return parse_date(text)
    except ValueError:
        return None


def _neighbours(project: Project, step: Step) -> tuple[Step | None, Step | None]:
    before = project.steps.filter(position__lt=step.position).order_by("-position").first()
    return before, project.steps.filter(position__gt=step.position).order_by("position").first()


def _files(project: Project, step: Step):
    return step.attachments.filter(measure=None).select_related("file", "added_by")


def _files_form(project: Project, described: KindStep, data=None, files=None) -> FilesForm:
    form = FilesForm(data, files, standard=described.contents.special == "standard")
    form.fields["files"].for_department(project.department_id)
    return form


def _pictures(project: Project, described: KindStep, known: Facts) -> list[tuple[str, str]]:
    names = OF_CONTENTS.get(described.contents.id, ())
    return [(name, WORDS[name]) for name in names if PICTURES[name](project, known) is not None]


def _tools(project: Project, step: Step) -> list:
    """The pictures that were saved for this step with the tools."""
    from zhikong.hospital.functions.improvements.queries import tools

    return tools.tools_of(project.pk, step.key)


def _special(project: Project, step: Step, described: KindStep, known: Facts) -> dict:
    """What the pages of planning, measures and implementation need besides."""
    special = described.contents.special
    if special == "plan":
        return {"plan": shown.plan(project, step)}
    if special in ("measures", "doing"):
        return {"measures": shown.measures(project, known)}
    return {}


@require_POST
@needs(Permission.RUN_IMPROVEMENTS)
def act(request: HttpRequest, pk: int, key: str, act: str) -> HttpResponse:
    """finish, pass, reopen, attach."""
    project, step, described = _asked(pk, key)
    now, reason = timezone.now(), request.POST.get("reason", "")
    if act == "attach":
        _attach(request, project, step, described)
        return redirect("improvements:project_step", pk, key)
    acts = {
        "finish": (lambda: stepping.finish_step(project, key, by=request.user, now=now), _("这一步已完成。")),
        "pass": (lambda: stepping.pass_over(project, key, by=request.user, now=now, reason=reason), _("已说明理由并跳过。")),
        "reopen": (lambda: stepping.reopen_step(project, key, by=request.user, now=now, reason=reason), _("这一步可以修改了。")),
    }  # fmt: skip
    if act not in acts:
        raise Http404
    what, done = acts[act]
    if common.attempt(request, what, done) and act != "reopen":
        following = _neighbours(project, step)[1]
        return (
            redirect("improvements:project_step", pk, following.key)
            if following
            else redirect("improvements:project", pk)
        )
    return redirect("improvements:project_step", pk, key)


def _attach(request: HttpRequest, project: Project, step: Step, described: KindStep) -> None:
    form = _files_form(project, described, request.POST, request.FILES)
    if not form.is_valid():
        common.messages.error(request, _("请至少附一个文件。"))
        return
    now = timezone.now()

    def keep():
        found = settle(
            form.cleaned_data["files"],
            by=request.user,
            now=now,
            department_id=project.department_id,
            purpose=PURPOSE,
        )
        standard = bool(form.cleaned_data.get("standard"))
        return measuring.attach(project, step.key, by=request.user, now=now, files=found, standard=standard)

    common.attempt(request, keep, _("已添加附件。"))
