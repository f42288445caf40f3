"""Pictures to take away: PNG, SVG, Word, PowerPoint, Excel; one, or all of a project."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.organisation.queries import institution_on
from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.queries.tools import tools_of
from zhikong.hospital.functions.improvements.tools import deck, sheets, word
from zhikong.hospital.functions.improvements.tools.showing import Shown
from zhikong.hospital.functions.improvements.views.tools.saved import found_or_404, seen_of
from zhikong.web.paper import WORD

TYPES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "docx": WORD,
    "blank": WORD,
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def one(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """One picture as a file: ?drawing=n for an earlier drawing."""
    found = found_or_404(pk)
    seen = seen_of(request, found)
    content = _content(seen, form)
    log_read(by=request.user, subject="improvements.tools", purpose=_("导出质量工具图 %(title)s") % {"title": found.title}, count=1)  # fmt: skip
    return _file(content, form, found.title)


def _content(seen: Shown, form: str) -> bytes:
    if form == "blank" and seen.kind == "check_sheet":
        return word.blank_sheet(seen, institution=_institution())
    made = {
        "png": seen.png,
        "svg": seen.svg,
        "docx": lambda: word.document_of([seen], institution=_institution(), title=seen.kind_title),
        "pptx": lambda: deck.deck(seen.named, f"{_institution()}　{seen.kind_title}", [seen]),
        "xlsx": lambda: sheets.workbook(seen),
    }.get(form)
    content = made() if made is not None else None
    if content is None:
        raise Http404
    return content


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def project(request: HttpRequest, project: int, form: str) -> HttpResponse:
    """All pictures of a project as one Word file or one presentation."""
    found = Project.objects.filter(pk=project).first()
    if found is None or form not in ("docx", "pptx"):
        raise Http404
    tools = tools_of(found.pk)
    line = _("%(n)d 张图，%(day)s") % {"n": len(tools), "day": f"{timezone.localdate():%Y-%m-%d}"}
    if form == "docx":
        content = word.document_of(tools, institution=_institution(), title=found.title, line=line)
    else:
        content = deck.deck(found.title, f"{_institution()}　{line}", tools)
    log_read(by=request.user, subject="improvements.tools", purpose=_("导出改进项目的图 %(title)s") % {"title": found.title}, count=len(tools))  # fmt: skip
    return _file(content, form, found.title)


def _institution() -> str:
    found = institution_on(on=timezone.localdate())
    return found.name if found else ""


def _file(content: bytes, form: str, title: str) -> HttpResponse:
    ending = "docx" if form == "blank" else form
    answer = HttpResponse(content, content_type=TYPES[form])
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{title[:60]}.{ending}')}"
    return answer
