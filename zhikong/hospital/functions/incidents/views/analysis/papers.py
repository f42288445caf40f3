"""The report of an analysis in Word, and on one page of A3."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.hospital.functions.incidents import a3_analysis, report_analysis
from zhikong.hospital.functions.incidents.views.analysis.common import analysis_or_404
from zhikong.web.paper import WORD


@require_GET
def report(request: HttpRequest, code: str) -> HttpResponse:
    """The whole analysis, people by their labels only."""
    return _file(report_analysis.word(analysis_or_404(code)), WORD, "docx")


@require_GET
def a3(request: HttpRequest, code: str) -> HttpResponse:
    """One lying page to hang up or to lay before the committee."""
    return _file(a3_analysis.pdf(analysis_or_404(code)), "application/pdf", "pdf")


def _file(content: bytes, kind: str, ending: str) -> HttpResponse:
    """The name says nothing but the day: it lies in folders that others see."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="analysis-{timezone.localdate():%Y%m%d}.{ending}"'
    return answer
