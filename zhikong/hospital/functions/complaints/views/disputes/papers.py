"""Papers of a dispute to sign and to file: the case file, the sealing list, the notice of autopsy."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.audit.actions import log_read
from zhikong.hospital.functions.complaints import documents_disputes as documents
from zhikong.hospital.functions.complaints import papers_disputes as papers
from zhikong.hospital.functions.complaints.views.disputes.case import found_or_404
from zhikong.hospital.functions.complaints.views.disputes.figures import sent
from zhikong.hospital.functions.complaints.views.disputes.sealings import found_or_404 as sealing_or_404
from zhikong.web.paper import WORD

PDF = "application/pdf"


def _case(request: HttpRequest, pk: int):
    found = found_or_404(request, pk)
    log_read(by=request.user, subject="complaints.dispute", purpose=_("导出案卷"), count=1)
    return found, documents.case_file(found, by=request.user, now=timezone.now())


@require_GET
@needs(Permission.HANDLE_DISPUTES)
def case_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole case in one Word file with its index."""
    found, content = _case(request, pk)
    return sent(papers.word(content), WORD, f"{found.number}.docx")


@require_GET
@needs(Permission.HANDLE_DISPUTES)
def case_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    found, content = _case(request, pk)
    return sent(papers.pdf(content), PDF, f"{found.number}.pdf")


@require_GET
@needs(Permission.HANDLE_DISPUTES)
def autopsy_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """What relatives are told of autopsy and its time, with room for their signature."""
    found = found_or_404(request, pk)
    if found.died_at is None:
        raise Http404
    content = documents.autopsy_notice(found, by=request.user, now=timezone.now())
    return sent(papers.word(content), WORD, _("尸检告知书%(n)s.docx") % {"n": found.number})


def _sealing(request: HttpRequest, pk: int):
    found = sealing_or_404(request, pk)
    return found, documents.sealing_list(found, by=request.user, now=timezone.now())


@require_GET
def sealing_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    found, content = _sealing(request, pk)
    return sent(papers.word(content), WORD, f"{found.number}.docx")


@require_GET
def sealing_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    found, content = _sealing(request, pk)
    return sent(papers.pdf(content), PDF, f"{found.number}.pdf")
