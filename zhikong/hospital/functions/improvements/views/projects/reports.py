"""Papers of a project, made from what it says at this moment."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.improvements import a3_projects, reports_projects, slides_projects
from zhikong.hospital.functions.improvements.views.projects import common
from zhikong.web.paper import WORD

SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PAPERS = {
    ("a3", "docx"): (a3_projects.word, WORD, "A3报告"),
    ("a3", "pdf"): (a3_projects.pdf, "application/pdf", "A3报告"),
    ("pdca", "docx"): (reports_projects.pdca, WORD, "PDCA报告"),
    ("full", "docx"): (reports_projects.full, WORD, "成果报告书"),
    ("slides", "pptx"): (slides_projects.slides, SLIDES, "成果汇报"),
}


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def report(request: HttpRequest, pk: int, name: str, ending: str) -> HttpResponse:
    """a3.docx, a3.pdf, pdca.docx, full.docx, slides.pptx."""
    project = common.project_or_404(pk)
    if (name, ending) not in PAPERS:
        raise Http404
    make, kind, word = PAPERS[name, ending]
    answer = HttpResponse(make(project), content_type=kind)
    file = quote(f"{word}-{project.number}.{ending}")
    answer["Content-Disposition"] = (
        f"attachment; filename=\"{name}-{project.number}.{ending}\"; filename*=UTF-8''{file}"
    )
    return answer
