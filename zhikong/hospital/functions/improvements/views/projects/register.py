"""The register of projects, a new one, the figures, and both as a workbook."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.improvements.actions.projects import registering
from zhikong.hospital.functions.improvements.forms_projects import LINES, NewForm
from zhikong.hospital.functions.improvements.models.projects import Link, Project
from zhikong.hospital.functions.improvements.models.suggestions import Suggestion
from zhikong.hospital.functions.improvements.queries.projects import kinds, people, register
from zhikong.hospital.functions.improvements.views.projects import common
from zhikong.hospital.functions.improvements.workbook_projects import workbook

PAGE = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


def _chosen(request: HttpRequest) -> dict:
    """The filters of the address."""
    asked = request.GET
    return {
        "kind": asked.get("kind", ""), "state": asked.get("state", ""), "department_id": _whole(asked.get("department")),
        "year": _whole(asked.get("year")), "line": asked.get("line", ""), "text": asked.get("q", "").strip()[:60],
    }  # fmt: skip


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def listed(request: HttpRequest) -> HttpResponse:
    """All projects within scope, by filters."""
    chosen, today = _chosen(request), timezone.localdate()
    found = register.projects(**chosen, today=today)
    if request.GET.get("format") == "xlsx":
        return _download(found, today)
    short = {one.id: one.short for one in kinds.kinds()}
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "today": today, "chosen": chosen, "kinds": kinds.kinds(), "states": _states(), "years": register.years(),
        "departments": register.departments(), "lines": LINES, "tab": "projects",
        "rows": [(one, short.get(one.kind_id, one.kind_id), one.is_overdue(today)) for one in page.object_list],
        "may_run": can(request.user, Permission.RUN_IMPROVEMENTS), "filtered": any(chosen.values()),
    }  # fmt: skip
    return render(request, "improvements/projects/list.html", context)


def _states() -> list[tuple[str, str]]:
    return [("open", _("进行中")), ("overdue", _("已逾期")), *Project.State.choices]


def _download(found, today) -> HttpResponse:
    answer = HttpResponse(workbook(found, today=today), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="improvements-{today}.xlsx"'
    return answer


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def figures(request: HttpRequest) -> HttpResponse:
    """Counts and success rates by kind, department, line and year (QCC-04, CAP-10)."""
    chosen, today = _chosen(request), timezone.localdate()
    found = list(register.projects(**chosen, today=today))
    short, lines = {one.id: one.short for one in kinds.kinds()}, dict(LINES)
    groups = [
        (_("按类型"), register.figures(found, lambda one: short.get(one.kind_id, one.kind_id), today=today)),
        (_("按科室"), register.figures(found, lambda one: one.department_name, today=today)),
        (_("按条线"), register.figures(found, lambda one: str(lines.get(one.line, one.line)), today=today)),
        (_("按年度"), register.figures(found, lambda one: str(one.starts_on.year), today=today)),
    ]
    whole = register.line(
        _("合计"), [one for one in found if one.state != Project.State.DECLINED], today=today
    )
    context = {
        "groups": groups, "whole": whole, "chosen": chosen, "years": register.years(), "tab": "figures", "lines": LINES,
    }  # fmt: skip
    return render(request, "improvements/projects/figures.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_IMPROVEMENTS)
def new(request: HttpRequest) -> HttpResponse:
    """Propose a project; from a finding, an indicator or a suggestion the page starts with what is known."""
    leaders = [(one.pk, str(one)) for one in _leaders()]
    form = NewForm(
        request.POST or None, initial=_start(request), kinds=kinds.kinds(), leaders=leaders,
        departments=common.departments(request.user),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        leader = User.objects.filter(pk=told.pop("leader") or 0).first()
        made = common.attempt(
            request,
            lambda: registering.propose(
                by=request.user,
                now=timezone.now(),
                leader=leader or request.user,
                origin=_origin(request),
                **told,
            ),
            _("已登记，等待批准立项；内容现在就可以开始填写。"),
        )
        if made:
            _link(request, made)
            return redirect("improvements:project", made.pk)
    context = {"form": form, "tab": "projects", "source": _source(request)}
    return render(request, "improvements/projects/new.html", context)


def _leaders():
    found = people.people()
    return User.objects.filter(person__in=found, is_active=True).order_by("username")


def _source(request: HttpRequest) -> tuple[str, str, str] | None:
    """(what, key, label) of the thing from which the page was opened."""
    if finding := Finding.objects.filter(pk=_whole(request.GET.get("finding")) or 0).first():
        return Link.What.FINDING, str(finding.pk), f"{finding.number} {finding.title}"
    if one := Suggestion.objects.filter(pk=_whole(request.GET.get("suggestion")) or 0).first():
        return Link.What.SUGGESTION, str(one.pk), f"{one.number} {one.title}"
    if indicator := request.GET.get("indicator", "")[:80]:
        return Link.What.INDICATOR, indicator, indicator
    return None


def _start(request: HttpRequest) -> dict:
    asked = request.GET
    start: dict = {"kind_id": asked.get("kind") or "qcc_problem", "direction": "down"}
    if finding := Finding.objects.filter(pk=_whole(asked.get("finding")) or 0).first():
        kind = "pdca" if asked.get("origin") == "recurrent" or finding.recurrent else start["kind_id"]
        start |= {
            "title": finding.title, "department_id": finding.department_id, "why": finding.detail,
            "kind_id": asked.get("kind") or kind,
        }  # fmt: skip
    return start


def _origin(request: HttpRequest) -> str:
    asked = request.GET.get("origin", "")
    if asked in Project.Origin.values:
        return asked
    source = _source(request)
    return source[0] if source and source[0] in Project.Origin.values else Project.Origin.OWN


def _link(request: HttpRequest, made: Project) -> None:
    source = _source(request)
    if source is None:
        return
    what, key, label = source
    registering.link(made, by=request.user, now=timezone.now(), what=what, key=key, label=label)
    if what == Link.What.INDICATOR:
        registering.describe(made, by=request.user, now=timezone.now(), indicator_id=key)
