"""Choose a tool, or look at what was saved."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.queries.tools import saved
from zhikong.hospital.functions.improvements.tools.library import BY_CODE, TOOLS

PAGE = 20


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def gallery(request: HttpRequest) -> HttpResponse:
    """The tools with what each is for; below, the saved pictures: ?kind=, ?q=, ?project=."""
    kind, text = request.GET.get("kind", ""), request.GET.get("q", "").strip()[:80]
    project = project_of(request)
    rows = saved(kind=kind if kind in BY_CODE else "", text=text, project_id=project.pk if project else None)
    context = {
        "seven": [tool for tool in TOOLS if tool.seven],
        "others": [tool for tool in TOOLS if not tool.seven],
        "tools": TOOLS,
        "icons": {tool.code: tool.icon for tool in TOOLS},
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "kind": kind,
        "text": text,
        "may_save": can(request.user, Permission.RUN_IMPROVEMENTS),
        **carried(request, project),
    }
    return render(request, "improvements/tools/gallery.html", context)


def project_of(request: HttpRequest) -> Project | None:
    """The project of ?project= in scope; None when there is none."""
    asked = request.GET.get("project") or request.POST.get("project") or ""
    return Project.objects.filter(pk=int(asked)).first() if asked.isdigit() else None


def carried(request: HttpRequest, project: Project | None) -> dict:
    """What goes along from page to page until the picture is saved: the project and its step."""
    step = (request.GET.get("step") or request.POST.get("step") or "")[:40]
    query = f"project={project.pk}&step={step}" if project else ""
    return {"project": project, "step": step, "carried": query}
